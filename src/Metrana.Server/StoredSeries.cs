namespace Metrana.Server;

/// <summary>A series of a run as the server holds it.</summary>
public sealed record StoredSeries
{
    /// <summary>The server's own id of the series within its run.</summary>
    public required ulong Id { get; init; }

    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>What its steps count.</summary>
    public required string Scale { get; init; }

    /// <summary>The labels that tell it from other series of the metric.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Whether its steps grow.</summary>
    public SeriesOrdering Ordering { get; init; }

    /// <summary>What its points are: <c>float</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How many points it has.</summary>
    public long Points { get; init; }

    /// <summary>Its highest step, unless it has no points.</summary>
    public ulong? LastStep { get; init; }
}
