//! How the outcome of a call becomes its answer: a status, and an error that says more.

use crate::boundary::failure::Failure;
use crate::boundary::guard::contained;
use crate::boundary::pointers;
use crate::errors::metrana_error;
use crate::status::metrana_status;

/// Runs `body` inside the guard and tells the caller how it went: a status, and the text of it in `error`.
///
/// # Safety
/// `error` is null, or points to a pointer that may be written.
pub(crate) unsafe fn report(
    error: *mut *mut metrana_error,
    body: impl FnOnce() -> Result<(), Failure>,
) -> metrana_status {
    let mut wanted = false;
    let result = outcome(|| {
        // SAFETY: the caller vouches for `error`.
        wanted = unsafe { pointers::clear_optional(error, "error") }?;
        body()
    });
    let Err(failure) = result else {
        return metrana_status::Ok;
    };
    let status = failure.status;
    if wanted {
        // SAFETY: `clear_optional` found it aligned and not null, and the caller vouches for the rest.
        unsafe { error.write(metrana_error::into_raw(failure)) };
    }
    status
}

/// The same for functions that answer with a status alone.
pub(crate) fn report_status(body: impl FnOnce() -> Result<(), Failure>) -> metrana_status {
    match outcome(body) {
        Ok(()) => metrana_status::Ok,
        Err(failure) => failure.status,
    }
}

fn outcome(body: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    contained(body).unwrap_or_else(|panic| Err(Failure::new(metrana_status::Panicked, panic)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_pointer_is_cleared_filled_or_left_alone() {
        let mut out = std::ptr::NonNull::<metrana_error>::dangling().as_ptr();
        // SAFETY: `out` is a live local.
        assert_eq!(unsafe { report(&raw mut out, || Ok(())) }, metrana_status::Ok);
        assert!(out.is_null());
        let refused = || Err(Failure::new(metrana_status::QueueFull, "full"));
        // SAFETY: as above.
        assert_eq!(unsafe { report(&raw mut out, refused) }, metrana_status::QueueFull);
        assert!(!out.is_null());
        // SAFETY: `out` was filled by `report` just now.
        unsafe { crate::metrana_error_free(out) };
        // SAFETY: null is allowed.
        assert_eq!(unsafe { report(std::ptr::null_mut(), refused) }, metrana_status::QueueFull);
    }

    #[test]
    #[allow(clippy::panic, reason = "it is what the test is about")]
    fn a_panic_is_a_status_of_its_own() {
        assert_eq!(report_status(|| panic!("gone")), metrana_status::Panicked);
    }
}
