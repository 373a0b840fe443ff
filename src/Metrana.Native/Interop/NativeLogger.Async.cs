namespace Metrana.Native.Interop;

// Calls that begin here and end in the library, which says so by an event.
internal static unsafe partial class NativeLogger
{
    /// <summary>Opens the run of a configuration that has been validated. The settings are copied before this returns.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="pump">The reader of the engine's events.</param>
    /// <param name="tag">What its log lines carry.</param>
    /// <param name="cancellation">Gives up; a logger that opens at that moment is closed.</param>
    public static Task<LoggerHandle?> OpenAsync(LoggerConfig config, EventPump pump, ulong tag, CancellationToken cancellation)
    {
        using ConfigBlock block = new(config, pump.Events, tag);
        NativeConfig native = block.Config;
        PendingCall call = pump.Calls.Add(null, cancellation);
        nint error = 0;
        return Begun(pump, call, NativeMethods.LoggerOpenBegin(&native, call.Token, &error), error);
    }

    /// <param name="logger">The logger.</param>
    /// <param name="pump">The reader of the engine's events.</param>
    /// <param name="timeout">Seconds; <see cref="Seconds.None"/> waits as long as it takes.</param>
    /// <param name="cancellation">Gives up waiting, and nothing else.</param>
    public static Task FlushAsync(LoggerHandle logger, EventPump pump, double timeout, CancellationToken cancellation)
    {
        PendingCall call = pump.Calls.Add(logger, cancellation);
        nint error = 0;
        return Begun(pump, call, NativeMethods.LoggerFlushBegin(logger, timeout, call.Token, &error), error);
    }

    /// <param name="logger">The logger.</param>
    /// <param name="pump">The reader of the engine's events.</param>
    /// <param name="timeout">Seconds; <see cref="Seconds.None"/> takes the configured timeout.</param>
    /// <param name="closeRun">Whether to close the run too.</param>
    /// <param name="cancellation">Gives up waiting; the logger closes all the same.</param>
    public static Task CloseAsync(LoggerHandle logger, EventPump pump, double timeout, bool closeRun, CancellationToken cancellation)
    {
        PendingCall call = pump.Calls.Add(logger, cancellation);
        nint error = 0;
        return Begun(
            pump,
            call,
            NativeMethods.LoggerCloseBegin(logger, timeout, closeRun ? (byte)1 : (byte)0, call.Token, &error),
            error);
    }

    /// <summary>A call that did not begin will not end either.</summary>
    private static Task<LoggerHandle?> Begun(EventPump pump, PendingCall call, int status, nint error)
    {
        try
        {
            NativeError.ThrowIfFailed(status, error);
            call.Begun();
            return call.Task;
        }
        catch
        {
            pump.Calls.Forget(call);
            throw;
        }
    }
}
