using System.Runtime.CompilerServices;

namespace Metrana.Native.Interop;

/// <summary>
/// A series as the native side knows it. Nothing has to be freed or kept: where the logger is gone, a call says that it is
/// closed.
/// </summary>
internal readonly unsafe struct SeriesHandle(NativeSeries series)
{
    /// <summary>One value, at the next step, now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Log(double value)
    {
        nint error = 0;
        int status = NativeMethods.SeriesLogF64(series, value, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    /// <summary>Values of an ordinary series: <see cref="double"/> or <see cref="float"/>.</summary>
    public void Log<T>(ReadOnlySpan<T> values, Steps steps, Timestamps timestamps)
        where T : unmanaged
    {
        fixed (T* column = values)
        fixed (long* stepColumn = steps.Values)
        fixed (long* timestampColumn = timestamps.Values)
        {
            NativeStdFloats floats = NativeLogger.Floats(
                column, values.Length, NativeLogger.TypeOf<T>(), steps, stepColumn, timestamps, timestampColumn);
            nint error = 0;
            int status = NativeMethods.SeriesLogStd(series, &floats, &error);
            NativeError.ThrowIfFailed(status, error);
        }
    }

    /// <summary>Values of a reinforcement-learning series: <see cref="double"/> or <see cref="float"/>.</summary>
    public void LogRl<T>(ReadOnlySpan<T> values, scoped in RlCall call)
        where T : unmanaged
    {
        NativeRlFloats floats = default;
        NativeLogger.SendRl(ref floats, values, call, null, series);
    }
}
