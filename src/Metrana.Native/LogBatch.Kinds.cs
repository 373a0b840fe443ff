using System.Buffers;
using System.Numerics;

namespace Metrana.Native;

// What is not an ordinary value.
public sealed partial class LogBatch
{
    /// <summary>
    /// Adds reinforcement-learning values: a row of values for one environment, one value for each of several, or a grid, row by row.
    /// </summary>
    /// <param name="series">The series. Any logger may log the batch; it then uses its own series of the same name.</param>
    /// <param name="values">The values, row by row; NaN and infinities are allowed.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environments">
    /// The environments, one for each row: names, or a set created by the logger that logs the batch.
    /// </param>
    /// <param name="episodes">Their episodes; none if omitted.</param>
    /// <param name="steps">Their environment steps; if omitted, they continue after the last.</param>
    /// <param name="width">The number of values of each environment. Required for a grid.</param>
    /// <param name="where">One flag for each environment: whether it is added. If omitted, all are added.</param>
    /// <param name="timestamps">When they were measured; if omitted, when the batch is logged.</param>
    /// <exception cref="MetricValidationException">Values, environments and flags do not match in number. Nothing was added.</exception>
    /// <exception cref="ArgumentException">A name is null, or contains half a surrogate pair. Nothing was added.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The reinforcement-learning step or the width is negative, or a double cannot represent one of the values. Nothing was added.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another thread is using the batch. Nothing was added.</exception>
    public void Add(
        RlSeries series,
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        int? width = null,
        ReadOnlySpan<bool> where = default,
        RlTimestamps timestamps = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        RlCall call = new(
            series.Metric, rlStep, environments, values.Count, width, episodes, steps, timestamps, series.Strategy, series.IsOrdered);
        AddRows(series.Metric, series.Scale, series.Labels, series, values, call, environments, where);
    }

    /// <summary>Adds one reinforcement-learning value of one environment.</summary>
    /// <inheritdoc cref="Add(RlSeries, Values, long, EnvironmentSpan, Episodes, EnvironmentSteps, int?, ReadOnlySpan{bool}, RlTimestamps)"/>
    /// <param name="series">The series. Any logger may log the batch; it then uses its own series of the same name.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The environment: its name, or a set of one.</param>
    /// <param name="episodes">Its episode; none if omitted.</param>
    /// <param name="steps">Its environment step; the one after the last if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    public void Add(
        RlSeries series,
        double value,
        long rlStep,
        EnvironmentSpan environment,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        RlCall call = new(series.Metric, rlStep, environment, 1, null, episodes, steps, timestamps, series.Strategy, series.IsOrdered);
        PutRows(series.Metric, series.Scale, series.Labels, series, new ReadOnlySpan<double>(in value), call, environment, default);
    }

    /// <summary>Adds one reinforcement-learning value, of any numeric type, of one environment.</summary>
    /// <inheritdoc cref="Add(RlSeries, double, long, EnvironmentSpan, Episodes, EnvironmentSteps, RlTimestamps)"/>
    /// <param name="series">The series. Any logger may log the batch; it then uses its own series of the same name.</param>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The environment: its name, or a set of one.</param>
    /// <param name="episodes">Its episode; none if omitted.</param>
    /// <param name="steps">Its environment step; the one after the last if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    public void Add<T>(
        RlSeries series,
        T value,
        long rlStep,
        EnvironmentSpan environment,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default)
        where T : struct, INumberBase<T> =>
        Add(series, Exact.ToDouble(value), rlStep, environment, episodes, steps, timestamps);

    /// <summary>Adds reinforcement-learning values to a series by name.</summary>
    /// <inheritdoc cref="Add(RlSeries, Values, long, EnvironmentSpan, Episodes, EnvironmentSteps, int?, ReadOnlySpan{bool}, RlTimestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="scale">The unit that environment steps count.</param>
    /// <param name="values">The values, row by row; NaN and infinities are allowed.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environments">
    /// The environments, one for each row: names, or a set created by the logger that logs the batch.
    /// </param>
    /// <param name="episodes">Their episodes; none if omitted.</param>
    /// <param name="steps">Their environment steps; if omitted, they continue after the last.</param>
    /// <param name="width">The number of values of each environment. Required for a grid.</param>
    /// <param name="where">One flag for each environment: whether it is added. If omitted, all are added.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; if omitted, when the batch is logged.</param>
    /// <param name="strategy">How environment steps are counted.</param>
    /// <param name="ordered">Whether points arrive in the order of their steps. If not, the steps must be given.</param>
    public void AddRl(
        string metric,
        Scale scale,
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        int? width = null,
        ReadOnlySpan<bool> where = default,
        LabelSpan labels = default,
        RlTimestamps timestamps = default,
        StepStrategy strategy = StepStrategy.WithinRlStep,
        bool ordered = true)
    {
        RlCall call = new(metric, rlStep, environments, values.Count, width, episodes, steps, timestamps, strategy, ordered);
        AddRows(metric, scale, labels, null, values, call, environments, where);
    }

    /// <summary>Adds one reinforcement-learning value, of any numeric type, of one environment to a series by name.</summary>
    /// <inheritdoc cref="Add(RlSeries, double, long, EnvironmentSpan, Episodes, EnvironmentSteps, RlTimestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>reward</c>.</param>
    /// <param name="scale">The unit that environment steps count.</param>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The environment: its name, or a set of one.</param>
    /// <param name="episodes">Its episode; none if omitted.</param>
    /// <param name="steps">Its environment step; the one after the last if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <param name="strategy">How environment steps are counted.</param>
    /// <param name="ordered">Whether points arrive in the order of their steps. If not, the step must be given.</param>
    public void AddRl<T>(
        string metric,
        Scale scale,
        T value,
        long rlStep,
        EnvironmentSpan environment,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        LabelSpan labels = default,
        RlTimestamps timestamps = default,
        StepStrategy strategy = StepStrategy.WithinRlStep,
        bool ordered = true)
        where T : struct, INumberBase<T>
    {
        double one = Exact.ToDouble(value);
        RlCall call = new(metric, rlStep, environment, 1, null, episodes, steps, timestamps, strategy, ordered);
        PutRows(metric, scale, labels, null, new ReadOnlySpan<double>(in one), call, environment, default);
    }

    /// <summary>Adds a histogram of counts.</summary>
    /// <param name="metric">The name of the metric, such as <c>gradients</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="edges">The edges of the bins: one more than there are bins, finite, each greater than the one before.</param>
    /// <param name="counts">The number of values in each bin.</param>
    /// <param name="step">The step; if omitted, the step passed when the batch is logged.</param>
    /// <param name="stats">Statistics of the original values.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <exception cref="ArgumentException">A name is null, or contains half a surrogate pair. Nothing was added.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step or a count is negative. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the batch. Nothing was added.</exception>
    public void AddHistogram(
        string metric,
        Scale scale,
        ReadOnlySpan<double> edges,
        Counts counts,
        long? step = null,
        HistogramStats? stats = null,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        PutHistogram(metric, scale, edges, counts.Checked(nameof(counts)), step, stats, labels, timestamps);

    /// <summary>Adds a histogram of densities.</summary>
    /// <inheritdoc cref="AddHistogram(string, Scale, ReadOnlySpan{double}, Counts, long?, HistogramStats?, LabelSpan, Timestamps)"/>
    /// <param name="metric">The name of the metric, such as <c>gradients</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="edges">The edges of the bins: one more than there are bins, finite, each greater than the one before.</param>
    /// <param name="densities">The density in each bin: finite, and not negative.</param>
    /// <param name="step">The step; if omitted, the step passed when the batch is logged.</param>
    /// <param name="stats">Statistics of the original values.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    public void AddDensityHistogram(
        string metric,
        Scale scale,
        ReadOnlySpan<double> edges,
        ReadOnlySpan<double> densities,
        long? step = null,
        HistogramStats? stats = null,
        LabelSpan labels = default,
        Timestamps timestamps = default) =>
        PutHistogram(metric, scale, edges, densities, step, stats, labels, timestamps);

    private void PutHistogram<T>(
        string metric,
        Scale scale,
        ReadOnlySpan<double> edges,
        ReadOnlySpan<T> bins,
        long? step,
        HistogramStats? stats,
        LabelSpan labels,
        Timestamps timestamps)
        where T : unmanaged
    {
        if (step is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(step));
        }

        Enter();
        try
        {
            _buffer.AddHistogram(metric, scale, edges, bins, step, stats, labels, timestamps);
        }
        finally
        {
            Leave();
        }
    }

    private void AddRows(
        string metric,
        Scale scale,
        LabelSpan labels,
        RlSeries? series,
        scoped in Values values,
        scoped in RlCall call,
        scoped in EnvironmentSpan environments,
        ReadOnlySpan<bool> where)
    {
        if (values.AreFloats)
        {
            PutRows(metric, scale, labels, series, values.Floats, call, environments, where);
        }
        else if (values.AreOthers)
        {
            using Values.Widened widened = values.Widen();
            PutRows(metric, scale, labels, series, widened.Span, call, environments, where);
        }
        else
        {
            PutRows(metric, scale, labels, series, values.Doubles, call, environments, where);
        }
    }

    private void PutRows<T>(
        string metric,
        Scale scale,
        LabelSpan labels,
        RlSeries? series,
        scoped ReadOnlySpan<T> values,
        scoped in RlCall call,
        scoped in EnvironmentSpan environments,
        ReadOnlySpan<bool> where)
        where T : unmanaged
    {
        Enter();
        try
        {
            if (where.IsEmpty)
            {
                _buffer.AddRows(metric, scale, labels, series, values, call, environments, where);
                return;
            }

            // Which environments are left is for the buffer; here it only matters how many there are.
            uint[] rows = ArrayPool<uint>.Shared.Rent(call.Rows);
            try
            {
                using RlSubset<T> subset = new(call, values, rows.AsSpan(0, call.Rows), where);
                if (subset.Rows > 0)
                {
                    _buffer.AddRows(metric, scale, labels, series, subset.Values, subset.Call, environments, where);
                }
            }
            finally
            {
                ArrayPool<uint>.Shared.Return(rows);
            }
        }
        finally
        {
            Leave();
        }
    }
}
