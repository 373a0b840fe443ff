namespace Benchmarks.Workloads;

/// <summary>How the points of a burst of reinforcement learning are logged.</summary>
internal sealed record RlShape
{
    public int Envs { get; init; } = 1024;

    public int Metrics { get; init; } = 16;

    public int Points { get; init; } = 100;

    /// <summary>One call for each metric, with all environments in it; otherwise one for each metric and environment.</summary>
    public bool Vector { get; init; } = true;

    /// <summary>Values as <see cref="float"/>.</summary>
    public bool Single { get; init; }

    /// <summary>Through handles that were made before; otherwise by name, in each call.</summary>
    public bool Handles { get; init; }

    /// <summary>Points of one metric in a burst.</summary>
    public int PerMetric => checked(Envs * Points);

    /// <summary>Points of a burst.</summary>
    public long Total => (long)PerMetric * Metrics;
}
