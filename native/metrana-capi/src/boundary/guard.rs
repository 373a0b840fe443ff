//! The panic guard. Nothing unwinds out of this library, and there is no switch to turn that off.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use metrana_ingestion_logger::{Error, Status};

use crate::boundary::pointers;
use crate::errors::metrana_error;
use crate::status::metrana_status;

/// Runs `body`, which never lets a panic through.
///
/// What a panic leaves half-done is not looked at again: handles are poisoned by the caller of this, and every
/// other argument was borrowed for the call.
pub(crate) fn contained(body: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(payload) => Err(Error::new(Status::Panicked, panic_text(payload))),
    }
}

/// Runs a body that cannot fail, with `otherwise` as the answer when it panics after all.
pub(crate) fn contained_or<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            std::mem::forget(payload);
            otherwise
        }
    }
}

/// Runs `body` inside the guard and tells the caller how it went: a status, and the text of it in `error`.
///
/// # Safety
/// `error` is null, or points to a pointer that may be written.
pub(crate) unsafe fn report(
    error: *mut *mut metrana_error,
    body: impl FnOnce() -> Result<(), Error>,
) -> metrana_status {
    let mut wanted = false;
    let result = contained(|| {
        // SAFETY: the caller vouches for `error`.
        wanted = unsafe { pointers::clear_optional(error, "error") }?;
        body()
    });
    let Err(failure) = result else {
        return metrana_status::Ok;
    };
    let status = metrana_status::from(failure.status);
    if wanted {
        // SAFETY: `clear_optional` found it aligned and not null, and the caller vouches for the rest.
        unsafe { error.write(metrana_error::into_raw(failure)) };
    }
    status
}

/// The same for functions that answer with a status alone.
pub(crate) fn report_status(body: impl FnOnce() -> Result<(), Error>) -> metrana_status {
    match contained(body) {
        Ok(()) => metrana_status::Ok,
        Err(failure) => metrana_status::from(failure.status),
    }
}

/// What the panic said. A payload that is no text is leaked, because its destructor might panic again.
fn panic_text(payload: Box<dyn Any + Send>) -> String {
    let said = match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => (*text).to_owned(),
            Err(payload) => {
                std::mem::forget(payload);
                "no text".to_owned()
            }
        },
    };
    format!(
        "the native logger panicked ({said}); this is a defect in it. The process goes on, but this handle refuses \
         every further call: free it, and open another one to go on logging"
    )
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the payload panics too");
        }
    }

    #[test]
    fn a_panic_becomes_a_status_with_its_text() {
        let error = contained(|| panic!("row {} is gone", 7)).unwrap_err();
        assert_eq!(error.status, Status::Panicked);
        assert!(error.message.contains("row 7 is gone"), "{}", error.message);
        let error = contained(|| panic!("plain")).unwrap_err();
        assert!(error.message.contains("(plain)"), "{}", error.message);
    }

    #[test]
    fn a_payload_whose_destructor_panics_is_contained() {
        let error = contained(|| std::panic::panic_any(Bomb)).unwrap_err();
        assert!(error.message.contains("no text"), "{}", error.message);
        assert_eq!(contained_or(3, || std::panic::panic_any(Bomb)), 3);
    }

    #[test]
    fn the_error_pointer_is_cleared_filled_or_left_alone() {
        let mut out = std::ptr::NonNull::<metrana_error>::dangling().as_ptr();
        // SAFETY: `out` is a live local.
        assert_eq!(unsafe { report(&raw mut out, || Ok(())) }, metrana_status::Ok);
        assert!(out.is_null());
        let refused = || Err(Error::new(Status::QueueFull, "full"));
        // SAFETY: as above.
        assert_eq!(unsafe { report(&raw mut out, refused) }, metrana_status::QueueFull);
        assert!(!out.is_null());
        // SAFETY: `out` was filled by `report` just now.
        unsafe { crate::metrana_error_free(out) };
        // SAFETY: null is allowed.
        assert_eq!(unsafe { report(std::ptr::null_mut(), refused) }, metrana_status::QueueFull);
    }
}
