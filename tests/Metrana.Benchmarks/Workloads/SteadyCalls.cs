using Benchmarks.Serving;
using Metrana.Native;

namespace Benchmarks.Workloads;

/// <summary>Reinforcement learning, call by call: each has the points of all environments for one metric at one step of the training.</summary>
internal sealed class SteadyCalls
{
    /// <summary>Columns that the calls take in turn. Their number is prime, so that no metric meets the same ones only.</summary>
    private const int Columns = 61;

    private readonly RlShape _shape;
    private readonly string[] _metrics;
    private readonly RlSeries[] _series;
    private readonly EnvironmentSet _environments;
    private readonly double[][] _columns;

    /// <param name="logger">Where they go to.</param>
    /// <param name="shape">How many environments and metrics there are, and how many points each has in a call.</param>
    /// <param name="make">Makes a column from its length and a seed.</param>
    public SteadyCalls(Logger logger, RlShape shape, Func<int, int, double[]> make)
    {
        _shape = shape;
        _metrics = RlNames.Metrics(shape.Metrics);
        _series = [.. _metrics.Select(metric => logger.RlSeries(metric, Scale.EnvironmentStep))];
        _environments = logger.Environments(RlNames.Environments(shape.Envs));
        _columns = [.. Enumerable.Range(0, Columns).Select(seed => make(shape.PerMetric, seed))];
    }

    /// <summary>Values that were computed as floats and are logged as doubles.</summary>
    public static double[] FloatBorn(int count, int seed)
    {
        Noise noise = new(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)noise.Next();
        }

        return values;
    }

    public void Call(long number) =>
        _series[number % _shape.Metrics].Log(Column(number), number / _shape.Metrics, _environments, width: _shape.Points);

    /// <summary>What a call brings.</summary>
    public double[] Column(long number) => _columns[number % Columns];

    /// <summary>What each series has after so many calls, by metric.</summary>
    public Dictionary<string, Total> Totals(long calls)
    {
        Total[] columns = [.. _columns.Select(column => Total.Of(column))];
        Total[] totals = new Total[_shape.Metrics];
        for (long number = 0; number < calls; number++)
        {
            totals[number % _shape.Metrics] += columns[number % Columns];
        }

        return _metrics.Zip(totals).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }
}
