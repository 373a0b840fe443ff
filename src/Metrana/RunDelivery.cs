namespace Metrana;

/// <summary>The delivery counts of everything that a run logged, at one moment. A histogram or an attribute counts as one point.</summary>
public readonly record struct RunDelivery
{
    /// <summary>Everything that valid calls logged.</summary>
    public long Added { get; init; }

    /// <summary>Acknowledged by the service.</summary>
    public long Sent { get; init; }

    /// <summary>Lost: there was no room, or it could not be delivered.</summary>
    public long Dropped { get; init; }

    /// <summary>Still on its way.</summary>
    public long Pending { get; init; }
}
