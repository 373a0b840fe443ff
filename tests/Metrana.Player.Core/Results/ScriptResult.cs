using System.Text.Json.Nodes;

namespace Metrana.Player.Results;

/// <summary>What became of a script.</summary>
public sealed record ScriptResult
{
    /// <summary>The script's name.</summary>
    public required string Name { get; init; }

    /// <summary>Why no logger came about; null when one did.</summary>
    public RaisedResult? Init { get; init; }

    /// <summary>What became of each call.</summary>
    public IReadOnlyList<CallResult> Results { get; init; } = [];

    /// <summary>What became of closing the logger.</summary>
    public CallResult Close { get; init; } = CallResult.Ok;

    /// <summary>The counters after it was closed, by their published names.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    /// <summary>The result as it is written.</summary>
    public JsonObject ToJson() => Init is not null
        ? new JsonObject { ["name"] = Name, ["init"] = Init.ToJson() }
        : new JsonObject
        {
            ["name"] = Name,
            ["results"] = new JsonArray([.. Results.Select(result => result.ToJson())]),
            ["close"] = Close.ToJson(),
            ["counters"] = new JsonObject([.. Counters.Select(counter =>
                KeyValuePair.Create(counter.Key, (JsonNode?)JsonValue.Create(counter.Value)))]),
        };
}
