//! The C ABI of the ingestion logger.
//!
//! Everything the engine can do is reachable through the functions here; `include/metrana.h` is generated from
//! them and is their documentation. This crate is the only one with `unsafe`, and its rules are few:
//!
//! * every exported body runs inside the panic guard of [`boundary::guard`], so that nothing unwinds into C;
//! * every pointer and length from outside goes through [`boundary::pointers`], every text through
//!   [`boundary::text`], before anything else looks at it;
//! * what is handed out is a type of its own: an owned handle has a free function that takes `*mut`, a borrowed
//!   one is `*const` and there is no function that frees it.

#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::undocumented_unsafe_blocks,
    clippy::unwrap_used
)]
#![allow(non_camel_case_types, reason = "the names are C's")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the top of the header says once for all functions what each pointer has to be; where it is more, the function does"
)]

mod abi;
mod answer;
mod attributes;
mod batch;
mod begin;
mod boundary;
mod columns;
mod config;
mod counters;
mod enums;
mod errors;
mod events;
mod floats;
mod histograms;
mod known;
mod lines;
mod log;
mod logger;
mod names;
mod open;
mod rl_floats;
mod rules;
mod scatters;
mod series;
mod status;
mod tree;

pub use abi::*;
pub use attributes::*;
pub use batch::*;
pub use begin::*;
pub use boundary::text::{metrana_bytes, metrana_str};
pub use columns::metrana_timestamps;
pub use config::*;
pub use counters::*;
pub use enums::*;
pub use errors::*;
pub use events::*;
pub use floats::metrana_std_floats;
pub use histograms::*;
pub use known::*;
pub use lines::*;
pub use log::*;
pub use logger::*;
pub use names::{metrana_label, metrana_series_name};
pub use open::*;
pub use rl_floats::*;
pub use rules::*;
pub use scatters::*;
pub use series::*;
pub use status::*;

#[cfg(all(any(feature = "jemalloc", feature = "jemalloc-initial-exec"), not(windows)))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
