using Metrana.Server;

namespace Metrana.Tool.Kernel;

/// <summary>A series in short: where it stands and what its curve looks like.</summary>
internal sealed record SeriesSummary(
    StoredSeries Series, double? Last, double? Min, double? Max, IReadOnlyList<double> Means)
{
    /// <summary>How many buckets one question may be about in all, with room to spare.</summary>
    private const int AtOnce = 1000;

    public static async Task<List<SeriesSummary>> OfAsync(
        LocalServer server, string runId, IReadOnlyList<StoredSeries> all, int buckets, CancellationToken cancellationToken)
    {
        List<SeriesSummary> summaries = [];
        foreach (var part in all.Chunk(AtOnce))
        {
            var drawn = part.Where(series => series.Kind == SeriesKind.Float && series.Points > 0).ToList();
            var curves = drawn.Count == 0
                ? []
                : (await server.GetCurvesAsync(
                    new CurveQuery { Curves = [.. drawn.Select(series => new CurveSource(runId, series.Id))], Buckets = buckets },
                    cancellationToken)).Curves;
            var bySeries = drawn.Zip(curves).ToDictionary(pair => pair.First.Id, pair => pair.Second);
            summaries.AddRange(part.Select(series => bySeries.TryGetValue(series.Id, out var curve)
                ? Of(series, curve)
                : new SeriesSummary(series, null, null, null, [])));
        }

        return summaries;
    }

    public object Json() => new
    {
        Series.Id,
        Series.Metric,
        Series.Scale,
        Series.Labels,
        Kind = Series.Kind.ToString() == nameof(SeriesKind.Scatter3D) ? "scatter_3d" : ToolJson.Name(Series.Kind),
        World = RunJson.World(Series),
        Series.Points,
        Series.LastStep,
        Series.Episodic,
        Environments = Series.Environments.Count,
        Last,
        Min,
        Max,
    };

    private static SeriesSummary Of(StoredSeries series, StoredCurve curve)
    {
        var filled = Enumerable.Range(0, curve.Counts.Count).Where(at => curve.Counts[at] > 0).ToList();
        var means = curve.Sum.Zip(curve.Counts, (sum, count) => count > 0 ? sum / count : double.NaN).ToList();
        return filled.Count == 0
            ? new SeriesSummary(series, null, null, null, means)
            : new SeriesSummary(series, curve.Last[filled[^1]], filled.Min(at => curve.Min[at]), filled.Max(at => curve.Max[at]), means);
    }
}
