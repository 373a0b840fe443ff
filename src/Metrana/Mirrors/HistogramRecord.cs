namespace Metrana.Mirrors;

/// <summary>One histogram.</summary>
public sealed record HistogramRecord : MetricRecord
{
    /// <summary>Its step.</summary>
    public required long Step { get; init; }

    /// <summary>When it was measured, in milliseconds since 1970 in UTC.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The edges of the bins, one more than there are bins.</summary>
    public required ReadOnlyMemory<double> Edges { get; init; }

    /// <summary>How many values each bin holds.</summary>
    public required ReadOnlyMemory<long> Counts { get; init; }

    internal override int Points => 1;

    internal override long Bytes => Overhead + (sizeof(double) * (long)(Edges.Length + Counts.Length));
}
