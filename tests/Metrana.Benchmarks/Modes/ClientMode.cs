using System.CommandLine;
using System.Text.Json.Nodes;
using Benchmarks.Gates;
using Benchmarks.Results;

namespace Benchmarks.Modes;

/// <summary>What the handles of the client cost beside those of the engine's logger.</summary>
internal sealed record ClientMode
{
    public int Rounds { get; init; } = 40;

    /// <summary>Calls of each handle in a round.</summary>
    public int Calls { get; init; } = 10_000;

    public static Command Command()
    {
        Command command = new("client", "The client's Series, RlSeries and Time beside the handles of the engine's logger");
        Option<int> rounds = Arguments.Count(command, "--rounds", "How many rounds are measured", 40);
        Option<int> calls = Arguments.Count(command, "--calls", "Calls of each handle in a round", 10_000, most: 100_000);
        Option<string?> json = Arguments.Json(command);
        command.SetAction((parsed, _) => Arguments.RunAsync(
            parsed.GetValue(json), () => new ClientMode { Rounds = parsed.GetValue(rounds), Calls = parsed.GetValue(calls) }.RunAsync()));
        return command;
    }

    public async Task<JsonObject> RunAsync()
    {
        Machine machine = Machine.This;
        SortedDictionary<string, HandleCost> costs = await new ClientProbe(Rounds, Calls).MeasureAsync();
        return ResultJson.Of(
            new JsonObject { ["mode"] = "client", ["verified"] = "server" },
            new { Machine = machine, Settings = new { Rounds, Calls } },
            new JsonObject(costs.Select(cost => KeyValuePair.Create(cost.Key, (JsonNode?)ResultJson.Node(cost.Value)))));
    }
}
