using System.Runtime.CompilerServices;

namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    /// <summary>The two kinds of series that one name may have side by side; the numbers are the native ones.</summary>
    internal enum World
    {
        Std = 0,
        Rl = 1,
    }

    [SkipLocalsInit]
    public static long? GetSeriesLastStep(LoggerHandle logger, string metric, Scale scale, LabelSpan labels)
    {
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        ulong step = 0;
        byte found = 0;
        nint error = 0;
        NativeSeriesName name = names.Name;
        int status = NativeMethods.LoggerSeriesLastStep(logger, &name, &step, &found, &error);
        NativeError.ThrowIfFailed(status, error);
        return found != 0 ? checked((long)step) : null;
    }

    [SkipLocalsInit]
    public static (long? RlStep, long? Episode) GetEnvironmentProgress(LoggerHandle logger, string environment)
    {
        Unsafe.SkipInit(out TextTable.Stack stack);
        using TextTable name = new(new ReadOnlySpan<string>(in environment), &stack, nameof(environment));
        ulong rlStep = 0;
        ulong episode = 0;
        byte hasRlStep = 0;
        byte hasEpisode = 0;
        nint error = 0;
        int status = NativeMethods.LoggerEnvironmentProgress(
            logger, *name.Start, &rlStep, &hasRlStep, &episode, &hasEpisode, &error);
        NativeError.ThrowIfFailed(status, error);
        return (hasRlStep != 0 ? checked((long)rlStep) : null, hasEpisode != 0 ? checked((long)episode) : null);
    }

    public static SeriesHandle GetSeries(LoggerHandle logger, string metric, Scale scale, LabelSpan labels, bool distributed) =>
        GetSeries(logger, World.Std, metric, scale, labels, ordered: !distributed, episodic: false, make: true);

    public static SeriesHandle GetRlSeries(
        LoggerHandle logger, string metric, Scale scale, LabelSpan labels, bool ordered, bool episodic) =>
        GetSeries(logger, World.Rl, metric, scale, labels, ordered, episodic, make: true);

    /// <summary>A series that is there already; none is made.</summary>
    public static SeriesHandle FindSeries(
        LoggerHandle logger, World world, string metric, Scale scale, LabelSpan labels, bool ordered, bool episodic) =>
        GetSeries(logger, world, metric, scale, labels, ordered, episodic, make: false);

    public static uint[] GetEnvironments(LoggerHandle logger, ReadOnlySpan<string> names)
    {
        TextTable.Stack stack = default;
        using TextTable table = new(names, &stack, nameof(names));
        uint[] ids = new uint[names.Length];
        fixed (uint* start = ids)
        {
            nint error = 0;
            int status = NativeMethods.LoggerEnvironments(logger, table.Start, table.Count, start, &error);
            NativeError.ThrowIfFailed(status, error);
        }

        return ids;
    }

    private static SeriesHandle GetSeries(
        LoggerHandle logger, World world, string metric, Scale scale, LabelSpan labels, bool ordered, bool episodic, bool make)
    {
        SeriesNames.Stack stack = default;
        using SeriesNames names = new(metric, scale, labels, &stack);
        byte isOrdered = ordered ? (byte)1 : (byte)0;
        byte isEpisodic = episodic ? (byte)1 : (byte)0;
        NativeSeriesName name = names.Name;
        NativeSeries series = default;
        nint error = 0;
        int status = make
            ? NativeMethods.LoggerSeries(logger, (int)world, &name, isOrdered, isEpisodic, &series, &error)
            : NativeMethods.LoggerFindSeries(logger, (int)world, &name, isOrdered, isEpisodic, &series, &error);
        NativeError.ThrowIfFailed(status, error);
        return new SeriesHandle(series);
    }
}
