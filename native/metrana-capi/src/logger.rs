//! The logger as a handle: what it knows of itself, and how it goes.

use metrana_ingestion_logger::Logger;

use crate::answer::{report, report_status};
use crate::boundary::guard::contained_or;
use crate::boundary::handle::{self, Handle, Opaque};
use crate::boundary::text::{metrana_bytes, metrana_str};
use crate::boundary::{pointers, seconds};
use crate::counters::metrana_counters;
use crate::errors::{metrana_error, metrana_error_list};
use crate::status::metrana_status;

/// A logger with an open run. Any number of threads may use it at the same time.
pub struct metrana_logger(Handle<Logger>);

impl metrana_logger {
    pub(crate) fn into_raw(logger: Logger) -> *mut Self {
        Box::into_raw(Box::new(Self(Handle::new(logger))))
    }
}

/// What is known about an open run. The texts are borrowed from the logger and end with it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_run_info {
    /// The service's own id of the run.
    pub run_id: metrana_bytes,
    /// The orchestration id that the run was opened with: the configured one, or the random one.
    pub orchestration_id: metrana_str,
    /// The number of this logger: the configured one, or the random one.
    pub logger_id: u64,
    /// 1 when opening made the run, 0 when it was there already.
    pub created: u8,
}

impl Opaque for metrana_logger {
    type Value = Logger;
    const NAME: &'static str = "logger";
    fn handle(&self) -> &Handle<Logger> {
        &self.0
    }
}

// Any thread may use a handle, so what is behind it has to allow that.
const _: () = {
    const fn shared_by_threads<T: Send + Sync>() {}
    shared_by_threads::<metrana_logger>();
};

/// Writes a snapshot of the counters into `*out`, whose `struct_size` has to be set. Works on a closed logger, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_counters(
    logger: *const metrana_logger,
    out: *mut metrana_counters,
) -> metrana_status {
    let count = |logger: &Logger| {
        // SAFETY: the caller hands in null or a structure whose size is set.
        unsafe { pointers::check_size(out.cast_const(), "out") }?;
        // SAFETY: as above, and it is as large as this one.
        unsafe { pointers::put(out, logger.counters().into(), "out") }
    };
    // SAFETY: the caller hands in null or a live logger.
    report_status(|| unsafe { handle::call(logger, count) })
}

/// Writes what is known about the run into `*out`. Works on a closed logger, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_info(
    logger: *const metrana_logger,
    out: *mut metrana_run_info,
) -> metrana_status {
    let tell = |logger: &Logger| {
        let info = metrana_run_info {
            run_id: metrana_bytes::of(logger.run_id()),
            orchestration_id: metrana_str::of(logger.orchestration_id()),
            logger_id: logger.logger_id(),
            created: u8::from(logger.run_was_created()),
        };
        // SAFETY: the caller hands in null or a structure that may be written.
        unsafe { pointers::put(out, info, "out") }
    };
    // SAFETY: the caller hands in null or a live logger.
    report_status(|| unsafe { handle::call(logger, tell) })
}

/// Waits until everything that was logged before the call is acknowledged.
///
/// `timeout` is in seconds; a negative one waits for as long as it takes. Answers `METRANA_STATUS_FLUSH_TIMEOUT` when
/// the time is up: nothing is lost by that, and the logger goes on. Answers `METRANA_STATUS_FLUSH_UNDELIVERED` when some of
/// what was logged since the last flush is lost and the rest is delivered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_flush(
    logger: *const metrana_logger,
    timeout: f64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let flush = |logger: &Logger| Ok(logger.flush(seconds::limit(timeout, "timeout")?)?);
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, flush)) }
}

/// What the close of the run will say of it besides that it ends, in UTF-8: nothing for a run that finished, else `failed: ...`
/// or `aborted: ...`; at most 1024 bytes. The last one said before the logger is closed counts; after that it changes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_set_close_message(
    logger: *const metrana_logger,
    message: metrana_str,
    error: *mut *mut metrana_error,
) -> metrana_status {
    // SAFETY: the text is the caller's promise for as long as this runs.
    let set = |logger: &Logger| Ok(logger.set_close_message(unsafe { message.read("message") }?)?);
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, set)) }
}

/// Takes nothing more, wakes every thread that waits for room, delivers what was accepted, and closes the run.
///
/// `timeout` is in seconds; a negative one stands for the configured `close_timeout`. The logger is closed when this
/// returns, whatever it answers; the memory is freed by `metrana_logger_free`. A second close, from any thread, gives
/// the answer of the first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_close(
    logger: *const metrana_logger,
    timeout: f64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let close = |logger: &Logger| Ok(logger.close(seconds::limit(timeout, "timeout")?)?);
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, close)) }
}

/// The same as `metrana_logger_close`, but the run stays open at the service: for one process of several that log
/// into it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_shutdown(
    logger: *const metrana_logger,
    timeout: f64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let shutdown = |logger: &Logger| Ok(logger.shutdown(seconds::limit(timeout, "timeout")?)?);
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, shutdown)) }
}

/// Takes the errors that were collected in the background out of the logger and puts them into `*out`, as a list
/// (an empty one when there are none) to be freed with `metrana_error_list_free`. Works on a closed logger, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_take_errors(
    logger: *const metrana_logger,
    out: *mut *mut metrana_error_list,
) -> metrana_status {
    let take = |logger: &Logger| {
        // SAFETY: the caller hands in null or a pointer that may be written.
        unsafe { pointers::clear(out, "out") }?;
        let errors = metrana_error_list::into_raw(logger.take_errors());
        // SAFETY: as above.
        unsafe { pointers::put(out, errors, "out") }
    };
    // SAFETY: the caller hands in null or a live logger.
    report_status(|| unsafe { handle::call(logger, take) })
}

/// Panics inside the logger, so that a host can test that it survives that: answers `METRANA_STATUS_PANICKED`, and from
/// then on every call on this logger answers `METRANA_STATUS_POISONED`. Other loggers do not notice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_debug_panic(
    logger: *const metrana_logger,
    error: *mut *mut metrana_error,
) -> metrana_status {
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, |logger: &Logger| logger.debug_panic())) }
}

/// Frees a logger. No call on it may be under way, and none may follow. Null is allowed.
///
/// Waits for nothing: what a logger that was not closed has not delivered yet is abandoned. An operation that was begun
/// on it and is under way ends at once, with an answer such as `METRANA_STATUS_LOGGER_CLOSED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_free(logger: *mut metrana_logger) {
    contained_or((), || {
        // SAFETY: the caller hands in null or a logger that it owns, once.
        if let Some(logger) = unsafe { pointers::take(logger) } {
            logger.0.even_poisoned().abandon();
        }
    });
}
