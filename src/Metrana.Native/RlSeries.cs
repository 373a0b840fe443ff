using System.Buffers;
using System.Numerics;
using Metrana.Native.Interop;

namespace Metrana.Native;

/// <summary>
/// A handle to a reinforcement-learning series, created by <see cref="Logger.RlSeries"/> for repeated calls. Together with an
/// <see cref="EnvironmentSet"/>, calls pass no names. It is small and need not be disposed. It is thread-safe. A call after its
/// logger was closed throws and has no other effect.
/// </summary>
public sealed class RlSeries
{
    private readonly Logger _logger;
    private readonly SeriesHandle _handle;
    private readonly StepStrategy _strategy;
    private readonly bool _ordered;

    internal RlSeries(
        Logger logger, string metric, Scale scale, Labels labels, SeriesHandle handle, StepStrategy strategy, bool ordered)
    {
        _logger = logger;
        _handle = handle;
        _strategy = strategy;
        _ordered = ordered;
        Metric = metric;
        Scale = scale;
        Labels = labels;
    }

    /// <summary>The name of the metric.</summary>
    public string Metric { get; }

    /// <summary>The unit that environment steps count.</summary>
    public Scale Scale { get; }

    /// <summary>The labels that distinguish this series from others with the same metric and scale.</summary>
    public Labels Labels { get; }

    /// <summary>The logger that it belongs to.</summary>
    internal Logger Owner => _logger;

    /// <summary>How the native side knows it.</summary>
    internal SeriesHandle Handle => _handle;

    /// <summary>How its environment steps count.</summary>
    internal StepStrategy Strategy => _strategy;

    /// <summary>Whether its points come in the order of their steps.</summary>
    internal bool IsOrdered => _ordered;

    /// <summary>
    /// Logs values of one or more environments: a row of values for one environment, one value for each of several, or a grid, row by
    /// row. The values are copied, all of them or none, and delivered in the background.
    /// </summary>
    /// <example>
    /// <code>
    /// EnvironmentSet environments = logger.Environments(64);
    /// RlSeries returns = logger.RlSeries("return", Scale.Episode);
    /// returns.Log(episodeReturns, update, environments, steps: episodeNumbers, where: done);   // only the environments that are done
    /// </code>
    /// </example>
    /// <param name="values">The values, row by row; NaN and infinities are allowed. If empty, nothing is logged.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environments">The environments, one for each row: names, or a set created in advance.</param>
    /// <param name="episodes">Their episodes; none if omitted.</param>
    /// <param name="steps">Their environment steps; if omitted, they continue after the last.</param>
    /// <param name="width">
    /// The number of values of each environment. Required for a grid. If omitted, a single environment has all the values, and each
    /// of several environments has one.
    /// </param>
    /// <param name="where">
    /// One flag for each environment: whether it is logged. Values, steps, episodes and timestamps must still be given for all
    /// environments. If omitted, all are logged.
    /// </param>
    /// <param name="timestamps">When they were measured; now if omitted.</param>
    /// <exception cref="MetricValidationException">
    /// The numbers of values, environments, steps, episodes or flags do not match, or a step breaks a rule. Nothing changed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The reinforcement-learning step or the width is negative, or a double cannot represent one of the values.
    /// </exception>
    /// <exception cref="ArgumentException">The environments belong to another logger.</exception>
    /// <exception cref="QueueFullException">There was no room (<see cref="Backpressure.Raise"/>). Nothing was logged.</exception>
    /// <exception cref="LoggerClosedException">The logger was closed, before the call or during it. Nothing was logged.</exception>
    /// <exception cref="SenderException">Delivery failed for good, and the logger has stopped. Nothing was logged.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void Log(
        Values values,
        long rlStep,
        EnvironmentSpan environments,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        int? width = null,
        ReadOnlySpan<bool> where = default,
        RlTimestamps timestamps = default)
    {
        RlCall call = new(Metric, rlStep, environments, values.Count, width, episodes, steps, timestamps, _strategy, _ordered);
        if (values.AreFloats)
        {
            LogGrid(call, values.Floats, where);
        }
        else if (values.AreOthers)
        {
            LogOthers(call, values, where);
        }
        else
        {
            LogGrid(call, values.Doubles, where);
        }
    }

    /// <summary>Logs one value in one environment.</summary>
    /// <inheritdoc cref="Log(Values, long, EnvironmentSpan, Episodes, EnvironmentSteps, int?, ReadOnlySpan{bool}, RlTimestamps)"/>
    /// <param name="value">The value; NaN and infinities are allowed.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The environment: its name, or a set of one.</param>
    /// <param name="episodes">Its episode; none if omitted.</param>
    /// <param name="steps">Its environment step; the one after the last if omitted.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    public void Log(
        double value,
        long rlStep,
        EnvironmentSpan environment,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default)
    {
        RlCall call = new(Metric, rlStep, environment, 1, null, episodes, steps, timestamps, _strategy, _ordered);
        LogGrid(call, new ReadOnlySpan<double>(in value), default);
    }

    /// <summary>Logs one number of any type in one environment.</summary>
    /// <inheritdoc cref="Log(double, long, EnvironmentSpan, Episodes, EnvironmentSteps, RlTimestamps)"/>
    /// <param name="value">The value. An integer that a double cannot represent exactly is refused, not rounded.</param>
    /// <param name="rlStep">The step of the training.</param>
    /// <param name="environment">The environment: its name, or a set of one.</param>
    /// <param name="episodes">Its episode; none if omitted.</param>
    /// <param name="steps">Its environment step; the one after the last if omitted.</param>
    /// <param name="timestamps">When it was measured; now if omitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A double cannot represent the value. Nothing was logged.</exception>
    public void Log<T>(
        T value,
        long rlStep,
        EnvironmentSpan environment,
        Episodes episodes = default,
        EnvironmentSteps steps = default,
        RlTimestamps timestamps = default)
        where T : struct, INumberBase<T> =>
        Log(Exact.ToDouble(value), rlStep, environment, episodes, steps, timestamps);

    /// <summary>The name of the metric.</summary>
    public override string ToString() => Metric;

    private void LogOthers(scoped in RlCall call, scoped in Values values, ReadOnlySpan<bool> where)
    {
        using Values.Widened widened = values.Widen();
        LogGrid(call, widened.Span, where);
    }

    private void LogGrid<T>(scoped in RlCall call, ReadOnlySpan<T> values, ReadOnlySpan<bool> where)
        where T : unmanaged
    {
        _logger.CheckOwner(call.Environments);
        try
        {
            if (call.Environments.Kept is { } kept && where.IsEmpty)
            {
                _handle.LogRl(values, call, kept.Ids);
            }
            else
            {
                LogNamedOrSome(call, values, where);
            }
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

    /// <summary>What needs memory from a pool. By itself, so that the usual call has nothing of it on its stack.</summary>
    private void LogNamedOrSome<T>(scoped in RlCall call, ReadOnlySpan<T> values, ReadOnlySpan<bool> where)
        where T : unmanaged
    {
        uint[]? rented = null;
        try
        {
            scoped ReadOnlySpan<uint> ids;
            if (call.Environments.Kept is { } kept)
            {
                ids = kept.Ids;
            }
            else
            {
                rented = ArrayPool<uint>.Shared.Rent(call.Rows);
                string? one = call.Environments.One;
                _logger.Identify(one is null ? call.Environments.Names : new ReadOnlySpan<string>(in one), rented);
                ids = rented.AsSpan(0, call.Rows);
            }

            if (where.IsEmpty)
            {
                _handle.LogRl(values, call, ids);
                return;
            }

            using RlSubset<T> subset = new(call, values, ids, where);
            if (subset.Rows > 0)
            {
                _handle.LogRl(subset.Values, subset.Call, subset.Environments);
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<uint>.Shared.Return(rented);
            }
        }
    }
}
