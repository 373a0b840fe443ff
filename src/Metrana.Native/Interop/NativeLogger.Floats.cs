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

    /// <param name="logger">The logger.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="values">The values: <see cref="double"/> or <see cref="float"/>.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="timestamps">The timestamps.</param>
    /// <param name="distributed">Whether many processes log to the series.</param>
    [SkipLocalsInit]
    public static void LogStdFloats<T>(
        LoggerHandle logger,
        string metric,
        Scale scale,
        ReadOnlySpan<T> values,
        LabelSpan labels,
        Steps steps,
        Timestamps timestamps,
        bool distributed)
        where T : unmanaged
    {
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        fixed (T* column = values)
        fixed (long* stepColumn = steps.Values)
        fixed (long* timestampColumn = timestamps.Values)
        {
            NativeStdFloats floats = Floats(column, values.Length, TypeOf<T>(), steps, stepColumn, timestamps, timestampColumn);
            floats.Name = names.Name;
            floats.Distributed = distributed ? (byte)1 : (byte)0;
            nint error = 0;
            int status = NativeMethods.LoggerLogStdFloats(logger, &floats, &error);
            NativeError.ThrowIfFailed(status, error);
        }
    }

    /// <summary>The call without its name.</summary>
    internal static NativeStdFloats Floats(
        void* column, int count, ColumnType type, Steps steps, long* stepColumn, Timestamps timestamps, long* timestampColumn) => new()
        {
            Values = column,
            Count = (nuint)count,
            Dtype = (int)type,
            StepsKind = (int)steps.Kind,
            FirstStep = (ulong)steps.First,
            Steps = (ulong*)stepColumn,
            StepCount = (nuint)steps.Values.Length,
            Timestamps = Times(timestamps, timestampColumn),
        };

    /// <summary>The times of a call.</summary>
    /// <param name="timestamps">The timestamps.</param>
    /// <param name="column">Where a column of them is pinned.</param>
    internal static NativeTimestamps Times(Timestamps timestamps, long* column) => new()
    {
        Kind = (int)timestamps.Kind,
        Millis = timestamps.Millis,
        Each = column,
        Count = (nuint)timestamps.Values.Length,
    };

    /// <summary>What a column of such elements is called. There are no others than the two.</summary>
    internal static ColumnType TypeOf<T>()
        where T : unmanaged => typeof(T) == typeof(float) ? ColumnType.Float32 : ColumnType.Float64;
}
