using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>
    /// Logs a set of points in two dimensions. A metric and scale always holds one kind of data: sets in two dimensions, sets in three
    /// dimensions, or other data.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>embedding</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="xs">The x coordinates, of any numeric type; they must be finite. An empty set is allowed.</param>
    /// <param name="ys">The y coordinates, one for each point.</param>
    /// <param name="step">Its step.</param>
    /// <param name="titles">The titles of the axes. The latest titles given apply to the whole series.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    /// <exception cref="MetricValidationException">A name, a label, a title or a coordinate breaks a rule. Nothing changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void LogScatter(
        string metric,
        Scale scale,
        Values xs,
        Values ys,
        long step,
        AxisTitles titles = default,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        LogOneScatter(metric, scale, step, xs, ys, default, is3D: false, titles, labels, timestamps);

    /// <summary>
    /// Logs a set of points in three dimensions. A metric and scale always holds one kind of data: sets in two dimensions, sets in three
    /// dimensions, or other data.
    /// </summary>
    /// <inheritdoc cref="LogScatter(string, Scale, Values, Values, long, AxisTitles, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>embedding</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="xs">The x coordinates, of any numeric type; they must be finite. An empty set is allowed.</param>
    /// <param name="ys">The y coordinates, one for each point.</param>
    /// <param name="zs">The z coordinates, one for each point.</param>
    /// <param name="step">Its step.</param>
    /// <param name="titles">The titles of the axes. The latest titles given apply to the whole series.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    public void LogScatter(
        string metric,
        Scale scale,
        Values xs,
        Values ys,
        Values zs,
        long step,
        AxisTitles titles = default,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        LogOneScatter(metric, scale, step, xs, ys, zs, is3D: true, titles, labels, timestamps);

    /// <summary>
    /// Logs several sets of points of one series, all of them or none. Either all are two-dimensional or all are three-dimensional.
    /// </summary>
    /// <inheritdoc cref="LogScatter(string, Scale, Values, Values, long, AxisTitles, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>embedding</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="scatters">The sets. If empty, nothing is logged.</param>
    /// <param name="steps">One step for each element.</param>
    /// <param name="titles">The titles of the axes. The latest titles given apply to the whole series.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; now if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative.</exception>
    public void LogScatters(
        string metric,
        Scale scale,
        ReadOnlySpan<Scatter> scatters,
        ReadOnlySpan<long> steps,
        AxisTitles titles = default,
        LabelSpan labels = default,
        Timestamps timestamps = default)
    {
        Spread.ThrowIfNegative(steps, nameof(steps), "step");
        try
        {
            NativeLogger.LogScatters(Live(), metric, scale, scatters, steps, titles, labels, timestamps);
            Watch(scale);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }

    private void LogOneScatter(
        string metric,
        Scale scale,
        long step,
        Values xs,
        Values ys,
        Values zs,
        bool is3D,
        AxisTitles titles,
        LabelSpan labels,
        Timestamps timestamps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        try
        {
            using Values.Widened x = xs.ToDoubles();
            using Values.Widened y = ys.ToDoubles();
            using Values.Widened z = zs.ToDoubles();
            NativeLogger.LogScatter(Live(), metric, scale, step, x.Span, y.Span, z.Span, is3D, titles, labels, timestamps);
            Watch(scale);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }
}
