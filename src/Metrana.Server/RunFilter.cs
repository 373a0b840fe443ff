namespace Metrana.Server;

/// <summary>Which runs of a server are listed, and in which order. Properties that are not set filter nothing.</summary>
public sealed record RunFilter
{
    /// <summary>Their workspace.</summary>
    public string? Workspace { get; init; }

    /// <summary>Their project.</summary>
    public string? Project { get; init; }

    /// <summary>The name that loggers know them by.</summary>
    public string? RunName { get; init; }

    /// <summary>One of their tags.</summary>
    public string? Tag { get; init; }

    /// <summary>A part of their name, as people or as loggers call them.</summary>
    public string? Search { get; init; }

    /// <summary>Whether they are hidden.</summary>
    public bool? Hidden { get; init; }

    /// <summary>How they are ordered.</summary>
    public RunOrder Order { get; init; }

    /// <summary>How many of them are skipped at the beginning.</summary>
    public int Offset { get; init; }

    /// <summary>How many are listed, at most 10,000.</summary>
    public int Limit { get; init; } = 10_000;
}

/// <summary>How runs are ordered.</summary>
public enum RunOrder
{
    /// <summary>The first one opened first.</summary>
    Created,

    /// <summary>The last one opened first.</summary>
    CreatedLast,

    /// <summary>By the name that people see.</summary>
    Name,

    /// <summary>The one with the most points first.</summary>
    Points,
}

/// <summary>A part of the runs that fit a filter.</summary>
/// <param name="Total">How many fit it.</param>
/// <param name="Runs">Those of them that were asked for.</param>
public sealed record StoredRuns(long Total, IReadOnlyList<StoredRun> Runs);
