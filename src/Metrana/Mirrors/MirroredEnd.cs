namespace Metrana.Mirrors;

/// <summary>How a run ended.</summary>
public sealed record MirroredEnd
{
    /// <summary>How it went; <see cref="RunOutcome.Running"/> after <see cref="Run.Detach(TimeSpan?)"/>: other processes go on with it.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Why, where it did not just finish.</summary>
    public string? Message { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }
}
