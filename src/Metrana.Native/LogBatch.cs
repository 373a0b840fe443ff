using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// A reusable batch of values of several series, which <see cref="Logger.Log(LogBatch, long?, DateTimeOffset?)"/> logs together:
/// either all of them or none. A batch holds ordinary values, reinforcement-learning values and histograms, added by name or by
/// handle. It copies the added values, keeps its memory for reuse, and belongs to no logger. Only one thread at a time may use it;
/// a second one gets an <see cref="InvalidOperationException"/>.
/// </summary>
/// <example>
/// <code>
/// LogBatch batch = new();
/// for (int i = 0; i &lt; 1000; i++)
/// {
///     batch.Add("train/loss", Scale.MlStep, loss);
///     batch.Add("train/accuracy", Scale.MlStep, accuracy);
///     batch.AddHistogram("gradients", Scale.MlStep, edges, counts);
///     logger.Log(batch, step: i);
/// }
///
/// logger.Log(new LogBatch { { "val/loss", "EPOCH", 0.25 }, { "val/accuracy", "EPOCH", 0.875 } }, step: 3);
/// </code>
/// </example>
[SuppressMessage("Naming", "CA1710", Justification = "It is filled like a collection, and is one call to be made.")]
public sealed partial class LogBatch : IEnumerable<string>
{
    private readonly BatchBuffer _buffer = new();

    /// <summary>Not 0 while a thread is at work. The buffers have no lock, and two threads in them would corrupt memory.</summary>
    private int _busy;

    /// <summary>The number of additions in the batch.</summary>
    public int Count => _buffer.Count;

    /// <summary>Adds values of a series. The rules for metrics are checked only when the batch is logged.</summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="values">The values; NaN and infinities are allowed.</param>
    /// <param name="steps">Their steps; if omitted, they continue after the last of the series.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; if omitted, when the batch is logged.</param>
    /// <param name="distributed">Whether several processes log to the series. If so, the steps must be given.</param>
    /// <exception cref="ArgumentException">A name is null, or contains half a surrogate pair. Nothing was added.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent one of the values. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the batch. Nothing was added.</exception>
    public void Add(
        string metric,
        Scale scale,
        Values values,
        Steps steps = default,
        LabelSpan labels = default,
        Timestamps timestamps = default,
        bool distributed = false)
    {
        if (values.AreFloats)
        {
            Put(metric, scale, values.Floats, steps, labels, timestamps, distributed);
        }
        else if (values.AreOthers)
        {
            using Values.Widened widened = values.Widen();
            Put(metric, scale, widened.Span, steps, labels, timestamps, distributed);
        }
        else
        {
            Put(metric, scale, values.Doubles, steps, labels, timestamps, distributed);
        }
    }

    /// <summary>Adds values of a series by its handle.</summary>
    /// <inheritdoc cref="Add(string, Scale, Values, Steps, LabelSpan, Timestamps, bool)"/>
    /// <param name="series">The series. Any logger may log the batch; it then uses its own series of the same name.</param>
    /// <param name="values">The values; NaN and infinities are allowed.</param>
    /// <param name="steps">Their steps; if omitted, they continue after the last of the series.</param>
    /// <param name="timestamps">When they were measured; if omitted, when the batch is logged.</param>
    public void Add(Series series, Values values, Steps steps = default, Timestamps timestamps = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (values.AreFloats)
        {
            Put(series, values.Floats, steps, timestamps);
        }
        else if (values.AreOthers)
        {
            using Values.Widened widened = values.Widen();
            Put(series, widened.Span, steps, timestamps);
        }
        else
        {
            Put(series, values.Doubles, steps, timestamps);
        }
    }

    /// <summary>Adds one value of a series.</summary>
    /// <inheritdoc cref="Add(string, Scale, Values, Steps, LabelSpan, Timestamps, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <param name="distributed">Whether several processes log to the series. If so, the step must be given.</param>
    public void Add(
        string metric,
        Scale scale,
        double value,
        Steps steps = default,
        LabelSpan labels = default,
        Timestamps timestamps = default,
        bool distributed = false) =>
        Put(metric, scale, new ReadOnlySpan<double>(in value), steps, labels, timestamps, distributed);

    /// <summary>Adds one value of any numeric type.</summary>
    /// <inheritdoc cref="Add(string, Scale, double, Steps, LabelSpan, Timestamps, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <param name="distributed">Whether several processes log to the series. If so, the step must be given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was added.</exception>
    public void Add<T>(
        string metric,
        Scale scale,
        T value,
        Steps steps = default,
        LabelSpan labels = default,
        Timestamps timestamps = default,
        bool distributed = false)
        where T : struct, INumberBase<T> =>
        Add(metric, scale, Exact.ToDouble(value), steps, labels, timestamps, distributed);

    /// <summary>Adds one value of any numeric type, of a series by its handle.</summary>
    /// <inheritdoc cref="Add(Series, double, Steps, Timestamps)"/>
    /// <param name="series">The series. Any logger may log the batch; it then uses its own series of the same name.</param>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was added.</exception>
    public void Add<T>(Series series, T value, Steps steps = default, Timestamps timestamps = default)
        where T : struct, INumberBase<T> => Add(series, Exact.ToDouble(value), steps, timestamps);

    /// <summary>Adds one value of a series by its handle.</summary>
    /// <inheritdoc cref="Add(string, Scale, double, Steps, LabelSpan, Timestamps, bool)"/>
    /// <param name="series">The series. Any logger may log the batch; it then uses its own series of the same name.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    public void Add(Series series, double value, Steps steps = default, Timestamps timestamps = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        Put(series, new ReadOnlySpan<double>(in value), steps, timestamps);
    }

    /// <summary>Returns an enumerator over the metric of each addition, in the order of the additions.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the batch.</exception>
    public IEnumerator<string> GetEnumerator()
    {
        Enter();
        try
        {
            return Enumerable.Range(0, Count).Select(_buffer.MetricOf).ToList().GetEnumerator();
        }
        finally
        {
            Leave();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Empties the batch without logging anything. Its memory is kept for the next values.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the batch.</exception>
    public void Clear()
    {
        Enter();
        _buffer.Clear();
        Leave();
    }

    /// <summary>Logs all of it or nothing, and empties it if that went well.</summary>
    internal void Send(Logger owner, LoggerHandle logger, long? step, long? timestamp)
    {
        Enter();
        try
        {
            _buffer.Send(owner, logger, step, timestamp);
            foreach (Scale scale in _buffer.Scales)
            {
                owner.Watch(scale);
            }

            _buffer.Clear();
        }
        finally
        {
            Leave();
        }
    }

    private void Put<T>(
        string metric, Scale scale, ReadOnlySpan<T> values, Steps steps, LabelSpan labels, Timestamps timestamps, bool distributed)
        where T : unmanaged
    {
        Enter();
        try
        {
            _buffer.AddFloats(metric, scale, values, steps, labels, timestamps, distributed);
        }
        finally
        {
            Leave();
        }
    }

    private void Put<T>(Series series, ReadOnlySpan<T> values, Steps steps, Timestamps timestamps)
        where T : unmanaged
    {
        Enter();
        try
        {
            _buffer.AddFloats(series, values, steps, timestamps);
        }
        finally
        {
            Leave();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            throw new InvalidOperationException(
                "Two threads use one LogBatch at the same time. Give each thread a batch of its own, or hold a lock around it.");
        }
    }

    private void Leave() => Volatile.Write(ref _busy, 0);
}
