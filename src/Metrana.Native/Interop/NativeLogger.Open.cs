using Microsoft.Extensions.Logging;

namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    /// <summary>Opens the run of a configuration that has been validated. Blocks until the service has answered.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="events">Where the engine puts its log lines.</param>
    /// <param name="tag">What they carry, so that they find their logger.</param>
    public static LoggerHandle Open(LoggerConfig config, EventsHandle events, ulong tag)
    {
        using ConfigBlock block = new(config, events, tag);
        NativeConfig native = block.Config;
        nint logger = 0;
        nint error = 0;
        int status = NativeMethods.LoggerOpen(&native, &logger, &error);
        NativeError.ThrowIfFailed(status, error);
        return new LoggerHandle(logger);
    }

    /// <summary>The native side's own defaults, for the test that ours are the same.</summary>
    internal static NativeConfig DefaultConfig()
    {
        // Nobody may have opened a logger yet.
        NativeLibraryLocator.EnsureLoaded();
        NativeConfig native = new() { StructSize = (nuint)sizeof(NativeConfig) };
        NativeError.ThrowIfFailed(NativeMethods.ConfigInit(&native));
        return native;
    }

    /// <summary>Everything of a configuration that is not text.</summary>
    internal static void CopyNumbers(LoggerConfig config, ref NativeConfig native)
    {
        native.StructSize = (nuint)sizeof(NativeConfig);
        native.ForkStep = (ulong)(config.ForkStep ?? 0);
        native.HasForkStep = config.ForkStep is null ? (byte)0 : (byte)1;
        native.LoggerId = config.LoggerId ?? 0;
        native.ConnectTimeout = Seconds.Of(config.ConnectTimeout);
        native.InitTimeout = Seconds.Of(config.InitTimeout);
        native.CloseTimeout = Seconds.Of(config.CloseTimeout);
        native.Http2KeepAliveInterval = Seconds.Of(config.Http2KeepAliveInterval);
        native.Http2KeepAliveTimeout = Seconds.Of(config.Http2KeepAliveTimeout);
        native.TcpKeepAlive = Seconds.Of(config.TcpKeepAlive);
        native.EnqueueTimeout = config.EnqueueTimeout is { } enqueue ? Seconds.Of(enqueue) : Seconds.None;
        native.MsgMaxAge = Seconds.Of(config.MsgMaxAge);
        native.MsgLinger = Seconds.Of(config.MsgLinger);
        native.BackoffInitial = Seconds.Of(config.BackoffInitial);
        native.BackoffMax = Seconds.Of(config.BackoffMax);
        native.AckStallTimeout = config.AckStallTimeout is { } stall ? Seconds.Of(stall) : Seconds.None;
        native.QueueBytes = (ulong)config.QueueBytes;
        native.MaxMsgSize = (ulong)config.MaxMsgSize;
        native.MaxPendingRequests = (ulong)config.MaxPendingRequests;
        native.MsgMaxRetries = config.MsgMaxRetries ?? -1;
        native.MisStepWarnBudget = (uint)config.MisStepWarnBudget;
        native.Resume = (int)config.Resume;
        native.Backpressure = (int)config.Backpressure;
        native.DeliveryPolicy = (int)config.DeliveryPolicy;
        native.ErrorStrategy = (int)config.ErrorStrategy;
        native.LogLevel = ToNative(config.LogLevel);
        native.CreateProjectIfMissing = config.CreateProjectIfMissing ? (byte)1 : (byte)0;
    }

    /// <summary>The native numbers grow with the detail: 0 is off, 5 is everything.</summary>
    private static int ToNative(LogLevel level) => level switch
    {
        LogLevel.Trace => 5,
        LogLevel.Debug => 4,
        LogLevel.Information => 3,
        LogLevel.Warning => 2,
        LogLevel.Error or LogLevel.Critical => 1,
        _ => 0,
    };
}
