namespace Metrana;

/// <summary>What became of everything that a run logged, counted at one moment. A histogram or an attribute counts as one point.</summary>
/// <param name="Added">Everything that valid calls brought.</param>
/// <param name="Sent">Acknowledged by the service.</param>
/// <param name="Dropped">Lost: there was no room, or it could not be delivered.</param>
/// <param name="Pending">Still on its way.</param>
public readonly record struct RunDelivery(long Added, long Sent, long Dropped, long Pending);
