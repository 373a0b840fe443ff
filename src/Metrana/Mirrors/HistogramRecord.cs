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

    /// <summary>The number of values in each bin; empty if the histogram has densities.</summary>
    public required ReadOnlyMemory<long> Counts { get; init; }

    /// <summary>The density of the values in each bin, per unit of its width; empty if the histogram has counts.</summary>
    public ReadOnlyMemory<double> Densities { get; init; }

    /// <summary>Gets the weight of a bin: its count, or its share of all values.</summary>
    /// <param name="bin">The index of the bin.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such bin.</exception>
    public double Weight(int bin) => Densities.IsEmpty
        ? Counts.Span[bin]
        : Densities.Span[bin] * (Edges.Span[bin + 1] - Edges.Span[bin]);

    internal override int Points => 1;

    internal override long Bytes => Overhead + (sizeof(double) * (long)(Edges.Length + Counts.Length + Densities.Length));
}
