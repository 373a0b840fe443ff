using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>The delivery counts of everything logged so far; the final counts once the run has ended.</summary>
    public RunDelivery Delivery => _backend.Delivery;

    /// <summary>
    /// All delivery counters: those of each kind of data, and those of the connection, of errors and of calls that had to wait.
    /// They only grow, so the difference of two snapshots is a rate.
    /// </summary>
    /// <remarks>A run without a service counts only its data; <see cref="Disabled"/> counts nothing.</remarks>
    public Metrics Metrics => _backend.Metrics;

    /// <summary>
    /// Takes the errors that occurred in the background since the last call, oldest first. <see cref="RunOptions.Errors"/> decides
    /// how else they surface. After the end of the run, it returns the errors that were not taken before. A run without a service
    /// has no such errors.
    /// </summary>
    public IReadOnlyList<SenderError> TakeErrors() => _backend.TakeErrors();
}
