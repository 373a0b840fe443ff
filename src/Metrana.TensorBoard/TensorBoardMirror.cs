using Metrana.Mirrors;
using Metrana.TensorBoard.EventFiles;
using Metrana.TensorBoard.Protocol;

namespace Metrana.TensorBoard;

/// <summary>
/// Also writes what a <see cref="Run"/> logs to TensorBoard event files. With
/// <c>Mirrors = [new TensorBoardMirror("logs")]</c>, <c>tensorboard --logdir logs</c> shows the run during training.
/// </summary>
/// <remarks>
/// Each run has its own folder, named after the run. Every batch is passed to the operating system immediately and as a whole, so a
/// process that is killed loses nothing that was written; at the end of the run, the file is flushed to disk. TensorBoard stores
/// numbers as <see cref="float"/>. Scatters have no counterpart and are left out.
/// </remarks>
public sealed class TensorBoardMirror : IRunMirror
{
    private readonly string _folder;
    private readonly Tags _tags = new();
    private readonly Dictionary<string, object?> _config = new(StringComparer.Ordinal);

    private EventFile? _file;
    private MirroredRun? _run;
    private bool _hparamsWritten;
    private long _step;
    private long _leftOut;

    /// <summary>Creates a mirror that writes to a folder.</summary>
    /// <param name="folder">The folder to pass to TensorBoard as <c>--logdir</c>. It is created if it does not exist.</param>
    /// <exception cref="ArgumentException">The folder is empty.</exception>
    public TensorBoardMirror(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);

        // At once: the program may change its working directory before the run starts.
        _folder = Path.GetFullPath(folder);
    }

    /// <inheritdoc/>
    public string Name => "tensorboard";

    /// <summary>
    /// Whether reinforcement-learning values are written separately for each environment, with their own tags and the steps of the
    /// environment. Otherwise one value is written for each call: the mean over its environments and values, at its rl step.
    /// </summary>
    public bool EveryEnvironment { get; init; }

    /// <summary>The number of scatters that were left out.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>The path of the file; null before the run has started.</summary>
    public string? FilePath => _file?.Path;

    /// <inheritdoc/>
    public async ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        _file = await EventFile.CreateAsync(Path.Combine(_folder, FolderName(run)), run.StartedAt, cancellationToken).ConfigureAwait(false);
        _run = run;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        EventFile file = Open();
        try
        {
            foreach (RunRecord record in records)
            {
                Add(file, record);
            }
        }
        catch
        {
            file.Discard();
            throw;
        }

        await file.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ended);
        EventFile file = Open();
        AddHparams(file, ended.Time);
        Add(file, ended.Time, 0, Summaries.OfHparams("session_end_info", Hyperparameters.End(ended)));
        if (ended.Message is { } message)
        {
            Add(file, ended.Time, _step, Summaries.OfText("outcome", $"{ended.Outcome}: {message}"));
        }

        await file.CommitAsync(cancellationToken).ConfigureAwait(false);
        file.Sync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static void Add(EventFile file, DateTimeOffset time, long step, Summary.Types.Value value) =>
        file.Add(new Event { WallTime = EventFile.Seconds(time), Step = step, Summary = new() { Value = { value } } });

    /// <summary>The run's name, without what would lead out of the folder.</summary>
    private static string FolderName(MirroredRun run)
    {
        char[] forbidden = [.. Path.GetInvalidFileNameChars(), '/', '\\', ':'];
        string name = string.Concat(run.Name.Select(c => forbidden.Contains(c) ? '_' : c)).Trim('.', ' ');
        return name.Length == 0 ? "run" : name;
    }

    private EventFile Open() => _file ?? throw new InvalidOperationException($"The mirror into {_folder} has not started.");

    private void Add(EventFile file, RunRecord record)
    {
        if (record is MetricRecord)
        {
            AddHparams(file, record.Time);
        }

        switch (record)
        {
            case PointsRecord points:
                Add(file, points);
                break;
            case RlPointsRecord points when EveryEnvironment:
                AddEach(file, points);
                break;
            case RlPointsRecord { Values.Length: > 0 } points:
                Point(file, _tags.Of(points), points.Timestamps.Span[^1], points.RlStep, Mean(points.Values.Span));
                break;
            case HistogramRecord histogram:
                Note(histogram.Step);
                file.Add(new Event
                {
                    WallTime = histogram.Timestamp / 1000.0,
                    Step = histogram.Step,
                    Summary = new() { Value = { Summaries.OfHistogram(_tags.Of(histogram), histogram) } },
                });
                break;
            case ScatterRecord:
                Interlocked.Increment(ref _leftOut);
                break;
            default:
                AddText(file, record);
                break;
        }
    }

    private void Add(EventFile file, PointsRecord points)
    {
        string tag = _tags.Of(points);
        for (int i = 0; i < points.Values.Length; i++)
        {
            Point(file, tag, points.Timestamps.Span[i], points.Steps.Span[i], points.Values.Span[i]);
        }
    }

    private void AddEach(EventFile file, RlPointsRecord points)
    {
        for (int row = 0; row < points.Environments.Count; row++)
        {
            string tag = _tags.Of(points, points.Environments[row]);
            for (int i = row * points.Width; i < (row + 1) * points.Width; i++)
            {
                Point(file, tag, points.Timestamps.Span[i], points.Steps.Span[i], points.Values.Span[i]);
            }
        }
    }

    private void AddText(EventFile file, RunRecord record)
    {
        switch (record)
        {
            case AttributesRecord attributes:
                foreach ((string path, object? value) in Hyperparameters.In(attributes))
                {
                    _config[path] = value;
                }

                Text("attributes", Hyperparameters.Table(attributes.Values));
                break;
            case EnvironmentAttributesRecord attributes:
                Text($"environments/{attributes.Environment}", Hyperparameters.Table(attributes.Values));
                break;
            case TagsRecord tags:
                Text("tags", $"added: {string.Join(", ", tags.Added)}; removed: {string.Join(", ", tags.Removed)}{(tags.Replaces ? "; all others are gone" : "")}");
                break;
            case DescriptionRecord description:
                Text("description", description.Text);
                break;
            case AnnotationRecord annotation:
                string text = annotation.Metadata.Count == 0 ? annotation.Text : $"{annotation.Text}\n\n{Hyperparameters.Table(annotation.Metadata)}";
                Add(file, record.Time, annotation.Step ?? _step, Summaries.OfText("annotations", text));
                break;
        }

        void Text(string tag, string text) => Add(file, record.Time, _step, Summaries.OfText(tag, text));
    }

    /// <summary>
    /// Once, before the first value, with all configuration that there is by then: readers take what they find first.
    /// </summary>
    private void AddHparams(EventFile file, DateTimeOffset time)
    {
        if (!_hparamsWritten && _config.Count > 0)
        {
            Add(file, time, 0, Summaries.OfHparams("session_start_info", Hyperparameters.Start(_run!, _config)));
        }

        _hparamsWritten = true;
    }

    private void Point(EventFile file, string tag, long milliseconds, long step, double value)
    {
        Note(step);
        file.Add(new Event { WallTime = milliseconds / 1000.0, Step = step, Summary = new() { Value = { Summaries.OfNumber(tag, value) } } });
    }

    /// <summary>Texts without a step stand where the run has come to.</summary>
    private void Note(long step) => _step = Math.Max(_step, step);

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
