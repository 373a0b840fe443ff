//! The locks of the gate and of trays. A model checker puts its own in their place (`tests/loom_close.rs`,
//! `tests/loom_trays.rs`).

pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

pub(crate) fn is_poisoned<T>(mutex: &Mutex<T>) -> bool {
    mutex.is_poisoned()
}

/// Forgets that somebody panicked with the lock: what it guarded is replaced.
pub(crate) fn clear_poison<T>(mutex: &Mutex<T>) {
    mutex.clear_poison();
}
