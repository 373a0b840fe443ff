using System.Numerics;
using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// Values of several series that are logged as one by <see cref="Logger.Log(LogBatch)"/>: all of them or none. It copies what
/// is added, keeps its memory and is used again; it belongs to no logger. One thread at a time may use it: a second one gets an
/// <see cref="InvalidOperationException"/>.
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
    private readonly BatchBuffer _buffer = new();

    /// <summary>Not 0 while a thread is at work. The buffers have no lock, and two threads in them would corrupt memory.</summary>
    private int _busy;

    /// <summary>How many additions it holds.</summary>
    public int Count => _buffer.Count;

    /// <summary>Adds one value of a series.</summary>
    /// <inheritdoc cref="Add(string, Scale, Values, LabelSpan, Steps, Timestamps, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the step has to be given.</param>
    public void Add(
        string metric,
        Scale scale,
        double value,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default,
        bool distributed = false) =>
        Put(metric, scale, new ReadOnlySpan<double>(in value), labels, steps, timestamps, distributed);

    /// <summary>Adds one number of any type.</summary>
    /// <inheritdoc cref="Add(string, Scale, double, LabelSpan, Steps, Timestamps, bool)"/>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="value">The value. A whole number that a double cannot represent is refused rather than rounded.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the step has to be given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was added.</exception>
    public void Add<T>(
        string metric,
        Scale scale,
        T value,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default,
        bool distributed = false)
        where T : struct, INumberBase<T> =>
        Add(metric, scale, Exact.ToDouble(value), labels, steps, timestamps, distributed);

    /// <summary>Adds values of a series. Whether they break a rule turns out when the batch is logged.</summary>
    /// <param name="metric">The name of the metric, such as <c>train/loss</c>.</param>
    /// <param name="scale">The unit that steps count.</param>
    /// <param name="values">The values; NaN and infinities are allowed.</param>
    /// <param name="labels">The labels that distinguish this series from others with the same metric and scale.</param>
    /// <param name="steps">Their steps; if omitted, they continue after the last of the series.</param>
    /// <param name="timestamps">When they were measured; if omitted, when the batch is logged.</param>
    /// <param name="distributed">Whether many processes log to the series. Then the steps have to be given.</param>
    /// <exception cref="ArgumentException">A name is null or is not text: it has half a surrogate pair. Nothing was added.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent one of the values. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the batch at this moment. Nothing was added.</exception>
    public void Add(
        string metric,
        Scale scale,
        Values values,
        LabelSpan labels = default,
        Steps steps = default,
        Timestamps timestamps = default,
        bool distributed = false)
    {
        if (values.AreFloats)
        {
            Put(metric, scale, values.Floats, labels, steps, timestamps, distributed);
        }
        else if (values.AreOthers)
        {
            using Values.Widened widened = values.Widen();
            Put(metric, scale, widened.Span, labels, steps, timestamps, distributed);
        }
        else
        {
            Put(metric, scale, values.Doubles, labels, steps, timestamps, distributed);
        }
    }

    /// <summary>Adds one value of a series that was looked up once.</summary>
    /// <inheritdoc cref="Add(string, Scale, double, LabelSpan, Steps, Timestamps, bool)"/>
    /// <param name="series">The series. Any logger may log the batch, and then has a series of the same name.</param>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; if omitted, when the batch is logged.</param>
    public void Add(Series series, double value, Steps steps = default, Timestamps timestamps = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        Add(series.Metric, series.Scale, value, series.Labels, steps, timestamps, series.IsDistributed);
    }

    /// <summary>Adds values of a series that was looked up once.</summary>
    /// <inheritdoc cref="Add(string, Scale, Values, LabelSpan, Steps, Timestamps, bool)"/>
    /// <param name="series">The series. Any logger may log the batch, and then has a series of the same name.</param>
    /// <param name="values">The values; NaN and infinities are allowed.</param>
    /// <param name="steps">Their steps; if omitted, they continue after the last of the series.</param>
    /// <param name="timestamps">When they were measured; if omitted, when the batch is logged.</param>
    public void Add(Series series, Values values, Steps steps = default, Timestamps timestamps = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        Add(series.Metric, series.Scale, values, series.Labels, steps, timestamps, series.IsDistributed);
    }

    /// <summary>Empties it without logging anything. Its memory is kept for the next values.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the batch at this moment.</exception>
    public void Clear()
    {
        Enter();
        _buffer.Clear();
        Leave();
    }

    /// <summary>Logs all of it or nothing, and empties it if that went well.</summary>
    internal void Send(LoggerHandle logger)
    {
        Enter();
        try
        {
            _buffer.Send(logger);
            _buffer.Clear();
        }
        finally
        {
            Leave();
        }
    }

    private void Put<T>(
        string metric, Scale scale, ReadOnlySpan<T> values, LabelSpan labels, Steps steps, Timestamps timestamps, bool distributed)
        where T : unmanaged
    {
        Enter();
        try
        {
            _buffer.Add(metric, scale, values, labels, steps, timestamps, distributed);
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
