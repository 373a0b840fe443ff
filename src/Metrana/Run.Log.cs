using System.Numerics;
using System.Runtime.CompilerServices;
using Metrana.Backends;
using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>Logs one value of a metric.</summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="value">The value. NaN and the infinities are values as well.</param>
    /// <param name="step">Its step; if omitted, the one after the last of the series, or that of <see cref="Step(long, string)"/>.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">What tells this series from others of the metric, such as <c>[("policy", "greedy")]</c>.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    /// <exception cref="MetricValidationException">A name, a label or a number of steps breaks a rule. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public void Log(
        string metric,
        double value,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null) =>
        LogValues(metric, new ReadOnlySpan<double>(in value), step, scale, labels, timestamp, evaluation, distributed: false);

    /// <summary>Logs one value of a metric, of any type of number.</summary>
    /// <inheritdoc cref="Log(string, double, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <exception cref="ArgumentOutOfRangeException">The value is a whole number that a double cannot represent. Nothing was logged.</exception>
    public void Log<T>(
        string metric,
        T value,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T> =>
        Log(metric, Numbers.ToDouble(value), step, scale, labels, timestamp, evaluation);

    /// <summary>Logs one value of a metric, or nothing when there is none: no point is written and no step is used up.</summary>
    /// <inheritdoc cref="Log(string, double, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="value">The value; null logs nothing.</param>
    /// <param name="step">Its step; the one after the last of the series if omitted.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">What tells this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void Log(
        string metric,
        double? value,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
    {
        if (value is { } given)
        {
            Log(metric, given, step, scale, labels, timestamp, evaluation);
        }
        else
        {
            _ = Open();
        }
    }

    /// <summary>Logs true as 1 and false as 0.</summary>
    /// <inheritdoc cref="Log(string, double, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void Log(
        string metric,
        bool value,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null) =>
        Log(metric, value ? 1.0 : 0.0, step, scale, labels, timestamp, evaluation);

    /// <summary>Logs values of a metric, all of them or none. They may be of any type of number.</summary>
    /// <inheritdoc cref="Log(string, double, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="values">The values. <see cref="double"/> and <see cref="float"/> keep their precision, all others are widened. None at all log nothing.</param>
    /// <param name="step">Their steps: the first one, or one for each; if omitted, they continue after the last.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">What tells this series from others of the metric.</param>
    /// <param name="timestamp">When they were measured: once for all, or one for each; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void Log<T>(
        string metric,
        ReadOnlySpan<T> values,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T> =>
        LogValues(metric, values, step, scale, labels, timestamp, evaluation, distributed: false);

    /// <inheritdoc cref="Log{T}(string, ReadOnlySpan{T}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void Log<T>(
        string metric,
        Span<T> values,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T> =>
        Log(metric, (ReadOnlySpan<T>)values, step, scale, labels, timestamp, evaluation);

    /// <inheritdoc cref="Log{T}(string, ReadOnlySpan{T}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void Log<T>(
        string metric,
        T[] values,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(values);
        Log(metric, (ReadOnlySpan<T>)values, step, scale, labels, timestamp, evaluation);
    }

    /// <inheritdoc cref="Log{T}(string, ReadOnlySpan{T}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void Log<T>(
        string metric,
        IReadOnlyList<T> values,
        Steps step = default,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T> =>
        Log(metric, Numbers.Span(values), step, scale, labels, timestamp, evaluation);

    /// <summary>
    /// Logs one value of a series that several processes log to at the same time. Their points are merged by step, so the
    /// step has to be given. A metric and scale is logged this way always or never.
    /// </summary>
    /// <inheritdoc cref="Log(string, double, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="value">The value. NaN and the infinities are values as well.</param>
    /// <param name="step">Its step, which means the same in all processes.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">What tells this series from others of the metric.</param>
    /// <param name="timestamp">When it was measured; now if omitted.</param>
    /// <param name="evaluation">Whether it belongs to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void LogDistributed(
        string metric,
        double value,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null) =>
        LogValues(metric, new ReadOnlySpan<double>(in value), step, scale, labels, timestamp, evaluation, distributed: true);

    /// <summary>Logs values of a series that several processes log to at the same time, all of them or none.</summary>
    /// <inheritdoc cref="LogDistributed(string, double, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="values">The values, of any type of number.</param>
    /// <param name="step">Their steps: the first one, or one for each.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">What tells this series from others of the metric.</param>
    /// <param name="timestamp">When they were measured; now if omitted.</param>
    /// <param name="evaluation">Whether they belong to an evaluation: writes the label <c>evaluation</c> with <c>true</c> or <c>false</c>; no label if omitted.</param>
    public void LogDistributed<T>(
        string metric,
        ReadOnlySpan<T> values,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T> =>
        LogValues(metric, values, step, scale, labels, timestamp, evaluation, distributed: true);

    /// <inheritdoc cref="LogDistributed{T}(string, ReadOnlySpan{T}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogDistributed<T>(
        string metric,
        T[] values,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(values);
        LogDistributed(metric, (ReadOnlySpan<T>)values, step, scale, labels, timestamp, evaluation);
    }

    /// <inheritdoc cref="LogDistributed{T}(string, ReadOnlySpan{T}, Steps, string?, LabelSpan, Timestamps, bool?)"/>
    public void LogDistributed<T>(
        string metric,
        IReadOnlyList<T> values,
        Steps step,
        string? scale = null,
        LabelSpan labels = default,
        Timestamps timestamp = default,
        bool? evaluation = null)
        where T : struct, INumberBase<T> =>
        LogValues(metric, Numbers.Span(values), step, scale, labels, timestamp, evaluation, distributed: true);

    /// <summary>The last step of a series: the greatest that was logged, or that the service knew of when the run was opened.</summary>
    /// <param name="metric">The name of the metric.</param>
    /// <param name="scale">What a step counts; <see cref="Scale.MlStep"/> if omitted.</param>
    /// <param name="labels">The labels of the series.</param>
    /// <param name="evaluation">Whether it is the series of an evaluation.</param>
    /// <returns>The step, or null when the series has no points.</returns>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public long? GetLastStep(string metric, string? scale = null, LabelSpan labels = default, bool? evaluation = null) =>
        Open().GetLastStep(metric, Metrana.Scale.Of(scale), RunEvaluation.Mark(labels, evaluation));

    /// <summary>Logs a value that is not the program's own: no scope gives it a step, and no summary shows it.</summary>
    internal void LogQuietly(string metric, double value, LabelSpan labels) => Open().Log(
        new StdCall { Metric = metric, Scale = Native.Scale.MlStep, Labels = labels }, new ReadOnlySpan<double>(in value));

    private void LogValues<T>(
        string metric,
        ReadOnlySpan<T> values,
        Steps step,
        string? scale,
        LabelSpan labels,
        Timestamps timestamp,
        bool? evaluation,
        bool distributed)
        where T : struct, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(metric);
        Backend backend = Open();
        StepScope.Apply(ref step, ref scale);
        StdCall call = new()
        {
            Metric = metric,
            Scale = Metrana.Scale.Of(scale),
            Labels = RunEvaluation.Mark(labels, evaluation),
            Steps = step,
            Timestamps = timestamp,
            Distributed = distributed,
        };
        try
        {
            Numbers.Log(backend, call, values);
        }
        catch (MetricValidationException e) when (evaluation is not null && RunEvaluation.IsAbout(e))
        {
            throw RunEvaluation.Explain(e);
        }

        if (!values.IsEmpty)
        {
            _summary.Note(metric, double.CreateSaturating(values[^1]));
        }
    }
}
