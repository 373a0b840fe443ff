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

    /// <summary>How many values each bin holds; empty where there are densities.</summary>
    public required ReadOnlyMemory<long> Counts { get; init; }

    /// <summary>How densely the values lie in each bin, per unit of its width; empty where they were counted.</summary>
    public ReadOnlyMemory<double> Densities { get; init; }

    /// <summary>How much each bin holds: its count, or its share of all values.</summary>
    /// <param name="bin">Which one.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such bin.</exception>
    public double Weight(int bin) => Densities.IsEmpty
        ? Counts.Span[bin]
        : Densities.Span[bin] * (Edges.Span[bin + 1] - Edges.Span[bin]);

    internal override int Points => 1;

    internal override long Bytes => Overhead + (sizeof(double) * (long)(Edges.Length + Counts.Length + Densities.Length));
}
