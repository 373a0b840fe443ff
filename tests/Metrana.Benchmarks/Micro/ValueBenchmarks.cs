using BenchmarkDotNet.Attributes;
using Benchmarks.Floors;
using Metrana.Native;

namespace Benchmarks.Micro;

/// <summary>One value a call.</summary>
[InvocationCount(Calls.OfValues, Calls.Unrolled)]
public class ValueBenchmarks : LoggingBenchmark
{
    private readonly Labels _one = new(("layer", "encoder-3"));
    private readonly Labels _three = new(("layer", "encoder-3"), ("head", "7"), ("phase", "train"));
    private readonly LockAndPush _push = new();
    private Series _series = null!;

    /// <summary>The floor: a P/Invoke that does nothing.</summary>
    [Benchmark(Baseline = true)]
    public uint EmptyCall() => NativeFloor.Nothing();

    /// <summary>The other floor: an uncontended lock and a record of 32 bytes.</summary>
    [Benchmark]
    public void LockAndPush() => _push.Push(1, 2, 0.5);

    [Benchmark]
    public void ByHandle() => _series.Log(0.5);

    [Benchmark]
    public void ByName() => Logger.LogStdFloats("train/loss", Scale.MlStep, 0.5);

    [Benchmark]
    public void ByNameAndOneLabel() => Logger.LogStdFloats("train/one", Scale.MlStep, 0.5, labels: _one);

    [Benchmark]
    public void ByNameAndThreeLabels() => Logger.LogStdFloats("train/three", Scale.MlStep, 0.5, labels: _three);

    [Benchmark]
    public void ByNameAndALabelInTheCall() => Logger.LogStdFloats("train/call", Scale.MlStep, 0.5, labels: [("layer", "encoder-3")]);

    private protected override long IterationBytes => 0;

    private protected override void Prepare() => _series = Logger.Series("train/handle", Scale.MlStep);
}
