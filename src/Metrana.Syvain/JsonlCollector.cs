using Metrana.Syvain.Local;

namespace Metrana.Syvain;

/// <summary>
/// A collector that appends to a file instead of sending to the service: one JSON object per line for metrics, annotations and
/// statuses, in the format of the service's own SDK.
/// </summary>
public sealed class JsonlCollector : Collector
{
    /// <summary>Creates a collector that writes to a file.</summary>
    /// <param name="path">The path of the file. Its folder is created if it does not exist.</param>
    /// <param name="options">The options for batching. Keys and addresses are not used.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option is invalid.</exception>
    public JsonlCollector(string path = "metrics.jsonl", CollectorOptions? options = null)
        : this(Prepare(path), new object(), options ?? new())
    {
    }

    private JsonlCollector(string path, object gate, CollectorOptions options)
        : base(options, () => new LocalBackend(path, slug => new JsonlDestination(path, slug, gate))) => FilePath = path;

    /// <summary>The path of the file.</summary>
    public string FilePath { get; }

    private static string Prepare(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);

        // At once: the program may change its working directory later.
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
