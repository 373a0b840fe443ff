using System.ComponentModel;

namespace Metrana.Native;

/// <summary>
/// The reason a call failed. The numbers are those of the native library. They never change and are grouped in ranges: below
/// 100, the boundary between .NET and the native library; 1xx, opening a run; 2xx, logging; 3xx, delivery; 4xx, closing; 5xx, events.
/// </summary>
public enum MetranaStatus
{
    /// <summary>The package found no native library that it can use. The native side never returns this status.</summary>
    NativeLibraryUnavailable = -1,

    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>A null pointer was passed to the native library: a bug in this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    NullPointer = 1,

    /// <summary>An impossible length was passed to the native library: a bug in this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    InvalidLength = 2,

    /// <summary>A misaligned pointer was passed to the native library: a bug in this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    Misaligned = 3,

    /// <summary>Text that is not UTF-8 was passed to the native library: a bug in this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    InvalidUtf8 = 4,

    /// <summary>A number that is not a value of its enumeration was passed to the native library.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    InvalidEnum = 5,

    /// <summary>A structure has a different size on the native side: the library and the package are of different versions.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    StructSize = 6,

    /// <summary>A duration is not a number, or is negative where that is not allowed.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    InvalidDuration = 7,

    /// <summary>A reserved part of a structure is not zero: a bug in this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    Reserved = 8,

    /// <summary>The engine panicked inside the call. The process is unaffected, but the logger is no longer usable.</summary>
    Panicked = 10,

    /// <summary>An earlier call on this logger panicked, so it refuses all calls.</summary>
    Poisoned = 11,

    /// <summary>The configuration is invalid; the message lists every problem.</summary>
    InvalidConfig = 100,

    /// <summary>The ingestion service could not be reached.</summary>
    ConnectFailed = 101,

    /// <summary>The ingestion service refused to open the run.</summary>
    InitRefused = 102,

    /// <summary>The run could not be opened within <see cref="LoggerConfig.InitTimeout"/>.</summary>
    InitTimeout = 103,

    /// <summary>The operating system refused to create another thread for this process or its container.</summary>
    NoThread = 104,

    /// <summary>The process was forked from one that had opened a logger, and threads do not survive a fork.</summary>
    Forked = 105,

    /// <summary>The run exists and is not known to belong to this job.</summary>
    RunAlreadyExists = 110,

    /// <summary>The run exists and belongs to another job.</summary>
    OrchestrationIdMismatch = 111,

    /// <summary>The logger is closed, or was closed while the call waited for room. Nothing was logged.</summary>
    LoggerClosed = 200,

    /// <summary>The queue stayed full for <see cref="LoggerConfig.EnqueueTimeout"/>. Nothing was logged.</summary>
    QueueFull = 201,

    /// <summary>The call breaks a rule that the message names. Nothing was logged and nothing changed.</summary>
    Validation = 210,

    /// <summary>Delivery failed for good, and the logger accepts nothing more.</summary>
    SenderStopped = 300,

    /// <summary>Errors were collected, and <see cref="ErrorStrategy.RaiseOnLog"/> throws them. Nothing was logged.</summary>
    SenderErrors = 301,

    /// <summary>Not everything was acknowledged within the timeout of the flush. Nothing is lost.</summary>
    FlushTimeout = 302,

    /// <summary>Some of what was logged since the last flush is lost; the rest is delivered.</summary>
    FlushUndelivered = 303,

    /// <summary>Not everything was acknowledged within the timeout of the close; the rest is lost and counted.</summary>
    CloseTimeout = 400,

    /// <summary>The logger is closed, but something it had accepted was lost earlier.</summary>
    CloseUndelivered = 401,

    /// <summary>The logger is closed; errors were collected, and <see cref="ErrorStrategy.RaiseOnClose"/> throws them.</summary>
    CloseErrors = 402,

    /// <summary>No event came within the timeout. Never thrown.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    EventTimeout = 500,

    /// <summary>The event queue is closed. Never thrown.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    EventsClosed = 501,

    /// <summary>The operation was cancelled. Never thrown.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    Cancelled = 502,
}
