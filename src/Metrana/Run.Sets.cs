using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>Logs a histogram of raw values, which are sorted into bins here. Values that are not finite are left out.</summary>
    /// <param name="metric">The name of the metric, such as <c>gradients</c>. A metric that holds histograms can hold nothing else.</param>
    /// <param name="values">The values, of any type of number.</param>
    /// <param name="step">Its step.</param>
    /// <param name="bins">The number of bins of equal width that the range of the values is divided into: 1 to 512.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <exception cref="MetricValidationException">There are no finite values, or a name or a label breaks a rule. Nothing was logged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative, or there are too few or too many bins.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void LogHistogram(
        string metric,
        Values values,
        long step,
        int bins = 64,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Bins made = Bins.Of(values, bins);
        Open().LogHistogram(
            Set(metric, step, scale, labels, timestamp, evaluation),
            new BinnedValues { Edges = made.Edges, Counts = made.Counts, Stats = made.Stats });
    }

    /// <summary>Logs a histogram whose bins have already been counted.</summary>
    /// <inheritdoc cref="LogHistogram(string, Values, long, int, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="metric">The name of the metric, such as <c>gradients</c>. A metric that holds histograms can hold nothing else.</param>
    /// <param name="edges">The edges of the bins: one more than there are bins, finite, each greater than the one before.</param>
    /// <param name="counts">The number of values in each bin.</param>
    /// <param name="step">Its step.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void LogHistogram(
        string metric,
        Values edges,
        Counts counts,
        long step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        _ = counts.Checked(nameof(counts));
        using Values.Widened wide = edges.ToDoubles();
        Open().LogHistogram(
            Set(metric, step, scale, labels, timestamp, evaluation), new BinnedValues { Edges = wide.Span, Counts = counts.Values });
    }

    /// <summary>
    /// Logs a prepared histogram, with densities instead of counts or with statistics of the original values:
    /// <c>Histogram.OfDensities(edges, densities)</c>, <c>Histogram.OfCounts(edges, counts, HistogramStats.Of(values))</c>.
    /// </summary>
    /// <inheritdoc cref="LogHistogram(string, Values, long, int, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="metric">The name of the metric, such as <c>gradients</c>. A metric that holds histograms can hold nothing else.</param>
    /// <param name="histogram">The histogram. It is copied.</param>
    /// <param name="step">Its step.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void LogHistogram(
        string metric,
        Histogram histogram,
        long step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        Counts counts = histogram.CountsToSend;
        _ = counts.Checked(nameof(histogram));
        BinnedValues bins = new()
        {
            Edges = histogram.Edges.Span,
            Counts = counts.Values,
            Densities = histogram.Densities.Span,
            Stats = histogram.Stats,
        };
        Open().LogHistogram(Set(metric, step, scale, labels, timestamp, evaluation), bins);
    }

    /// <summary>Logs a set of points in the plane, such as an embedding.</summary>
    /// <param name="metric">The name of the metric. A metric that holds points in the plane can hold nothing else.</param>
    /// <param name="xs">The x coordinates, of any type of number, which must be finite.</param>
    /// <param name="ys">The y coordinates, one for each x coordinate.</param>
    /// <param name="step">Its step.</param>
    /// <param name="titles">The titles of the axes.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <exception cref="MetricValidationException">
    /// There are not as many ys as xs, or a name, a label or a coordinate breaks a rule. Nothing was logged.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void LogScatter(
        string metric,
        Values xs,
        Values ys,
        long step,
        AxisTitles titles = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        CheckAxis(xs.Count, ys.Count, nameof(ys), metric);
        using Values.Widened x = xs.ToDoubles();
        using Values.Widened y = ys.ToDoubles();
        Open().LogScatter(Set(metric, step, scale, labels, timestamp, evaluation), x.Span, y.Span, default, is3D: false, titles);
    }

    /// <summary>Logs a set of points in space.</summary>
    /// <inheritdoc cref="LogScatter(string, Values, Values, long, AxisTitles, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="metric">The name of the metric. A metric that holds points in space can hold nothing else.</param>
    /// <param name="xs">The x coordinates, of any type of number, which must be finite.</param>
    /// <param name="ys">The y coordinates, one for each x coordinate.</param>
    /// <param name="zs">The z coordinates, one for each x coordinate.</param>
    /// <param name="step">Its step.</param>
    /// <param name="titles">The titles of the axes.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void LogScatter(
        string metric,
        Values xs,
        Values ys,
        Values zs,
        long step,
        AxisTitles titles = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        CheckAxis(xs.Count, ys.Count, nameof(ys), metric);
        CheckAxis(xs.Count, zs.Count, nameof(zs), metric);
        using Values.Widened x = xs.ToDoubles();
        using Values.Widened y = ys.ToDoubles();
        using Values.Widened z = zs.ToDoubles();
        Open().LogScatter(Set(metric, step, scale, labels, timestamp, evaluation), x.Span, y.Span, z.Span, is3D: true, titles);
    }

    private static SetCall Set(string metric, long step, string? scale, LabelSpan labels, Timestamps timestamp, bool? evaluation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return new SetCall
        {
            Metric = metric,
            Scale = Metrana.Scale.Of(scale),
            Labels = RunEvaluation.Mark(labels, evaluation),
            Step = step,
            Timestamps = timestamp,
        };
    }

    private static void CheckAxis(int wanted, int given, string axis, string metric)
    {
        if (wanted != given)
        {
            throw MetricValidationException.Of(
                $"'{axis}' has {given} coordinates for {wanted} points: give one for each.").About(metric);
        }
    }
}
