namespace Metrana.Native;

/// <summary>
/// How the environment steps of a reinforcement-learning series count. The first call fixes the strategy for each
/// environment of the series.
/// </summary>
public enum StepStrategy
{
    /// <summary>From 0 within each reinforcement-learning step and episode. The service adds the earlier ones.</summary>
    WithinRlStep = 0,

    /// <summary>The same, but the first step of an episode counts as 1. Needs episodes and an ordered series.</summary>
    FromOne = 1,

    /// <summary>The given steps continue across reinforcement-learning steps. Needs explicit steps and an ordered series.</summary>
    AcrossRlSteps = 2,
}
