using System.Reflection;
using Metrana.Mirrors;
using Metrana.MLflow.Api;
using Metrana.MLflow.Writing;

namespace Metrana.MLflow;

/// <summary>
/// Also writes a run to an MLflow tracking server: values as metrics, the configuration as parameters, tags and attributes as
/// tags, and the end of the run as its status.
/// </summary>
/// <remarks>
/// By default, metrics wait up to a second for further ones; fifty or more are sent at once. A request that fails because the server is
/// unavailable, busy or broken is made three times in total; then its values are dropped, counted in <see cref="Delivery"/> and
/// reported at most once a minute. Parameters and tags wait until the server is available. If the server is unavailable at the
/// start, the run is created as soon as it is back, and nothing is lost. If the server refuses to create the run, the mirror is
/// switched off: further data is counted as dropped, and no more requests are made. Neither case affects the Metrana run.
/// </remarks>
/// <example>
/// <code>
/// await using Run run = await Run.StartAsync(new RunOptions { Project = "walker", Mirrors = [new MlflowMirror()] });
/// </code>
/// </example>
public sealed class MlflowMirror : IRunMirror
{
    private const string MarkTag = "metrana.mirror";
    private const string RunIdTag = "metrana.run_id";

    private readonly MlflowSettings _settings;
    private readonly MlflowClient _client;
    private readonly PendingFacts _facts = new();
    private readonly RecordTranslator _translator;
    private readonly string _mark = Guid.NewGuid().ToString("N");
    private RunWriter? _writer;
    private MlflowException? _refusal;
    private long _droppedWhileOff;

    /// <summary>Creates a mirror with settings from MLflow's own variables.</summary>
    /// <exception cref="ArgumentException">The variables are invalid; the message lists all problems.</exception>
    public MlflowMirror()
        : this(new MlflowOptions())
    {
    }

    /// <summary>Creates a mirror with options.</summary>
    /// <param name="options">The options. Later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists all problems.</exception>
    public MlflowMirror(MlflowOptions options)
        : this(MlflowSettings.Resolve(options ?? throw new ArgumentNullException(nameof(options)), Environment.GetEnvironmentVariable))
    {
    }

    internal MlflowMirror(MlflowSettings settings)
    {
        _settings = settings;
        _client = new MlflowClient(new MlflowHttp(settings));
        _translator = new RecordTranslator(_facts);
        RunId = settings.RunId;
    }

    /// <inheritdoc/>
    public string Name => "mlflow";

    /// <inheritdoc/>
    public TimeSpan Linger => _settings.FlushInterval;

    /// <inheritdoc/>
    public int LingerPoints => _settings.FlushMetrics;

    /// <summary>The id of the MLflow run; null until it exists.</summary>
    public string? RunId { get; private set; }

    /// <summary>The id of the experiment of the run; null until it is known.</summary>
    public string? ExperimentId { get; private set; }

    /// <summary>The address of the run in the MLflow user interface; null until the run exists and its experiment is known.</summary>
    public string? Url => RunId is null || ExperimentId is null
        ? null
        : $"{_settings.Address}#/experiments/{Uri.EscapeDataString(ExperimentId)}/runs/{Uri.EscapeDataString(RunId)}";

    /// <summary>Counts of what happened to each value so far.</summary>
    public MlflowDelivery Delivery
    {
        get
        {
            MlflowDelivery written = _writer?.Delivery ?? default;
            return written with { Dropped = written.Dropped + Interlocked.Read(ref _droppedWhileOff), Skipped = _translator.Skipped };
        }
    }

    /// <summary>Where it goes, for what goes there too.</summary>
    internal MlflowSettings Settings => _settings;

    /// <inheritdoc/>
    /// <exception cref="MlflowException">The server cannot be reached, or refuses the run.</exception>
    public async ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_refusal is not null)
        {
            return;
        }

        try
        {
            if (RunId is { } known)
            {
                ExperimentId ??= await _client.ExperimentOfAsync(known, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                RunId = await FindOrCreateAsync(run, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MlflowException e) when (!e.IsTransient)
        {
            _refusal = e;
            throw;
        }

        _writer ??= new RunWriter(_client, RunId, _facts);
    }

    /// <inheritdoc/>
    /// <exception cref="MlflowException">Some of the records were lost; the others were written.</exception>
    public async ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        List<Metric> metrics = [];
        foreach (RunRecord record in records)
        {
            _translator.Translate(record, metrics);
        }

        if (_refusal is not null)
        {
            Interlocked.Add(ref _droppedWhileOff, metrics.Count + _facts.Count);
            _facts.Clear();
        }

        ThrowIfOff();
        await Writer().WriteAsync([.. metrics], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="MlflowException">The end of the run could not be reported to the server.</exception>
    public async ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ended);
        ThrowIfOff();
        if (ended.Message is { Length: > 0 } message)
        {
            _facts.SetTag("metrana.message", MlflowText.Of(message, MlflowText.LongestTag));
        }

        try
        {
            if (_facts.Any)
            {
                await Writer().WriteAsync([], cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Writer().Abandon();
            if (_settings.EndRun && StatusOf(ended.Outcome) is { } status)
            {
                await _client.UpdateRunAsync(new UpdateRun(RunId!, status, Math.Max(0, ended.Time.ToUnixTimeMilliseconds())), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string? StatusOf(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Finished => "FINISHED",
        RunOutcome.Failed => "FAILED",
        RunOutcome.Aborted => "KILLED",
        _ => null,
    };

    /// <exception cref="MlflowException">The server refused to create the run.</exception>
    private void ThrowIfOff()
    {
        if (_refusal is { } refusal)
        {
            throw new MlflowException($"There is no run in MLflow, and nothing is sent there any more: {refusal.Message}", refusal)
            {
                StatusCode = refusal.StatusCode,
                ErrorCode = refusal.ErrorCode,
            };
        }
    }

    private RunWriter Writer() => _writer ?? throw new InvalidOperationException("The mirror has not started.");

    private async Task<string> FindOrCreateAsync(MirroredRun run, CancellationToken cancellationToken)
    {
        ExperimentId = _settings.ExperimentName is { } experiment
            ? await _client.FindOrCreateExperimentAsync(experiment, cancellationToken).ConfigureAwait(false)
            : _settings.ExperimentId;

        // A run that is continued goes on in its run of MLflow.
        if (!run.WasCreated && run.Id.Length > 0
            && await _client.FindRunAsync(ExperimentId, RunIdTag, run.Id, cancellationToken).ConfigureAwait(false) is { } before)
        {
            await _client.UpdateRunAsync(new UpdateRun(before, "RUNNING"), cancellationToken).ConfigureAwait(false);
            return before;
        }

        CreateRun create = new(
            ExperimentId, Math.Max(0, run.StartedAt.ToUnixTimeMilliseconds()), _settings.RunName ?? run.Name, [.. TagsOf(run)]);
        return await _client.CreateRunAsync(create, MarkTag, cancellationToken).ConfigureAwait(false);
    }

    private IEnumerable<KeyAndValue> TagsOf(MirroredRun run)
    {
        Dictionary<string, string?> tags = new(StringComparer.Ordinal)
        {
            ["mlflow.user"] = Environment.UserName,
            ["mlflow.source.name"] = Assembly.GetEntryAssembly()?.GetName().Name,
            ["mlflow.source.type"] = "LOCAL",
            ["metrana.project"] = run.Project,
            ["metrana.run"] = run.Name,
            [RunIdTag] = run.Id,
            ["metrana.url"] = run.Url,
            ["metrana.experiment"] = run.Experiment,
            [MarkTag] = _mark,
        };
        foreach ((string tag, string value) in _settings.Tags)
        {
            tags[MetricKeys.Clean(tag)] = value;
        }

        return tags.Where(tag => !string.IsNullOrEmpty(tag.Value))
            .Select(tag => new KeyAndValue(tag.Key, MlflowText.Of(tag.Value, MlflowText.LongestTag)));
    }
}
