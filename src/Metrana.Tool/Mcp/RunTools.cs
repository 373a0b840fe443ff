using System.ComponentModel;
using Metrana.Server;
using Metrana.Tool.Kernel;
using Metrana.Tool.Sql;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Metrana.Tool.Mcp;

/// <summary>What an assistant may ask. Nothing here changes anything, and no answer grows with the length of a run.</summary>
/// <param name="connect">Finds the server, anew for each question: it may have ended in between.</param>
internal sealed class RunTools(Func<CancellationToken, Task<LocalServer>> connect)
{
    private const int MostRuns = 200;
    private const int MostBuckets = 1000;
    private const int MostPoints = 10_000;
    private const int MostRows = 1000;
    private const int MostPointsAsked = 1_000_000;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    public IEnumerable<McpServerTool> All() =>
    [
        Tool("list_runs", "List training runs, the newest first.", ListRunsAsync),
        Tool("show_run", "Show one run: status, configuration, and each series with its last, least and greatest value.", ShowRunAsync),
        Tool("get_series", "Get the curve of a metric of a run: mean, least and greatest value in equal parts of its steps.", GetSeriesAsync),
        Tool("compare_runs", "Compare runs: where their configurations differ, and the last, least and greatest value of each metric.", CompareRunsAsync),
        Tool("get_points", "Get points of a metric of a run as they were logged: the last ones of the steps that are asked for.", GetPointsAsync),
        Tool("query", "Answer a SELECT (SQLite's SQL) over these tables; nothing can be changed.\n" + SqlTables.Schema, QueryAsync),
    ];

    [Description("List runs")]
    private Task<string> ListRunsAsync(
        [Description("Only runs of this project")] string? project = null,
        [Description("Only runs with this in their name")] string? search = null,
        [Description("Only runs with this tag")] string? tag = null,
        [Description("How many, 1 to 200")] int limit = 50,
        CancellationToken cancellationToken = default) => AskAsync(
            async server =>
            {
                var filter = new RunFilter
                {
                    Project = project,
                    Search = search,
                    Tag = tag,
                    Hidden = false,
                    Order = RunOrder.CreatedLast,
                    Limit = Math.Clamp(limit, 1, MostRuns),
                };
                var runs = await server.ListRunsAsync(filter, cancellationToken);
                return new { runs.Total, Runs = runs.Runs.Select(RunJson.Of) };
            },
            cancellationToken);

    [Description("Show a run")]
    private Task<string> ShowRunAsync(
        [Description(RunFinder.Help)] string run, CancellationToken cancellationToken = default) => AskAsync(
            async server =>
            {
                var found = await RunFinder.FindAsync(server, run, cancellationToken);
                var (attributes, summaries) = await DetailsAsync(server, found, cancellationToken);
                return new { Run = RunJson.Of(found), Attributes = attributes, Series = summaries.Select(summary => summary.Json()) };
            },
            cancellationToken);

    [Description("Get a curve")]
    private Task<string> GetSeriesAsync(
        [Description(RunFinder.Help)] string run,
        [Description(SeriesFinder.Help)] string metric,
        [Description("How many parts the steps are cut into, 1 to 1000")] int buckets = 50,
        CancellationToken cancellationToken = default) => AskAsync(
            async server =>
            {
                var (found, series) = await NumbersAsync(server, run, metric, cancellationToken);
                var query = new CurveQuery
                {
                    Curves = [.. series.Select(one => new CurveSource(found.RunId, one.Id))],
                    Buckets = Math.Clamp(buckets, 1, MostBuckets),
                };
                var curves = await server.GetCurvesAsync(query, cancellationToken);
                return new
                {
                    Run = RunJson.Of(found),
                    Series = series.Zip(curves.Curves, (one, curve) => new
                    {
                        one.Metric,
                        one.Labels,
                        one.Points,
                        Parts = Enumerable.Range(0, curve.Counts.Count).Where(at => curve.Counts[at] > 0).Select(at => new
                        {
                            From = curves.Starts[at],
                            Count = curve.Counts[at],
                            Mean = curve.Sum[at] / curve.Counts[at],
                            Min = curve.Min[at],
                            Max = curve.Max[at],
                            Last = curve.Last[at],
                        }),
                    }),
                };
            },
            cancellationToken);

    [Description("Compare runs")]
    private Task<string> CompareRunsAsync(
        [Description("The runs, at least two: ids, names, or project/name")] string[] runs, CancellationToken cancellationToken = default) => AskAsync(
            async server =>
            {
                var found = await RunFinder.FindAsync(server, runs, cancellationToken);
                if (found.Count < 2)
                {
                    throw ToolException.Usage("Name at least two different runs.");
                }

                List<(StoredRun Run, Dictionary<string, object?> Attributes, List<SeriesSummary> Series)> all = [];
                foreach (var run in found)
                {
                    var (attributes, summaries) = await DetailsAsync(server, run, cancellationToken);
                    all.Add((run, attributes, summaries));
                }

                var paths = all.SelectMany(one => one.Attributes.Keys).Distinct().Where(path => path.StartsWith(RunAttributes.Config, StringComparison.Ordinal));
                var metrics = all.SelectMany(one => one.Series).Where(one => one.Last is not null).Select(one => SeriesFinder.Name(one.Series)).Distinct();
                return new
                {
                    Runs = found.Select(RunJson.Of),
                    ConfigDifferences = paths.Order(StringComparer.Ordinal)
                        .Select(path => new { Path = path, Values = all.Select(one => one.Attributes.GetValueOrDefault(path)).ToList() })
                        .Where(one => one.Values.Select(value => ToolJson.Write(value ?? "")).Distinct().Count() > 1),
                    Metrics = metrics.Order(StringComparer.Ordinal).Select(name => new
                    {
                        Metric = name,
                        Runs = all.Select(one => one.Series.Find(summary => SeriesFinder.Name(summary.Series) == name) is { } summary
                            ? new { summary.Last, summary.Min, summary.Max }
                            : null),
                    }),
                };
            },
            cancellationToken);

    [Description("Get points")]
    private Task<string> GetPointsAsync(
        [Description(RunFinder.Help)] string run,
        [Description(SeriesFinder.Help)] string metric,
        [Description("From this step on; of reinforcement learning the step of the training")] ulong from = 0,
        [Description("Up to and with this step")] ulong to = ulong.MaxValue,
        [Description("How many, 1 to 10000, shared by the series that are found")] int limit = 100,
        CancellationToken cancellationToken = default) => AskAsync(
            async server =>
            {
                var (found, series) = await NumbersAsync(server, run, metric, cancellationToken);
                var range = new PointRange(from, to, Math.Max(1, Math.Clamp(limit, 1, MostPoints) / series.Count));
                List<object> answer = [];
                foreach (var one in series)
                {
                    List<object> points = [];
                    await foreach (var point in range.ReadAsync(server, found.RunId, one, [], cancellationToken))
                    {
                        points.Add(PointJson.Of(point));
                    }

                    answer.Add(new { one.Metric, one.Labels, Total = one.Points, Points = points });
                }

                return new { Run = RunJson.Of(found), Series = answer };
            },
            cancellationToken);

    [Description("Ask in SQL")]
    private Task<string> QueryAsync(
        [Description("One SELECT, also WITH. At most 1000 rows are answered")] string sql,
        [Description("Only these runs are in the tables: " + RunFinder.Help)] string[]? runs = null,
        [Description("Only these are in series and points: " + SeriesFinder.Help)] string[]? metrics = null,
        CancellationToken cancellationToken = default) => AskAsync(
            async server =>
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                end.CancelAfter(_patience);
                try
                {
                    using var question = new SqlQuestion(sql);
                    var scope = new SqlScope(runs ?? [], metrics ?? [], MostPointsAsked, "Name fewer in 'runs' or 'metrics'.");
                    await scope.FillAsync(question, question.Tables(), server, null, end.Token);
                    string[] columns = [];
                    List<object?[]> rows = [];
                    var more = question.Ask(titles => columns = titles, row => rows.Add([.. row.Select(SqlQuestion.Json)]), end.Token, MostRows);
                    return new { Columns = columns, Rows = rows, More = more };
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new ToolException($"The question took more than {_patience.TotalSeconds} seconds. Ask for less.", ExitCode.Failure);
                }
            },
            cancellationToken);

    /// <summary>The series of a run that a metric or pattern names and that hold numbers.</summary>
    private static async Task<(StoredRun Run, List<StoredSeries> Series)> NumbersAsync(
        LocalServer server, string run, string metric, CancellationToken cancellationToken)
    {
        var found = await RunFinder.FindAsync(server, run, cancellationToken);
        var all = await server.GetSeriesAsync(found.RunId, cancellationToken);
        var series = SeriesFinder.Find(all, [metric], [], $"{found.Project}/{found.Name}")
            .Where(one => one.Kind == SeriesKind.Float && one.Points > 0).Take(MostRuns).ToList();
        return series.Count > 0
            ? (found, series)
            : throw ToolException.NotFound($"{metric} of {found.Project}/{found.Name} holds no numbers.");
    }

    private static async Task<(Dictionary<string, object?> Attributes, List<SeriesSummary> Series)> DetailsAsync(
        LocalServer server, StoredRun run, CancellationToken cancellationToken)
    {
        var attributes = await server.GetAttributesAsync(run.RunId, cancellationToken);
        var series = await server.GetSeriesAsync(run.RunId, cancellationToken);
        return (
            RunAttributes.Ordered(attributes).ToDictionary(pair => pair.Key, pair => RunAttributes.Json(pair.Value)),
            await SeriesSummary.OfAsync(server, run.RunId, series, 1, cancellationToken));
    }

    private static McpServerTool Tool(string name, string description, Delegate method) => McpServerTool.Create(
        method,
        new McpServerToolCreateOptions
        {
            Name = name,
            Description = description,
            ReadOnly = true,
            Destructive = false,
            Idempotent = true,
            OpenWorld = false,
        });

    /// <summary>An assistant gets the message of what went wrong, as a person would.</summary>
    private async Task<string> AskAsync(Func<LocalServer, Task<object>> ask, CancellationToken cancellationToken)
    {
        try
        {
            await using var server = await connect(cancellationToken);
            return ToolJson.Write(await ask(server));
        }
        catch (Exception e) when (e is ToolException or LocalServerException)
        {
            throw new McpException(e.Message, e);
        }
    }
}
