namespace Metrana.Mirrors;

/// <summary>Values of an ordinary series.</summary>
public sealed record PointsRecord : MetricRecord
{
    /// <summary>The values. A <see cref="float"/> was widened.</summary>
    public required ReadOnlyMemory<double> Values { get; init; }

    /// <summary>The step of each value. Steps that the call omitted are filled in as the run counts them.</summary>
    public required ReadOnlyMemory<long> Steps { get; init; }

    /// <summary>When each value was measured, in milliseconds since 1970 in UTC.</summary>
    public required ReadOnlyMemory<long> Timestamps { get; init; }

    /// <summary>Whether several processes write the series, each with explicit steps.</summary>
    public bool Distributed { get; init; }

    internal override int Points => Values.Length;

    internal override long Bytes => Overhead + (3L * sizeof(double) * Values.Length);
}
