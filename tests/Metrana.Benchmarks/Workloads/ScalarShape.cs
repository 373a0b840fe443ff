namespace Benchmarks.Workloads;

/// <summary>How single values are logged.</summary>
internal sealed record ScalarShape
{
    /// <summary>Values that each thread logs in a step, each to a series of its own.</summary>
    public int Metrics { get; init; } = 16;

    public int Steps { get; init; } = 20_000;

    public int Threads { get; init; } = 1;

    /// <summary>How many labels each series has.</summary>
    public int Labels { get; init; } = 1;

    /// <summary>Through handles that were made before; otherwise by name, in each call.</summary>
    public bool Handles { get; init; }

    /// <summary>Values of a round.</summary>
    public long Total => (long)Metrics * Steps * Threads;
}
