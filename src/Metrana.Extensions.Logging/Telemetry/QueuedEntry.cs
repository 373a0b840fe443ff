namespace Metrana.Extensions.Logging.Telemetry;

/// <summary>One value on its way to the run, or an annotation.</summary>
internal readonly record struct QueuedEntry(string Prefix, string Name, double Value, long Step, long Timestamp, QueuedNote? Note);

/// <summary>An event that is no metric and becomes an annotation.</summary>
internal sealed record QueuedNote(string Text, IReadOnlyDictionary<string, object?> Metadata, long? Step);
