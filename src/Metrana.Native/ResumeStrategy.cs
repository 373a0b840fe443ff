namespace Metrana.Native;

/// <summary>The treatment of an existing run of the same name.</summary>
public enum ResumeStrategy
{
    /// <summary>Open it only if its orchestration id is that of this job.</summary>
    Never = 0,

    /// <summary>Open it, whichever job it belongs to, and continue its series.</summary>
    Allow = 1,
}
