//! A local server for the Metrana ingestion protocol.
//!
//! A message's way through it: `ingest` takes it from its stream and turns it into what a store understands; the
//! [`Store`](store::Store) leaves it out when it is a duplicate and keeps it otherwise; then the stream acknowledges it.
//! The HTTP API reads what the store holds. [`Faults`] make any of it go wrong, for tests.

#![forbid(unsafe_code)]

mod budget;
mod clock;
mod connection;
mod faults;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod gate;
mod greeting;
mod http;
mod ingest;
mod limits;
mod listener;
mod log;
mod presence;
mod read;
mod serve;
mod server;
pub mod store;
mod tls;

pub use clock::Clock;
pub use faults::{Fault, Faults, Stage};
pub use gate::{Access, Secret, key_with_url};
pub use limits::Limits;
pub use server::{Options, RunningServer, Server};
pub use tls::Tls;
/// The status codes that a [`Fault`] can answer with.
pub use tonic::Code;
