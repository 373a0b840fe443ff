//! The locks of the gate. A model checker puts its own in their place (`tests/loom_close.rs`).

pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

pub(crate) fn is_poisoned<T>(mutex: &Mutex<T>) -> bool {
    mutex.is_poisoned()
}
