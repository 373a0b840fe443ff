using System.Text.Json;
using System.Text.Json.Nodes;
using Metrana.Player.Results;
using Metrana.Player.Scripts;
using Metrana.WireCapture;
using Metrana.WireCapture.Decode;
using Xunit;

namespace Metrana.Player.Tests;

/// <summary>Plays calls on a logger of their own and tells what became of each, and what arrived.</summary>
public sealed class RulePeer : IAsyncLifetime
{
    private CaptureServer _server = null!;
    private int _scripts;

    public async Task InitializeAsync() => _server = await CaptureServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>A call as a script has it.</summary>
    public static JsonNode Call(string method, object?[] args, object? kwargs = null) => new JsonObject
    {
        ["method"] = method,
        ["args"] = JsonSerializer.SerializeToNode(args),
        ["kwargs"] = JsonSerializer.SerializeToNode(kwargs ?? new object()),
    };

    /// <summary>A call from <c>[method, args, kwargs]</c>.</summary>
    public static JsonNode Call(string json)
    {
        var parts = JsonNode.Parse(json)!.AsArray();
        return new JsonObject
        {
            ["method"] = parts[0]!.DeepClone(),
            ["args"] = parts[1]!.DeepClone(),
            ["kwargs"] = parts.Count > 2 ? parts[2]!.DeepClone() : new JsonObject(),
        };
    }

    /// <summary>Plays calls on a new logger.</summary>
    public (IReadOnlyList<CallResult> Results, ScriptResult Script, DecodedRun Run) Play(IEnumerable<JsonNode> calls)
    {
        var name = $"rule-{Interlocked.Increment(ref _scripts)}";
        var script = new JsonObject { ["name"] = name, ["config"] = new JsonObject(), ["calls"] = new JsonArray([.. calls]) };
        var run = _server.Run(name);
        var result = new ScriptPlayer(new PlayerOptions(_server.Endpoint, "any")).Play(ScriptReader.ReadLine(script.ToJsonString()));
        return result.Init is null
            ? (result.Results, result, run.Decode())
            : throw new InvalidOperationException($"No logger came about: {result.Init.Message}");
    }

    /// <summary>What became of calls that are written as <c>[method, args, kwargs]</c>: <c>ok</c>, a value, or a refusal with its message.</summary>
    public IReadOnlyList<string> Answers(params string[] calls) => [.. Play(calls.Select(Call)).Results.Select(Text)];

    /// <summary>A result as a line.</summary>
    public static string Text(CallResult result) => result switch
    {
        RaisedResult raised => $"{raised.PublishedName}: {raised.Message}",
        ValueResult value => value.Value?.ToJsonString() ?? "null",
        _ => "ok",
    };
}
