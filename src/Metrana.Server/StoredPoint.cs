using System.Text.Json.Serialization;

namespace Metrana.Server;

/// <summary>One point of a series of numbers, as it counts.</summary>
public readonly record struct StoredPoint
{
    /// <summary>The step; in reinforcement learning, the environment step.</summary>
    public long Step { get => EnvStep ?? field; init; }

    /// <summary>When it was measured, in milliseconds since 1970.</summary>
    public long TimestampMillis { get; init; }

    /// <summary>The value.</summary>
    public double Value { get; init; }

    /// <summary>In reinforcement learning, the environment.</summary>
    public string? Environment { get; init; }

    /// <summary>In reinforcement learning, the step of the training.</summary>
    public long? RlStep { get; init; }

    /// <summary>In reinforcement learning, the episode, if the point belongs to one.</summary>
    public long? Episode { get; init; }

    /// <summary>What the server calls the step of reinforcement learning.</summary>
    [JsonInclude]
    internal long? EnvStep { get; init; }
}
