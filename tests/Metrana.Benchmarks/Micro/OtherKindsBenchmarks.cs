using BenchmarkDotNet.Attributes;
using Benchmarks.Floors;
using Benchmarks.Workloads;
using Metrana.Native;

namespace Benchmarks.Micro;

/// <summary>Attributes and histograms, beside a copy of as many bytes as a histogram has.</summary>
[InvocationCount(Calls.OfRows, Calls.Unrolled)]
public class OtherKindsBenchmarks : LoggingBenchmark
{
    private const int Bins = 64;

    private readonly double[] _edges = [.. Enumerable.Range(0, Bins + 1).Select(i => (double)i)];
    private readonly long[] _counts = [.. Enumerable.Range(0, Bins).Select(i => (long)i * 3)];
    private readonly double[] _bytes = Columns.Doubles((2 * Bins) + 1, 1);
    private readonly Dictionary<string, object?> _attributes = new()
    {
        ["learning_rate"] = 3e-4,
        ["layers"] = 12L,
        ["optimizer"] = "adam",
        ["amsgrad"] = false,
    };

    private long _step;

    /// <summary>The floor of a call.</summary>
    [Benchmark]
    public uint EmptyCall() => NativeFloor.Nothing();

    /// <summary>The floor of a histogram.</summary>
    [Benchmark(Baseline = true)]
    public unsafe void CopyHistogram()
    {
        fixed (double* source = _bytes)
        {
            Memory.Copy(source, _bytes.Length * sizeof(double));
        }
    }

    [Benchmark]
    public void HistogramOf64Bins() => Logger.LogHistogram("gradients", Scale.MlStep, _edges, _counts, _step++);

    [Benchmark]
    public void FourAttributes() => Logger.LogAttributes("settings", _attributes);

    private protected override long IterationBytes => (long)Calls.OfRows * _bytes.Length * sizeof(double);

    private protected override void Prepare()
    {
    }
}
