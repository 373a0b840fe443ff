using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Values of several series that are logged as one by <see cref="Logger.Log(LogBatch)"/>: all of them or none. It copies what
/// is added, keeps its memory and is used again; it belongs to no logger. One thread at a time may use it.
/// </summary>
/// <example>
/// <code>
/// LogBatch batch = new();
/// for (int i = 0; i &lt; 1000; i++)
/// {
///     batch.Add("train/loss", Scale.MlStep, loss);
///     batch.Add("train/accuracy", Scale.MlStep, accuracy);
///     logger.Log(batch);
/// }
/// </code>
/// </example>
public sealed class LogBatch
{
    /// <summary>How many additions it holds.</summary>
    public int Count => Buffer.Count;

    internal BatchBuffer Buffer { get; } = new();

    /// <summary>Adds one value of a series.</summary>
    /// <inheritdoc cref="Add(string, Scale, ReadOnlySpan{double}, LabelSpan, Steps, Timestamps, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; NaN and the infinities are values as well.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the step has to be given.</param>
    public void Add(
        string metric,
        Scale scale,
        double value,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default,
        bool distributed = false) =>
        Buffer.Add(metric, scale, new ReadOnlySpan<double>(in value), labels, steps, timestamps, distributed);

    /// <summary>Adds one whole number of a series.</summary>
    /// <inheritdoc cref="Add(string, Scale, double, LabelSpan, Steps, Timestamps, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the step has to be given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is beyond 2^53. Nothing was added.</exception>
    public void Add(
        string metric,
        Scale scale,
        long value,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default,
        bool distributed = false) =>
        Add(metric, scale, Widen.ToDouble(value), labels, steps, timestamps, distributed);

    /// <summary>Adds one whole number of a series.</summary>
    /// <inheritdoc cref="Add(string, Scale, double, LabelSpan, Steps, Timestamps, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the step has to be given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is beyond 2^53. Nothing was added.</exception>
    public void Add(
        string metric,
        Scale scale,
        ulong value,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default,
        bool distributed = false) =>
        Add(metric, scale, Widen.ToDouble(value), labels, steps, timestamps, distributed);

    /// <summary>Adds values of a series. Whether they break a rule turns out when the batch is logged.</summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">What a step counts.</param>
    /// <param name="values">The values; NaN and the infinities are values as well.</param>
    /// <param name="labels">What tells this series from others of the same metric and scale.</param>
    /// <param name="steps">Their steps; left out, they go on after the last of the series.</param>
    /// <param name="timestamps">When they were measured; left out, it is when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the steps have to be given.</param>
    /// <exception cref="ArgumentException">A name is null or is not text: it has half a surrogate pair. Nothing was added.</exception>
    [OverloadResolutionPriority(1)]
    public void Add(
        string metric,
        Scale scale,
        ReadOnlySpan<double> values,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default,
        bool distributed = false) =>
        Buffer.Add(metric, scale, values, labels, steps, timestamps, distributed);

    /// <summary>Adds values at the precision of <see cref="float"/>: half the bytes.</summary>
    /// <inheritdoc cref="Add(string, Scale, ReadOnlySpan{double}, LabelSpan, Steps, Timestamps, bool)"/>
    public void Add(
        string metric,
        Scale scale,
        ReadOnlySpan<float> values,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default,
        bool distributed = false) =>
        Buffer.Add(metric, scale, values, labels, steps, timestamps, distributed);

    /// <summary>Empties it without logging anything. Its memory stays for what comes next.</summary>
    public void Clear() => Buffer.Clear();
}
