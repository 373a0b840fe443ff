using Metrana.Server;
using Metrana.Tool.Kernel;
using Microsoft.Data.Sqlite;

namespace Metrana.Tool.Sql;

/// <summary>
/// The tables that a question may read. They are filled from the server, and only those that the question reads; points on disk are
/// compressed, and what came last is in the server's memory, so that no other program could read them from its file.
/// </summary>
internal static class SqlTables
{
    public const string Schema = """
        create table runs (id text, workspace text, project text, run_name text, name text, experiment text, status text, close_message text,
            created_at text, last_contact_at text, closed_at text, tags text, notes text, hidden integer, pinned integer, series integer, points integer);
        create table attributes (run_id text, path text, value);
        create table series (run_id text, id integer, metric text, scale text, labels text, kind text, world text, points integer, last_step integer);
        create table points (run_id text, series_id integer, metric text, labels text, environment text, rl_step integer, episode integer,
            step integer, timestamp_millis integer, value real);
        """;

    public static void FillRuns(SqliteConnection database, IEnumerable<StoredRun> runs)
    {
        using var rows = new SqlRows(database, "runs", 17);
        foreach (var run in runs.Select(RunJson.Of))
        {
            rows.Add(
                run.Id, run.Workspace, run.Project, run.RunName, run.Name, run.Experiment, run.Status, run.CloseMessage, Text(run.CreatedAt),
                Text(run.LastContactAt), Text(run.ClosedAt), ToolJson.Write(run.Tags), run.Notes, run.Hidden ? 1L : 0L, run.Pinned ? 1L : 0L, run.Series, run.Points);
        }
    }

    public static async Task FillAttributesAsync(
        SqliteConnection database, LocalServer server, IEnumerable<StoredRun> runs, CancellationToken cancellationToken)
    {
        using var rows = new SqlRows(database, "attributes", 3);
        foreach (var run in runs)
        {
            foreach (var (path, value) in await server.GetAttributesAsync(run.RunId, cancellationToken))
            {
                rows.Add(run.RunId, path, RunAttributes.Json(value) switch
                {
                    null => null,
                    bool flag => flag ? 1L : 0L,
                    long whole => whole,
                    double number => number,
                    _ => RunAttributes.Text(value),
                });
            }
        }
    }

    public static void FillSeries(SqliteConnection database, IEnumerable<(StoredRun Run, StoredSeries Series)> all)
    {
        using var rows = new SqlRows(database, "series", 9);
        foreach (var (run, series) in all)
        {
            rows.Add(
                run.RunId, series.Id, series.Metric, series.Scale, Labels(series), ToolJson.Name(series.Kind), RunJson.World(series),
                series.Points, series.LastStep);
        }
    }

    public static async Task FillPointsAsync(
        SqliteConnection database,
        LocalServer server,
        IEnumerable<(StoredRun Run, StoredSeries Series)> all,
        Action filled,
        CancellationToken cancellationToken)
    {
        using var rows = new SqlRows(database, "points", 10);
        foreach (var (run, series) in all.Where(one => one.Series.Kind == SeriesKind.Float))
        {
            var labels = Labels(series);
            await foreach (var point in server.StreamPointsAsync(run.RunId, series.Id, cancellationToken: cancellationToken))
            {
                rows.Add(
                    run.RunId, series.Id, series.Metric, labels, point.Environment, point.RlStep, point.Episode,
                    point.Step, point.TimestampMillis, point.Value);
                filled();
            }
        }
    }

    private static string Labels(StoredSeries series) =>
        ToolJson.Write(new SortedDictionary<string, string>(series.Labels.ToDictionary(), StringComparer.Ordinal));

    private static string? Text(DateTimeOffset? moment) =>
        moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);
}
