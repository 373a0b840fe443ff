//! What can go wrong, as one table.

use std::fmt;

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Which way a call failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Status { $($(#[$doc])* $name,)* }

        impl Status {
            /// Every status there is.
            pub const ALL: &'static [Status] = &[$(Status::$name,)*];

            /// The name of the status, as it stands in the table.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Status::$name => stringify!($name),)* }
            }
        }
    };
}

statuses! {
    /// The engine panicked inside this call; the process lives on and the handle is poisoned.
    Panicked,
    /// An earlier call on this handle panicked, so it refuses everything.
    Poisoned,
    /// The configuration cannot work; the message lists every problem.
    InvalidConfig,
    /// The ingestion service could not be reached.
    ConnectFailed,
    /// The ingestion service refused to open the run.
    InitRefused,
    /// The run could not be opened within the init timeout.
    InitTimeout,
    /// The operating system gives this process, or its container, no further thread.
    NoThread,
    /// The process is a fork of one in which the engine runs, and no thread lives through a fork.
    Forked,
    /// The run is there already and is not known to belong to this job.
    RunAlreadyExists,
    /// The run is there already and belongs to another job.
    OrchestrationIdMismatch,
    /// The logger is closed.
    LoggerClosed,
    /// The queue is full and stayed full for the enqueue timeout.
    QueueFull,
    /// The call breaks a rule; nothing was logged and nothing changed.
    Validation,
    /// Delivery failed for good and the logger takes no more.
    SenderStopped,
    /// Errors were collected since the last look, and the error strategy raises them on the next log call.
    SenderErrors,
    /// Not everything was acknowledged within the flush timeout; the logger goes on.
    FlushTimeout,
    /// Everything that the flush waited for has found its end, but some of it is lost.
    FlushUndelivered,
    /// Not everything was acknowledged within the close timeout; the rest is lost and counted.
    CloseTimeout,
    /// The logger closed, but something it had accepted was lost before.
    CloseUndelivered,
    /// Errors were collected, and the error strategy raises them on close.
    CloseErrors,
    /// No event came within the timeout.
    EventTimeout,
    /// The event queue is closed.
    EventsClosed,
    /// The host cancelled the operation.
    Cancelled,
}

/// What went wrong, with which value, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The case.
    pub status: Status,
    /// The gRPC code that the service answered with, where it was one that caused this.
    pub grpc: Option<i32>,
    /// For a person.
    pub message: String,
}

impl Error {
    /// An error that no answer of the service caused.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, grpc: None, message: message.into() }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(Status::Validation, message)
    }

    /// An error caused by what the service answered.
    pub(crate) fn answered(status: Status, grpc: tonic::Code, message: impl Into<String>) -> Self {
        Self { status, grpc: Some(grpc as i32), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
