using Benchmarks.Measuring;
using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Workloads;

/// <summary>Many environments that report all their metrics at once: what a simulator does after each rollout.</summary>
internal sealed class RlBurst : IWorkload
{
    private readonly RlShape _shape;
    private readonly Action[] _enqueue;
    private readonly Logger[] _loggers;
    private long _rlStep;

    public RlBurst(IReadOnlyList<Logger> loggers, RlShape shape)
    {
        _shape = shape;
        _loggers = [.. loggers];
        _enqueue = [.. loggers.Select(logger => shape.Single
            ? Calls(logger, Columns.Floats)
            : Calls(logger, Columns.Doubles))];
        PerLogger = new Delivered(RlPoints: shape.Total);
    }

    public IReadOnlyList<Logger> Loggers => _loggers;

    public Delivered PerLogger { get; }

    /// <summary>What each series of a logger gets in a burst, by metric.</summary>
    public Dictionary<string, Total> Totals() => RlNames.Metrics(_shape.Metrics).Select((metric, i) => (metric, Total: _shape.Single
            ? Total.Of(Array.ConvertAll(Columns.Floats(_shape.PerMetric, i), value => (double)value))
            : Total.Of(Columns.Doubles(_shape.PerMetric, i))))
        .ToDictionary(one => one.metric, one => one.Total, StringComparer.Ordinal);

    public CallerCost Enqueue()
    {
        _rlStep++;
        CallerCost cost = default;
        foreach (Action enqueue in _enqueue)
        {
            cost += CallerCost.Of(enqueue);
        }

        return cost;
    }

    public void Dispose()
    {
    }

    private Action Calls<T>(Logger logger, Func<int, int, T[]> make)
        where T : unmanaged
    {
        string[] names = RlNames.Environments(_shape.Envs);
        string[] metrics = RlNames.Metrics(_shape.Metrics);
        T[][] values = [.. metrics.Select((_, i) => make(_shape.PerMetric, i))];
        RlCalls<T> calls = new(logger, _shape, names, metrics);
        return (_shape.Vector, _shape.Handles) switch
        {
            (true, true) => () => calls.VectorByHandle(_rlStep, values),
            (true, false) => () => calls.VectorByName(_rlStep, values),
            (false, true) => () => calls.EachByHandle(_rlStep, values),
            (false, false) => () => calls.EachByName(_rlStep, values),
        };
    }
}
