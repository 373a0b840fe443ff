using System.Numerics;
using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>
    /// Logs values of one series, identified by its metric, scale and labels. The values are copied, all of them or none, and
    /// delivered in the background.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="values">The values; NaN and infinities are allowed. If empty, nothing is logged.</param>
    /// <param name="steps">Their steps; if omitted, they continue after the last of the series.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; now if omitted.</param>
    /// <exception cref="MetricValidationException">
    /// A name or a label breaks a rule, or the number of steps is invalid. Nothing changed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent one of the values. Nothing was logged.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void LogStdFloats(
        string metric,
        Scale scale,
        Values values,
        Steps steps = default,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        LogStd(metric, scale, values, labels, steps, timestamps, distributed: false);

    /// <summary>Logs one value of a series.</summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, Values, Steps, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    public void LogStdFloats(
        string metric, Scale scale, double value, Steps steps = default, LabelSpan labels = default, Timestamps timestamps = default) =>
        LogStd(metric, scale, new ReadOnlySpan<double>(in value), labels, steps, timestamps, distributed: false);

    /// <summary>Logs one value of any numeric type.</summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, double, Steps, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was logged.</exception>
    public void LogStdFloats<T>(
        string metric, Scale scale, T value, Steps steps = default, LabelSpan labels = default, Timestamps timestamps = default)
        where T : struct, INumberBase<T> =>
        LogStdFloats(metric, scale, Exact.ToDouble(value), steps, labels, timestamps);

    /// <summary>
    /// Logs values of a series to which several processes log at the same time. Steps may arrive in any order, so they must
    /// always be given. A metric and scale is either always distributed or never.
    /// </summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, Values, Steps, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="values">The values; NaN and infinities are allowed. If empty, nothing is logged.</param>
    /// <param name="steps">Their steps.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; now if omitted.</param>
    public void LogDistributedFloats(
        string metric,
        Scale scale,
        Values values,
        Steps steps,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        LogStd(metric, scale, values, labels, steps, timestamps, distributed: true);

    /// <summary>Logs one value of a series to which several processes log.</summary>
    /// <inheritdoc cref="LogDistributedFloats(string, Scale, Values, Steps, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="steps">Its step.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    public void LogDistributedFloats(
        string metric, Scale scale, double value, Steps steps, LabelSpan labels = default, Timestamps timestamps = default) =>
        LogStd(metric, scale, new ReadOnlySpan<double>(in value), labels, steps, timestamps, distributed: true);

    /// <summary>Logs one value, of any numeric type, of a series to which several processes log.</summary>
    /// <inheritdoc cref="LogDistributedFloats(string, Scale, double, Steps, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="steps">Its step.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was logged.</exception>
    public void LogDistributedFloats<T>(
        string metric, Scale scale, T value, Steps steps, LabelSpan labels = default, Timestamps timestamps = default)
        where T : struct, INumberBase<T> =>
        LogDistributedFloats(metric, scale, Exact.ToDouble(value), steps, labels, timestamps);

    /// <summary>
    /// Gets the last step of a series: the largest step that was logged to it, delivered or not, or that the service reported when
    /// the run was opened. Reinforcement-learning series have none; see <see cref="GetEnvironmentLastRlStepAndEpisode"/>.
    /// </summary>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="labels">The labels of the series.</param>
    /// <returns>The step, or null if there is no such series.</returns>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public long? GetSeriesLastStep(string metric, Scale scale, LabelSpan labels = default)
    {
        long? step = NativeLogger.GetSeriesLastStep(Live(), metric, scale, labels);
        GC.KeepAlive(this);
        return step;
    }

    private void LogStd(
        string metric, Scale scale, scoped in Values values, LabelSpan labels, Steps steps, Timestamps timestamps, bool distributed)
    {
        if (values.AreFloats)
        {
            LogStd(metric, scale, values.Floats, labels, steps, timestamps, distributed);
        }
        else if (values.AreOthers)
        {
            LogOthers(metric, scale, values, labels, steps, timestamps, distributed);
        }
        else
        {
            LogStd(metric, scale, values.Doubles, labels, steps, timestamps, distributed);
        }
    }

    private void LogOthers(
        string metric, Scale scale, scoped in Values values, LabelSpan labels, Steps steps, Timestamps timestamps, bool distributed)
    {
        using Values.Widened widened = values.Widen();
        LogStd(metric, scale, widened.Span, labels, steps, timestamps, distributed);
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
                Watch(scale);
                if (!distributed && _known.ComesAgain(hash))
                {
                    Learn(logger, NativeLogger.World.Std, hash, metric, scale, labels, ordered: true, episodic: false, default);
                }
            }
        }
        catch (MetricValidationException e) when (!e.Message.Contains(metric, StringComparison.Ordinal))
        {
            throw e.About(metric);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }
}
