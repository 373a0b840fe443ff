using Metrana.Mirrors;
using Metrana.Native.Interop;

namespace Metrana.Syvain;

/// <summary>
/// Also sends what a <see cref="Run"/> logs to Syvain Metrics: <c>Mirrors = [new SyvainMirror()]</c>.
/// </summary>
/// <remarks>
/// The experiment is opened with the first metric, so that the configuration, the tags and the description that the run has by then
/// become its metadata. While the service is unavailable, the mirror waits, and new data stays in the run's queue for it; the
/// limit and the drop policy of that queue are the same for every mirror. Metrics carry the times at which they were logged.
/// Histograms and scatters have no counterpart and are left out, as are NaN and infinities.
/// </remarks>
public sealed class SyvainMirror : IRunMirror
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private readonly Func<Collector> _make;
    private readonly bool _owns;
    private readonly List<RunRecord> _held = [];

    private Collector? _collector;
    private Experiment? _experiment;
    private MirroredRun? _run;
    private long _leftOut;

    /// <summary>Creates a mirror with its own collector.</summary>
    /// <param name="options">The options of the collector; if omitted, the environment determines them.</param>
    public SyvainMirror(CollectorOptions? options = null)
        : this(() => new Collector(options), owns: true)
    {
    }

    /// <summary>
    /// Creates a mirror that uses an existing collector, which may write to a file. The caller disposes the collector after the run.
    /// </summary>
    /// <param name="collector">The collector.</param>
    public SyvainMirror(Collector collector)
        : this(() => collector, owns: false) => ArgumentNullException.ThrowIfNull(collector);

    private SyvainMirror(Func<Collector> make, bool owns) => (_make, _owns) = (make, owns);

    /// <inheritdoc/>
    public string Name => "syvain";

    /// <summary>The name of the experiment. Default: the project and the name of the run, such as <c>walker/ppo-7</c>.</summary>
    public string? Slug { get; init; }

    /// <summary>The description, folder and additional metadata. The metadata of the run is added.</summary>
    public ExperimentOptions Experiment { get; init; } = new();

    /// <summary>
    /// Whether reinforcement-learning values are sent separately for each environment, as lines with the metadata
    /// <c>environment</c> and the steps of the environment. Otherwise one value is sent for each call: the mean over its environments
    /// and values, at its rl step.
    /// </summary>
    public bool EveryEnvironment { get; init; }

    /// <summary>Counts of what happened to the data that was handed to the collector; all zero before the first metric.</summary>
    public ExperimentDelivery Delivery => _experiment?.Delivery ?? default;

    /// <summary>The number of histograms and scatters that were left out.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <inheritdoc/>
    public ValueTask StartAsync(MirroredRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        (_run, _collector) = (run, _collector ?? _make());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<RunRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (_experiment is null)
        {
            _held.AddRange(records.TakeWhile(record => record is not MetricRecord));
            records = [.. records.SkipWhile(record => record is not MetricRecord)];
            if (records.Count == 0)
            {
                return;
            }
        }

        Experiment experiment = await OpenAsync(cancellationToken).ConfigureAwait(false);
        int room = Math.Max(1, _collector!.Options.MaxQueueItems);
        int added = 0;
        foreach (RunRecord record in records)
        {
            foreach (Action<Experiment> item in Items(record))
            {
                // Never more than the queue takes, so that nothing is pushed out of it.
                if (added == room)
                {
                    await DeliverAsync(experiment, cancellationToken).ConfigureAwait(false);
                    added = 0;
                }

                item(experiment);
                added++;
            }
        }

        await DeliverAsync(experiment, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndAsync(MirroredEnd ended, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ended);
        Experiment experiment = await OpenAsync(cancellationToken).ConfigureAwait(false);
        switch (ended.Outcome)
        {
            case RunOutcome.Running:
                break;
            case RunOutcome.Finished:
                experiment.Done();
                break;
            default:
                experiment.Error(ended.Outcome.ToString(), ended.Message ?? "");
                break;
        }

        await DeliverAsync(experiment, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _owns && _collector is { } collector ? collector.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>Opens the experiment with what was logged before its first metric, for as long as it takes.</summary>
    private async Task<Experiment> OpenAsync(CancellationToken cancellationToken)
    {
        if (_experiment is { } open)
        {
            return open;
        }

        MirroredRun run = _run!;
        string slug = Slug ?? (run.Project.Length == 0 ? run.Name : $"{run.Project}/{run.Name}");
        ExperimentOptions options = MirroredFacts.Of(run, Experiment, _held);
        while (true)
        {
            try
            {
                Experiment experiment = await _collector!.OpenExperimentAsync(slug, options, cancellationToken).ConfigureAwait(false);
                experiment.Start(installHooks: false);
                _experiment = experiment;
                foreach (Action<Experiment> item in _held.Where(record => record is AnnotationRecord or EnvironmentAttributesRecord).SelectMany(Items))
                {
                    item(experiment);
                }

                _held.Clear();
                return experiment;
            }
            catch (CollectorException e)
            {
                _collector!.Warnings.Say("open", $"{Wording.Sentence(e.Message)} It is tried again.");
            }

            await _collector!.Options.Clock.PauseAsync(_pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the service has what was queued, so that what comes meanwhile waits in the run's queue alone.</summary>
    private async Task DeliverAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        while (true)
        {
            FlushResult result = await experiment.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (result.PendingMetrics + result.PendingAnnotations + result.PendingStatuses == 0)
            {
                return;
            }

            _collector!.Warnings.Say("mirror", $"the experiment '{experiment.Slug}' waits for the service: {(result.Errors.Count > 0 ? result.Errors[^1] : "")}");
            await _collector.Options.Clock.PauseAsync(_pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private IEnumerable<Action<Experiment>> Items(RunRecord record)
    {
        switch (record)
        {
            case PointsRecord points:
                return MirroredMetrics.Of(points);
            case RlPointsRecord points:
                return MirroredMetrics.Of(points, EveryEnvironment);
            case HistogramRecord or ScatterRecord:
                Interlocked.Increment(ref _leftOut);
                return [];
            default:
                return MirroredFacts.Annotations(record);
        }
    }
}
