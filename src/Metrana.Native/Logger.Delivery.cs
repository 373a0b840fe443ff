using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>Waits until the service has acknowledged everything that was logged before the call.</summary>
    /// <param name="timeout">The longest wait; unlimited if omitted.</param>
    /// <exception cref="FlushTimeoutException">The timeout expired. Nothing is lost, and the logger continues.</exception>
    /// <exception cref="SenderException">
    /// Some of what was logged since the last flush is lost (<see cref="MetranaStatus.FlushUndelivered"/>; the rest is
    /// delivered), or delivery failed for good and the logger has stopped.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void Flush(TimeSpan? timeout = null)
    {
        NativeLogger.Flush(Live(), Seconds.OfTimeout(timeout));
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Stops accepting calls, wakes every thread that waits for room, delivers everything accepted, and closes the run. A second
    /// call does nothing and returns the same result as the first.
    /// </summary>
    /// <param name="timeout">The longest wait; <see cref="LoggerConfig.CloseTimeout"/> if omitted.</param>
    /// <exception cref="ClosingException">
    /// The logger is closed, but not everything it accepted was delivered. The message says what was lost and why.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void Close(TimeSpan? timeout = null)
    {
        _ = Live();
        _core.Close(Seconds.OfTimeout(timeout));
        GC.KeepAlive(this);
    }

    /// <summary>Closes the logger and reports to the service how the run ended.</summary>
    /// <inheritdoc cref="Close(TimeSpan?)"/>
    /// <param name="end">How the run ended. If the logger is closed more than once, the first call decides.</param>
    /// <param name="timeout">The longest wait; <see cref="LoggerConfig.CloseTimeout"/> if omitted.</param>
    /// <param name="progress">Receives the counters a few times a second while the last points are delivered, and once at the end.</param>
    public void Close(RunEnd end, TimeSpan? timeout = null, IProgress<Metrics>? progress = null)
    {
        Say(end);
        _core.Close(Seconds.OfTimeout(timeout), progress);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Closes the logger as <see cref="Close(TimeSpan?)"/> does, but leaves the run open at the service. Use it when other processes
    /// still log to the run, or when the run will be continued.
    /// </summary>
    /// <param name="timeout">The longest wait; <see cref="LoggerConfig.CloseTimeout"/> if omitted.</param>
    /// <exception cref="ClosingException">The logger is closed, but not everything it accepted was delivered.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void Shutdown(TimeSpan? timeout = null)
    {
        _ = Live();
        _core.Shutdown(Seconds.OfTimeout(timeout));
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Returns the errors collected in the background since the last call, oldest first.
    /// <see cref="LoggerConfig.ErrorStrategy"/> determines how else they are reported.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public IReadOnlyList<SenderError> ExtractSenderErrors()
    {
        SenderError[] errors = NativeLogger.TakeErrors(Live());
        GC.KeepAlive(this);
        return errors;
    }

    private void Say(RunEnd end)
    {
        LoggerHandle logger = Live();
        if (end.Text is { } text)
        {
            NativeLogger.SetCloseMessage(logger, text);
        }
    }

    /// <summary>Panics inside the engine. For the test that this is an exception and nothing worse.</summary>
    internal void DebugPanic() => NativeLogger.DebugPanic(Live());
}
