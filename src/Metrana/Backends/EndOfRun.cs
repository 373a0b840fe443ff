using Metrana.Native;

namespace Metrana.Backends;

/// <summary>How a run is to end.</summary>
/// <param name="Timeout">How long delivery may take.</param>
/// <param name="CloseRun">False: only this process leaves, and the run stays open.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Message">Why the run ended, unless it simply finished.</param>
internal sealed record EndOfRun(TimeSpan Timeout, bool CloseRun, RunOutcome Outcome, string? Message)
{
    /// <summary>What was thrown on the thread that ends the run while the run was open.</summary>
    public WeakReference<Exception>[] Thrown { get; init; } = [];

    /// <summary>What the service is told.</summary>
    public RunEnd ForTheService => Outcome switch
    {
        RunOutcome.Failed => RunEnd.Failed(Message ?? ""),
        RunOutcome.Aborted => RunEnd.Aborted(Message ?? ""),
        _ => RunEnd.Finished,
    };
}
