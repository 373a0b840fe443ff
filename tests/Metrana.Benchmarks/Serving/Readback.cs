using Metrana.Server;

namespace Benchmarks.Serving;

/// <summary>Reads from a server what it was sent: of every series the number of points and their sum.</summary>
internal static class Readback
{
    /// <summary>Sums of the same numbers in another order differ by this part of what they are made of, at most.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Holds the series of a run against what was logged, by metric.</summary>
    /// <exception cref="NotDeliveredException">A series is missing or has other points.</exception>
    public static async Task VerifyAsync(LocalServer server, string runId, IReadOnlyDictionary<string, Total> logged)
    {
        IReadOnlyList<StoredSeries> series = await server.GetSeriesAsync(runId);
        if (series.Count != logged.Count)
        {
            throw new NotDeliveredException($"The run {runId} has {series.Count} series; {logged.Count} were logged.");
        }

        CurveQuery whole = new() { Curves = [.. series.Select(one => new CurveSource(runId, one.Id))], Buckets = 1 };
        StoredCurves curves = await server.GetCurvesAsync(whole);
        foreach ((StoredSeries one, StoredCurve curve) in series.Zip(curves.Curves))
        {
            if (!logged.TryGetValue(one.Metric, out Total total))
            {
                throw new NotDeliveredException($"The run {runId} has a series {one.Metric}, which was not logged.");
            }

            Verify(one.Metric, curve.Counts[0], curve.Sum[0], total);
        }
    }

    /// <summary>Holds a number of points and their sum against what was logged.</summary>
    /// <exception cref="NotDeliveredException">They differ.</exception>
    public static void Verify(string what, long count, double sum, Total logged)
    {
        if (count != logged.Count || !(Math.Abs(sum - logged.Sum) <= Rounding * logged.Magnitude))
        {
            throw new NotDeliveredException(
                $"{what}: {logged.Count} points with the sum {logged.Sum:R} were logged; the server has {count} with the sum {sum:R}.");
        }
    }
}
