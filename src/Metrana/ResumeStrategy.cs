namespace Metrana;

/// <summary>What happens when a run of the same name exists already.</summary>
public enum ResumeStrategy
{
    /// <summary>
    /// Starting fails, unless the run belongs to the same job (<see cref="RunOptions.OrchestrationId"/>): then this process joins it.
    /// </summary>
    Never,

    /// <summary>The run is continued: steps continue after the last ones.</summary>
    Allow,
}
