using System.Runtime.CompilerServices;

namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    /// <summary>The element type of a column; the numbers are the native ones.</summary>
    internal enum ColumnType
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
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        ulong step = 0;
        byte found = 0;
        nint error = 0;
        int status = NativeMethods.LoggerSeriesLastStep(
            logger, names.Metric, names.Scale, names.Labels, names.LabelCount, &step, &found, &error);
        NativeError.ThrowIfFailed(status, error);
        return found != 0 ? checked((long)step) : null;
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
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        fixed (long* stepColumn = steps.Values)
        fixed (long* timestampColumn = timestamps.Values)
        {
            NativeStdFloats floats = new()
            {
                Metric = names.Metric,
                Scale = names.Scale,
                Labels = names.Labels,
                LabelCount = names.LabelCount,
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
            nint error = 0;
            int status = NativeMethods.LoggerLogStdFloats(logger, &floats, &error);
            NativeError.ThrowIfFailed(status, error);
        }
    }
}
