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
        var scope = new SqlScope(
            session.Value(_run), session.Value(_metric), session.Value(_most), "Name runs with --run or metrics with --metric, or allow more with --max-points.");
        await scope.FillAsync(question, tables, server, session.Console, cancellationToken);
        if (session.Json)
        {
            string[] columns = [];
            List<object?[]> rows = [];
            question.Ask(titles => columns = titles, row => rows.Add([.. row.Select(SqlQuestion.Json)]), cancellationToken);
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

    private static string Text(object? cell, bool people) => cell switch
    {
        null => "",
        double number => people ? Figures.Of(number) : Figures.Exact(number),
        byte[] bytes => Convert.ToHexString(bytes),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    };
}
