using System.Buffers;
using System.Runtime.CompilerServices;

namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    /// <summary>Room for the names of a call on the stack. What may be longer goes into a pooled array.</summary>
    private const int NamesOnStack = 1024;

    /// <summary>Room for labels on the stack: as many as a series may have.</summary>
    private const int LabelsOnStack = 8;

    /// <summary>The element type of a column; the numbers are the native ones.</summary>
    private enum ColumnType
    {
        Float64 = 0,
        Float32 = 1,
    }

    public static void LogStdFloats(
        LoggerHandle logger, string metric, Scale scale, ReadOnlySpan<double> values, LabelSpan labels, Steps steps, Timestamps timestamps)
    {
        fixed (double* column = values)
        {
            LogStdFloats(logger, metric, scale, column, values.Length, ColumnType.Float64, labels, steps, timestamps);
        }
    }

    public static void LogStdFloats(
        LoggerHandle logger, string metric, Scale scale, ReadOnlySpan<float> values, LabelSpan labels, Steps steps, Timestamps timestamps)
    {
        fixed (float* column = values)
        {
            LogStdFloats(logger, metric, scale, column, values.Length, ColumnType.Float32, labels, steps, timestamps);
        }
    }

    [SkipLocalsInit]
    public static long? GetSeriesLastStep(LoggerHandle logger, string metric, Scale scale, LabelSpan labels)
    {
        byte[]? pooled = null;
        int room = Room(metric, scale, labels);
        Span<byte> names = room <= NamesOnStack ? stackalloc byte[NamesOnStack] : (pooled = ArrayPool<byte>.Shared.Rent(room));
        Span<NativeLabel> table = labels.Count <= LabelsOnStack ? stackalloc NativeLabel[LabelsOnStack] : new NativeLabel[labels.Count];
        try
        {
            fixed (byte* start = names)
            fixed (NativeLabel* first = table)
            {
                NameWriter writer = new(start, names.Length);
                NativeText metricText = writer.Write(metric, nameof(metric));
                NativeText scaleText = writer.Write(scale, nameof(scale));
                writer.Write(labels, table, nameof(labels));

                ulong step = 0;
                byte found = 0;
                nint error = 0;
                int status = NativeMethods.LoggerSeriesLastStep(
                    logger, metricText, scaleText, first, (nuint)labels.Count, &step, &found, &error);
                NativeError.ThrowIfFailed(status, error);
                return found != 0 ? checked((long)step) : null;
            }
        }
        finally
        {
            if (pooled is not null)
            {
                ArrayPool<byte>.Shared.Return(pooled);
            }
        }
    }

    [SkipLocalsInit]
    private static void LogStdFloats(
        LoggerHandle logger,
        string metric,
        Scale scale,
        void* column,
        int count,
        ColumnType type,
        LabelSpan labels,
        Steps steps,
        Timestamps timestamps)
    {
        byte[]? pooled = null;
        int room = Room(metric, scale, labels);
        Span<byte> names = room <= NamesOnStack ? stackalloc byte[NamesOnStack] : (pooled = ArrayPool<byte>.Shared.Rent(room));
        Span<NativeLabel> table = labels.Count <= LabelsOnStack ? stackalloc NativeLabel[LabelsOnStack] : new NativeLabel[labels.Count];
        try
        {
            fixed (byte* start = names)
            fixed (NativeLabel* first = table)
            fixed (long* stepColumn = steps.Values)
            fixed (long* timestampColumn = timestamps.Values)
            {
                NameWriter writer = new(start, names.Length);
                NativeStdFloats floats = new()
                {
                    Metric = writer.Write(metric, nameof(metric)),
                    Scale = writer.Write(scale, nameof(scale)),
                    Labels = first,
                    LabelCount = (nuint)labels.Count,
                    Values = column,
                    Count = (nuint)count,
                    Dtype = (int)type,
                    StepsKind = (int)steps.Kind,
                    FirstStep = (ulong)steps.First,
                    Steps = (ulong*)stepColumn,
                    StepCount = (nuint)steps.Values.Length,
                    TimestampsKind = (int)timestamps.Kind,
                    TimestampMillis = timestamps.Millis,
                    TimestampsMillis = timestampColumn,
                    TimestampCount = (nuint)timestamps.Values.Length,
                };
                writer.Write(labels, table, nameof(labels));

                nint error = 0;
                int status = NativeMethods.LoggerLogStdFloats(logger, &floats, &error);
                NativeError.ThrowIfFailed(status, error);
            }
        }
        finally
        {
            if (pooled is not null)
            {
                ArrayPool<byte>.Shared.Return(pooled);
            }
        }
    }

    private static int Room(string metric, Scale scale, LabelSpan labels)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return checked(Utf8.MaxBytes(metric) + NameWriter.Room(scale) + NameWriter.Room(labels, nameof(labels)));
    }
}
