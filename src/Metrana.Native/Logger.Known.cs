using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>
    /// Every series that this logger knows, with its last step and the last value: what was logged to it, delivered or not, and what
    /// the service told of when the run was opened. In the order in which they came. Works until the logger is disposed, so at the
    /// end of a run as well.
    /// </summary>
    /// <example>
    /// <code>
    /// foreach (SeriesState series in logger.ListSeries())
    /// {
    ///     Console.WriteLine($"{series.Metric} {series.Labels}: {series.LastValue} at step {series.LastStep}");
    /// }
    /// </code>
    /// </example>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public IReadOnlyList<SeriesState> ListSeries()
    {
        IReadOnlyList<SeriesState> all = NativeLogger.ListSeries(Live());
        GC.KeepAlive(this);
        return all;
    }

    /// <summary>
    /// Every environment that something was logged in, or that the service told of when the run was opened, in the order in which
    /// they came.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public IReadOnlyList<EnvironmentState> ListEnvironments()
    {
        IReadOnlyList<EnvironmentState> all = NativeLogger.ListEnvironments(Live());
        GC.KeepAlive(this);
        return all;
    }
}
