namespace Metrana.Mirrors;

/// <summary>What became of everything that one mirror was to write, counted at one moment. A histogram or an attribute counts as one point.</summary>
public readonly record struct MirrorDelivery
{
    /// <summary>The name of the mirror.</summary>
    public required string Mirror { get; init; }

    /// <summary>Everything that the run logged: what was written, dropped and is pending adds up to it.</summary>
    public long Added { get; init; }

    /// <summary>What the mirror took.</summary>
    public long Written { get; init; }

    /// <summary>What did not fit into its queue, or was in a call that threw.</summary>
    public long Dropped { get; init; }

    /// <summary>What waits for it.</summary>
    public long Pending { get; init; }
}
