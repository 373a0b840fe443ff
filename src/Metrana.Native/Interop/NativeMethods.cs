using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Only blittable types cross, so that nothing is marshalled behind a reader's back and ahead-of-time compilation works.
[assembly: DisableRuntimeMarshalling]

namespace Metrana.Native.Interop;

/// <summary>The imports: metrana.h, function by function. What a function does is said there.</summary>
/// <remarks>
/// A handle that a call uses is passed as its <see cref="SafeHandle"/>, which keeps it from being freed while the call
/// is under way. Errors, error lists and events live for a few lines of one method, which frees them, and are bare.
/// </remarks>
internal static unsafe partial class NativeMethods
{
    internal const string Library = "metrana_native";

    [LibraryImport(Library, EntryPoint = "metrana_abi_version")]
    internal static partial uint AbiVersion();

    [LibraryImport(Library, EntryPoint = "metrana_abi_struct_size")]
    internal static partial nuint AbiStructSize(int which);

    [LibraryImport(Library, EntryPoint = "metrana_version")]
    internal static partial NativeText Version();

    [LibraryImport(Library, EntryPoint = "metrana_config_init")]
    internal static partial int ConfigInit(NativeConfig* config);

    [LibraryImport(Library, EntryPoint = "metrana_logger_open")]
    internal static partial int LoggerOpen(NativeConfig* config, nint* logger, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_open_begin")]
    internal static partial int LoggerOpenBegin(NativeConfig* config, ulong token, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_series_last_step")]
    internal static partial int LoggerSeriesLastStep(
        LoggerHandle logger,
        NativeSeriesName* name,
        ulong* step,
        byte* found,
        nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_list_series")]
    internal static partial int LoggerListSeries(LoggerHandle logger, nint* list, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_series_list_len")]
    internal static partial nuint SeriesListLength(nint list);

    [LibraryImport(Library, EntryPoint = "metrana_series_list_get")]
    internal static partial NativeSeriesState* SeriesListGet(nint list, nuint index);

    [LibraryImport(Library, EntryPoint = "metrana_series_list_free")]
    internal static partial void SeriesListFree(nint list);

    [LibraryImport(Library, EntryPoint = "metrana_logger_list_environments")]
    internal static partial int LoggerListEnvironments(LoggerHandle logger, nint* list, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_environment_list_len")]
    internal static partial nuint EnvironmentListLength(nint list);

    [LibraryImport(Library, EntryPoint = "metrana_environment_list_get")]
    internal static partial NativeEnvironmentState* EnvironmentListGet(nint list, nuint index);

    [LibraryImport(Library, EntryPoint = "metrana_environment_list_free")]
    internal static partial void EnvironmentListFree(nint list);

    [LibraryImport(Library, EntryPoint = "metrana_logger_counters")]
    internal static partial int LoggerCounters(LoggerHandle logger, NativeCounters* counters);

    [LibraryImport(Library, EntryPoint = "metrana_logger_info")]
    internal static partial int LoggerInfo(LoggerHandle logger, NativeRunInfo* info);

    [LibraryImport(Library, EntryPoint = "metrana_logger_flush")]
    internal static partial int LoggerFlush(LoggerHandle logger, double timeout, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_flush_begin")]
    internal static partial int LoggerFlushBegin(LoggerHandle logger, double timeout, ulong token, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_close_begin")]
    internal static partial int LoggerCloseBegin(LoggerHandle logger, double timeout, byte closeRun, ulong token, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_set_close_message")]
    internal static partial int LoggerSetCloseMessage(LoggerHandle logger, NativeText message, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_close")]
    internal static partial int LoggerClose(LoggerHandle logger, double timeout, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_shutdown")]
    internal static partial int LoggerShutdown(LoggerHandle logger, double timeout, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_take_errors")]
    internal static partial int LoggerTakeErrors(LoggerHandle logger, nint* list);

    [LibraryImport(Library, EntryPoint = "metrana_logger_debug_panic")]
    internal static partial int LoggerDebugPanic(LoggerHandle logger, nint* error);

    [LibraryImport(Library, EntryPoint = "metrana_logger_free")]
    internal static partial void LoggerFree(nint logger);

    [LibraryImport(Library, EntryPoint = "metrana_error_status")]
    internal static partial int ErrorStatus(nint error);

    [LibraryImport(Library, EntryPoint = "metrana_error_grpc_code")]
    internal static partial int ErrorGrpcCode(nint error);

    [LibraryImport(Library, EntryPoint = "metrana_error_message")]
    internal static partial NativeText ErrorMessage(nint error);

    [LibraryImport(Library, EntryPoint = "metrana_error_free")]
    internal static partial void ErrorFree(nint error);

    [LibraryImport(Library, EntryPoint = "metrana_error_list_len")]
    internal static partial nuint ErrorListLength(nint list);

    [LibraryImport(Library, EntryPoint = "metrana_error_list_get")]
    internal static partial nint ErrorListGet(nint list, nuint index);

    [LibraryImport(Library, EntryPoint = "metrana_error_list_free")]
    internal static partial void ErrorListFree(nint list);

    [LibraryImport(Library, EntryPoint = "metrana_events_new")]
    internal static partial int EventsNew(nuint capacity, nint* events);

    [LibraryImport(Library, EntryPoint = "metrana_events_next")]
    internal static partial int EventsNext(EventsHandle events, double timeout, nint* @event);

    [LibraryImport(Library, EntryPoint = "metrana_events_cancel")]
    internal static partial int EventsCancel(EventsHandle events, ulong token);

    [LibraryImport(Library, EntryPoint = "metrana_events_close")]
    internal static partial void EventsClose(EventsHandle events);

    [LibraryImport(Library, EntryPoint = "metrana_events_free")]
    internal static partial void EventsFree(nint events);

    [LibraryImport(Library, EntryPoint = "metrana_event_message")]
    internal static partial NativeText EventMessage(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_kind")]
    internal static partial int EventKind(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_level")]
    internal static partial int EventLevel(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_tag")]
    internal static partial ulong EventTag(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_missed")]
    internal static partial ulong EventMissed(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_line")]
    internal static partial int EventLine(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_field_count")]
    internal static partial nuint EventFieldCount(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_field")]
    internal static partial byte EventField(nint @event, nuint index, NativeField* field);

    [LibraryImport(Library, EntryPoint = "metrana_event_token")]
    internal static partial ulong EventToken(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_status")]
    internal static partial int EventStatus(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_error")]
    internal static partial nint EventError(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_take_logger")]
    internal static partial nint EventTakeLogger(nint @event);

    [LibraryImport(Library, EntryPoint = "metrana_event_free")]
    internal static partial void EventFree(nint @event);
}
