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

    /// <summary>Changes made to attributes of runs.</summary>
    public long AttributeUpdates { get; init; }

    /// <summary>Changes made to attributes of environments and their episodes.</summary>
    public long EnvAttributeUpdates { get; init; }

    /// <summary>
    /// Points that are kept although they contradict what the first points of their metric and scale determined: the label keys,
    /// whether there are episodes, or the ordering or kind under other labels.
    /// </summary>
    public long ConflictingPoints { get; init; }

    /// <summary>Numbered data messages that were stored.</summary>
    public long Messages { get; init; }

    /// <summary>Repeated data messages that were not stored again, because a logger resent them after a lost connection.</summary>
    public long DuplicateMessages { get; init; }

    /// <summary>Update streams that loggers opened.</summary>
    public long Streams { get; init; }

    /// <summary>Points of series that were never declared.</summary>
    public long UnknownSeriesPoints { get; init; }

    /// <summary>
    /// Points of declared series that do not count because they are at steps that an ordered series had already passed, were replaced
    /// by later points at the same step, differ in ordering or kind from the first points of their series, are malformed, or exceed a
    /// limit.
    /// </summary>
    public long IgnoredPoints { get; init; }

    /// <summary>Changes to attributes that were ignored because they named none.</summary>
    public long IgnoredAttributes { get; init; }
}
