namespace Metrana.Mirrors;

/// <summary>
/// Writes everything that a run logs to a file, one JSON object in a line, for scripts and notebooks.
/// </summary>
/// <remarks>
/// The file is appended to: a run that is resumed goes on in it. Each line has a <c>kind</c> and a <c>time</c>; the lines of
/// a run stand between one of the kind <c>start</c> and one of the kind <c>end</c>. Every batch is handed to the system at once,
/// so that a process that is killed loses little. Values that JSON has no number for are the texts <c>NaN</c>,
/// <c>Infinity</c> and <c>-Infinity</c>.
/// </remarks>
/// <example>
/// <code>
/// await using Run run = await Run.StartAsync(new RunOptions { Project = "walker", Mirrors = [new JsonlMirror("walker.jsonl")] });
/// </code>
/// </example>
public sealed class JsonlMirror : IRunMirror
{
    private readonly string _path;
    private FileStream? _file;

    /// <summary>A mirror into a file.</summary>
    /// <param name="path">The file. Its folder is made where it is missing.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public JsonlMirror(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);

        // At once: the program may change its working directory before the run starts.
        _path = Path.GetFullPath(path);
    }

    /// <inheritdoc/>
    public string Name => "jsonl";

    /// <inheritdoc/>
    public async ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        FileStream file = new(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
        try
        {
            using MemoryStream text = new();
            JsonLines.Write(text, run);
            await WriteAsync(file, text, cancellationToken).ConfigureAwait(false);
            _file = file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        using MemoryStream text = new();
        foreach (RunRecord record in records)
        {
            JsonLines.Write(text, record);
        }

        await WriteAsync(Open(), text, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ended);
        using MemoryStream text = new();
        JsonLines.Write(text, ended);
        await WriteAsync(Open(), text, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private FileStream Open() => _file ?? throw new InvalidOperationException($"{_path} is not open.");

    /// <summary>All lines of a batch or none: half a line would make the file unreadable from there on.</summary>
    private static async Task WriteAsync(FileStream file, MemoryStream text, CancellationToken cancellationToken)
    {
        long before = file.Position;
        try
        {
            await file.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            file.SetLength(before);
            throw;
        }
    }
}
