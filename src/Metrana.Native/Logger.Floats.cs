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
        LogStdFloats(metric, scale, new ReadOnlySpan<double>(in value), labels, steps, timestamps);

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
        Timestamps timestamps = default)
    {
        try
        {
            NativeLogger.LogStdFloats(Live(), metric, scale, values, labels, steps, timestamps);
        }
        catch (LoggerClosedException) when (_core.Disposed)
        {
            throw new ObjectDisposedException(nameof(Logger));
        }

        GC.KeepAlive(this);
    }

    /// <summary>Logs values at the precision of <see cref="float"/>: half the bytes.</summary>
    /// <inheritdoc cref="LogStdFloats(string, Scale, ReadOnlySpan{double}, LabelSpan, Steps, Timestamps)"/>
    public void LogStdFloats(
        string metric,
        Scale scale,
        ReadOnlySpan<float> values,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default)
    {
        try
        {
            NativeLogger.LogStdFloats(Live(), metric, scale, values, labels, steps, timestamps);
        }
        catch (LoggerClosedException) when (_core.Disposed)
        {
            throw new ObjectDisposedException(nameof(Logger));
        }

        GC.KeepAlive(this);
    }

    /// <summary>
    /// The last step of a series: the greatest that was logged to it, delivered or not, or that the service knew of when
    /// the run was opened.
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
}
