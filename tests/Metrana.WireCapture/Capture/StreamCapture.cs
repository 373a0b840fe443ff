using System.Collections.Immutable;

namespace Metrana.WireCapture.Capture;

/// <summary>An update stream of a run, as far as it has come.</summary>
/// <param name="Headers">The request's headers, names in lower case.</param>
/// <param name="Messages">Its messages, in the order they came.</param>
/// <param name="HalfClosed">Whether the client has said that nothing more comes.</param>
public sealed record StreamCapture(
    IReadOnlyDictionary<string, string> Headers, ImmutableList<CapturedMessage> Messages, bool HalfClosed);
