using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Watching;

/// <summary>Asks a server for what a frame shows.</summary>
/// <param name="server">The server.</param>
/// <param name="runIds">The runs.</param>
internal sealed class WatchReader(LocalServer server, IReadOnlyList<string> runIds)
{
    /// <param name="filter">Which metrics: a part of the name, or a pattern with *.</param>
    /// <param name="most">How many charts are drawn.</param>
    /// <param name="buckets">How many points a curve has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(WatchedRuns Shown, int Fitting)> ReadAsync(
        string filter, int skip, int most, int buckets, CancellationToken cancellationToken)
    {
        List<StoredRun> runs = [];
        List<(string Title, int Run, StoredSeries Series)> all = [];
        for (var at = 0; at < runIds.Count; at++)
        {
            runs.Add(await server.GetRunAsync(runIds[at], cancellationToken));
            var series = await server.GetSeriesAsync(runIds[at], cancellationToken);
            var number = at;
            all.AddRange(series
                .Where(one => one.Kind == SeriesKind.Float && one.Points > 0 && Fits(SeriesFinder.Name(one), filter))
                .Select(one => (SeriesFinder.Name(one) + (one.Family == SeriesFamily.ReinforcementLearning ? " (rl)" : ""), number, one)));
        }

        var fitting = all.GroupBy(one => one.Title).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        List<WatchedChart> charts = [];
        foreach (var group in fitting.Skip(skip).Take(most))
        {
            var members = group.ToList();
            var query = new CurveQuery
            {
                Curves = [.. members.Select(one => new CurveSource(runIds[one.Run], one.Series.Id))],
                Buckets = Math.Max(1, buckets),
            };
            var curves = await server.GetCurvesAsync(query, cancellationToken);
            charts.Add(new WatchedChart(
                group.Key, [.. members.Zip(curves.Curves, (one, curve) => (one.Run, curve))], curves.Starts, curves.From, curves.To));
        }

        return (new WatchedRuns(runs, charts), fitting.Count);
    }

    private static bool Fits(string title, string filter) =>
        filter.Contains('*', StringComparison.Ordinal) ? SeriesFinder.Fits(title, filter) : title.Contains(filter, StringComparison.OrdinalIgnoreCase);
}
