//! The choices that come in as numbers.
//!
//! A structure from outside holds them as `int32_t` and not as these types: an enumeration with a value that it
//! does not have would be undefined behaviour before anybody could refuse it.

use metrana_ingestion_logger::events::EventKind;
use metrana_ingestion_logger::{
    Backpressure, DeliveryPolicy, Error, ErrorStrategy, LogLevel, ResumeStrategy, Status,
};

/// What to do about a run of this name that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_resume {
    /// Open it only when it belongs to this job (the orchestration id says so). The default.
    Never = 0,
    /// Open it whosever it is.
    Allow = 1,
}

/// What a log call does while the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_backpressure {
    /// Wait for room, however long. The default.
    Block = 0,
    /// Wait for `enqueue_timeout`, then leave the call's data out, answer `METRANA_STATUS_OK`, and count it as refused.
    DropNew = 1,
    /// Wait for `enqueue_timeout`, then answer `METRANA_STATUS_QUEUE_FULL`.
    Raise = 2,
}

/// What a final delivery failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_delivery_policy {
    /// The logger stops: every later call answers `METRANA_STATUS_SENDER_STOPPED`. The default.
    StopOnLoss = 0,
    /// The data is dropped, counted and reported, and logging goes on.
    TolerateLoss = 1,
}

/// How errors surface that did not stop the logger. `metrana_logger_take_errors` hands them out in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_error_strategy {
    /// In no other way.
    Silent = 0,
    /// Also as an event. The default.
    Warn = 1,
    /// The next log call answers `METRANA_STATUS_SENDER_ERRORS`.
    RaiseOnLog = 2,
    /// Close answers `METRANA_STATUS_CLOSE_ERRORS`.
    RaiseOnClose = 3,
}

/// How urgent a line is. A larger number is less urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_log_level {
    /// No lines at all.
    Off = 0,
    /// Something was lost or will not work.
    Error = 1,
    /// Something needs a look. The default.
    Warn = 2,
    /// What happened.
    Info = 3,
    /// How it happened.
    Debug = 4,
    /// Everything.
    Trace = 5,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_event_type {
    /// A line for the host's log.
    Log = 1,
}

/// What a column of values is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_dtype {
    /// `double`.
    Float64 = 0,
    /// `float`, stored at its own precision.
    Float32 = 1,
}

/// Where the steps of a column come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_steps_kind {
    /// On from the last step of the series, from 0 on a new one.
    Auto = 0,
    /// `first_step`, and one more for each value.
    From = 1,
    /// One for each value, in `steps`.
    Each = 2,
}

/// Where the timestamps of a column come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_timestamps_kind {
    /// The clock, once for the call.
    Now = 0,
    /// `timestamp_millis`, for all of them.
    At = 1,
    /// One for each value, in `timestamps_millis`.
    Each = 2,
}

/// Reads a number from outside as one of these types.
macro_rules! from_number {
    ($type:ident: $($variant:ident = $number:literal),+) => {
        impl $type {
            pub(crate) fn read(number: i32, what: &str) -> Result<Self, Error> {
                // The numbers stand here once more because a pattern cannot be computed; the compiler compares.
                const _: () = { $(assert!($type::$variant as i32 == $number);)+ };
                match number {
                    $($number => Ok(Self::$variant),)+
                    _ => Err(unknown(number, what, &[$($number),+])),
                }
            }
        }
    };
}

fn unknown(number: i32, what: &str, known: &[i32]) -> Error {
    Error::new(Status::InvalidEnum, format!("{what} is {number}, expected one of {known:?}"))
}

from_number!(metrana_resume: Never = 0, Allow = 1);
from_number!(metrana_backpressure: Block = 0, DropNew = 1, Raise = 2);
from_number!(metrana_delivery_policy: StopOnLoss = 0, TolerateLoss = 1);
from_number!(metrana_error_strategy: Silent = 0, Warn = 1, RaiseOnLog = 2, RaiseOnClose = 3);
from_number!(metrana_log_level: Off = 0, Error = 1, Warn = 2, Info = 3, Debug = 4, Trace = 5);
from_number!(metrana_dtype: Float64 = 0, Float32 = 1);
from_number!(metrana_steps_kind: Auto = 0, From = 1, Each = 2);
from_number!(metrana_timestamps_kind: Now = 0, At = 1, Each = 2);

/// Translates one of these types from and to the engine's.
macro_rules! translated {
    ($type:ident, $engine:ident: $($variant:ident),+) => {
        impl From<$type> for $engine {
            fn from(value: $type) -> Self {
                match value { $($type::$variant => Self::$variant,)+ }
            }
        }
        impl From<$engine> for $type {
            fn from(value: $engine) -> Self {
                match value { $($engine::$variant => Self::$variant,)+ }
            }
        }
    };
}

translated!(metrana_resume, ResumeStrategy: Never, Allow);
translated!(metrana_backpressure, Backpressure: Block, DropNew, Raise);
translated!(metrana_delivery_policy, DeliveryPolicy: StopOnLoss, TolerateLoss);
translated!(metrana_error_strategy, ErrorStrategy: Silent, Warn, RaiseOnLog, RaiseOnClose);
translated!(metrana_log_level, LogLevel: Off, Error, Warn, Info, Debug, Trace);
translated!(metrana_event_type, EventKind: Log);
