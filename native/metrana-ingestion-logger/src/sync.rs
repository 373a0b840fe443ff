//! The locks of `queue`. A model checker puts its own in their place (`tests/loom_close.rs`).

pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
