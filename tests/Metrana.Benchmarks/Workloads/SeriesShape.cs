namespace Benchmarks.Workloads;

/// <summary>How many ordinary series there are, and what each gets in a burst.</summary>
internal sealed record SeriesShape
{
    public int Series { get; init; } = 16;

    /// <summary>Points of each series in a burst: a column where there are several.</summary>
    public int Points { get; init; } = 1;

    /// <summary>Values as <see cref="float"/>.</summary>
    public bool Single { get; init; }

    /// <summary>Through handles that were made before; otherwise by name, in each call.</summary>
    public bool Handles { get; init; }

    /// <summary>Points of a burst.</summary>
    public long Total => (long)Series * Points;
}
