namespace Metrana.Mirrors;

/// <summary>How a run ended.</summary>
public sealed record MirroredEnd
{
    /// <summary>
    /// The outcome; <see cref="RunOutcome.Running"/> after <see cref="Run.Detach(TimeSpan?)"/>, because the run stays open for
    /// other processes.
    /// </summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>Why the run ended, unless it simply finished.</summary>
    public string? Message { get; init; }

    /// <summary>When the run ended.</summary>
    public required DateTimeOffset Time { get; init; }
}
