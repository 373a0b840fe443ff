namespace Metrana.Native;

/// <summary>What to do about a run of the same name that is there already.</summary>
public enum ResumeStrategy
{
    /// <summary>Open it only when it belongs to this job: the orchestration id says so.</summary>
    Never = 0,

    /// <summary>Open it whosever it is, and continue its series.</summary>
    Allow = 1,
}
