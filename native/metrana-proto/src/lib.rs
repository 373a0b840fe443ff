//! The wire contract of the ingestion service as Rust types, generated from `native/proto`.
//!
//! The modules follow the packages of the contract: [`common`] and [`types`] hold messages, [`svc`] the service with its
//! requests and responses, [`svc::ingest_service_server`] the trait that a server implements.
//!
//! `bytes` fields are [`bytes::Bytes`], maps are [`std::collections::BTreeMap`].

#![forbid(unsafe_code)]

/// The tree of packages as generated; the short names below are the ones to use.
#[allow(clippy::all, clippy::pedantic, missing_docs, rustdoc::all)]
pub mod contract {
    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}

pub use contract::metrana_protobuf::common::v1 as common;
pub use contract::metrana_protobuf::ingestion::v1::{svc, types};

/// The messages of the hot path once more, for a reader that keeps columns as they came.
///
/// What is a series, a batch or a packed column of numbers in the contract is [`bytes::Bytes`] here: a slice of the message
/// that was read. Several slices of a column belong behind one another. A message whose numbers are not packed, which is
/// as legal, cannot be read by this view.
#[allow(clippy::all, clippy::pedantic, missing_docs, rustdoc::all)]
pub mod packed {
    include!(concat!(env!("OUT_DIR"), "/packed.rs"));
}
