//! The status codes, as C sees them.

use metrana_ingestion_logger::Status;

/// How a call ended. The numbers never change and are never used again for something else.
///
/// Bands: 1 to 99 the boundary (the arguments, or a defect in this library), 100 to 199 opening, 200 to 299 logging,
/// 300 to 399 delivery, 400 to 499 closing, 500 to 599 the event queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_status {
    /// The call did what it says.
    Ok = 0,

    /// A pointer that has to be there was null, or a null pointer came with a length.
    NullPointer = 1,
    /// A length is more than memory can be.
    InvalidLength = 2,
    /// A pointer is not aligned for its type.
    Misaligned = 3,
    /// A text is not UTF-8.
    InvalidUtf8 = 4,
    /// A number names no value of its enumeration.
    InvalidEnum = 5,
    /// A structure has another size than this library knows: header and library do not belong together.
    StructSize = 6,
    /// A duration is not a number, or is negative where that means nothing.
    InvalidDuration = 7,
    /// A reserved part of a structure is not 0.
    Reserved = 8,
    /// The library panicked inside this call. The process is unharmed; the handle refuses every further call.
    Panicked = 10,
    /// An earlier call on this handle panicked, so it refuses everything. Freeing it works.
    Poisoned = 11,

    /// The configuration cannot work; the message lists every problem.
    InvalidConfig = 100,
    /// The ingestion service could not be reached.
    ConnectFailed = 101,
    /// The ingestion service refused to open the run; the error has the gRPC code.
    InitRefused = 102,
    /// The run could not be opened within `init_timeout`.
    InitTimeout = 103,
    /// The operating system gives this process, or its container, no further thread.
    NoThread = 104,
    /// The process is a fork of one that opened a logger, and no thread lives through a fork. Open loggers after the fork, or
    /// start the child with exec.
    Forked = 105,
    /// The run is there already and is not known to belong to this job.
    RunAlreadyExists = 110,
    /// The run is there already and belongs to another job.
    OrchestrationIdMismatch = 111,

    /// The logger is closed, or was closed while the call waited for room. Nothing was logged.
    LoggerClosed = 200,
    /// The queue stayed full for `enqueue_timeout`. Nothing was logged.
    QueueFull = 201,
    /// The call breaks a rule that the message names. Nothing was logged and nothing changed.
    Validation = 210,

    /// Delivery failed for good and the logger takes no more; the message says why.
    SenderStopped = 300,
    /// Errors were collected since the last look, and `METRANA_ERROR_STRATEGY_RAISE_ON_LOG` raises them now. Nothing
    /// was logged by this call; it may be repeated.
    SenderErrors = 301,
    /// Not everything was acknowledged within the timeout of the flush. Nothing is lost; the logger goes on.
    FlushTimeout = 302,
    /// Everything that the flush waited for has found its end, but some of what was logged since the last flush is lost. The
    /// message says how much, and why.
    FlushUndelivered = 303,

    /// Not everything was acknowledged within the timeout of the close; what was left is lost and counted.
    CloseTimeout = 400,
    /// The logger is closed, but something that it had accepted was lost before.
    CloseUndelivered = 401,
    /// The logger is closed; errors were collected, and `METRANA_ERROR_STRATEGY_RAISE_ON_CLOSE` raises them now.
    CloseErrors = 402,

    /// No event came within the timeout.
    EventTimeout = 500,
    /// The event queue is closed and empty; no event will come.
    EventsClosed = 501,
    /// The operation was cancelled.
    Cancelled = 502,
}

impl From<Status> for metrana_status {
    fn from(status: Status) -> Self {
        match status {
            Status::Panicked => Self::Panicked,
            Status::Poisoned => Self::Poisoned,
            Status::InvalidConfig => Self::InvalidConfig,
            Status::ConnectFailed => Self::ConnectFailed,
            Status::InitRefused => Self::InitRefused,
            Status::InitTimeout => Self::InitTimeout,
            Status::NoThread => Self::NoThread,
            Status::Forked => Self::Forked,
            Status::RunAlreadyExists => Self::RunAlreadyExists,
            Status::OrchestrationIdMismatch => Self::OrchestrationIdMismatch,
            Status::LoggerClosed => Self::LoggerClosed,
            Status::QueueFull => Self::QueueFull,
            Status::Validation => Self::Validation,
            Status::SenderStopped => Self::SenderStopped,
            Status::SenderErrors => Self::SenderErrors,
            Status::FlushTimeout => Self::FlushTimeout,
            Status::FlushUndelivered => Self::FlushUndelivered,
            Status::CloseTimeout => Self::CloseTimeout,
            Status::CloseUndelivered => Self::CloseUndelivered,
            Status::CloseErrors => Self::CloseErrors,
            Status::EventTimeout => Self::EventTimeout,
            Status::EventsClosed => Self::EventsClosed,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The compiler sees to it that every status has a code; this sees to it that it is the right one.
    #[test]
    fn a_status_and_its_code_have_one_name() {
        for status in Status::ALL {
            let code = metrana_status::from(*status);
            assert_eq!(format!("{code:?}"), status.name());
        }
    }
}
