using Metrana.Native;

namespace Metrana.Backends;

/// <summary>What goes with the values of one reinforcement-learning series in one call.</summary>
internal readonly ref struct RlBlock
{
    public required string Metric { get; init; }

    public Native.Scale Scale { get; init; }

    public LabelSpan Labels { get; init; }

    public long RlStep { get; init; }

    public EnvironmentSpan Environments { get; init; }

    public Episodes Episodes { get; init; }

    public EnvironmentSteps Steps { get; init; }

    public RlTimestamps Timestamps { get; init; }

    /// <summary>How environment steps count.</summary>
    public StepStrategy Strategy { get; init; }

    /// <summary>How many values each environment has; null where the shape says it.</summary>
    public int? Width { get; init; }
}
