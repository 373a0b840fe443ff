namespace Metrana.Mirrors;

/// <summary>The delivery counts of one mirror, at one moment. A histogram or an attribute counts as one point.</summary>
public readonly record struct MirrorDelivery
{
    /// <summary>The name of the mirror.</summary>
    public required string Mirror { get; init; }

    /// <summary>Everything that the run logged: the sum of what was written, what was dropped and what is pending.</summary>
    public long Added { get; init; }

    /// <summary>What the mirror has written.</summary>
    public long Written { get; init; }

    /// <summary>What did not fit into the queue of the mirror, or was in a call that threw.</summary>
    public long Dropped { get; init; }

    /// <summary>What is waiting for the mirror.</summary>
    public long Pending { get; init; }
}
