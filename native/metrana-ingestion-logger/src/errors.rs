//! What can go wrong, as one table of numbers.
//!
//! The numbers are the C ABI's and are set by hand, in bands, and never reused: a band says which exception a
//! host raises, a number says which case of it.

use std::fmt;

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)*) => {
        /// How a call ended. Bands: 1 to 99 the boundary, 100 init, 200 enqueue, 300 sender, 400 closing, 500 events.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        pub enum Status { $($(#[$doc])* $name = $number,)* }

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
    /// The call did what it says.
    Ok = 0,
    /// A pointer that must not be null was null, or a null pointer came with a length.
    NullPointer = 1,
    /// A length was larger than memory can be.
    InvalidLength = 2,
    /// A pointer was not aligned for its type.
    Misaligned = 3,
    /// A text was not UTF-8.
    InvalidUtf8 = 4,
    /// A number names no value of its enumeration.
    InvalidEnum = 5,
    /// A structure has another size than this library knows: header and library do not belong together.
    StructSize = 6,
    /// A duration was not a number, or was negative where that means nothing.
    InvalidDuration = 7,
    /// The engine panicked inside this call; the process lives on and the handle is poisoned.
    Panicked = 10,
    /// An earlier call on this handle panicked, so it refuses everything.
    Poisoned = 11,
    /// The configuration cannot work; the message lists every problem.
    InvalidConfig = 100,
    /// The ingestion service could not be reached.
    ConnectFailed = 101,
    /// The ingestion service refused to open the run.
    InitRefused = 102,
    /// The run could not be opened within the init timeout.
    InitTimeout = 103,
    /// The operating system gives this process, or its container, no further thread.
    NoThread = 104,
    /// The run is there already and is not known to belong to this job.
    RunAlreadyExists = 110,
    /// The run is there already and belongs to another job.
    OrchestrationIdMismatch = 111,
    /// The logger is closed.
    LoggerClosed = 200,
    /// The queue is full and stayed full for the enqueue timeout.
    QueueFull = 201,
    /// The call breaks a rule; nothing was logged and nothing changed.
    Validation = 210,
    /// Delivery failed for good and the logger takes no more.
    SenderStopped = 300,
    /// Errors were collected since the last look, and the error strategy raises them on the next log call.
    SenderErrors = 301,
    /// Not everything was acknowledged within the flush timeout; the logger goes on.
    FlushTimeout = 302,
    /// Everything that the flush waited for has found its end, but some of it is lost.
    FlushUndelivered = 303,
    /// Not everything was acknowledged within the close timeout; the rest is lost and counted.
    CloseTimeout = 400,
    /// The logger closed, but something it had accepted was lost before.
    CloseUndelivered = 401,
    /// Errors were collected, and the error strategy raises them on close.
    CloseErrors = 402,
    /// No event came within the timeout.
    EventTimeout = 500,
    /// The event queue is closed.
    EventsClosed = 501,
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
