namespace Metrana.Native;

/// <summary>
/// One of several histograms for <see cref="Logger.LogHistograms"/>. It references the caller's memory, which is read when
/// the histogram is logged.
/// </summary>
public readonly struct Histogram
{
    private Histogram(
        ReadOnlyMemory<double> edges,
        ReadOnlyMemory<long> signedCounts,
        ReadOnlyMemory<ulong> unsignedCounts,
        ReadOnlyMemory<double> densities,
        HistogramStats? stats)
    {
        Edges = edges;
        SignedCounts = signedCounts;
        UnsignedCounts = unsignedCounts;
        Densities = densities;
        Stats = stats;
    }

    /// <summary>The edges of the bins: one more than there are bins, each greater than the one before.</summary>
    public ReadOnlyMemory<double> Edges { get; }

    /// <summary>Statistics of the original values.</summary>
    public HistogramStats? Stats { get; }

    internal ReadOnlyMemory<long> SignedCounts { get; }

    internal ReadOnlyMemory<ulong> UnsignedCounts { get; }

    internal ReadOnlyMemory<double> Densities { get; }

    /// <summary>The counts, whichever they were made of; none where there are densities.</summary>
    internal Counts CountsToSend
    {
        get
        {
            if (UnsignedCounts.IsEmpty)
            {
                return SignedCounts.Span;
            }

            return UnsignedCounts.Span;
        }
    }

    /// <summary>A histogram that counts values.</summary>
    /// <param name="edges">The edges of the bins: one more than there are bins, each greater than the one before.</param>
    /// <param name="counts">The number of values in each bin.</param>
    /// <param name="stats">Statistics of the original values.</param>
    public static Histogram OfCounts(ReadOnlyMemory<double> edges, ReadOnlyMemory<long> counts, HistogramStats? stats = null) =>
        new(edges, counts, default, default, stats);

    /// <summary>A histogram that counts values.</summary>
    /// <param name="edges">The edges of the bins: one more than there are bins, each greater than the one before.</param>
    /// <param name="counts">The number of values in each bin.</param>
    /// <param name="stats">Statistics of the original values.</param>
    public static Histogram OfCounts(ReadOnlyMemory<double> edges, ReadOnlyMemory<ulong> counts, HistogramStats? stats = null) =>
        new(edges, default, counts, default, stats);

    /// <summary>A histogram of densities.</summary>
    /// <param name="edges">The edges of the bins: one more than there are bins, each greater than the one before.</param>
    /// <param name="densities">The density in each bin.</param>
    /// <param name="stats">Statistics of the original values.</param>
    public static Histogram OfDensities(ReadOnlyMemory<double> edges, ReadOnlyMemory<double> densities, HistogramStats? stats = null) =>
        new(edges, default, default, densities, stats);
}
