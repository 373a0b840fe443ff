namespace Metrana.Tool.Doctoring;

/// <summary>One thing that was looked at.</summary>
/// <param name="What">The thing.</param>
/// <param name="State">How it is.</param>
/// <param name="Found">What was found.</param>
/// <param name="Advice">What to do about it.</param>
internal sealed record Finding(string What, FindingState State, string Found, string? Advice = null);

/// <summary>How a thing is that was looked at.</summary>
internal enum FindingState
{
    Good,

    /// <summary>Worth knowing; nothing is broken.</summary>
    Note,

    Bad,
}
