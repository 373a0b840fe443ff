using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    /// <summary>One histogram, from the memory of the caller.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="step">Its step, which is not negative.</param>
    /// <param name="edges">The edges.</param>
    /// <param name="bins">Counts, as <see cref="ulong"/>, or densities, as <see cref="double"/>.</param>
    /// <param name="stats">The statistics.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="timestamps">The timestamp.</param>
    [SkipLocalsInit]
    public static void LogHistogram<T>(
        LoggerHandle logger,
        string metric,
        Scale scale,
        long step,
        ReadOnlySpan<double> edges,
        ReadOnlySpan<T> bins,
        HistogramStats? stats,
        LabelSpan labels,
        Timestamps timestamps)
        where T : unmanaged
    {
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        fixed (double* edgeColumn = edges)
        fixed (T* binColumn = bins)
        {
            NativeHistogram histogram = new()
            {
                Edges = edgeColumn,
                EdgeCount = (nuint)edges.Length,
                Counts = typeof(T) == typeof(ulong) ? (ulong*)binColumn : null,
                Densities = typeof(T) == typeof(double) ? (double*)binColumn : null,
                BinCount = (nuint)bins.Length,
            };
            Write(stats, ref histogram);
            Send(logger, names, new ReadOnlySpan<NativeHistogram>(in histogram), new ReadOnlySpan<long>(in step), timestamps);
        }
    }

    /// <summary>Several histograms, whose columns are copied into one piece of memory that does not move.</summary>
    [SkipLocalsInit]
    public static void LogHistograms(
        LoggerHandle logger,
        string metric,
        Scale scale,
        ReadOnlySpan<Histogram> histograms,
        ReadOnlySpan<long> steps,
        LabelSpan labels,
        Timestamps timestamps)
    {
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        nuint room = NativeBlock.Room<NativeHistogram>(histograms.Length);
        foreach (ref readonly Histogram histogram in histograms)
        {
            room = checked(room
                + NativeBlock.Room<double>(histogram.Edges.Length)
                + NativeBlock.Room<ulong>(histogram.SignedCounts.Length)
                + NativeBlock.Room<ulong>(histogram.UnsignedCounts.Length)
                + NativeBlock.Room<double>(histogram.Densities.Length));
        }

        using NativeBlock block = new(room);
        Span<NativeHistogram> table = block.Take<NativeHistogram>(histograms.Length);
        for (int i = 0; i < histograms.Length; i++)
        {
            ref readonly Histogram histogram = ref histograms[i];
            ReadOnlySpan<ulong> counts = histogram.SignedCounts.IsEmpty
                ? histogram.UnsignedCounts.Span
                : NotNegative(histogram.SignedCounts.Span, nameof(histograms));
            table[i] = new NativeHistogram
            {
                EdgeCount = (nuint)histogram.Edges.Length,
                BinCount = (nuint)(counts.Length + histogram.Densities.Length),
                Edges = block.Copy(histogram.Edges.Span),
                Counts = block.Copy(counts),
                Densities = block.Copy(histogram.Densities.Span),
            };
            Write(histogram.Stats, ref table[i]);
        }

        Send(logger, names, table, steps, timestamps);
    }

    /// <summary>Counts as the native side takes them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    public static ReadOnlySpan<ulong> NotNegative(ReadOnlySpan<long> counts, string parameter)
    {
        Spread.ThrowIfNegative(counts, parameter, "count");
        return MemoryMarshal.Cast<long, ulong>(counts);
    }

    internal static void Write(HistogramStats? stats, ref NativeHistogram histogram)
    {
        if (stats is { } given)
        {
            histogram.HasStats = 1;
            histogram.Min = given.Min;
            histogram.Max = given.Max;
            histogram.Sum = given.Sum;
            histogram.SumOfSquares = given.SumOfSquares;
        }
    }

    private static void Send(
        LoggerHandle logger,
        scoped in SeriesNames names,
        scoped ReadOnlySpan<NativeHistogram> histograms,
        scoped ReadOnlySpan<long> steps,
        Timestamps timestamps)
    {
        fixed (NativeHistogram* table = histograms)
        fixed (long* stepColumn = steps)
        fixed (long* timestampColumn = timestamps.Values)
        {
            NativeHistograms native = new()
            {
                Name = names.Name,
                Histograms = table,
                Count = (nuint)histograms.Length,
                Steps = (ulong*)stepColumn,
                StepCount = (nuint)steps.Length,
                Timestamps = Times(timestamps, timestampColumn),
            };
            nint error = 0;
            int status = NativeMethods.LoggerLogHistograms(logger, &native, &error);
            NativeError.ThrowIfFailed(status, error);
        }
    }
}
