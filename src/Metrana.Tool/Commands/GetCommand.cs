using System.CommandLine;
using Metrana.Server;
using Metrana.Tool.Kernel;

namespace Metrana.Tool.Commands;

/// <summary><c>metrana get</c>: the points of some series of a run.</summary>
internal sealed class GetCommand : ServerCommand
{
    private readonly Argument<string> _run;

    private readonly Argument<string[]> _metrics = new("metrics")
    {
        Description = SeriesFinder.Help,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _labels;
    private readonly Option<string[]> _environments;
    private readonly Option<ulong?> _from;
    private readonly Option<ulong?> _to;
    private readonly Option<int> _last;

    public GetCommand(ToolHost host)
        : base(host, "get", "Print the points of series")
    {
        _run = Run();
        Arguments.Add(_metrics);
        _labels = Option("--label", "Only series with this label, as key=value", Array.Empty<string>(), "-l");
        _environments = Option("--env", "Of reinforcement learning only this environment", Array.Empty<string>(), "-e");
        _from = Optional<ulong?>("--from", "From this step on; of reinforcement learning the step of the training");
        _to = Optional<ulong?>("--to", "Up to and with this step");
        _last = Count("--last", "Only the last points of each series, so many; 0 are all", 0, least: 0, most: 10_000_000, "-n");
        Does(GetAsync);
    }

    private async Task GetAsync(ToolSession session, CancellationToken cancellationToken)
    {
        await using var server = await session.ConnectAsync(cancellationToken);
        var run = await RunFinder.FindAsync(server, session.Value(_run), cancellationToken);
        var name = $"{run.Project}/{run.Name}";
        var all = await server.GetSeriesAsync(run.RunId, cancellationToken);
        var series = SeriesFinder.Find(all, session.Value(_metrics), session.Value(_labels), name);
        Check(session, series, name);
        if (session.Json)
        {
            await WriteJsonAsync(session, server, run, series, cancellationToken);
            return;
        }

        var rows = new PointRows(session.Console, series.Count > 1, series.Any(one => one.Family == SeriesFamily.ReinforcementLearning));
        foreach (var one in series)
        {
            await foreach (var point in ReadAsync(session, server, run.RunId, one, cancellationToken))
            {
                rows.Write(SeriesFinder.Name(one), point);
            }
        }
    }

    private void Check(ToolSession session, List<StoredSeries> series, string run)
    {
        if (series.Find(one => one.Kind is not (SeriesKind.Float or SeriesKind.Undefined)) is { } other)
        {
            throw ToolException.Usage(
                $"{other.Metric} of {run} holds {ToolJson.Name(other.Kind)}s and no numbers: 'metrana export --format jsonl' writes them.");
        }

        foreach (var environment in session.Value(_environments))
        {
            if (!series.Exists(one => one.Environments.Contains(environment)))
            {
                throw ToolException.NotFound($"No series that was asked for has an environment '{environment}'.");
            }
        }
    }

    private IAsyncEnumerable<StoredPoint> ReadAsync(
        ToolSession session, LocalServer server, string runId, StoredSeries series, CancellationToken cancellationToken) =>
        new PointRange(session.Value(_from) ?? 0, session.Value(_to) ?? ulong.MaxValue, session.Value(_last))
            .ReadAsync(server, runId, series, session.Value(_environments), cancellationToken);

    /// <remarks>Written as it comes: a series may be longer than memory.</remarks>
    private async Task WriteJsonAsync(
        ToolSession session, LocalServer server, StoredRun run, List<StoredSeries> all, CancellationToken cancellationToken)
    {
        var output = session.Console.Output;
        output.Write($"{{\"run\":{ToolJson.Write(RunJson.Of(run))},\"series\":[");
        for (var at = 0; at < all.Count; at++)
        {
            var series = all[at];
            var head = ToolJson.Write(new { series.Id, series.Metric, series.Scale, series.Labels, World = RunJson.World(series) });
            output.Write($"{(at == 0 ? "" : ",")}\n{head[..^1]},\"points\":[");
            var first = true;
            await foreach (var point in ReadAsync(session, server, run.RunId, series, cancellationToken))
            {
                output.Write((first ? "\n" : ",\n") + PointJson.Write(point));
                first = false;
            }

            output.Write("]}");
        }

        output.WriteLine("]}");
    }
}
