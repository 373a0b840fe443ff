using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Metrana.Native;

/// <summary>
/// The lines that a logger writes to its <see cref="LoggerConfig.LoggerFactory"/>, by their ids. Every line has the state
/// <c>Run</c> and <c>Text</c>, and the fields listed here where they are known; a field that is not is left out.
/// </summary>
[SuppressMessage("Naming", "CA1724", Justification = "No namespace of this name is used beside it.")]
public static class LoggerEvents
{
    /// <summary>A line of a newer engine that this library does not know.</summary>
    public static EventId Other { get; } = new(1, "Engine");

    /// <summary>A try to open the run failed; there will be another. Fields: Endpoint, Reason, GrpcCode, Attempt, RetrySeconds.</summary>
    public static EventId OpeningFailed { get; } = new(10, nameof(OpeningFailed));

    /// <summary>The service has not answered yet. Fields: Endpoint.</summary>
    public static EventId OpeningUnanswered { get; } = new(11, nameof(OpeningUnanswered));

    /// <summary>
    /// The stream to the service broke, and there will be another. Fields: Reason, GrpcCode, Tries, RetrySeconds, HeldBack (how many
    /// lines of this kind were not written).
    /// </summary>
    public static EventId DeliveryInterrupted { get; } = new(20, nameof(DeliveryInterrupted));

    /// <summary>The service takes data again. Fields: OutageSeconds, Tries.</summary>
    public static EventId DeliveryResumed { get; } = new(21, nameof(DeliveryResumed));

    /// <summary>Something that was accepted is lost. Fields: Reason, GrpcCode, HeldBack.</summary>
    public static EventId DataLost { get; } = new(22, nameof(DataLost));

    /// <summary>The logger takes nothing more. Fields: Reason, GrpcCode.</summary>
    public static EventId LoggerStopped { get; } = new(30, nameof(LoggerStopped));

    /// <summary>A call panicked in the engine, and what was not under way is lost. Fields: Lost.</summary>
    public static EventId LoggerPanicked { get; } = new(31, nameof(LoggerPanicked));

    /// <summary>Log calls wait for room. Fields: QueueBytes, Waits.</summary>
    public static EventId QueueFull { get; } = new(40, nameof(QueueFull));

    /// <summary>
    /// Steps of a call did not grow. Fields: Metric, Scale, Count; LargestIncoming and LastStep of ordinary series, RlStep of those of
    /// reinforcement learning.
    /// </summary>
    public static EventId StepsDidNotGrow { get; } = new(50, nameof(StepsDidNotGrow));

    /// <summary>The run is open. Fields: Created, Endpoint, LoggerId, OrchestrationId.</summary>
    public static EventId RunOpened { get; } = new(100, nameof(RunOpened));

    /// <summary>The logger is closed. Fields: Sent, Lost.</summary>
    public static EventId LoggerClosed { get; } = new(101, nameof(LoggerClosed));

    /// <summary>Closing went wrong, and nobody waited for it who could be told by an exception. Fields: Status.</summary>
    public static EventId ClosingFailed { get; } = new(102, nameof(ClosingFailed));

    /// <summary>The logger was not disposed and is closed by the library. Fields: Occasion.</summary>
    public static EventId NotDisposed { get; } = new(103, nameof(NotDisposed));

    /// <summary>A signal asked the process to end, and what there is gets delivered. Fields: Occasion.</summary>
    public static EventId DeliveringAtTheEnd { get; } = new(104, nameof(DeliveringAtTheEnd));

    /// <summary>Lines before this one were lost: they came faster than they were written. Fields: Count.</summary>
    public static EventId LinesLost { get; } = new(105, nameof(LinesLost));

    /// <summary>A close takes more than two seconds. Fields: Pending.</summary>
    public static EventId ClosingWaits { get; } = new(106, nameof(ClosingWaits));

    /// <summary>The process opened a run that another logger of it has open. Fields: Others.</summary>
    public static EventId RunOpenTwice { get; } = new(107, nameof(RunOpenTwice));

    /// <summary>
    /// A scale is empty or nearly another one, such as <c>EPOCHS</c>, and is probably a slip. Said once of each. Fields: Scale, Near.
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
