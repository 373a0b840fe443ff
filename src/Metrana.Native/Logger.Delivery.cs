using Metrana.Native.Interop;

namespace Metrana.Native;

public sealed partial class Logger
{
    /// <summary>Waits until everything that was logged before the call is acknowledged by the service.</summary>
    /// <param name="timeout">How long at most; left out, as long as it takes.</param>
    /// <exception cref="FlushTimeoutException">The time is up. Nothing is lost, and the logger goes on.</exception>
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
    /// Takes nothing more, wakes every thread that waits for room, delivers what was accepted, and closes the run. A second
    /// call does nothing and ends as the first one did.
    /// </summary>
    /// <param name="timeout">How long at most; left out, <see cref="LoggerConfig.CloseTimeout"/>.</param>
    /// <exception cref="ClosingException">
    /// The logger is closed, but something that it had accepted did not arrive. What and why is in the message.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void Close(TimeSpan? timeout = null)
    {
        _ = Live();
        _core.Close(Seconds.OfTimeout(timeout));
        GC.KeepAlive(this);
    }

    /// <summary>
    /// The same as <see cref="Close"/>, but the run stays open at the service: for one of several processes that log into
    /// it, or one that will be continued.
    /// </summary>
    /// <param name="timeout">How long at most; left out, <see cref="LoggerConfig.CloseTimeout"/>.</param>
    /// <exception cref="ClosingException">The logger is closed, but something that it had accepted did not arrive.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative.</exception>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public void Shutdown(TimeSpan? timeout = null)
    {
        _ = Live();
        _core.Shutdown(Seconds.OfTimeout(timeout));
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Takes the errors that were collected in the background since the last look, oldest first. How else they surface is
    /// <see cref="LoggerConfig.ErrorStrategy"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The logger was disposed.</exception>
    public IReadOnlyList<SenderError> ExtractSenderErrors()
    {
        SenderError[] errors = NativeLogger.TakeErrors(Live());
        GC.KeepAlive(this);
        return errors;
    }

    /// <summary>Panics inside the engine. For the test that this is an exception and nothing worse.</summary>
    internal void DebugPanic() => NativeLogger.DebugPanic(Live());
}
