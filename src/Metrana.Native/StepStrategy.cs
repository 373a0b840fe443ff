namespace Metrana.Native;

/// <summary>
/// How the environment steps of a reinforcement-learning series are counted. The first call fixes the strategy for each
/// environment of the series.
/// </summary>
public enum StepStrategy
{
    /// <summary>
    /// Steps start from 0 in each reinforcement-learning step and episode; the service adds those of earlier reinforcement-learning steps.
    /// </summary>
    WithinRlStep = 0,

    /// <summary>
    /// As <see cref="WithinRlStep"/>, but the first step of an episode counts as 1. Requires episodes and an ordered series.
    /// </summary>
    FromOne = 1,

    /// <summary>The given steps continue across reinforcement-learning steps. Requires explicit steps and an ordered series.</summary>
    AcrossRlSteps = 2,
}
