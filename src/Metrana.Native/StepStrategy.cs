namespace Metrana.Native;

/// <summary>
/// How the environment steps of a reinforcement-learning series count. The first call fixes the strategy for each
/// environment of the series.
/// </summary>
public enum StepStrategy
{
    /// <summary>From 0 within each reinforcement-learning step and episode. The service adds the steps of those before.</summary>
    WithinRlStep = 0,

    /// <summary>The same, and the first step of an episode counts as 1. Needs episodes and order.</summary>
    FromOne = 1,

    /// <summary>The steps that are given go on over reinforcement-learning steps. Needs explicit steps and order.</summary>
    AcrossRlSteps = 2,
}
