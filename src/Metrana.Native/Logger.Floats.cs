using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>Logs one value of a series.</summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, ReadOnlySpan{double}, LabelSpan, Steps, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; NaN and the infinities are values as well.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    public void LogStdFloats(
        string metric, Scale scale, double value, LabelSpan labels = default, Steps steps = default, Timestamps timestamps = default) =>
        LogStd(metric, scale, new ReadOnlySpan<double>(in value), labels, steps, timestamps, distributed: false);

    /// <summary>Logs one whole number of a series.</summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, double, LabelSpan, Steps, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is beyond 2^53. Nothing was logged.</exception>
    public void LogStdFloats(
        string metric, Scale scale, long value, LabelSpan labels = default, Steps steps = default, Timestamps timestamps = default) =>
        LogStdFloats(metric, scale, Widen.ToDouble(value), labels, steps, timestamps);

    /// <summary>Logs one whole number of a series.</summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, double, LabelSpan, Steps, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is beyond 2^53. Nothing was logged.</exception>
    public void LogStdFloats(
        string metric, Scale scale, ulong value, LabelSpan labels = default, Steps steps = default, Timestamps timestamps = default) =>
        LogStdFloats(metric, scale, Widen.ToDouble(value), labels, steps, timestamps);

    /// <summary>
    /// Logs values of one series: of one metric, scale and set of labels. They are copied, all of them or none, and the
    /// call returns.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="values">The values; NaN and the infinities are values as well. None at all log nothing.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="steps">Their steps; left out, they go on after the last of the series.</param>
    /// <param name="timestamps">When they were measured; left out, it is now.</param>
    /// <exception cref="MetricValidationException">A name, a label or a number of steps breaks a rule. Nothing changed.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    [OverloadResolutionPriority(1)]
    public void LogStdFloats(
        string metric,
        Scale scale,
        ReadOnlySpan<double> values,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default) =>
        LogStd(metric, scale, values, labels, steps, timestamps, distributed: false);

    /// <summary>Logs values at the precision of <see cref="float"/>: half the bytes.</summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, ReadOnlySpan{double}, LabelSpan, Steps, Timestamps)"/>
    public void LogStdFloats(
        string metric,
        Scale scale,
        ReadOnlySpan<float> values,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default) =>
        LogStd(metric, scale, values, labels, steps, timestamps, distributed: false);

    /// <summary>Logs one value of a series that many processes log to.</summary>
    /// <inheritdoc cref="LogDistributedFloats(string, Scale, ReadOnlySpan{double}, Steps, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; NaN and the infinities are values as well.</param>
    /// <param name="steps">Its step.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    public void LogDistributedFloats(
        string metric, Scale scale, double value, Steps steps, LabelSpan labels = default, Timestamps timestamps = default) =>
        LogStd(metric, scale, new ReadOnlySpan<double>(in value), labels, steps, timestamps, distributed: true);

    /// <summary>Logs one whole number of a series that many processes log to.</summary>
    /// <inheritdoc cref="LogDistributedFloats(string, Scale, double, Steps, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="steps">Its step.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is beyond 2^53. Nothing was logged.</exception>
    public void LogDistributedFloats(
        string metric, Scale scale, long value, Steps steps, LabelSpan labels = default, Timestamps timestamps = default) =>
        LogDistributedFloats(metric, scale, Widen.ToDouble(value), steps, labels, timestamps);

    /// <summary>Logs one whole number of a series that many processes log to.</summary>
    /// <inheritdoc cref="LogDistributedFloats(string, Scale, double, Steps, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="steps">Its step.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is beyond 2^53. Nothing was logged.</exception>
    public void LogDistributedFloats(
        string metric, Scale scale, ulong value, Steps steps, LabelSpan labels = default, Timestamps timestamps = default) =>
        LogDistributedFloats(metric, scale, Widen.ToDouble(value), steps, labels, timestamps);

    /// <summary>
    /// Logs values of a series that many processes log to at the same time. Steps come in any order, and so they always
    /// have to be given. A metric and scale is distributed for good or never.
    /// </summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, ReadOnlySpan{double}, LabelSpan, Steps, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="values">The values; NaN and the infinities are values as well. None at all log nothing.</param>
    /// <param name="steps">Their steps.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; left out, it is now.</param>
    [OverloadResolutionPriority(1)]
    public void LogDistributedFloats(
        string metric,
        Scale scale,
        ReadOnlySpan<double> values,
        Steps steps,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        LogStd(metric, scale, values, labels, steps, timestamps, distributed: true);

    /// <summary>Logs values of a series that many processes log to, at the precision of <see cref="float"/>: half the bytes.</summary>
    /// <inheritdoc cref="LogDistributedFloats(string, Scale, ReadOnlySpan{double}, Steps, LabelSpan, Timestamps)"/>
    public void LogDistributedFloats(
        string metric,
        Scale scale,
        ReadOnlySpan<float> values,
        Steps steps,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        LogStd(metric, scale, values, labels, steps, timestamps, distributed: true);

    /// <summary>
    /// The last step of a series: the greatest that was logged to it, delivered or not, or that the service knew of when
    /// the run was opened. Series of reinforcement learning have none: see <see cref="GetEnvironmentLastRlStepAndEpisode"/>.
    /// </summary>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="labels">The labels of the series.</param>
    /// <returns>The step, or null when there is no such series.</returns>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public long? GetSeriesLastStep(string metric, Scale scale, LabelSpan labels = default)
    {
        long? step = NativeLogger.GetSeriesLastStep(Live(), metric, scale, labels);
        GC.KeepAlive(this);
        return step;
    }

    private void LogStd<T>(
        string metric, Scale scale, ReadOnlySpan<T> values, LabelSpan labels, Steps steps, Timestamps timestamps, bool distributed)
        where T : unmanaged
    {
        try
        {
            LoggerHandle logger = Live();
            int hash = distributed ? 0 : KnownNames.Hash(metric, labels);
            if (distributed || !TryLogKnown(hash, metric, scale, values, labels, steps, timestamps))
            {
                NativeLogger.LogStdFloats(logger, metric, scale, values, labels, steps, timestamps, distributed);
                if (!distributed && _known.ComesAgain(hash))
                {
                    Learn(logger, NativeLogger.World.Std, hash, metric, scale, labels, ordered: true, episodic: false, default);
                }
            }
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }
}
