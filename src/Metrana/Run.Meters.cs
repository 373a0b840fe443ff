using Metrana.Meters;

namespace Metrana;

public sealed partial class Run
{
    /// <summary>
    /// Logs what .NET instruments measure, every 30 s (<see cref="RunOptions.SystemMetricsInterval"/>) and once at the end: under
    /// <c>meters/</c>, the name of the meter and the name of the instrument. Counters are logged as their increase in that time,
    /// gauges as their last value, histograms as <c>/count</c>, <c>/mean</c> and <c>/max</c>.
    /// </summary>
    /// <param name="meters">The names of the meters, such as <c>System.Runtime</c>; a <c>*</c> at the end stands for any rest.</param>
    /// <returns>Dispose it to log no more; the end of the run does that as well.</returns>
    /// <exception cref="ArgumentException">No meter is named, or one has no name.</exception>
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
