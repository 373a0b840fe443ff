namespace Metrana.Mirrors;

/// <summary>Values of a reinforcement-learning series: a row for each environment.</summary>
public sealed record RlPointsRecord : MetricRecord
{
    /// <summary>The training step: the update or iteration in which the values were collected.</summary>
    public required long RlStep { get; init; }

    /// <summary>The environments, one for each row.</summary>
    public required IReadOnlyList<string> Environments { get; init; }

    /// <summary>How many values each environment has.</summary>
    public required int Width { get; init; }

    /// <summary>The values, environment by environment.</summary>
    public required ReadOnlyMemory<double> Values { get; init; }

    /// <summary>The environment step of each value; the episode if the series has one point per episode.</summary>
    public required ReadOnlyMemory<long> Steps { get; init; }

    /// <summary>The episode that each value belongs to; empty if the series has none.</summary>
    public required ReadOnlyMemory<long> Episodes { get; init; }

    /// <summary>When each value was measured, in milliseconds since 1970 in UTC.</summary>
    public required ReadOnlyMemory<long> Timestamps { get; init; }

    internal override int Points => Values.Length;

    internal override long Bytes =>
        Overhead + (sizeof(double) * ((3L * Values.Length) + Episodes.Length + Environments.Count));
}
