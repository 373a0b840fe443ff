using System.Text.Json.Serialization;
using Metrana.Server.Http;

namespace Metrana.Server;

/// <summary>A histogram at a step of a series. It has either counts or densities, one for each bin.</summary>
public sealed record StoredHistogram : IJsonOnDeserialized
{
    /// <summary>The step.</summary>
    public required long Step { get; init; }

    /// <summary>The timestamp, in milliseconds since 1970.</summary>
    public required long TimestampMillis { get; init; }

    /// <summary>The edges of the bins, one more than there are bins.</summary>
    public required IReadOnlyList<double> BinEdges { get; init; }

    /// <summary>
    /// The number of values in each bin, in a series of <see cref="SeriesKind.Histogram"/>. A count may exceed <see cref="long.MaxValue"/>.
    /// </summary>
    public IReadOnlyList<ulong>? Counts { get; init; }

    /// <summary>The density in each bin, in a series of <see cref="SeriesKind.DensityHistogram"/>.</summary>
    public IReadOnlyList<double>? Densities { get; init; }

    /// <summary>Statistics of the values, if any were sent.</summary>
    public StoredHistogramStats? Stats { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Expect.NotNegative(Step);
        Expect.NoNull(BinEdges);
        Expect.That((Counts is null) != (Densities is null), "A histogram has counts or densities, and not both.");
        Expect.Columns(BinEdges.Count - 1, Counts?.Count ?? Densities?.Count);
    }
}

/// <summary>Statistics of the values that a histogram was made from.</summary>
public sealed record StoredHistogramStats
{
    /// <summary>The smallest value.</summary>
    public required double Min { get; init; }

    /// <summary>The largest value.</summary>
    public required double Max { get; init; }

    /// <summary>Their sum.</summary>
    public required double Sum { get; init; }

    /// <summary>The sum of their squares.</summary>
    public required double SumOfSquares { get; init; }
}
