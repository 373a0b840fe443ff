namespace Metrana.Native;

/// <summary>What opening a run does when a run of the same name exists.</summary>
public enum ResumeStrategy
{
    /// <summary>Opens the existing run only if its orchestration id is that of this job.</summary>
    Never = 0,

    /// <summary>Opens the existing run, whichever job it belongs to, and continues its series.</summary>
    Allow = 1,
}
