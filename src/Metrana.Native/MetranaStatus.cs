using System.ComponentModel;

namespace Metrana.Native;

/// <summary>
/// The reason a call failed. The numbers are those of the native library, never change, and come in bands: below 100 the
/// border between .NET and the native library, 1xx opening a run, 2xx logging, 3xx delivery, 4xx closing, 5xx events.
/// </summary>
public enum MetranaStatus
{
    /// <summary>This package found no native library it can use. The native side never returns this status.</summary>
    NativeLibraryUnavailable = -1,

    /// <summary>The call did what it says.</summary>
    Ok = 0,

    /// <summary>A null pointer crossed the border: a defect of this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    NullPointer = 1,

    /// <summary>An impossible length crossed the border: a defect of this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    InvalidLength = 2,

    /// <summary>A misaligned pointer crossed the border: a defect of this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    Misaligned = 3,

    /// <summary>Text that is not UTF-8 crossed the border: a defect of this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    InvalidUtf8 = 4,

    /// <summary>A number that names no value of its enumeration crossed the border.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    InvalidEnum = 5,

    /// <summary>A structure has another size on the native side: library and package are of different versions.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    StructSize = 6,

    /// <summary>A duration is not a number, or negative where that means nothing.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    InvalidDuration = 7,

    /// <summary>A reserved part of a structure is not zero: a defect of this package.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    Reserved = 8,

    /// <summary>The engine panicked inside the call. The process is unharmed, the logger is lost.</summary>
    Panicked = 10,

    /// <summary>An earlier call on this logger panicked, so it refuses everything.</summary>
    Poisoned = 11,

    /// <summary>The configuration is invalid; the message lists every problem.</summary>
    InvalidConfig = 100,

    /// <summary>The ingestion service could not be reached.</summary>
    ConnectFailed = 101,

    /// <summary>The ingestion service refused to open the run.</summary>
    InitRefused = 102,

    /// <summary>The run could not be opened within <see cref="LoggerConfig.InitTimeout"/>.</summary>
    InitTimeout = 103,

    /// <summary>The operating system refuses this process, or its container, another thread.</summary>
    NoThread = 104,

    /// <summary>The process is a fork of one that opened a logger, and no thread lives through a fork.</summary>
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

    /// <summary>Errors were collected, and <see cref="ErrorStrategy.RaiseOnLog"/> raises them. Nothing was logged.</summary>
    SenderErrors = 301,

    /// <summary>Not everything was acknowledged within the timeout of the flush. Nothing is lost.</summary>
    FlushTimeout = 302,

    /// <summary>Some of what was logged since the last flush is lost; the rest is delivered.</summary>
    FlushUndelivered = 303,

    /// <summary>Not everything was acknowledged within the timeout of the close; the rest is lost and counted.</summary>
    CloseTimeout = 400,

    /// <summary>The logger is closed, but something it had accepted was lost earlier.</summary>
    CloseUndelivered = 401,

    /// <summary>The logger is closed; errors were collected, and <see cref="ErrorStrategy.RaiseOnClose"/> raises them.</summary>
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
