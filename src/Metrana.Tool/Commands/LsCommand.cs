using System.CommandLine;
using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana ls</c>: the runs of a server.</summary>
internal sealed class LsCommand : ServerCommand
{
    private static readonly Dictionary<string, RunOrder> _orders = new(StringComparer.Ordinal)
    {
        ["newest"] = RunOrder.CreatedLast,
        ["oldest"] = RunOrder.Created,
        ["name"] = RunOrder.Name,
        ["points"] = RunOrder.Points,
    };

    private readonly Argument<string?> _search = new("text")
    {
        Description = "Only runs with this in their name",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _project;
    private readonly Option<string?> _workspace;
    private readonly Option<string?> _tag;
    private readonly Option<string> _order;
    private readonly Option<int> _limit;
    private readonly Option<bool> _all;
    private readonly ToolHost _host;

    public LsCommand(ToolHost host)
        : base(host, "ls", "List runs, the newest first")
    {
        _host = host;
        Arguments.Add(_search);
        _project = Optional<string>("--project", "Only runs of this project", "-p");
        _workspace = Optional<string>("--workspace", "Only runs of this workspace");
        _tag = Optional<string>("--tag", "Only runs with this tag", "-t");
        _order = Option("--order", "How they are ordered", "newest");
        _order.AcceptOnlyFromAmong([.. _orders.Keys]);
        _limit = Count("--limit", "How many are listed at most", 50, least: 1, most: 10_000, "-n");
        _all = Option("--all", "Hidden runs as well", false, "-a");
        Does(ListAsync);
    }

    private async Task ListAsync(ToolSession session, CancellationToken cancellationToken)
    {
        await using var server = await session.ConnectAsync(cancellationToken);
        var filter = new RunFilter
        {
            Search = session.Value(_search),
            Project = session.Value(_project),
            Workspace = session.Value(_workspace),
            Tag = session.Value(_tag),
            Order = _orders[session.Value(_order)],
            Limit = session.Value(_limit),
            Hidden = session.Value(_all) ? null : false,
        };
        var runs = await server.ListRunsAsync(filter, cancellationToken);
        session.Answer(new { runs.Total, Runs = runs.Runs.Select(RunJson.Of) }, console => Write(console, runs));
        if (!session.Json && runs.Total > runs.Runs.Count)
        {
            session.Tell($"{runs.Runs.Count} of {runs.Total} runs; --limit shows more.");
        }
        else if (!session.Json && runs.Total == 0)
        {
            session.Tell("No run fits. --all shows hidden ones as well.");
        }
    }

    private void Write(ToolConsole console, StoredRuns runs)
    {
        if (runs.Runs.Count == 0 && console.OutputIsTerminal)
        {
            return;
        }

        var now = _host.Clock.GetUtcNow();
        var table = new ToolTable(
            new ToolColumn("id"),
            new ToolColumn("project", Wraps: true),
            new ToolColumn("name", Wraps: true),
            new ToolColumn("status", Style: StatusLook.Style),
            new ToolColumn("created", FromWidth: 60),
            new ToolColumn("series", IsNumber: true, FromWidth: 90),
            new ToolColumn("points", IsNumber: true, FromWidth: 72),
            new ToolColumn("tags", Wraps: true, FromWidth: 100));
        foreach (var run in runs.Runs)
        {
            var people = console.OutputIsTerminal;
            table.Add(
                people ? run.RunId[..Math.Min(8, run.RunId.Length)] : run.RunId,
                run.Project,
                (people && run.Pinned ? "★ " : "") + run.Name,
                StatusLook.Name(run.Status),
                people ? Figures.Ago(run.CreatedAtMillis, now) : Figures.Moment(run.CreatedAtMillis).ToString("O"),
                Figures.Plain(run.Series),
                people ? Figures.Of(run.Points) : Figures.Plain(run.Points),
                string.Join(",", run.Tags));
        }

        table.Write(console);
    }
}
