using Metrana.Native;

namespace Metrana.Backends;

/// <summary>What goes with the values of one ordinary series in one call.</summary>
internal readonly ref struct StdCall
{
    public required string Metric { get; init; }

    public Native.Scale Scale { get; init; }

    public LabelSpan Labels { get; init; }

    public Steps Steps { get; init; }

    public Timestamps Timestamps { get; init; }

    public bool Distributed { get; init; }
}
