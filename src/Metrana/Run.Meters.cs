using Metrana.Meters;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>
    /// Logs the measurements of .NET instruments every 30 s (<see cref="RunOptions.SystemMetricsInterval"/>) and once at the end,
    /// as <c>meters/</c> followed by the names of the meter and the instrument. Counters are logged as their increase in that time,
    /// gauges as their last value, histograms as <c>/count</c>, <c>/mean</c> and <c>/max</c>.
    /// </summary>
    /// <param name="meters">The names of the meters, such as <c>System.Runtime</c>; a trailing <c>*</c> matches any rest of a name.</param>
    /// <returns>An object that stops the logging when it is disposed. The end of the run stops it as well.</returns>
    /// <exception cref="ArgumentException">There are no meters, or one of the names is empty.</exception>
    /// <exception cref="ObjectDisposedException">The run has ended.</exception>
    public IDisposable CaptureMeters(params string[] meters) =>
        CaptureMeters(meters, _settings?.Options.SystemMetricsInterval ?? _sampling, TimeProvider.System);

    internal MeterCapture CaptureMeters(string[] meters, TimeSpan interval, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(meters);
        if (meters.Length == 0 || meters.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException("Name the meters, such as \"System.Runtime\".", nameof(meters));
        }

        _ = Open();
        MeterCapture capture = new(this, [.. meters], interval, clock, _console);
        AtTheEnd(capture.Dispose);
        return capture;
    }
}
