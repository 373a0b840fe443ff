using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Testing;

/// <summary>An event that a test recorded.</summary>
/// <param name="Logger">The category of the logger.</param>
/// <param name="Level">Its level.</param>
/// <param name="Text">Its text.</param>
/// <param name="Category">
/// The category, or that of the innermost scope that has one, as normalized by <see cref="TelemetryCategory.Normalize"/>; null if
/// there is none.
/// </param>
/// <param name="Fields">Its fields.</param>
public sealed record RecordedEvent(
    string Logger, LogLevel Level, string Text, string? Category, IReadOnlyDictionary<string, object?> Fields)
{
    /// <summary>The step of the event or of an enclosing scope; null if there is none and the event is therefore not a metric.</summary>
    public long? Step { get; init; }
}
