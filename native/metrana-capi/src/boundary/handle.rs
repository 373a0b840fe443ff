//! Handles that a panic poisons.

use std::sync::atomic::{AtomicBool, Ordering};

use metrana_ingestion_logger::{Error, Status};

use crate::boundary::pointers;

/// What an opaque handle points to: a value, and whether a call on it panicked.
pub(crate) struct Handle<T> {
    value: T,
    poisoned: AtomicBool,
}

/// Sets the mark while a panic passes through.
struct PoisonOnUnwind<'a>(&'a AtomicBool);

impl Drop for PoisonOnUnwind<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl<T> Handle<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value, poisoned: AtomicBool::new(false) }
    }

    /// Runs one call on the value. When it panics, every later call is refused: what the panic left half-done is
    /// never looked at. The panic itself is for the guard that every exported body runs in.
    pub(crate) fn call(&self, body: impl FnOnce(&T) -> Result<(), Error>) -> Result<(), Error> {
        if self.poisoned.load(Ordering::Acquire) {
            return Err(Error::new(
                Status::Poisoned,
                "an earlier call on this handle panicked, so it refuses everything: free it, and open another one",
            ));
        }
        let mark = PoisonOnUnwind(&self.poisoned);
        let result = body(&self.value);
        std::mem::forget(mark);
        result
    }

    /// The value whatever happened to it, for its end.
    pub(crate) fn even_poisoned(&self) -> &T {
        &self.value
    }
}

/// A type that is an opaque handle in C.
pub(crate) trait Opaque {
    type Value;
    /// What the argument is called, for messages.
    const NAME: &'static str;
    fn handle(&self) -> &Handle<Self::Value>;
}

/// Runs one call on a handle from outside.
///
/// # Safety
/// A pointer that is not null is a handle that was not freed and will not be freed during the call.
pub(crate) unsafe fn call<H: Opaque>(
    handle: *const H,
    body: impl FnOnce(&H::Value) -> Result<(), Error>,
) -> Result<(), Error> {
    // SAFETY: passed on to the caller.
    let handle = unsafe { pointers::borrow(handle, H::NAME) }?;
    handle.handle().call(body)
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::boundary::guard::contained;

    #[test]
    fn a_panic_poisons_the_handle_and_no_other() {
        let (one, other) = (Handle::new(1), Handle::new(2));
        assert_eq!(contained(|| one.call(|_| panic!("gone"))).unwrap_err().status, Status::Panicked);
        assert_eq!(one.call(|_| Ok(())).unwrap_err().status, Status::Poisoned);
        other.call(|_| Ok(())).unwrap();
    }

    #[test]
    fn an_error_does_not_poison() {
        let handle = Handle::new(());
        assert!(handle.call(|()| Err(Error::new(Status::Validation, "no"))).is_err());
        handle.call(|()| Ok(())).unwrap();
    }
}
