namespace Metrana.Mirrors;

/// <summary>
/// Writes everything that a run logs to a file, one JSON object per line, for scripts and notebooks.
/// </summary>
/// <remarks>
/// Lines are appended to the file, so that a resumed run continues in it. Each line has a <c>kind</c> and a <c>time</c>; the lines
/// of a run lie between one of the kind <c>start</c> and one of the kind <c>end</c>. Every batch is passed to the operating system
/// at once, so that little is lost when the process is killed. Values that a JSON number cannot represent are written as the
/// strings <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>.
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

    /// <summary>Creates a mirror that writes to a file.</summary>
    /// <param name="path">The file. Its folder is created if it does not exist.</param>
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
