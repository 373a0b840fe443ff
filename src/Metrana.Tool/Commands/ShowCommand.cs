using System.CommandLine;
using Metrana.Server;
using Metrana.Tool.Kernel;
using Spectre.Console;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana show</c>: what a run is, its configuration, and its series with their curves.</summary>
internal sealed class ShowCommand : ServerCommand
{
    private const int Buckets = 24;

    private readonly Argument<string> _run;
    private readonly Option<string[]> _metric;
    private readonly Option<bool> _all;
    private readonly ToolHost _host;

    public ShowCommand(ToolHost host)
        : base(host, "show", "Show a run: status, configuration, and each series with its last value and curve")
    {
        _host = host;
        _run = Run();
        _metric = Option("--metric", SeriesFinder.Help, Array.Empty<string>(), "-m");
        _all = Option("--all", "All attributes, not only the configuration", false, "-a");
        Does(ShowAsync);
    }

    private async Task ShowAsync(ToolSession session, CancellationToken cancellationToken)
    {
        await using var server = await session.ConnectAsync(cancellationToken);
        var run = await RunFinder.FindAsync(server, session.Value(_run), cancellationToken);
        var series = SeriesFinder.Find(
            await server.GetSeriesAsync(run.RunId, cancellationToken), session.Value(_metric), [], $"{run.Project}/{run.Name}");
        var attributes = await server.GetAttributesAsync(run.RunId, cancellationToken);
        var counts = await server.GetCountsAsync(run.RunId, cancellationToken);
        var summaries = await SeriesSummary.OfAsync(
            server, run.RunId, [.. series.OrderBy(one => one.Metric, StringComparer.Ordinal)], Buckets, cancellationToken);
        session.Answer(
            new
            {
                Run = RunJson.Of(run),
                Attributes = RunAttributes.Ordered(attributes).ToDictionary(pair => pair.Key, pair => RunAttributes.Json(pair.Value)),
                Counts = new { counts.IgnoredPoints, counts.DuplicateMessages, counts.ConflictingPoints },
                Series = summaries.Select(summary => summary.Json()),
            },
            console =>
            {
                WriteHead(console, run, counts);
                WriteAttributes(console, attributes, session.Value(_all));
                WriteSeries(console, summaries);
            });
    }

    private void WriteHead(ToolConsole console, StoredRun run, ServerCounts counts)
    {
        var now = _host.Clock.GetUtcNow();
        console.Screen.Write(new Text(
            Plain.Line($"{run.Project}/{run.Name}"), new Style(decoration: console.OutputIsTerminal ? Decoration.Bold : Decoration.None)));
        console.Screen.WriteLine();
        Line("id", run.RunId);
        Line("run name", run.Name == run.RunName ? "" : run.RunName);
        Line("workspace", run.Workspace);
        Line("status", StatusLook.Name(run.Status) + (run.CloseMessage is { Length: > 0 } message ? $": {message}" : ""));
        Line("created", $"{Figures.Moment(run.CreatedAtMillis).ToLocalTime():yyyy-MM-dd HH:mm:ss} ({Figures.Ago(run.CreatedAtMillis, now)})");
        Line("last contact", run.LastContactMillis is { } contact ? Figures.Ago(contact, now) : "");
        Line("points", $"{Figures.Of(run.Points)} in {Figures.Of(run.Series)} series");
        Line("ignored", counts.IgnoredPoints > 0 ? $"{Figures.Of(counts.IgnoredPoints)} points" : "");
        Line("tags", string.Join(", ", run.Tags));
        Line("notes", run.Notes);

        void Line(string title, string text)
        {
            if (text.Length > 0)
            {
                console.Output.WriteLine($"{title,-13} {Plain.Line(text)}");
            }
        }
    }

    private static void WriteAttributes(ToolConsole console, IReadOnlyDictionary<string, StoredValue> attributes, bool all)
    {
        var shown = RunAttributes.Ordered(attributes)
            .Where(pair => all || pair.Key.StartsWith(RunAttributes.Config, StringComparison.Ordinal)).ToList();
        if (shown.Count == 0)
        {
            return;
        }

        console.Output.WriteLine();
        var table = new ToolTable(new ToolColumn("attribute"), new ToolColumn("value", Wraps: true));
        foreach (var (path, value) in shown)
        {
            table.Add(path, RunAttributes.Text(value));
        }

        table.Write(console);
    }

    private static void WriteSeries(ToolConsole console, List<SeriesSummary> summaries)
    {
        if (summaries.Count == 0)
        {
            return;
        }

        console.Output.WriteLine();
        var people = console.OutputIsTerminal;
        var table = new ToolTable(
            new ToolColumn("series", Wraps: true),
            new ToolColumn("points", IsNumber: true, FromWidth: 84),
            new ToolColumn("step", IsNumber: true, FromWidth: 70),
            new ToolColumn("last", IsNumber: true),
            new ToolColumn("min", IsNumber: true, FromWidth: 100),
            new ToolColumn("max", IsNumber: true, FromWidth: 100),
            new ToolColumn("curve"));
        foreach (var summary in summaries)
        {
            table.Add(
                SeriesFinder.Name(summary.Series),
                people ? Figures.Of(summary.Series.Points) : Figures.Plain(summary.Series.Points),
                summary.Series.LastStep is { } step ? Figures.Plain(step) : "",
                Number(summary.Last),
                Number(summary.Min),
                Number(summary.Max),
                summary.Series.Kind == SeriesKind.Float ? Sparkline.Of(summary.Means) : ToolJson.Name(summary.Series.Kind));
        }

        table.Write(console);

        string Number(double? value) => value is not { } there ? "" : people ? Figures.Of(there) : Figures.Exact(there);
    }
}
