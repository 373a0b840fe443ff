using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Values of several series that are logged as one by <see cref="Logger.Log(LogBatch, long?, DateTimeOffset?)"/>: all of them or
/// none. It takes names and handles, ordinary values, values of reinforcement learning, and histograms. It copies what is added,
/// keeps its memory and is used again; it belongs to no logger. One thread at a time may use it: a second one gets an
/// <see cref="InvalidOperationException"/>.
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

    /// <summary>How many additions it holds.</summary>
    public int Count => _buffer.Count;

    /// <summary>Adds values of a series. Whether they break a rule turns out when the batch is logged.</summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="values">The values; NaN and infinities are allowed.</param>
    /// <param name="steps">Their steps; if omitted, they continue after the last of the series.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When they were measured; if omitted, when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the steps have to be given.</param>
    /// <exception cref="ArgumentException">A name is null or is not text: it has half a surrogate pair. Nothing was added.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent one of the values. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the batch at this moment. Nothing was added.</exception>
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

    /// <summary>Adds values of a series that was looked up once.</summary>
    /// <inheritdoc cref="Add(string, Scale, Values, Steps, LabelSpan, Timestamps, bool)"/>
    /// <param name="series">The series. Any logger may log the batch, and then has a series of the same name.</param>
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
    /// <param name="distributed">Whether many processes log to the series. Then the step has to be given.</param>
    public void Add(
        string metric,
        Scale scale,
        double value,
        Steps steps = default,
        LabelSpan labels = default,
        Timestamps timestamps = default,
        bool distributed = false) =>
        Put(metric, scale, new ReadOnlySpan<double>(in value), steps, labels, timestamps, distributed);

    /// <summary>Adds one number of any type.</summary>
    /// <inheritdoc cref="Add(string, Scale, double, Steps, LabelSpan, Timestamps, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value. A whole number that a double cannot represent is refused rather than rounded.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the step has to be given.</param>
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

    /// <summary>Adds one number of any type of a series that was looked up once.</summary>
    /// <inheritdoc cref="Add(Series, double, Steps, Timestamps)"/>
    /// <param name="series">The series. Any logger may log the batch, and then has a series of the same name.</param>
    /// <param name="value">The value. A whole number that a double cannot represent is refused rather than rounded.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was added.</exception>
    public void Add<T>(Series series, T value, Steps steps = default, Timestamps timestamps = default)
        where T : struct, INumberBase<T> => Add(series, Exact.ToDouble(value), steps, timestamps);

    /// <summary>Adds one value of a series that was looked up once.</summary>
    /// <inheritdoc cref="Add(string, Scale, double, Steps, LabelSpan, Timestamps, bool)"/>
    /// <param name="series">The series. Any logger may log the batch, and then has a series of the same name.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    public void Add(Series series, double value, Steps steps = default, Timestamps timestamps = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        Put(series, new ReadOnlySpan<double>(in value), steps, timestamps);
    }

    /// <summary>The metric of each addition, in the order they were added.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the batch at this moment.</exception>
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

    /// <summary>Empties it without logging anything. Its memory is kept for the next values.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the batch at this moment.</exception>
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
