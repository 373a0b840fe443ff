using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Sql;

/// <summary>What the tables hold when a question is asked.</summary>
/// <param name="Runs">Only these; none stands for all.</param>
/// <param name="Metrics">Only series of these; none stands for all.</param>
/// <param name="MostPoints">How many points the table points may hold.</param>
/// <param name="Advice">What to do when there are more, in the words of whoever asks.</param>
internal sealed record SqlScope(IReadOnlyList<string> Runs, IReadOnlyList<string> Metrics, int MostPoints, string Advice)
{
    /// <summary>Fills the tables that the question reads, and no others.</summary>
    /// <param name="question">The question.</param>
    /// <param name="tables">Which tables it reads.</param>
    /// <param name="server">The server.</param>
    /// <param name="console">Where it is told how far the work has come; nothing where nobody looks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task FillAsync(
        SqlQuestion question, IReadOnlySet<string> tables, LocalServer server, ToolConsole? console, CancellationToken cancellationToken) =>
        question.FillAsync(() => FillTablesAsync(question, tables, server, console, cancellationToken));

    private async Task FillTablesAsync(
        SqlQuestion question, IReadOnlySet<string> tables, LocalServer server, ToolConsole? console, CancellationToken cancellationToken)
    {
        var runs = Runs.Count > 0
            ? await RunFinder.FindAsync(server, [.. Runs], cancellationToken)
            : await RunFinder.AllAsync(server, new RunFilter(), cancellationToken);
        SqlTables.FillRuns(question.Database, runs);
        if (tables.Contains("attributes"))
        {
            await SqlTables.FillAttributesAsync(question.Database, server, runs, cancellationToken);
        }

        if (!tables.Contains("series") && !tables.Contains("points"))
        {
            return;
        }

        List<(StoredRun Run, StoredSeries Series)> series = [];
        foreach (var run in runs)
        {
            series.AddRange((await server.GetSeriesAsync(run.RunId, cancellationToken))
                .Where(one => Metrics.Count == 0 || Metrics.Any(pattern => SeriesFinder.Fits(one.Metric, pattern)))
                .Select(one => (run, one)));
        }

        SqlTables.FillSeries(question.Database, series);
        if (!tables.Contains("points"))
        {
            return;
        }

        var points = series.Where(one => one.Series.Kind == SeriesKind.Float).Sum(one => one.Series.Points);
        if (points > MostPoints)
        {
            throw ToolException.Usage(
                $"The table points would hold {Figures.Of(points)} points of {series.Count} series, and at most {Figures.Of(MostPoints)} are allowed. {Advice}");
        }

        long done = 0;
        using var progress = console is null
            ? null
            : Progress.Start(console, "reading", () => $"{Figures.Of(Interlocked.Read(ref done))} of {Figures.Of(points)} points");
        await SqlTables.FillPointsAsync(question.Database, server, series, () => Interlocked.Increment(ref done), cancellationToken);
    }
}
