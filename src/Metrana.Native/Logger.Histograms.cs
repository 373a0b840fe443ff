using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>
    /// Logs a histogram of counts. A metric and scale always holds one kind of data: histograms of counts, histograms of densities, or
    /// other data.
    /// </summary>
    /// <param name="metric">The name of the metric, such as <c>gradients</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="edges">The edges of the bins: one more than there are bins, finite, each greater than the one before.</param>
    /// <param name="counts">The number of values in each bin.</param>
    /// <param name="step">Its step.</param>
    /// <param name="stats">Statistics of the original values.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    /// <exception cref="MetricValidationException">A name, a label, an edge or a bin breaks a rule. Nothing changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step or a count is negative.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void LogHistogram(
        string metric,
        Scale scale,
        ReadOnlySpan<double> edges,
        Counts counts,
        long step,
        HistogramStats? stats = null,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        LogOneHistogram(metric, scale, step, edges, counts.Checked(nameof(counts)), stats, labels, timestamps);

    /// <summary>
    /// Logs a histogram of densities. The method has its own name because integer literals in a call would be taken as
    /// counts.
    /// </summary>
    /// <inheritdoc cref="LogHistogram(string, Scale, ReadOnlySpan{double}, Counts, long, HistogramStats?, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>gradients</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="edges">The edges of the bins: one more than there are bins, finite, each greater than the one before.</param>
    /// <param name="densities">The density in each bin: finite, and not negative.</param>
    /// <param name="step">Its step.</param>
    /// <param name="stats">Statistics of the original values.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    public void LogDensityHistogram(
        string metric,
        Scale scale,
        ReadOnlySpan<double> edges,
        ReadOnlySpan<double> densities,
        long step,
        HistogramStats? stats = null,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        LogOneHistogram(metric, scale, step, edges, densities, stats, labels, timestamps);

    /// <summary>
    /// Logs several histograms of one series, all of them or none. Either all hold counts or all hold densities.
    /// </summary>
    /// <inheritdoc cref="LogHistogram(string, Scale, ReadOnlySpan{double}, Counts, long, HistogramStats?, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>gradients</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="histograms">The histograms. If empty, nothing is logged.</param>
    /// <param name="steps">One step for each element.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; now if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step or a count is negative.</exception>
    public void LogHistograms(
        string metric,
        Scale scale,
        ReadOnlySpan<Histogram> histograms,
        ReadOnlySpan<long> steps,
        LabelSpan labels = default,
        Timestamps timestamps = default)
    {
        Spread.ThrowIfNegative(steps, nameof(steps), "step");
        try
        {
            NativeLogger.LogHistograms(Live(), metric, scale, histograms, steps, labels, timestamps);
            Watch(scale);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }

    private void LogOneHistogram<T>(
        string metric,
        Scale scale,
        long step,
        ReadOnlySpan<double> edges,
        ReadOnlySpan<T> bins,
        HistogramStats? stats,
        LabelSpan labels,
        Timestamps timestamps)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        try
        {
            NativeLogger.LogHistogram(Live(), metric, scale, step, edges, bins, stats, labels, timestamps);
            Watch(scale);
        }
        catch (LoggerClosedException) when (IsDisposed)
        {
            throw Disposed();
        }

        GC.KeepAlive(this);
    }
}
