namespace Metrana.Mirrors;

/// <summary>What became of everything that one mirror was to write, counted at one moment. A histogram or an attribute counts as one point.</summary>
/// <param name="Mirror">The name of the mirror.</param>
/// <param name="Added">Everything that the run logged: what was written, dropped and is pending adds up to it.</param>
/// <param name="Written">What the mirror took.</param>
/// <param name="Dropped">What did not fit into its queue, or was in a call that threw.</param>
/// <param name="Pending">What waits for it.</param>
public readonly record struct MirrorDelivery(string Mirror, long Added, long Written, long Dropped, long Pending);
