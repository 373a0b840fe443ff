namespace Metrana.Server;

/// <summary>What the server has counted since it was started.</summary>
public sealed record ServerCounts
{
    /// <summary>Runs held.</summary>
    public long Runs { get; init; }

    /// <summary>Series held.</summary>
    public long Series { get; init; }

    /// <summary>Points of ordinary series held.</summary>
    public long Points { get; init; }

    /// <summary>Points of reinforcement-learning series held.</summary>
    public long RlPoints { get; init; }

    /// <summary>Histograms held.</summary>
    public long Histograms { get; init; }

    /// <summary>Scatters held.</summary>
    public long Scatters { get; init; }

    /// <summary>Changes to attributes of runs.</summary>
    public long AttributeUpdates { get; init; }

    /// <summary>Numbered data messages whose content was taken.</summary>
    public long Messages { get; init; }

    /// <summary>Data messages that had been taken before and were left out: a logger sent them again after a broken connection.</summary>
    public long DuplicateMessages { get; init; }

    /// <summary>Update streams that loggers opened.</summary>
    public long Streams { get; init; }

    /// <summary>Points that named a series nobody had declared.</summary>
    public long UnknownSeriesPoints { get; init; }

    /// <summary>Points left out for any other reason.</summary>
    public long IgnoredPoints { get; init; }
}
