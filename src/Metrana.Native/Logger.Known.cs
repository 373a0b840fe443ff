using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>
    /// Lists every series that this logger knows, with its last step and last value: the series that were logged to, delivered or not,
    /// and those that the service reported when the run was opened, in the order in which they became known. It works until the logger
    /// is disposed, and therefore also at the end of a run.
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
    /// Lists every environment that was logged to, or that the service reported when the run was opened, in the order in which they
    /// became known.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public IReadOnlyList<EnvironmentState> ListEnvironments()
    {
        IReadOnlyList<EnvironmentState> all = NativeLogger.ListEnvironments(Live());
        GC.KeepAlive(this);
        return all;
    }
}
