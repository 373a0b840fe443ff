using BenchmarkDotNet.Attributes;
using Benchmarks.Floors;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Micro;

/// <summary>A row of 100 values of one environment a call, beside a copy of the same bytes.</summary>
[InvocationCount(Calls.OfRows, Calls.Unrolled)]
public class RlRowBenchmarks : LoggingBenchmark
{
    private const int Points = 100;

    private readonly double[] _row = Columns.Doubles(Points, 1);
    private readonly float[] _floatRow = Columns.Floats(Points, 1);
    private RlSeries _series = null!;
    private EnvironmentSet _environment = null!;

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    public unsafe void Copy()
    {
        fixed (double* source = _row)
        {
            Memory.Copy(source, Points * sizeof(double));
        }
    }

    [Benchmark]
    public void ByHandle() => _series.Log(_row, 1, _environment);

    [Benchmark]
    public void FloatsByHandle() => _series.Log(_floatRow, 1, _environment);

    [Benchmark]
    public void ByName() => Logger.LogRlFloats("rollout/named", Scale.EnvironmentStep, _row, 1, "env-0001");

    private protected override long IterationBytes => Calls.OfRows * Points * sizeof(double);

    private protected override void Prepare()
    {
        _series = Logger.RlSeries("rollout/reward", Scale.EnvironmentStep);
        _environment = Logger.Environments("env-0001");
    }
}

/// <summary>A grid of 1,024 environments and 100 values each a call, beside a copy of the same bytes.</summary>
[InvocationCount(Calls.OfColumns, Calls.Unrolled)]
public class RlGridBenchmarks : LoggingBenchmark
{
    private const int Environments = 1024;
    private const int Points = 100;

    private readonly double[] _grid = Columns.Doubles(Environments * Points, 1);
    private readonly string[] _names = [.. Enumerable.Range(0, Environments).Select(i => $"env-{i:D4}")];
    private RlSeries _series = null!;
    private EnvironmentSet _environments = null!;

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    public unsafe void Copy()
    {
        fixed (double* source = _grid)
        {
            Memory.Copy(source, _grid.Length * sizeof(double));
        }
    }

    [Benchmark]
    public void ByHandle() => _series.Log(_grid, 1, _environments, width: Points);

    [Benchmark]
    public void ByName() => Logger.LogRlFloats("rollout/named", Scale.EnvironmentStep, _grid, 1, _names, width: Points);

    private protected override long IterationBytes => (long)Calls.OfColumns * _grid.Length * sizeof(double);

    private protected override void Prepare()
    {
        _series = Logger.RlSeries("rollout/reward", Scale.EnvironmentStep);
        _environments = Logger.Environments(_names);
    }
}
