using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    /// <summary>One set of points, from the memory of the caller.</summary>
    [SkipLocalsInit]
    public static void LogScatter(
        LoggerHandle logger,
        string metric,
        Scale scale,
        long step,
        ReadOnlySpan<double> xs,
        ReadOnlySpan<double> ys,
        ReadOnlySpan<double> zs,
        bool is3D,
        in AxisTitles titles,
        LabelSpan labels,
        Timestamps timestamps)
    {
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        fixed (double* xColumn = xs)
        fixed (double* yColumn = ys)
        fixed (double* zColumn = zs)
        {
            NativeScatter scatter = new()
            {
                Xs = xColumn,
                Ys = yColumn,
                Zs = zColumn,
                XCount = (nuint)xs.Length,
                YCount = (nuint)ys.Length,
                ZCount = (nuint)zs.Length,
                Is3d = is3D ? (byte)1 : (byte)0,
            };
            Send(logger, names, new ReadOnlySpan<NativeScatter>(in scatter), new ReadOnlySpan<long>(in step), titles, timestamps);
        }
    }

    /// <summary>Several sets, whose columns are copied into one piece of memory that does not move.</summary>
    [SkipLocalsInit]
    public static void LogScatters(
        LoggerHandle logger,
        string metric,
        Scale scale,
        ReadOnlySpan<Scatter> scatters,
        ReadOnlySpan<long> steps,
        in AxisTitles titles,
        LabelSpan labels,
        Timestamps timestamps)
    {
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        nuint room = NativeBlock.Room<NativeScatter>(scatters.Length);
        foreach (ref readonly Scatter scatter in scatters)
        {
            room = checked(room
                + NativeBlock.Room<double>(scatter.Xs.Length)
                + NativeBlock.Room<double>(scatter.Ys.Length)
                + NativeBlock.Room<double>(scatter.Zs.Length));
        }

        using NativeBlock block = new(room);
        Span<NativeScatter> table = block.Take<NativeScatter>(scatters.Length);
        for (int i = 0; i < scatters.Length; i++)
        {
            ref readonly Scatter scatter = ref scatters[i];
            table[i] = new NativeScatter
            {
                Xs = block.Copy(scatter.Xs.Span),
                Ys = block.Copy(scatter.Ys.Span),
                Zs = block.Copy(scatter.Zs.Span),
                XCount = (nuint)scatter.Xs.Length,
                YCount = (nuint)scatter.Ys.Length,
                ZCount = (nuint)scatter.Zs.Length,
                Is3d = scatter.Is3D ? (byte)1 : (byte)0,
            };
        }

        Send(logger, names, table, steps, titles, timestamps);
    }

    [SkipLocalsInit]
    private static void Send(
        LoggerHandle logger,
        scoped in SeriesNames names,
        scoped ReadOnlySpan<NativeScatter> scatters,
        scoped ReadOnlySpan<long> steps,
        in AxisTitles titles,
        Timestamps timestamps)
    {
        const int RoomOnStack = 512;
        int room = checked(Room(titles.X) + Room(titles.Y) + Room(titles.Z));
        byte* onStack = stackalloc byte[RoomOnStack];
        byte* onHeap = null;
        try
        {
            if (room > RoomOnStack)
            {
                onHeap = (byte*)NativeMemory.Alloc((nuint)room);
            }

            NameWriter writer = new(onHeap is null ? onStack : onHeap, room);
            fixed (NativeScatter* table = scatters)
            fixed (long* stepColumn = steps)
            fixed (long* timestampColumn = timestamps.Values)
            {
                NativeScatters native = new()
                {
                    Name = names.Name,
                    Scatters = table,
                    Count = (nuint)scatters.Length,
                    Steps = (ulong*)stepColumn,
                    StepCount = (nuint)steps.Length,
                    Timestamps = Times(timestamps, timestampColumn),
                    XTitle = writer.WriteOptional(titles.X, nameof(titles)),
                    YTitle = writer.WriteOptional(titles.Y, nameof(titles)),
                    ZTitle = writer.WriteOptional(titles.Z, nameof(titles)),
                };
                nint error = 0;
                int status = NativeMethods.LoggerLogScatters(logger, &native, &error);
                NativeError.ThrowIfFailed(status, error);
            }
        }
        finally
        {
            NativeMemory.Free(onHeap);
        }

        static int Room(string? title) => title is null ? 0 : Utf8.MaxBytes(title);
    }
}
