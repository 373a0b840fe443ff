namespace Metrana.Server;

/// <summary>The server's counters since it started.</summary>
public sealed record ServerCounts
{
    /// <summary>Runs held.</summary>
    public long Runs { get; init; }

    /// <summary>Series held.</summary>
    public long Series { get; init; }

    /// <summary>Numbers held as points of ordinary series.</summary>
    public long Points { get; init; }

    /// <summary>Numbers held as points of reinforcement learning.</summary>
    public long RlPoints { get; init; }

    /// <summary>Histograms held, of either kind.</summary>
    public long Histograms { get; init; }

    /// <summary>Scatters held, of either kind.</summary>
    public long Scatters { get; init; }

    /// <summary>Changes to attributes of runs that were made.</summary>
    public long AttributeUpdates { get; init; }

    /// <summary>Changes to attributes of environments and their episodes that were made.</summary>
    public long EnvAttributeUpdates { get; init; }

    /// <summary>
    /// Points that are kept although they contradict what the first points of their metric and scale have settled: other label
    /// keys, episodes or none, another ordering or kind under other labels.
    /// </summary>
    public long ConflictingPoints { get; init; }

    /// <summary>Numbered data messages that were stored.</summary>
    public long Messages { get; init; }

    /// <summary>Repeated data messages, not stored again: a logger resent them after a broken connection.</summary>
    public long DuplicateMessages { get; init; }

    /// <summary>Update streams that loggers opened.</summary>
    public long Streams { get; init; }

    /// <summary>Points that named a series nobody had declared.</summary>
    public long UnknownSeriesPoints { get; init; }

    /// <summary>
    /// Points of declared series that do not count: at steps that an ordered series had passed, replaced by later ones at the same
    /// step, of another ordering or kind than the first points of their series, malformed, or beyond a limit.
    /// </summary>
    public long IgnoredPoints { get; init; }

    /// <summary>Changes to attributes that were left out, because they named none.</summary>
    public long IgnoredAttributes { get; init; }
}
