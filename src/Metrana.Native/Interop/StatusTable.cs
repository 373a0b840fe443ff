using System.Collections.Frozen;

namespace Metrana.Native.Interop;

/// <summary>What the native side says about a failure.</summary>
/// <param name="Status">The case.</param>
/// <param name="GrpcStatus">The gRPC status, where there was one.</param>
/// <param name="Message">The text for a person.</param>
internal readonly record struct Failure(MetranaStatus Status, int? GrpcStatus, string Message);

/// <summary>Which exception a status is. The one table of that; a test holds it complete against the native header.</summary>
internal static class StatusTable
{
    private static readonly FrozenDictionary<MetranaStatus, Func<Failure, MetranaException>> _exceptions =
        new Dictionary<MetranaStatus, Func<Failure, MetranaException>>
        {
            [MetranaStatus.NativeLibraryUnavailable] = LoggerInit,

            [MetranaStatus.NullPointer] = Defect,
            [MetranaStatus.InvalidLength] = Defect,
            [MetranaStatus.Misaligned] = Defect,
            [MetranaStatus.InvalidUtf8] = Defect,
            [MetranaStatus.InvalidEnum] = Defect,
            [MetranaStatus.StructSize] = Defect,
            [MetranaStatus.InvalidDuration] = Defect,
            [MetranaStatus.Reserved] = Defect,
            [MetranaStatus.Panicked] = Defect,
            [MetranaStatus.Poisoned] = Defect,

            [MetranaStatus.InvalidConfig] = LoggerInit,
            [MetranaStatus.ConnectFailed] = LoggerInit,
            [MetranaStatus.InitRefused] = LoggerInit,
            [MetranaStatus.InitTimeout] = LoggerInit,
            [MetranaStatus.NoThread] = LoggerInit,
            [MetranaStatus.Forked] = LoggerInit,
            [MetranaStatus.RunAlreadyExists] = f => new RunAlreadyExistsException(f.Status, f.Message, f.GrpcStatus),
            [MetranaStatus.OrchestrationIdMismatch] = f => new OrchestrationIdMismatchException(f.Status, f.Message, f.GrpcStatus),

            [MetranaStatus.LoggerClosed] = f => new LoggerClosedException(f.Status, f.Message, f.GrpcStatus),
            [MetranaStatus.QueueFull] = f => new QueueFullException(f.Status, f.Message, f.GrpcStatus),
            [MetranaStatus.Validation] = f => new MetricValidationException(f.Status, f.Message, f.GrpcStatus),

            [MetranaStatus.SenderStopped] = Sender,
            [MetranaStatus.SenderErrors] = Sender,
            [MetranaStatus.FlushTimeout] = f => new FlushTimeoutException(f.Status, f.Message, f.GrpcStatus),
            [MetranaStatus.FlushUndelivered] = Sender,

            [MetranaStatus.CloseTimeout] = Closing,
            [MetranaStatus.CloseUndelivered] = Closing,
            [MetranaStatus.CloseErrors] = Closing,

            [MetranaStatus.EventTimeout] = Defect,
            [MetranaStatus.EventsClosed] = Defect,
            [MetranaStatus.Cancelled] = Defect,
        }.ToFrozenDictionary();

    /// <summary>The statuses that have a row.</summary>
    public static IEnumerable<MetranaStatus> Known => _exceptions.Keys;

    /// <summary>
    /// The exception of a failure, in the words of a C# program. A status that is not known here is no reason to hide what happened.
    /// </summary>
    public static MetranaException ToException(Failure failure)
    {
        Func<Failure, MetranaException> make = _exceptions.GetValueOrDefault(failure.Status, Defect);
        MetranaException exception = make(failure with { Message = Wording.Of(failure.Status, failure.Message) });
        exception.EngineMessage = failure.Message;
        return exception;
    }

    private static MetranaException Defect(Failure failure) => new(failure.Status, failure.Message, failure.GrpcStatus);

    private static LoggerInitException LoggerInit(Failure failure) => new(failure.Status, failure.Message, failure.GrpcStatus);

    private static SenderException Sender(Failure failure) => new(failure.Status, failure.Message, failure.GrpcStatus);

    private static ClosingException Closing(Failure failure) => new(failure.Status, failure.Message, failure.GrpcStatus);
}
