using Metrana.Native;

namespace Metrana;

/// <summary>Raw values sorted into bins of the same width.</summary>
internal readonly record struct Bins(double[] Edges, long[] Counts, HistogramStats Stats)
{
    private const int Most = 512;

    /// <exception cref="MetricValidationException">There are no finite values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are too few or too many bins.</exception>
    public static Bins Of(scoped in Values values, int bins)
    {
        using Values.Widened wide = values.ToDoubles();
        return Of(wide.Span, bins);
    }

    private static Bins Of(ReadOnlySpan<double> values, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bins, Most);
        HistogramStats stats = HistogramStats.OfDoubles(values);
        (double low, double high) = (stats.Min, stats.Max);
        (double first, double last) = high > low ? (low, high) : (low - Room(low), low + Room(low));
        double[] edges = new double[bins + 1];
        for (int i = 0; i <= bins; i++)
        {
            double share = (double)i / bins;
            edges[i] = (first * (1 - share)) + (last * share);
        }

        edges[0] = first;
        edges[bins] = last;
        for (int i = 1; i <= bins; i++)
        {
            if (edges[i] <= edges[i - 1])
            {
                // The values lie closer together than doubles do: one bin holds them.
                return One(values, first, last, stats);
            }
        }

        long[] counts = new long[bins];
        foreach (double number in values)
        {
            if (double.IsFinite(number))
            {
                counts[Place(edges, number)]++;
            }
        }

        return new Bins(edges, counts, stats);
    }

    private static Bins One(ReadOnlySpan<double> values, double first, double last, HistogramStats stats)
    {
        long count = 0;
        foreach (double value in values)
        {
            count += double.IsFinite(value) ? 1 : 0;
        }

        return new Bins([first, last > first ? last : Math.BitIncrement(first)], [count], stats);
    }

    /// <summary>A bin holds its lower edge; the last one holds its upper edge as well.</summary>
    private static int Place(double[] edges, double value)
    {
        int at = Array.BinarySearch(edges, value);
        return Math.Clamp(at >= 0 ? at : ~at - 1, 0, edges.Length - 2);
    }

    private static double Room(double value) => Math.Max(0.5, Math.Abs(value) / 1024);
}
