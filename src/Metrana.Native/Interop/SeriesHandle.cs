using System.Runtime.CompilerServices;

namespace Metrana.Native.Interop;

/// <summary>
/// A series as the native side knows it. Nothing has to be freed or kept: where the logger is gone, a call says that it is
/// closed.
/// </summary>
internal readonly unsafe struct SeriesHandle(NativeSeries series)
{
    /// <summary>Whether there is a series.</summary>
    public bool IsThere => series.Generation != 0;

    /// <summary>The plain numbers.</summary>
    public NativeSeries Native => series;

    /// <summary>One value, at the next step, now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Log(double value)
    {
        nint error = 0;
        int status = NativeMethods.SeriesLogF64(series, value, &error);
        NativeError.ThrowIfFailed(status, error);
    }

    /// <summary>The same; false where it is refused, and then nothing has happened.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLog(double value)
    {
        nint error = 0;
        int status = NativeMethods.SeriesLogF64(series, value, &error);
        return NativeError.IsAccepted(status, error);
    }

    /// <summary>Values of an ordinary series: <see cref="double"/> or <see cref="float"/>.</summary>
    public void Log<T>(ReadOnlySpan<T> values, Steps steps, Timestamps timestamps)
        where T : unmanaged
    {
        int status = Send(values, steps, timestamps, out nint error);
        NativeError.ThrowIfFailed(status, error);
    }

    /// <summary>The same; false where it is refused, and then nothing has happened.</summary>
    public bool TryLog<T>(ReadOnlySpan<T> values, Steps steps, Timestamps timestamps)
        where T : unmanaged
    {
        int status = Send(values, steps, timestamps, out nint error);
        return NativeError.IsAccepted(status, error);
    }

    /// <summary>Values of a reinforcement-learning series: <see cref="double"/> or <see cref="float"/>.</summary>
    public void LogRl<T>(ReadOnlySpan<T> values, scoped in RlCall call, scoped ReadOnlySpan<uint> environments)
        where T : unmanaged
    {
        NativeRlFloats floats = default;
        int status = NativeLogger.SendRl(ref floats, values, call, environments, null, series, out nint error);
        NativeError.ThrowIfFailed(status, error);
    }

    /// <summary>The same; false where it is refused, and then nothing has happened.</summary>
    public bool TryLogRl<T>(ReadOnlySpan<T> values, scoped in RlCall call, scoped ReadOnlySpan<uint> environments)
        where T : unmanaged
    {
        NativeRlFloats floats = default;
        int status = NativeLogger.SendRl(ref floats, values, call, environments, null, series, out nint error);
        return NativeError.IsAccepted(status, error);
    }

    private int Send<T>(ReadOnlySpan<T> values, Steps steps, Timestamps timestamps, out nint error)
        where T : unmanaged
    {
        fixed (T* column = values)
        fixed (long* stepColumn = steps.Values)
        fixed (long* timestampColumn = timestamps.Values)
        fixed (nint* errorPlace = &error)
        {
            NativeStdFloats floats = NativeLogger.Floats(
                column, values.Length, NativeLogger.TypeOf<T>(), steps, stepColumn, timestamps, timestampColumn);
            *errorPlace = 0;
            return NativeMethods.SeriesLogStd(series, &floats, errorPlace);
        }
    }
}
