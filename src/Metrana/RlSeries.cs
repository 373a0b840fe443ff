using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

/// <summary>
/// A reinforcement-learning series for a hot loop, made once by <see cref="Run.RlSeries(string, string, LabelSpan, bool?, StepStrategy)"/>. Any
/// number of threads may use it at the same time. It does not need to be disposed.
/// </summary>
public sealed class RlSeries
{
    private readonly Run _run;
    private readonly Native.Scale _scale;
    private readonly Labels _labels;
    private readonly StepStrategy _strategy;

    /// <summary>The engine's own, made by the first call, which says whether the metric has episodes.</summary>
    private Native.RlSeries? _handle;

    internal RlSeries(Run run, string metric, Native.Scale scale, Labels labels, StepStrategy strategy)
    {
        _run = run;
        Metric = metric;
        _scale = scale;
        _labels = labels;
        _strategy = strategy;
    }

    /// <summary>The name of the metric.</summary>
    public string Metric { get; }

    /// <summary>
    /// Logs values: one for each of many environments, a row for one of them, or a grid. All of them are logged or none.
    /// </summary>
    /// <param name="values">The values, of any type of number, environment by environment.</param>
    /// <param name="rlStep">The training step: the update or iteration that the values were collected in.</param>
    /// <param name="environments">The environments, such as <c>["env-0", "env-1"]</c> or those of an <see cref="EpisodeTracker"/>.</param>
    /// <param name="episodes">
    /// Their episodes: one for all, one for each environment, or one for each value. Either every value of a metric has an episode
    /// or none does.
    /// </param>
    /// <param name="steps">Their environment steps; counted automatically if omitted.</param>
    /// <param name="width">How many values each environment has. Needed for a grid.</param>
    /// <param name="where">Which environments to log: one flag for each; all if omitted.</param>
    /// <param name="timestamp">When they were measured; now if omitted.</param>
    /// <exception cref="MetricValidationException">
    /// The values do not fit the environments, or a name, a label or a number breaks a rule. Nothing was logged.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Log(
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        int? width = null,
        ReadOnlySpan<bool> where = default,
        RlTimestamps timestamp = default)
    {
        Backend backend = _run.Open();
        try
        {
            _handle ??= backend.FindRlHandle(Metric, _scale, _labels, episodes.Spread.Kind != SpreadKind.None, _strategy);
            if (_handle is { } handle)
            {
                handle.Log(values, rlStep, environments, episodes, steps, width, where, timestamp);
                _run.NoteRlStep(rlStep);
                return;
            }
        }
        catch (Exception e) when (_run.IsLate(e))
        {
            return;
        }
        catch (MetranaException e) when (backend.Outlives(e))
        {
            _handle = null;
        }

        RlBlock block = new()
        {
            Metric = Metric,
            Scale = _scale,
            Labels = _labels,
            RlStep = rlStep,
            Environments = environments,
            Episodes = episodes,
            Steps = steps,
            Timestamps = timestamp,
            Width = width,
            Strategy = _strategy,
        };
        Numbers.Log(backend, block, values, where);
        _run.NoteRlStep(rlStep);
    }

    /// <summary>Logs one value in one environment.</summary>
    /// <inheritdoc cref="Log(Values, long, EnvironmentSpan, Episodes, EnvironmentSteps, int?, ReadOnlySpan{bool}, RlTimestamps)"/>
    /// <param name="value">The value. NaN and infinities are allowed.</param>
    /// <param name="rlStep">The training step: the update or iteration that the value was collected in.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="episodes">Its episode. Either every value of a metric has an episode or none does.</param>
    /// <param name="steps">Its environment step; counted automatically if omitted.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    public void Log(
        double value,
        long rlStep,
        EnvironmentSpan environment,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamp = default) =>
        Log(Values.One(value), rlStep, environment, episodes, steps, timestamp: timestamp);

    /// <summary>The name of the metric.</summary>
    public override string ToString() => Metric;
}
