using System.Runtime.CompilerServices;

namespace Metrana.Native.Interop;

/// <summary>The calls on a native logger, in .NET's own types.</summary>
internal static unsafe partial class NativeLogger
{
    /// <summary>What the handshake settled.</summary>
    public sealed record RunInfo(byte[] RunId, string OrchestrationId, ulong LoggerId, bool Created);

    public static RunInfo GetInfo(LoggerHandle logger)
    {
        NativeRunInfo info = default;
        bool held = false;
        try
        {
            // The texts are borrowed from the logger, so it has to stay until they are copied.
            logger.DangerousAddRef(ref held);
            NativeError.ThrowIfFailed(NativeMethods.LoggerInfo(logger, &info));
            return new RunInfo(
                new ReadOnlySpan<byte>(info.RunId.Start, checked((int)info.RunId.Length)).ToArray(),
                Utf8.Read(info.OrchestrationId),
                info.LoggerId,
                info.Created != 0);
        }
        finally
        {
            if (held)
            {
                logger.DangerousRelease();
            }
        }
    }

    public static Metrics GetCounters(LoggerHandle logger)
    {
        NativeCounters counters = new() { StructSize = (nuint)sizeof(NativeCounters) };
        NativeError.ThrowIfFailed(NativeMethods.LoggerCounters(logger, &counters));
        return new Metrics
        {
            FloatPoints = Kind(counters.FloatPoints),
            RlFloatPoints = Kind(counters.RlFloatPoints),
            HistogramPoints = Kind(counters.HistogramPoints),
            ScatterPoints = Kind(counters.ScatterPoints),
            AttributeUpdates = Kind(counters.AttributeUpdates),
            EnvironmentAttributeUpdates = Kind(counters.EnvAttributeUpdates),
            ConnectionAttempts = (long)counters.ConnectionAttempts,
            SendErrors = (long)counters.SendErrors,
            RequestsSent = (long)counters.RequestsSent,
            ErrorsReported = (long)counters.ErrorsReported,
            ErrorsEvicted = (long)counters.ErrorsEvicted,
            BytesSent = (long)counters.BytesSent,
            PendingBytes = (long)counters.PendingBytes,
            MisSteps = (long)counters.MisSteps,
            Waits = (long)counters.Waits,
            TimeWaited = new TimeSpan((long)counters.WaitedNanos / TimeSpan.NanosecondsPerTick),
        };
    }

    /// <param name="logger">The logger.</param>
    /// <param name="timeout">Seconds; <see cref="Seconds.None"/> waits as long as it takes.</param>
    public static void Flush(LoggerHandle logger, double timeout)
    {
        nint error = 0;
        int status = NativeMethods.LoggerFlush(logger, timeout, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    /// <summary>What the close of the run will say of it.</summary>
    public static void SetCloseMessage(LoggerHandle logger, string message)
    {
        Unsafe.SkipInit(out TextTable.Stack stack);
        using TextTable texts = new([message], &stack, nameof(message));
        nint error = 0;
        int status = NativeMethods.LoggerSetCloseMessage(logger, *texts.Start, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    /// <param name="logger">The logger.</param>
    /// <param name="timeout">Seconds; <see cref="Seconds.None"/> takes the configured timeout.</param>
    public static void Close(LoggerHandle logger, double timeout)
    {
        nint error = 0;
        int status = NativeMethods.LoggerClose(logger, timeout, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    /// <param name="logger">The logger.</param>
    /// <param name="timeout">Seconds; <see cref="Seconds.None"/> takes the configured timeout.</param>
    public static void Shutdown(LoggerHandle logger, double timeout)
    {
        nint error = 0;
        int status = NativeMethods.LoggerShutdown(logger, timeout, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    public static SenderError[] TakeErrors(LoggerHandle logger)
    {
        nint list = 0;
        try
        {
            NativeError.ThrowIfFailed(NativeMethods.LoggerTakeErrors(logger, &list));
            SenderError[] errors = new SenderError[checked((int)NativeMethods.ErrorListLength(list))];
            for (int i = 0; i < errors.Length; i++)
            {
                Failure failure = NativeError.Read(NativeMethods.ErrorListGet(list, (nuint)i));
                errors[i] = new SenderError { StatusCode = failure.Status, GrpcStatus = failure.GrpcStatus, Message = failure.Message };
            }

            return errors;
        }
        finally
        {
            NativeMethods.ErrorListFree(list);
        }
    }

    /// <summary>Panics inside the engine. For the test that a panic is an exception and nothing worse.</summary>
    public static void DebugPanic(LoggerHandle logger)
    {
        nint error = 0;
        int status = NativeMethods.LoggerDebugPanic(logger, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    private static KindMetrics Kind(in NativeKindCounters counters) => new()
    {
        Added = (long)counters.Added,
        Refused = (long)counters.Refused,
        Enqueued = (long)counters.Enqueued,
        Sent = (long)counters.Sent,
        Dropped = (long)counters.Dropped,
        Spooled = (long)counters.Spooled,
        Pending = (long)counters.Pending,
    };
}
