using Microsoft.Extensions.Logging;

namespace Metrana;

/// <summary>
/// The ids of the warnings that a run writes to <see cref="RunOptions.LoggerFactory"/>, under the category <c>Metrana</c>. The
/// state of every line has <c>Run</c> and <c>Text</c>, and the fields listed here. The ids of the lines of the engine are in
/// <see cref="Native.LoggerEvents"/>.
/// </summary>
public static class RunEvents
{
    /// <summary>Points were dropped; logged at most once a minute. Fields: Dropped (since the last line), Total.</summary>
    public static EventId PointsDropped { get; } = new(200, nameof(PointsDropped));

    /// <summary>Points are waiting, but nothing is delivered; logged at most once a minute. Fields: Seconds, Pending.</summary>
    public static EventId NothingDelivered { get; } = new(201, nameof(NothingDelivered));

    /// <summary>A metric has too many label sets to look at; logged once for each metric. Fields: Metric, Sets, Last.</summary>
    public static EventId TooManyLabelSets { get; } = new(202, nameof(TooManyLabelSets));

    /// <summary>There was no service at the start, and the run continues without it. Fields: Reason.</summary>
    public static EventId WaitsForService { get; } = new(203, nameof(WaitsForService));

    /// <summary>The service that a run waited for refused the run. Fields: Reason.</summary>
    public static EventId NeverDelivered { get; } = new(204, nameof(NeverDelivered));

    /// <summary>A call that waited for the service was refused. Fields: Reason.</summary>
    public static EventId CallRefused { get; } = new(205, nameof(CallRefused));

    /// <summary>An instrument cannot be read or logged. Fields: Meter and Instrument if they are known, Reason.</summary>
    public static EventId InstrumentRefused { get; } = new(206, nameof(InstrumentRefused));

    /// <summary>
    /// Points did not reach a mirror, or the mirror did not start or finish; logged at most once a minute. Fields: Mirror, Dropped
    /// (since the last line), Total, Reason.
    /// </summary>
    public static EventId MirrorIncomplete { get; } = new(207, nameof(MirrorIncomplete));

    /// <summary>The run ended, but not everything was delivered. Fields: Reason.</summary>
    public static EventId EndIncomplete { get; } = new(208, nameof(EndIncomplete));

    /// <summary>
    /// An exception ended the program after the run was closed as finished, and the outcome could not be corrected. Fields:
    /// Failure, Reason.
    /// </summary>
    public static EventId OutcomeNotCorrected { get; } = new(209, nameof(OutcomeNotCorrected));

    /// <summary>Variables of the published clients that have no effect here are set. Fields: Variables.</summary>
    public static EventId VariablesWithoutEffect { get; } = new(210, nameof(VariablesWithoutEffect));

    /// <summary>
    /// Delivery has ended, because the service denied access in mid-run or refused one thing after another; the run continues
    /// without it. Logged once. Fields: Reason (what the service said), Remedy.
    /// </summary>
    public static EventId DeliveryEnded { get; } = new(211, nameof(DeliveryEnded));

    /// <summary>
    /// A run that waited for its service existed before, and some of the points that were kept are at or below its last training
    /// step. Logged once. Fields: Points, LastRlStep.
    /// </summary>
    public static EventId KeptPointsBehind { get; } = new(212, nameof(KeptPointsBehind));
}
