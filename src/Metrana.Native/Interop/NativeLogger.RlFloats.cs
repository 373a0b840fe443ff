using System.Runtime.CompilerServices;

namespace Metrana.Native.Interop;

internal static unsafe partial class NativeLogger
{
    [SkipLocalsInit]
    public static void LogRlFloats<T>(
        LoggerHandle logger, string metric, Scale scale, ReadOnlySpan<T> values, LabelSpan labels, scoped in RlCall call)
        where T : unmanaged
    {
        Unsafe.SkipInit(out SeriesNames.Stack stack);
        Unsafe.SkipInit(out TextTable.Stack environmentStack);
        using SeriesNames names = new(metric, scale, labels, &stack);
        string? one = call.Environments.One;
        using TextTable environments = new(
            one is null ? call.Environments.Names : new ReadOnlySpan<string>(in one), &environmentStack, nameof(environments));
        NativeRlFloats floats = new()
        {
            Name = names.Name,
            Environments = environments.Start,
        };
        ReadOnlySpan<uint> ids = call.Environments.Kept is { } kept ? kept.Ids : default;
        int status = SendRl(ref floats, values, call, ids, logger, default, out nint error);
        NativeError.ThrowIfFailed(status, error);
    }

    /// <summary>Fills in everything but the names, and calls: a logger, or a series where there is none.</summary>
    internal static int SendRl<T>(
        ref NativeRlFloats floats,
        ReadOnlySpan<T> values,
        scoped in RlCall call,
        scoped ReadOnlySpan<uint> ids,
        LoggerHandle? logger,
        NativeSeries series,
        out nint error)
        where T : unmanaged
    {
        int rows = call.Rows;
        scoped ref readonly Spread episodes = ref call.Episodes.Spread;
        scoped ref readonly Spread steps = ref call.Steps.Spread;
        scoped ref readonly Spread timestamps = ref call.Timestamps.Spread;
        fixed (NativeRlFloats* native = &floats)
        fixed (nint* errorPlace = &error)
        fixed (T* column = values)
        fixed (uint* environmentIds = ids)
        fixed (long* episodeColumn = episodes.Values)
        fixed (long* stepColumn = steps.Values)
        fixed (long* timestampColumn = timestamps.Values)
        {
            native->RlStep = (ulong)call.RlStep;
            native->EnvironmentIds = environmentIds;
            native->EnvironmentCount = (nuint)rows;
            native->Values = column;
            native->Count = (nuint)values.Length;
            native->Dtype = (int)TypeOf<T>();
            native->Strategy = (int)call.Strategy;
            native->Ordered = call.Ordered ? (byte)1 : (byte)0;
            native->EpisodesKind = (int)episodes.KindFor(rows, values.Length);
            native->Episode = (ulong)episodes.Value;
            native->Episodes = (ulong*)episodeColumn;
            native->EpisodeCount = (nuint)episodes.Values.Length;
            native->StepsKind = (int)steps.KindFor(rows, values.Length);
            native->FirstStep = (ulong)steps.Value;
            native->Steps = (ulong*)stepColumn;
            native->StepCount = (nuint)steps.Values.Length;
            native->Timestamps.Kind = (int)timestamps.KindFor(rows, values.Length);
            native->Timestamps.Millis = timestamps.Value;
            native->Timestamps.Each = timestampColumn;
            native->Timestamps.Count = (nuint)timestamps.Values.Length;
            *errorPlace = 0;
            return logger is null
                ? NativeMethods.SeriesLogRl(series, native, errorPlace)
                : NativeMethods.LoggerLogRlFloats(logger, native, errorPlace);
        }
    }
}
