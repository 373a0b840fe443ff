using System.CommandLine;
using System.Globalization;
using Metrana.Server;
using Metrana.Tool.Kernel;
using Metrana.Tool.Sql;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana sql</c>: questions over runs, attributes, series and points.</summary>
internal sealed class SqlCommand : ServerCommand
{
    private readonly Argument<string> _sql = new("query")
    {
        Description = "A SELECT over the tables runs, attributes, series and points; - reads it from standard input",
    };

    private readonly Option<string[]> _run;
    private readonly Option<string[]> _metric;
    private readonly Option<int> _most;

    public SqlCommand(ToolHost host)
        : base(host, "sql", "Answer a SQL question over runs, attributes, series and points. Nothing can be changed")
    {
        Arguments.Add(_sql);
        _run = Option("--run", RunFinder.Help + "; only these are in the tables", Array.Empty<string>(), "-r");
        _metric = Option("--metric", SeriesFinder.Help + "; only these are in series and points", Array.Empty<string>(), "-m");
        _most = Count("--max-points", "How many points the table points may hold", 5_000_000, least: 1);
        Does(AskAsync);
    }

    private async Task AskAsync(ToolSession session, CancellationToken cancellationToken)
    {
        var sql = session.Value(_sql);
        sql = sql == "-" ? await session.Console.Input.ReadToEndAsync(cancellationToken) : sql;
        if (string.IsNullOrWhiteSpace(sql))
        {
            throw ToolException.Usage("The question is empty: write one such as \"select name, points from runs\".");
        }

        using var question = new SqlQuestion(sql);
        var tables = question.Tables();
        await using var server = await session.ConnectAsync(cancellationToken);
        await question.FillAsync(() => FillAsync(session, question, tables, server, cancellationToken));
        if (session.Json)
        {
            string[] columns = [];
            List<object?[]> rows = [];
            question.Ask(titles => columns = titles, row => rows.Add([.. row.Select(Json)]), cancellationToken);
            session.Answer(new { Columns = columns, Rows = rows }, _ => { });
            return;
        }

        Write(session.Console, question, cancellationToken);
    }

    private static void Write(ToolConsole console, SqlQuestion question, CancellationToken cancellationToken)
    {
        if (!console.OutputIsTerminal)
        {
            question.Ask(
                titles => console.Output.WriteLine(string.Join('\t', titles)),
                row => console.Output.WriteLine(string.Join('\t', row.Select(cell => Plain.Line(Text(cell, people: false))))),
                cancellationToken);
            return;
        }

        ToolTable? table = null;
        List<object?[]> rows = [];
        string[] columns = [];
        question.Ask(titles => columns = titles, rows.Add, cancellationToken);
        table = new ToolTable([.. columns.Select((title, at) => new ToolColumn(
            title, IsNumber: rows.TrueForAll(row => row[at] is null or long or double), Wraps: true))]);
        rows.ForEach(row => table.Add([.. row.Select(cell => Text(cell, people: true))]));
        table.Write(console);
    }

    private async Task FillAsync(
        ToolSession session, SqlQuestion question, IReadOnlySet<string> tables, LocalServer server, CancellationToken cancellationToken)
    {
        var named = session.Value(_run);
        var runs = named.Length > 0
            ? await RunFinder.FindAsync(server, named, cancellationToken)
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
            var metrics = session.Value(_metric);
            series.AddRange((await server.GetSeriesAsync(run.RunId, cancellationToken))
                .Where(one => metrics.Length == 0 || metrics.Any(pattern => SeriesFinder.Fits(one.Metric, pattern)))
                .Select(one => (run, one)));
        }

        SqlTables.FillSeries(question.Database, series);
        if (!tables.Contains("points"))
        {
            return;
        }

        var points = series.Where(one => one.Series.Kind == SeriesKind.Float).Sum(one => one.Series.Points);
        if (points > session.Value(_most))
        {
            throw ToolException.Usage(
                $"The table points would hold {Figures.Of(points)} points of {series.Count} series, more than --max-points allows "
                + $"({Figures.Of(session.Value(_most))}). Name runs with --run or metrics with --metric, or allow more.");
        }

        long done = 0;
        using var progress = Progress.Start(session.Console, "reading", () => $"{Figures.Of(Interlocked.Read(ref done))} of {Figures.Of(points)} points");
        await SqlTables.FillPointsAsync(question.Database, server, series, () => Interlocked.Increment(ref done), cancellationToken);
    }

    private static object? Json(object? cell) => cell is byte[] bytes ? Convert.ToBase64String(bytes) : cell;

    private static string Text(object? cell, bool people) => cell switch
    {
        null => "",
        double number => people ? Figures.Of(number) : Figures.Exact(number),
        byte[] bytes => Convert.ToHexString(bytes),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    };
}
