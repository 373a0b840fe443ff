using Microsoft.Extensions.Logging;

namespace Metrana.Extensions.Logging.Testing;

/// <summary>An event that a test recorded.</summary>
/// <param name="Logger">The category of the logger.</param>
/// <param name="Level">Its level.</param>
/// <param name="Text">Its text.</param>
/// <param name="Category">Its category, or that of the innermost scope that has one, as <see cref="TelemetryCategory.Normalize"/> says it; null where it has none.</param>
/// <param name="Fields">Its fields.</param>
public sealed record RecordedEvent(
    string Logger, LogLevel Level, string Text, string? Category, IReadOnlyDictionary<string, object?> Fields)
{
    /// <summary>Its step, or that of a scope around it; null where there is none, and it is no metric.</summary>
    public long? Step { get; init; }
}
