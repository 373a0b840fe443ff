using Benchmarks.Measuring;

namespace Benchmarks.Results;

/// <summary>The figures of many bursts, each over all of them.</summary>
internal sealed record BurstFigures
{
    private const double Nano = 1e9;

    public MinMedianMax EnqueueS { get; init; }

    public MinMedianMax EnqueueCpuS { get; init; }

    public MinMedianMax EnqueueNsPerPoint { get; init; }

    public MinMedianMax DrainLagS { get; init; }

    public MinMedianMax CpuS { get; init; }

    public MinMedianMax WatchCpuS { get; init; }

    public MinMedianMax CpuNsPerPoint { get; init; }

    public MinMedianMax PointsPerS { get; init; }

    public MinMedianMax PeakRssMib { get; init; }

    public MinMedianMax SteadyRssMib { get; init; }

    public MinMedianMax WireBytesPerPoint { get; init; }

    public MinMedianMax ManagedBytes { get; init; }

    public MinMedianMax GcCount { get; init; }

    public static BurstFigures Of(IReadOnlyList<BurstSample> bursts) => new()
    {
        EnqueueS = MinMedianMax.Of(bursts.Select(b => b.EnqueueSeconds)),
        EnqueueCpuS = MinMedianMax.Of(bursts.Select(b => b.Caller.CpuSeconds)),
        EnqueueNsPerPoint = MinMedianMax.Of(bursts.Select(b => b.Caller.CpuSeconds * Nano / b.Points)),
        DrainLagS = MinMedianMax.Of(bursts.Select(b => b.DrainLagSeconds)),
        CpuS = MinMedianMax.Of(bursts.Select(b => b.CpuSeconds)),
        WatchCpuS = MinMedianMax.Of(bursts.Select(b => b.WatchCpuSeconds)),
        CpuNsPerPoint = MinMedianMax.Of(bursts.Select(b => b.CpuSeconds * Nano / b.Points)),
        PointsPerS = MinMedianMax.Of(bursts.Select(b => b.Points / (b.EnqueueSeconds + b.DrainLagSeconds))),
        PeakRssMib = MinMedianMax.Of(bursts.Select(b => b.PeakRssMiB)),
        SteadyRssMib = MinMedianMax.Of(bursts.Select(b => b.SteadyRssMiB)),
        WireBytesPerPoint = MinMedianMax.Of(bursts.Select(b => (double)b.WireBytes / b.Points)),
        ManagedBytes = MinMedianMax.Of(bursts.Select(b => (double)b.Caller.ManagedBytes)),
        GcCount = MinMedianMax.Of(bursts.Select(b => (double)b.Collections)),
    };
}
