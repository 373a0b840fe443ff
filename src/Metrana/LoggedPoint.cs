namespace Metrana;

/// <summary>A value that was logged to an in-memory run.</summary>
public sealed record LoggedPoint
{
    /// <summary>The name of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>What its steps count.</summary>
    public required string Scale { get; init; }

    /// <summary>Its labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The value. A <see cref="float"/> was widened.</summary>
    public required double Value { get; init; }

    /// <summary>The step; in reinforcement learning the environment step, or the episode if the series has one point per episode.</summary>
    public required long Step { get; init; }

    /// <summary>When it was measured, to the millisecond.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Whether it was logged by <see cref="Run.LogDistributed(string, MetricValue, Native.Steps, string?, Native.LabelSpan, Native.Timestamps, bool?)"/>.</summary>
    public bool Distributed { get; init; }

    /// <summary>The training step, in reinforcement learning only.</summary>
    public long? RlStep { get; init; }

    /// <summary>The environment, in reinforcement learning only.</summary>
    public string? Environment { get; init; }

    /// <summary>The episode that a value per environment step belongs to.</summary>
    public long? EpisodeNumber { get; init; }
}
