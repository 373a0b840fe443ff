using System.Text.Json;
using Benchmarks.Results;

namespace Benchmarks.Gates;

/// <summary>What each gate allows: the one place where limits stand.</summary>
internal sealed record GateLimits
{
    /// <summary>By the name of the gate.</summary>
    public required SortedDictionary<string, GateLimit> Limits { get; init; }

    public static GateLimits Load(string path) =>
        JsonSerializer.Deserialize<GateLimits>(File.ReadAllText(path), ResultJson.Options)
        ?? throw new JsonException($"{path} holds no limits.");
}

/// <summary>What a gate allows.</summary>
/// <param name="Max">The most that it lets pass.</param>
/// <param name="Why">Where that number comes from.</param>
/// <param name="FullOnly">Whether the short form leaves it out.</param>
internal sealed record GateLimit(double Max, string Why, bool FullOnly = false);
