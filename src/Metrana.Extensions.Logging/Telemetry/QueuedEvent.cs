namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>An event on its way to the run: one with values, or an annotation.</summary>
/// <param name="Prefix">What the names of its metrics begin with.</param>
/// <param name="Step">Their step.</param>
/// <param name="Timestamp">When it was logged, in milliseconds since 1970.</param>
/// <param name="Values">How many values it has.</param>
/// <param name="Note">What it says, if it is an annotation.</param>
internal readonly record struct QueuedEvent(string Prefix, long Step, long Timestamp, int Values, QueuedNote? Note);

/// <summary>A value of an event on its way to the run.</summary>
internal readonly record struct QueuedValue(string Name, double Value);

/// <summary>An event that is no metric and becomes an annotation.</summary>
internal sealed record QueuedNote(string Text, IReadOnlyDictionary<string, object?> Metadata, long? Step);
