using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Results;
using Benchmarks.Workloads.Callers;
using Metrana.Server;

namespace Benchmarks.Modes;

/// <summary>What the ways to log that do their work in the background cost the thread that calls: events, a run's mirrors, a collector.</summary>
internal sealed record CallersMode
{
    private static readonly SortedDictionary<string, Func<LocalServer, Task<ICaller>>> _callers = new(StringComparer.Ordinal)
    {
        ["event"] = EventCaller.OpenAsync,
        ["run"] = RunCaller.OpenAsync,
        ["run_mirrored"] = RunCaller.OpenMirroredAsync,
        ["syvain_metric"] = _ => SyvainCaller.OpenAsync(),
    };

    public int Rounds { get; init; } = 40;

    /// <summary>The names of those that are measured; empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    public static Command Command()
    {
        Command command = new("callers", "What a log event, a run with a mirror and a collector cost the thread that calls");
        Option<int> rounds = Arguments.Count(command, "--rounds", $"How many rounds of {CallerRounds.Calls} calls are measured", 40);
        Option<string[]> only = new("--only") { Description = $"Measure these only: {string.Join(", ", _callers.Keys)}", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong([.. _callers.Keys]);
        command.Options.Add(only);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(
            parsed.GetValue(json), () => new CallersMode { Rounds = parsed.GetValue(rounds), Only = parsed.GetValue(only) ?? [] }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        Machine machine = Machine.This;
        await using LocalServer server = await LocalServer.StartAsync();
        string[] names = [.. _callers.Keys.Where(name => Only.Count == 0 || Only.Contains(name))];
        List<ICaller> callers = [];
        try
        {
            foreach (string name in names)
            {
                callers.Add(await _callers[name](server));
            }

            (double floor, IReadOnlyList<CallerFigures> figures) = await CallerRounds.MeasureAsync(callers, Rounds);
            JsonObject result = ResultJson.Of(
                new JsonObject { ["mode"] = "callers", ["verified"] = "server" },
                new { Machine = machine, Settings = new { Rounds, CallerRounds.Calls }, FloorNs = floor });
            foreach ((string name, CallerFigures figure) in names.Zip(figures))
            {
                result[name] = ResultJson.Node(figure);
            }

            return result;
        }
        finally
        {
            foreach (ICaller caller in callers)
            {
                await caller.DisposeAsync();
            }
        }
    }
}
