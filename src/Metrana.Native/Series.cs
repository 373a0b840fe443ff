using System.Runtime.CompilerServices;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// A series of a logger for calls that come again and again, made once by <see cref="Logger.Series"/>: a call brings no name
/// along. It is small and needs no disposing; after its logger has ended a call throws, and nothing worse. Any number of
/// threads may use it at the same time.
/// </summary>
/// <example>
/// <code>
/// Series loss = logger.Series("train/loss", Scale.MlStep);
/// for (int i = 0; i &lt; 1000; i++)
/// {
///     loss.Log(Train());
/// }
/// </code>
/// </example>
public sealed class Series
{
    private readonly Logger _logger;
    private readonly SeriesHandle _handle;

    internal Series(Logger logger, string metric, SeriesHandle handle)
    {
        _logger = logger;
        _handle = handle;
        Metric = metric;
    }

    /// <summary>The name of the metric.</summary>
    public string Metric { get; }

    /// <summary>Logs one value, now, at the step after the last of the series.</summary>
    /// <param name="value">The value; NaN and the infinities are values as well.</param>
    /// <exception cref="MetricValidationException">The series is distributed and needs a step, or has no steps left. Nothing changed.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void Log(double value)
    {
        try
        {
            _handle.Log(value);
        }
        catch (LoggerClosedException) when (_logger.IsDisposed)
        {
            throw Logger.Disposed();
        }

        GC.KeepAlive(this);
    }

    /// <summary>Logs one whole number, now, at the step after the last of the series.</summary>
    /// <inheritdoc cref="Log(double)"/>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is beyond 2^53. Nothing was logged.</exception>
    public void Log(long value) => Log(Widen.ToDouble(value));

    /// <summary>Logs one whole number, now, at the step after the last of the series.</summary>
    /// <inheritdoc cref="Log(double)"/>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is beyond 2^53. Nothing was logged.</exception>
    public void Log(ulong value) => Log(Widen.ToDouble(value));

    /// <summary>Logs one value.</summary>
    /// <inheritdoc cref="Log(double)"/>
    /// <param name="value">The value; NaN and the infinities are values as well.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    public void Log(double value, Steps steps = default, Timestamps timestamps = default) =>
        LogColumn(new ReadOnlySpan<double>(in value), steps, timestamps);

    /// <summary>Logs one whole number.</summary>
    /// <inheritdoc cref="Log(long)"/>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    public void Log(long value, Steps steps = default, Timestamps timestamps = default) =>
        Log(Widen.ToDouble(value), steps, timestamps);

    /// <summary>Logs one whole number.</summary>
    /// <inheritdoc cref="Log(ulong)"/>
    /// <param name="value">The value; one beyond 2^53 is refused, for it would have to be rounded.</param>
    /// <param name="steps">Its step; left out, it is the one after the last of the series.</param>
    /// <param name="timestamps">When it was measured; left out, it is now.</param>
    public void Log(ulong value, Steps steps = default, Timestamps timestamps = default) =>
        Log(Widen.ToDouble(value), steps, timestamps);

    /// <summary>Logs values, all of them or none.</summary>
    /// <inheritdoc cref="Log(double)"/>
    /// <param name="values">The values; NaN and the infinities are values as well. None at all log nothing.</param>
    /// <param name="steps">Their steps; left out, they go on after the last of the series.</param>
    /// <param name="timestamps">When they were measured; left out, it is now.</param>
    /// <exception cref="MetricValidationException">A number of steps or timestamps breaks a rule. Nothing changed.</exception>
    [OverloadResolutionPriority(1)]
    public void Log(ReadOnlySpan<double> values, Steps steps = default, Timestamps timestamps = default) =>
        LogColumn(values, steps, timestamps);

    /// <summary>Logs values at the precision of <see cref="float"/>: half the bytes.</summary>
    /// <inheritdoc cref="Log(ReadOnlySpan{double}, Steps, Timestamps)"/>
    public void Log(ReadOnlySpan<float> values, Steps steps = default, Timestamps timestamps = default) =>
        LogColumn(values, steps, timestamps);

    /// <summary>The name of the metric.</summary>
    public override string ToString() => Metric;

    private void LogColumn<T>(ReadOnlySpan<T> values, Steps steps, Timestamps timestamps)
        where T : unmanaged
    {
        try
        {
            _handle.Log(values, steps, timestamps);
        }
        catch (LoggerClosedException) when (_logger.IsDisposed)
        {
            throw Logger.Disposed();
        }

        GC.KeepAlive(this);
    }
}
