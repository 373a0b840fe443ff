//! A local server for the Metrana ingestion protocol.
//!
//! A message's way through it: `ingest` takes it from its stream and turns it into what a store understands; the
//! [`Store`](store::Store) leaves it out when it is a duplicate and keeps it otherwise; then the stream acknowledges it.
//! The HTTP API reads what the store holds. [`Faults`] make any of it go wrong, for tests.

#![forbid(unsafe_code)]

mod clock;
mod connection;
mod faults;
mod http;
mod ingest;
mod log;
mod server;
pub mod store;

pub use faults::{Fault, Faults, Stage};
pub use server::{Options, RunningServer, Server};
/// The status codes that a [`Fault`] can answer with.
pub use tonic::Code;
