using BenchmarkDotNet.Attributes;
using Benchmarks.Floors;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Micro;

/// <summary>Columns that are copied in a few nanoseconds.</summary>
[InvocationCount(Calls.OfRows, Calls.Unrolled)]
public class ShortColumnBenchmarks : ColumnBenchmarks
{
    /// <inheritdoc/>
    [Params(1, 10, 100, 1_000)]
    public override int Count { get; set; }

    private protected override int CallsOfIteration => Calls.OfRows;
}

/// <summary>Columns that are copied in microseconds.</summary>
[InvocationCount(Calls.OfColumns, Calls.Unrolled)]
public class LongColumnBenchmarks : ColumnBenchmarks
{
    /// <inheritdoc/>
    [Params(10_000, 100_000)]
    public override int Count { get; set; }

    private protected override int CallsOfIteration => Calls.OfColumns;
}

/// <summary>One column a call, beside a copy of the same bytes.</summary>
public abstract class ColumnBenchmarks : LoggingBenchmark
{
    private readonly Labels _label = new(("layer", "encoder-3"));
    private double[] _doubles = [];
    private float[] _floats = [];
    private Series _doubleSeries = null!;
    private Series _floatSeries = null!;

    /// <summary>Values of a column.</summary>
    public abstract int Count { get; set; }

    private protected abstract int CallsOfIteration { get; }

    /// <summary>The floor of the doubles.</summary>
    [Benchmark(Baseline = true)]
    public unsafe void CopyDoubles()
    {
        fixed (double* source = _doubles)
        {
            Memory.Copy(source, Count * sizeof(double));
        }
    }

    /// <summary>The floor of the floats.</summary>
    [Benchmark]
    public unsafe void CopyFloats()
    {
        fixed (float* source = _floats)
        {
            Memory.Copy(source, Count * sizeof(float));
        }
    }

    [Benchmark]
    public void DoublesByHandle() => _doubleSeries.Log(_doubles);

    [Benchmark]
    public void FloatsByHandle() => _floatSeries.Log(_floats);

    [Benchmark]
    public void DoublesByName() => Logger.LogStdFloats("column/named-doubles", Scale.MlStep, _doubles, labels: _label);

    [Benchmark]
    public void FloatsByName() => Logger.LogStdFloats("column/named-floats", Scale.MlStep, _floats, labels: _label);

    private protected override long IterationBytes => (long)CallsOfIteration * Count * sizeof(double);

    private protected override void Prepare()
    {
        _doubles = Columns.Doubles(Count, 1);
        _floats = Columns.Floats(Count, 1);
        _doubleSeries = Logger.Series("column/doubles", Scale.MlStep);
        _floatSeries = Logger.Series("column/floats", Scale.MlStep);
    }
}
