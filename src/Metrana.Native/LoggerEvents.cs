using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

/// <summary>
/// The event ids of the lines that a logger writes to its <see cref="LoggerConfig.LoggerFactory"/>. The state of every line has the
/// fields <c>Run</c> and <c>Text</c>, and the fields listed here; fields whose values are not known are omitted.
/// </summary>
[SuppressMessage("Naming", "CA1724", Justification = "No namespace of this name is used beside it.")]
public static class LoggerEvents
{
    /// <summary>A line of a newer engine, which this library does not know.</summary>
    public static EventId Other { get; } = new(1, "Engine");

    /// <summary>An attempt to open the run failed; it will be retried. Fields: Endpoint, Reason, GrpcCode, Attempt, RetrySeconds.</summary>
    public static EventId OpeningFailed { get; } = new(10, nameof(OpeningFailed));

    /// <summary>The service has not answered yet. Fields: Endpoint.</summary>
    public static EventId OpeningUnanswered { get; } = new(11, nameof(OpeningUnanswered));

    /// <summary>
    /// The stream to the service broke; it will be reopened. Fields: Reason, GrpcCode, Tries, RetrySeconds, HeldBack (the number of
    /// lines of this kind that were not written).
    /// </summary>
    public static EventId DeliveryInterrupted { get; } = new(20, nameof(DeliveryInterrupted));

    /// <summary>The service accepts data again. Fields: OutageSeconds, Tries.</summary>
    public static EventId DeliveryResumed { get; } = new(21, nameof(DeliveryResumed));

    /// <summary>Accepted data was lost. Fields: Reason, GrpcCode, HeldBack.</summary>
    public static EventId DataLost { get; } = new(22, nameof(DataLost));

    /// <summary>The logger has stopped and accepts no more data. Fields: Reason, GrpcCode.</summary>
    public static EventId LoggerStopped { get; } = new(30, nameof(LoggerStopped));

    /// <summary>A call panicked in the engine; data that was not yet being sent is lost. Fields: Lost.</summary>
    public static EventId LoggerPanicked { get; } = new(31, nameof(LoggerPanicked));

    /// <summary>The queue is full, and log calls are waiting for room. Fields: QueueBytes, Waits.</summary>
    public static EventId QueueFull { get; } = new(40, nameof(QueueFull));

    /// <summary>
    /// The steps of a call did not increase. Fields: Metric, Scale, Count; for ordinary series also LargestIncoming and LastStep, for
    /// reinforcement-learning series RlStep.
    /// </summary>
    public static EventId StepsDidNotGrow { get; } = new(50, nameof(StepsDidNotGrow));

    /// <summary>The run is open. Fields: Created, Endpoint, LoggerId, OrchestrationId.</summary>
    public static EventId RunOpened { get; } = new(100, nameof(RunOpened));

    /// <summary>The logger is closed. Fields: Sent, Lost.</summary>
    public static EventId LoggerClosed { get; } = new(101, nameof(LoggerClosed));

    /// <summary>Closing failed, and no caller was waiting that could receive an exception. Fields: Status.</summary>
    public static EventId ClosingFailed { get; } = new(102, nameof(ClosingFailed));

    /// <summary>The logger was not disposed and is being closed by the library. Fields: Occasion.</summary>
    public static EventId NotDisposed { get; } = new(103, nameof(NotDisposed));

    /// <summary>A signal asked the process to end; pending data is being delivered. Fields: Occasion.</summary>
    public static EventId DeliveringAtTheEnd { get; } = new(104, nameof(DeliveringAtTheEnd));

    /// <summary>Earlier lines were lost because they arrived faster than they could be written. Fields: Count.</summary>
    public static EventId LinesLost { get; } = new(105, nameof(LinesLost));

    /// <summary>Closing is taking more than two seconds. Fields: Pending.</summary>
    public static EventId ClosingWaits { get; } = new(106, nameof(ClosingWaits));

    /// <summary>The process opened a run that another of its loggers already has open. Fields: Others.</summary>
    public static EventId RunOpenTwice { get; } = new(107, nameof(RunOpenTwice));

    /// <summary>
    /// A scale is empty or closely resembles another, such as <c>EPOCHS</c>, and is probably a typo. Reported once for each scale.
    /// Fields: Scale, Near.
    /// </summary>
    public static EventId DoubtfulScale { get; } = new(108, nameof(DoubtfulScale));

    /// <summary>The id of a line of the engine.</summary>
    internal static EventId OfEngine(int number) => number switch
    {
        10 => OpeningFailed,
        11 => OpeningUnanswered,
        20 => DeliveryInterrupted,
        21 => DeliveryResumed,
        22 => DataLost,
        30 => LoggerStopped,
        31 => LoggerPanicked,
        40 => QueueFull,
        50 => StepsDidNotGrow,
        _ => Other,
    };
}
