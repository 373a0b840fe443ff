using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// A reinforcement-learning series of a logger for calls that come again and again, made once by
/// <see cref="Logger.RlSeries"/>: with an <see cref="EnvironmentSet"/>, a call brings no name along. It is small and needs no
/// disposing; after its logger has ended a call throws, and nothing worse. Any number of threads may use it at the same time.
/// </summary>
public sealed class RlSeries
{
    private readonly Logger _logger;
    private readonly SeriesHandle _handle;
    private readonly StepStrategy _strategy;
    private readonly bool _ordered;

    internal RlSeries(Logger logger, string metric, SeriesHandle handle, StepStrategy strategy, bool ordered)
    {
        _logger = logger;
        _handle = handle;
        _strategy = strategy;
        _ordered = ordered;
        Metric = metric;
    }

    /// <summary>The name of the metric.</summary>
    public string Metric { get; }

    /// <summary>Logs one value in one environment.</summary>
    /// <inheritdoc cref="Log(long, EnvironmentSet, ReadOnlySpan{double}, Episodes, EnvironmentSteps, RlTimestamps, int?)"/>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The environment, as a set of one.</param>
    /// <param name="value">The value; NaN and the infinities are values as well.</param>
    /// <param name="episodes">Its episode; left out, it belongs to none.</param>
    /// <param name="steps">Its environment step; left out, it is the one after the last.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    public void Log(
        long rlStep,
        EnvironmentSet environment,
        double value,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default) =>
        LogGrid(rlStep, environment, new ReadOnlySpan<double>(in value), episodes, steps, timestamps, null);

    /// <summary>Logs one whole number in one environment.</summary>
    /// <inheritdoc cref="Log(long, EnvironmentSet, double, Episodes, EnvironmentSteps, RlTimestamps)"/>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The environment, as a set of one.</param>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="episodes">Its episode; left out, it belongs to none.</param>
    /// <param name="steps">Its environment step; left out, it is the one after the last.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    public void Log(
        long rlStep,
        EnvironmentSet environment,
        long value,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default) =>
        Log(rlStep, environment, Widen.ToDouble(value), episodes, steps, timestamps);

    /// <summary>Logs one whole number in one environment.</summary>
    /// <inheritdoc cref="Log(long, EnvironmentSet, double, Episodes, EnvironmentSteps, RlTimestamps)"/>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The environment, as a set of one.</param>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="episodes">Its episode; left out, it belongs to none.</param>
    /// <param name="steps">Its environment step; left out, it is the one after the last.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    public void Log(
        long rlStep,
        EnvironmentSet environment,
        ulong value,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default) =>
        Log(rlStep, environment, Widen.ToDouble(value), episodes, steps, timestamps);

    /// <summary>
    /// Logs values in one environment or in many: a row of values for one, one value for each of many, or a grid, row by row.
    /// They are copied, all of them or none, and the call returns.
    /// </summary>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environments">The environments, which are the rows.</param>
    /// <param name="values">The values, row by row; NaN and the infinities are values as well. None at all log nothing.</param>
    /// <param name="episodes">Their episodes; left out, they belong to none.</param>
    /// <param name="steps">Their environment steps; left out, they go on after the last.</param>
    /// <param name="timestamps">When they were measured; left out, it is now.</param>
    /// <param name="width">
    /// How many values each environment has. Needed for a grid; left out, one environment has all the values and each of many
    /// has one.
    /// </param>
    /// <exception cref="MetricValidationException">A shape or a step breaks a rule. Nothing changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The reinforcement-learning step or the width is negative.</exception>
    /// <exception cref="ArgumentException">The values are no such grid, or the environments are another logger's.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    [OverloadResolutionPriority(1)]
    public void Log(
        long rlStep,
        EnvironmentSet environments,
        ReadOnlySpan<double> values,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default,
        int? width = null) =>
        LogGrid(rlStep, environments, values, episodes, steps, timestamps, width);

    /// <summary>Logs values at the precision of <see cref="float"/>: half the bytes.</summary>
    /// <inheritdoc cref="Log(long, EnvironmentSet, ReadOnlySpan{double}, Episodes, EnvironmentSteps, RlTimestamps, int?)"/>
    public void Log(
        long rlStep,
        EnvironmentSet environments,
        ReadOnlySpan<float> values,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default,
        int? width = null) =>
        LogGrid(rlStep, environments, values, episodes, steps, timestamps, width);

    /// <summary>The name of the metric.</summary>
    public override string ToString() => Metric;

    private void LogGrid<T>(
        long rlStep,
        EnvironmentSpan environments,
        ReadOnlySpan<T> values,
        Episodes episodes,
        EnvironmentSteps steps,
        RlTimestamps timestamps,
        int? width)
        where T : unmanaged
    {
        RlCall call = new(rlStep, environments, values.Length, width)
        {
            Episodes = episodes,
            Steps = steps,
            Timestamps = timestamps,
            Strategy = _strategy,
            Ordered = _ordered,
        };
        _logger.CheckOwner(environments);
        try
        {
            _handle.LogRl(values, call, environments.Kept is { } kept ? kept.Ids : default);
        }
        catch (LoggerClosedException) when (_logger.IsDisposed)
        {
            throw Logger.Disposed();
        }

        GC.KeepAlive(this);
    }
}
