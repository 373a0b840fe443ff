using Microsoft.Extensions.Logging;

namespace Metrana;

/// <summary>
/// The warnings that a run writes to <see cref="RunOptions.LoggerFactory"/>, by their ids, under the category <c>Metrana</c>. Every line has
/// the state <c>Run</c> and <c>Text</c>, and the fields listed here. The lines of the engine are those of
/// <see cref="Native.LoggerEvents"/>.
/// </summary>
public static class RunEvents
{
    /// <summary>Points were dropped, at most once a minute. Fields: Dropped (since the last line), Total.</summary>
    public static EventId PointsDropped { get; } = new(200, nameof(PointsDropped));

    /// <summary>Points wait and nothing arrives, at most once a minute. Fields: Seconds, Pending.</summary>
    public static EventId NothingDelivered { get; } = new(201, nameof(NothingDelivered));

    /// <summary>A metric has more label sets than people look at. Said once of each. Fields: Metric, Sets, Last.</summary>
    public static EventId TooManyLabelSets { get; } = new(202, nameof(TooManyLabelSets));

    /// <summary>There is no service at the start, and the run goes on without it. Fields: Reason.</summary>
    public static EventId WaitsForService { get; } = new(203, nameof(WaitsForService));

    /// <summary>The service that a run waited for refuses it. Fields: Reason.</summary>
    public static EventId NeverDelivered { get; } = new(204, nameof(NeverDelivered));

    /// <summary>A call that waited for the service was refused. Fields: Reason.</summary>
    public static EventId CallRefused { get; } = new(205, nameof(CallRefused));

    /// <summary>An instrument cannot be read or logged. Fields: Meter and Instrument where they are known, Reason.</summary>
    public static EventId InstrumentRefused { get; } = new(206, nameof(InstrumentRefused));

    /// <summary>Points did not reach a mirror, or it does not start or finish, at most once a minute. Fields: Mirror, Dropped (since the last line), Total, Reason.</summary>
    public static EventId MirrorIncomplete { get; } = new(207, nameof(MirrorIncomplete));

    /// <summary>The run ended, and something of it did not arrive. Fields: Reason.</summary>
    public static EventId EndIncomplete { get; } = new(208, nameof(EndIncomplete));

    /// <summary>An exception ended the program after the run was closed as finished, and the service could not be told. Fields: Failure, Reason.</summary>
    public static EventId OutcomeNotCorrected { get; } = new(209, nameof(OutcomeNotCorrected));

    /// <summary>Variables of the published clients are set that do nothing here. Fields: Variables.</summary>
    public static EventId VariablesWithoutEffect { get; } = new(210, nameof(VariablesWithoutEffect));

    /// <summary>
    /// The service denies access in mid-run, or refuses one thing after the other: delivery has ended, and the run goes on without it.
    /// Said once. Fields: Reason (what the service said), Remedy.
    /// </summary>
    public static EventId DeliveryEnded { get; } = new(211, nameof(DeliveryEnded));

    /// <summary>
    /// A run that waited for its service existed before, and points that were kept are at or below the last training step that it had.
    /// Said once. Fields: Points, LastRlStep.
    /// </summary>
    public static EventId KeptPointsBehind { get; } = new(212, nameof(KeptPointsBehind));
}
