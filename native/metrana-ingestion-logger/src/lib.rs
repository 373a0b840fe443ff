//! The engine: takes columns of points from a training loop and sees them to the ingestion service.
//!
//! The way of a point, a file for each step of it: [`Logger`] (`log`) or a handle (`hot`) makes a call of one of the
//! `kinds`, which asks `series` and `validate` whether it may be; `queue` lets it in; `stage` writes it into a lane of a
//! `chunk`; `seal` makes the chunk the body of a message; `envelope` puts run, logger and number around it; `stream`
//! sends it; and an acknowledgement brings it back to `sender`, which books it in `counters` and lets the chunk rest in
//! its `pool`.
//!
//! It knows nothing of C or C#, never calls into its host, and is usable as a plain Rust library.

#![forbid(unsafe_code)]

mod batch;
mod chunk;
mod clock;
mod config;
mod counters;
mod envelope;
mod environments;
mod errors;
pub mod events;
pub mod hot;
mod key;
mod kinds;
mod lanes;
mod log;
mod logger;
mod points;
mod pool;
mod queue;
mod random;
mod reports;
mod retry;
mod rl_batch;
mod rl_cursor;
mod runtime;
mod seal;
mod sender;
mod series;
mod session;
mod slots;
mod stage;
mod stream;
mod sync;
mod tls;
mod transport;
mod tray;
mod validate;
mod wire;

pub use config::{
    AggregationFunction, AggregationRule, Backpressure, Config, DEFAULT_ENDPOINT, DeliveryPolicy,
    ErrorStrategy, LogLevel, ResumeStrategy,
};
pub use counters::{Counters, KindCounters};
pub use errors::{Error, Status};
pub use hot::SeriesHandle;
pub use kinds::attributes::{Attribute, Tags, Target};
pub use kinds::histogram::{Bins, Histogram, Histograms, Stats};
pub use kinds::scatter::{Scatter, Scatters, Titles};
pub use log::{SeriesKind, SeriesName};
pub use logger::Logger;
pub use points::{EnvironmentId, Environments, RlFloats, Spread, StdFloats, Steps, Timestamps, Values};
pub use rl_cursor::StepStrategy;
