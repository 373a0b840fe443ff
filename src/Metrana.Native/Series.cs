using System.Numerics;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// A handle to a series, created by <see cref="Logger.Series"/> for repeated calls that pass no names. It is small and
/// need not be disposed. It is thread-safe. A call after its logger was closed throws and has no other effect.
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

    internal Series(Logger logger, string metric, Scale scale, Labels labels, bool distributed, SeriesHandle handle)
    {
        _logger = logger;
        _handle = handle;
        Metric = metric;
        Scale = scale;
        Labels = labels;
        IsDistributed = distributed;
    }

    /// <summary>The name of the metric.</summary>
    public string Metric { get; }

    /// <summary>The unit that steps count.</summary>
    public Scale Scale { get; }

    /// <summary>The labels that distinguish this series from others with the same metric and scale.</summary>
    public Labels Labels { get; }

    /// <summary>Whether several processes log to the series.</summary>
    public bool IsDistributed { get; }

    /// <summary>The logger that it belongs to.</summary>
    internal Logger Owner => _logger;

    /// <summary>How the native side knows it.</summary>
    internal SeriesHandle Handle => _handle;

    /// <summary>Logs values, all of them or none.</summary>
    /// <inheritdoc cref="Log(double)"/>
    /// <param name="values">The values; NaN and infinities are allowed. If empty, nothing is logged.</param>
    /// <param name="steps">Their steps; if omitted, they continue after the last of the series.</param>
    /// <param name="timestamps">When they were measured; now if omitted.</param>
    /// <exception cref="MetricValidationException">The number of steps or timestamps is invalid. Nothing changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent one of the values. Nothing was logged.</exception>
    public void Log(Values values, Steps steps = default, Timestamps timestamps = default)
    {
        if (values.AreFloats)
        {
            LogColumn(values.Floats, steps, timestamps);
        }
        else if (values.AreOthers)
        {
            LogOthers(values, steps, timestamps);
        }
        else
        {
            LogColumn(values.Doubles, steps, timestamps);
        }
    }

    /// <summary>Logs one value, now, at the step after the last of the series.</summary>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
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
        catch (MetricValidationException e) when (!e.Message.Contains(Metric, StringComparison.Ordinal))
        {
            throw e.About(Metric);
        }
        catch (LoggerClosedException) when (_logger.IsDisposed)
        {
            throw _logger.Disposed();
        }

        GC.KeepAlive(this);
    }

    /// <summary>Logs one value.</summary>
    /// <inheritdoc cref="Log(double)"/>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    public void Log(double value, Steps steps = default, Timestamps timestamps = default) =>
        LogColumn(new ReadOnlySpan<double>(in value), steps, timestamps);

    /// <summary>Logs one number of any type, now, at the step after the last of the series.</summary>
    /// <inheritdoc cref="Log(double)"/>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was logged.</exception>
    public void Log<T>(T value)
        where T : struct, INumberBase<T> => Log(Exact.ToDouble(value));

    /// <summary>Logs one value of any numeric type.</summary>
    /// <inheritdoc cref="Log{T}(T)"/>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="steps">Its step; the one after the last of the series if omitted.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    public void Log<T>(T value, Steps steps = default, Timestamps timestamps = default)
        where T : struct, INumberBase<T> => Log(Exact.ToDouble(value), steps, timestamps);

    /// <summary>The name of the metric.</summary>
    public override string ToString() => Metric;

    private void LogOthers(scoped in Values values, Steps steps, Timestamps timestamps)
    {
        using Values.Widened widened = values.Widen();
        LogColumn(widened.Span, steps, timestamps);
    }

    private void LogColumn<T>(ReadOnlySpan<T> values, Steps steps, Timestamps timestamps)
        where T : unmanaged
    {
        try
        {
            _handle.Log(values, steps, timestamps);
        }
        catch (MetricValidationException e) when (!e.Message.Contains(Metric, StringComparison.Ordinal))
        {
            throw e.About(Metric);
        }
        catch (LoggerClosedException) when (_logger.IsDisposed)
        {
            throw _logger.Disposed();
        }

        GC.KeepAlive(this);
    }
}
