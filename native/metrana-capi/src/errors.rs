//! Errors as handles: owned by whoever asked for them, or borrowed from a list.

use metrana_ingestion_logger::Error;

use crate::boundary::failure::Failure;
use crate::boundary::guard::contained_or;
use crate::boundary::{pointers, text::metrana_str};
use crate::status::metrana_status;

/// What went wrong in one call, or in the background: a status, the gRPC code of the service where that was the
/// cause, and a message for a person.
///
/// An error never changes, so any thread may read it at any time. A `metrana_error *` is owned by the caller and has
/// to be freed; a `const metrana_error *` is borrowed.
pub struct metrana_error(Failure);

/// The errors that a logger collected in the background, oldest first. Owned by the caller.
pub struct metrana_error_list(Vec<metrana_error>);

impl metrana_error {
    pub(crate) fn into_raw(error: Failure) -> *mut Self {
        Box::into_raw(Box::new(Self(error)))
    }

    pub(crate) fn status(&self) -> metrana_status {
        self.0.status
    }
}

impl From<Error> for metrana_error {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl metrana_error_list {
    pub(crate) fn into_raw(errors: Vec<Error>) -> *mut Self {
        Box::into_raw(Box::new(Self(errors.into_iter().map(metrana_error::from).collect())))
    }
}

/// The status of an error: the one that the call answered which made it. Null answers `METRANA_STATUS_NULL_POINTER`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_error_status(error: *const metrana_error) -> metrana_status {
    contained_or(metrana_status::Panicked, || {
        // SAFETY: the caller hands in null or a live error.
        match unsafe { pointers::borrow(error, "error") } {
            Ok(error) => error.status(),
            Err(refusal) => refusal.status,
        }
    })
}

/// The gRPC status code that the service answered with, or -1 when no answer of the service caused the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_error_grpc_code(error: *const metrana_error) -> i32 {
    contained_or(-1, || {
        // SAFETY: the caller hands in null or a live error.
        unsafe { pointers::borrow_optional(error) }.and_then(|error| error.0.grpc).unwrap_or(-1)
    })
}

/// What was wrong, with which value, and what to do about it. The text ends with the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_error_message(error: *const metrana_error) -> metrana_str {
    contained_or(metrana_str::absent(), || {
        // SAFETY: the caller hands in null or a live error.
        let error = unsafe { pointers::borrow_optional(error) };
        error.map_or(metrana_str::absent(), |error| metrana_str::of(&error.0.message))
    })
}

/// Frees an owned error. Null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_error_free(error: *mut metrana_error) {
    // SAFETY: the caller hands in null or an error that it owns, once.
    contained_or((), || drop(unsafe { pointers::take(error) }));
}

/// How many errors a list holds. Null holds none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_error_list_len(list: *const metrana_error_list) -> usize {
    // SAFETY: the caller hands in null or a live list.
    contained_or(0, || unsafe { pointers::borrow_optional(list) }.map_or(0, |list| list.0.len()))
}

/// The error at `index`, counted from 0, or null past the end. Borrowed: it ends with the list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_error_list_get(
    list: *const metrana_error_list,
    index: usize,
) -> *const metrana_error {
    contained_or(std::ptr::null(), || {
        // SAFETY: the caller hands in null or a live list.
        let list = unsafe { pointers::borrow_optional(list) };
        list.and_then(|list| list.0.get(index)).map_or(std::ptr::null(), std::ptr::from_ref)
    })
}

/// Frees a list and every error in it. Null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_error_list_free(list: *mut metrana_error_list) {
    // SAFETY: the caller hands in null or a list that it owns, once.
    contained_or((), || drop(unsafe { pointers::take(list) }));
}
