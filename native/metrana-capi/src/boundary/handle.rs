//! Handles that a panic poisons.

use std::sync::atomic::{AtomicBool, Ordering};

use metrana_ingestion_logger::{Error, Status};

use crate::boundary::failure::Failure;
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
    pub(crate) fn call<E: From<Error>>(&self, body: impl FnOnce(&T) -> Result<(), E>) -> Result<(), E> {
        if self.poisoned.load(Ordering::Acquire) {
            let message = "an earlier call on this handle panicked, so it refuses everything: free it, and open another one";
            return Err(Error::new(Status::Poisoned, message).into());
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
    body: impl FnOnce(&H::Value) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // SAFETY: passed on to the caller.
    let handle = unsafe { pointers::borrow(handle, H::NAME) }?;
    handle.handle().call(body)
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used, reason = "the tests panic on purpose, or have failed")]
mod tests {
    use super::*;
    use crate::boundary::guard::contained;
    use crate::status::metrana_status;

    #[test]
    fn a_panic_poisons_the_handle_and_no_other() {
        let (one, other) = (Handle::new(1), Handle::new(2));
        let call = || one.call(|_| -> Result<(), Failure> { panic!("gone") });
        contained(call).unwrap_err();
        let refused: Failure = one.call(|_| Ok(())).unwrap_err();
        assert_eq!(refused.status, metrana_status::Poisoned);
        other.call(|_| Ok::<_, Failure>(())).unwrap();
    }

    #[test]
    fn an_error_does_not_poison() {
        let handle = Handle::new(());
        assert!(handle.call(|()| Err(Failure::new(metrana_status::Validation, "no"))).is_err());
        handle.call(|()| Ok::<_, Failure>(())).unwrap();
    }
}
