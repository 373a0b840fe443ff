using System.Runtime.InteropServices;

namespace Metrana.Native.Interop;

// What logs: by the logger and a name, or by a handle, which is plain numbers and needs no keeping.
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "metrana_logger_log_std_floats")]
    internal static partial int LoggerLogStdFloats(LoggerHandle logger, NativeStdFloats* floats, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_log_batch")]
    internal static partial int LoggerLogBatch(LoggerHandle logger, NativePiece* pieces, nuint count, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_log_rl_floats")]
    internal static partial int LoggerLogRlFloats(LoggerHandle logger, NativeRlFloats* floats, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_log_histograms")]
    internal static partial int LoggerLogHistograms(LoggerHandle logger, NativeHistograms* histograms, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_log_scatters")]
    internal static partial int LoggerLogScatters(LoggerHandle logger, NativeScatters* scatters, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_log_attributes")]
    internal static partial int LoggerLogAttributes(
        LoggerHandle logger,
        int target,
        NativeText name,
        byte hasEpisode,
        ulong episode,
        byte* tree,
        nuint length,
        nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_set_tags")]
    internal static partial int LoggerSetTags(LoggerHandle logger, NativeText* tags, nuint count, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_update_tags")]
    internal static partial int LoggerUpdateTags(
        LoggerHandle logger, NativeText* added, nuint addedCount, NativeText* removed, nuint removedCount, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_set_description")]
    internal static partial int LoggerSetDescription(LoggerHandle logger, NativeText description, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_environment_progress")]
    internal static partial int LoggerEnvironmentProgress(
        LoggerHandle logger,
        NativeText environment,
        ulong* rlStep,
        byte* hasRlStep,
        ulong* episode,
        byte* hasEpisode,
        nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_series")]
    internal static partial int LoggerSeries(
        LoggerHandle logger,
        int world,
        NativeSeriesName* name,
        byte ordered,
        byte episodic,
        NativeSeries* series,
        nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_find_series")]
    internal static partial int LoggerFindSeries(
        LoggerHandle logger,
        int world,
        NativeSeriesName* name,
        byte ordered,
        byte episodic,
        NativeSeries* series,
        nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_environments")]
    internal static partial int LoggerEnvironments(
        LoggerHandle logger, NativeText* names, nuint count, uint* ids, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_series_log_f64")]
    internal static partial int SeriesLogF64(NativeSeries series, double value, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_series_log_std")]
    internal static partial int SeriesLogStd(NativeSeries series, NativeStdFloats* floats, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_series_log_rl")]
    internal static partial int SeriesLogRl(NativeSeries series, NativeRlFloats* floats, nint* error);
}
