//! What the engine has to say to its host: lines for a log, and ends of operations that the host began. Everything goes into
//! a bounded queue that the host reads; nothing here calls the host or waits for it.

#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

pub(crate) mod events;
pub(crate) mod lines;
pub(crate) mod throttle;
