namespace Metrana.Server;

/// <summary>Selects and orders the runs of a server. Properties that are not set do not filter.</summary>
public sealed record RunFilter
{
    /// <summary>The workspace of the runs.</summary>
    public string? Workspace { get; init; }

    /// <summary>The project of the runs.</summary>
    public string? Project { get; init; }

    /// <summary>The name by which loggers know the runs.</summary>
    public string? RunName { get; init; }

    /// <summary>A tag that the runs have.</summary>
    public string? Tag { get; init; }

    /// <summary>A part of the displayed name or of the name that loggers use.</summary>
    public string? Search { get; init; }

    /// <summary>Whether the runs are hidden.</summary>
    public bool? Hidden { get; init; }

    /// <summary>The order of the runs.</summary>
    public RunOrder Order { get; init; }

    /// <summary>The number of runs to skip at the beginning.</summary>
    public int Offset { get; init; }

    /// <summary>The maximum number of runs to list, at most 10,000.</summary>
    public int Limit { get; init; } = 10_000;
}

/// <summary>The order in which runs are listed.</summary>
public enum RunOrder
{
    /// <summary>By creation, oldest first.</summary>
    Created,

    /// <summary>By creation, newest first.</summary>
    CreatedLast,

    /// <summary>By the displayed name.</summary>
    Name,

    /// <summary>By the number of points, largest first.</summary>
    Points,
}

/// <summary>A page of the runs that match a filter.</summary>
/// <param name="Total">The number of runs that match.</param>
/// <param name="Runs">The requested part of them.</param>
public sealed record StoredRuns(long Total, IReadOnlyList<StoredRun> Runs);
