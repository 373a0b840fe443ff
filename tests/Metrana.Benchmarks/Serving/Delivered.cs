using Metrana.Native;

namespace Benchmarks.Serving;

/// <summary>What was logged, by kind: to be held against the counters and against what the server has.</summary>
internal readonly record struct Delivered(long Points = 0, long RlPoints = 0, long Histograms = 0, long AttributeUpdates = 0)
{
    /// <summary>Of all kinds.</summary>
    public long All => Points + RlPoints + Histograms + AttributeUpdates;

    public static Delivered operator +(Delivered left, Delivered right) =>
        new(
            left.Points + right.Points,
            left.RlPoints + right.RlPoints,
            left.Histograms + right.Histograms,
            left.AttributeUpdates + right.AttributeUpdates);

    public static Delivered operator *(Delivered left, long times) =>
        new(left.Points * times, left.RlPoints * times, left.Histograms * times, left.AttributeUpdates * times);

    /// <summary>What a logger's counters say has been acknowledged.</summary>
    public static Delivered Sent(in Metrics metrics) =>
        new(metrics.FloatPoints.Sent, metrics.RlFloatPoints.Sent, metrics.HistogramPoints.Sent, metrics.AttributeUpdates.Sent);

    /// <summary>What a logger's counters say was lost or turned away, of any kind.</summary>
    public static long Lost(in Metrics metrics) =>
        Lost(metrics.FloatPoints) + Lost(metrics.RlFloatPoints) + Lost(metrics.HistogramPoints) + Lost(metrics.ScatterPoints)
        + Lost(metrics.AttributeUpdates) + Lost(metrics.EnvironmentAttributeUpdates);

    private static long Lost(KindMetrics kind) => kind.Refused + kind.Dropped;
}
