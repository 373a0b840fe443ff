using Metrana.Native;
using Metrana.Server;

namespace Benchmarks.Serving;

/// <summary>Whether everything arrived: nothing less, and nothing twice.</summary>
internal static class Verification
{
    /// <summary>What a logger's counters have against it, or null.</summary>
    public static string? OfCounters(in Metrics metrics, Delivered expected)
    {
        if (OfBooks(metrics) is { } broken)
        {
            return broken;
        }

        Delivered sent = Delivered.Sent(metrics);
        return sent == expected && Delivered.Lost(metrics) == 0
            ? null
            : $"The counters do not say that everything was acknowledged. Logged: {expected}; sent: {sent}; "
                + $"refused or dropped: {Delivered.Lost(metrics)}.";
    }

    /// <summary>What the server's counts have against it, or null.</summary>
    public static string? OfServer(ServerCounts counts, Delivered expected)
    {
        Delivered held = new(counts.Points, counts.RlPoints, counts.Histograms, counts.AttributeUpdates);
        return held == expected && counts.UnknownSeriesPoints == 0 && counts.IgnoredPoints == 0
            ? null
            : $"The server does not hold what was logged. Logged: {expected}; held: {held}; "
                + $"of unknown series: {counts.UnknownSeriesPoints}; ignored: {counts.IgnoredPoints}.";
    }

    /// <summary>The two equations that hold for every kind in every snapshot.</summary>
    private static string? OfBooks(in Metrics metrics)
    {
        KindMetrics[] kinds =
        [
            metrics.FloatPoints, metrics.RlFloatPoints, metrics.HistogramPoints, metrics.ScatterPoints, metrics.AttributeUpdates,
            metrics.EnvironmentAttributeUpdates,
        ];
        foreach (KindMetrics kind in kinds)
        {
            if (kind.Added != kind.Refused + kind.Enqueued || kind.Enqueued != kind.Sent + kind.Dropped + kind.Spooled + kind.Pending)
            {
                return $"The counters do not add up: {kind}.";
            }
        }

        return null;
    }
}
