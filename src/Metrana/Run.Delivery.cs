using Metrana.Native;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>What became of everything that was logged so far. After the end, these are the final counts.</summary>
    public RunDelivery Delivery => _backend.Delivery;

    /// <summary>
    /// The same in full: the books of each kind of data, and counters of the connection, of errors and of calls that had to wait.
    /// They only grow, so the difference of two snapshots is a rate.
    /// </summary>
    /// <remarks>A run without a service counts its data and nothing else, and <see cref="Disabled"/> counts nothing.</remarks>
    public Metrics Metrics => _backend.Metrics;

    /// <summary>
    /// Takes what went wrong in the background since the last call, oldest first. <see cref="RunOptions.Errors"/> decides how else it
    /// surfaces. After the end it is what nobody had taken; a run without a service has no such errors.
    /// </summary>
    public IReadOnlyList<SenderError> TakeErrors() => _backend.TakeErrors();
}
