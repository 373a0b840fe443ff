using Metrana.Syvain.Local;

namespace Metrana.Syvain;

/// <summary>
/// A collector that appends to a file instead of a service, one JSON object on each line: metrics, annotations and statuses, as the
/// service's own SDK writes them.
/// </summary>
public sealed class JsonlCollector : Collector
{
    /// <summary>A collector into a file.</summary>
    /// <param name="path">The file. Its folder is made where it is missing.</param>
    /// <param name="options">How it batches. Keys and addresses are not used.</param>
    /// <exception cref="ArgumentException">The path is empty, or an option cannot work.</exception>
    public JsonlCollector(string path = "metrics.jsonl", CollectorOptions? options = null)
        : this(Prepare(path), new object(), options ?? new())
    {
    }

    private JsonlCollector(string path, object gate, CollectorOptions options)
        : base(options, () => new LocalBackend(path, slug => new JsonlDestination(path, slug, gate))) => FilePath = path;

    /// <summary>The file.</summary>
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
