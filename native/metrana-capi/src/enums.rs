//! The choices that come in as numbers.
//!
//! A structure from outside holds them as `int32_t` and not as these types: an enumeration with a value that it
//! does not have would be undefined behaviour before anybody could refuse it.

use metrana_ingestion_logger::events::{EventKind, LineId};
use metrana_ingestion_logger::{
    AggregationFunction, Backpressure, DeliveryPolicy, ErrorStrategy, KnownValues, LogLevel, ResumeStrategy,
    StepStrategy,
};

use crate::boundary::failure::Failure;
use crate::status::metrana_status;

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
    /// The end of an operation that was begun by a function whose name ends in `_begin`.
    Completion = 2,
}

/// Which line it is that an event brings. The numbers stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_line {
    /// A try to open the run failed; there will be another. Fields: `endpoint`, `reason`, `grpc_code`, `attempt`, `retry_seconds`.
    OpeningFailed = 10,
    /// The service has not answered yet. Fields: `endpoint`.
    OpeningUnanswered = 11,
    /// The stream to the service broke, and there will be another. Fields: `reason`, `grpc_code`, `tries`, `retry_seconds`,
    /// `held_back`.
    DeliveryInterrupted = 20,
    /// The service takes data again. Fields: `outage_seconds`, `tries`.
    DeliveryResumed = 21,
    /// Something that was accepted is lost. Fields: `reason`, `grpc_code`, `held_back`.
    DataLost = 22,
    /// The logger takes nothing more. Fields: `reason`, `grpc_code`.
    LoggerStopped = 30,
    /// A call panicked, and what was not under way is lost. Fields: `lost`.
    LoggerPanicked = 31,
    /// Log calls wait for room. Fields: `queue_bytes`, `waits`.
    QueueFull = 40,
    /// Steps of a call did not grow. Fields: `metric`, `scale`, `count`; of ordinary series `largest_incoming` and `last_step`, of
    /// those of reinforcement learning `rl_step`.
    StepsDidNotGrow = 50,
}

/// What the value of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_field_kind {
    /// A text.
    Text = 0,
    /// A whole number.
    Int = 1,
    /// A number.
    Float = 2,
}

/// What a series holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_values {
    /// The service did not say, and nothing was logged.
    Unknown = 0,
    /// Numbers.
    Floats = 1,
    /// Histograms of counts.
    Histograms = 2,
    /// Histograms of densities.
    DensityHistograms = 3,
    /// Sets of points in two dimensions.
    Scatters = 4,
    /// Sets of points in three dimensions.
    Scatters3d = 5,
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

/// How something is given that the points of a grid of environments have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_spread {
    /// Not at all.
    None = 0,
    /// Once, for all of them.
    Uniform = 1,
    /// In a column with one for each environment.
    PerEnvironment = 2,
    /// In a column with one for each value.
    Grid = 3,
}

/// How the environment steps of a reinforcement-learning series count. The first call decides it for good, for each
/// environment of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_step_strategy {
    /// From 0 within each step of the training and each episode; the service adds the steps of those before.
    WithinRlStep = 0,
    /// The same, and the first step of an episode counts as 1. Needs episodes, and order.
    FromOne = 1,
    /// The steps that are given go on over the steps of the training. Needs given steps, and order.
    AcrossRlSteps = 2,
}

/// The two kinds of float series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_world {
    /// Ordinary ones.
    Std = 0,
    /// Those of reinforcement learning.
    Rl = 1,
}

/// What attributes belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_target {
    /// The run, below a prefix. Numbers have to be finite.
    Run = 0,
    /// The run's configuration: below `config`. A number that is not finite becomes a path without a value.
    Config = 1,
    /// An environment, or one episode in it. Numbers have to be finite.
    Environment = 2,
}

/// What a node of a tree of attribute values is: its first byte. Numbers behind it are little-endian, and a text is its
/// length in bytes as 4 bytes, and then its UTF-8.
///
/// A tree is one node. The nodes of a map or a list stand right behind it, each with all that belongs to it before the
/// next. Maps and lists lie in each other 128 deep at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_node {
    /// No value. Nothing follows.
    Null = 0,
    /// Nothing follows.
    False = 1,
    /// Nothing follows.
    True = 2,
    /// A whole number: 8 bytes, two's complement.
    Int = 3,
    /// A number: 8 bytes, as a `double` is.
    Float = 4,
    /// A text follows.
    Text = 5,
    /// A moment: 8 bytes, milliseconds since 1970, two's complement.
    Time = 6,
    /// How many entries as 4 bytes; then for each of them the text of its key and the node of its value.
    Map = 7,
    /// How many elements as 4 bytes; then the node of each of them.
    List = 8,
}

/// How an aggregation rule brings values together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum metrana_aggregation_function {
    /// Their mean.
    Mean = 1,
    /// The greatest.
    Max = 2,
    /// Their sum.
    Sum = 3,
    /// The least.
    Min = 4,
    /// Their standard deviation.
    StdDev = 5,
    /// How many there are.
    Count = 6,
}

/// Reads a number from outside as one of these types.
macro_rules! from_number {
    ($type:ident: $($variant:ident = $number:literal),+) => {
        impl $type {
            #[inline]
            pub(crate) fn read(number: i32, what: &str) -> Result<Self, Failure> {
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

#[cold]
fn unknown(number: i32, what: &str, known: &[i32]) -> Failure {
    Failure::new(metrana_status::InvalidEnum, format!("{what} is {number}, expected one of {known:?}"))
}

from_number!(metrana_resume: Never = 0, Allow = 1);
from_number!(metrana_backpressure: Block = 0, DropNew = 1, Raise = 2);
from_number!(metrana_delivery_policy: StopOnLoss = 0, TolerateLoss = 1);
from_number!(metrana_error_strategy: Silent = 0, Warn = 1, RaiseOnLog = 2, RaiseOnClose = 3);
from_number!(metrana_log_level: Off = 0, Error = 1, Warn = 2, Info = 3, Debug = 4, Trace = 5);
from_number!(metrana_dtype: Float64 = 0, Float32 = 1);
from_number!(metrana_steps_kind: Auto = 0, From = 1, Each = 2);
from_number!(metrana_timestamps_kind: Now = 0, At = 1, Each = 2);
from_number!(metrana_spread: None = 0, Uniform = 1, PerEnvironment = 2, Grid = 3);
from_number!(metrana_step_strategy: WithinRlStep = 0, FromOne = 1, AcrossRlSteps = 2);
from_number!(metrana_world: Std = 0, Rl = 1);
from_number!(metrana_target: Run = 0, Config = 1, Environment = 2);
from_number!(metrana_aggregation_function: Mean = 1, Max = 2, Sum = 3, Min = 4, StdDev = 5, Count = 6);
from_number!(
    metrana_node: Null = 0, False = 1, True = 2, Int = 3, Float = 4, Text = 5, Time = 6, Map = 7, List = 8
);

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
translated!(metrana_event_type, EventKind: Log, Completion);
translated!(metrana_values, KnownValues: Unknown, Floats, Histograms, DensityHistograms, Scatters, Scatters3d);
translated!(
    metrana_line, LineId:
    OpeningFailed, OpeningUnanswered, DeliveryInterrupted, DeliveryResumed, DataLost, LoggerStopped, LoggerPanicked,
    QueueFull, StepsDidNotGrow
);

translated!(metrana_step_strategy, StepStrategy: WithinRlStep, FromOne, AcrossRlSteps);
translated!(metrana_aggregation_function, AggregationFunction: Mean, Max, Sum, Min, StdDev, Count);
