//! The engine: takes columns of points from a training loop and sees them to the ingestion service.
//!
//! The way of a point, folder by folder: [`Logger`] or a handle (`call`) makes a call of one of the `kinds`, which asks the
//! `names` whether it may be and writes it, in the form that `wire` gives it, on the `stage`; `deliver` seals what lies there
//! into messages and sends them over a connection of `connect`; and an acknowledgement brings them back to the `books`. What
//! happens on the way is said through `tell`.
//!
//! It knows nothing of C or C#, never calls into its host, and is usable as a plain Rust library.

#![forbid(unsafe_code)]
// A panic costs a host its logger: where one cannot happen although it looks so, the reason stands beside it.
#![cfg_attr(not(test), warn(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used))]

mod begin;
mod books;
mod call;
mod clock;
mod config;
mod connect;
mod deliver;
mod errors;
mod kinds;
mod logger;
mod names;
mod points;
mod random;
mod stage;
mod tell;
mod wire;

pub use books::counters::{Counters, KindCounters};
pub use call::{KnownEnvironment, SeriesKind, SeriesName, by_handle};
pub use config::{
    AggregationFunction, AggregationRule, Backpressure, Config, DEFAULT_ENDPOINT, DeliveryPolicy,
    ErrorStrategy, LogLevel, ResumeStrategy,
};
pub use errors::{Error, Status};
pub use kinds::attributes::{Attribute, Tags, Target};
pub use kinds::histogram::{Bins, Histogram, Histograms, Stats};
pub use kinds::scatter::{Scatter, Scatters, Titles};
pub use kinds::several::Piece;
pub use logger::Logger;
pub use names::series::{KnownSeries, KnownValues};
pub use points::{
    EnvironmentId, Environments, RlFloats, SeriesHandle, Spread, StdFloats, StepStrategy, Steps, Timestamps,
    Values,
};

/// What the engine has to tell its host: see [`events::channel`].
pub mod events {
    use crate::Logger;
    use crate::tell::events as generic;
    pub use crate::tell::events::EventKind;
    pub use crate::tell::lines::{Field, FieldValue, LineId};

    /// The end that the engine writes to.
    pub type EventSink = generic::EventSink<Logger>;
    /// The end that the host reads.
    pub type EventQueue = generic::EventQueue<Logger>;
    /// One thing that happened.
    pub type Event = generic::Event<Logger>;
    /// How an operation ended that the host began and did not wait for.
    pub type Completion = generic::Completion<Logger>;
    /// What a reader got.
    pub type Next = generic::Next<Logger>;

    /// A queue for at most `capacity` unread lines, and any number of completions.
    #[must_use]
    pub fn channel(capacity: usize) -> (EventSink, EventQueue) {
        generic::channel(capacity)
    }
}
