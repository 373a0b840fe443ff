using Metrana.Native;

namespace Metrana.Backends;

/// <summary>What goes with one histogram or one scatter set.</summary>
internal readonly ref struct SetCall
{
    public required string Metric { get; init; }

    public Native.Scale Scale { get; init; }

    public LabelSpan Labels { get; init; }

    public long Step { get; init; }

    public Timestamps Timestamps { get; init; }
}
