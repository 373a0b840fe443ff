//! Operations that take their time, for hosts that do not want to wait: each is a task of the network thread, and its end
//! becomes an event.

use metrana_ingestion_logger::Logger;

use crate::answer::report;
use crate::boundary::{handle, pointers, seconds};
use crate::config::{self, metrana_config};
use crate::errors::metrana_error;
use crate::logger::metrana_logger;
use crate::open;
use crate::status::metrana_status;

/// Begins what `metrana_logger_open` does and returns at once. What `config` points to is copied before it returns.
///
/// The end is an event in `config->events`, which must not be null, with `token` in `metrana_event_token`, the answer in
/// `metrana_event_status`, and the logger in `metrana_event_take_logger`. There is exactly one for each call that answers
/// `METRANA_STATUS_OK`, unless the queue is closed before; it may come before this returns. There is none for a call that
/// answers something else: `METRANA_STATUS_EVENTS_CLOSED` where the queue is closed already.
///
/// `metrana_events_cancel` ends it: nothing is tried again after that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_open_begin(
    config: *const metrana_config,
    token: u64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let begin = || {
        // SAFETY: the caller hands in null or a structure of the size it says.
        let raw = unsafe { pointers::borrow_sized(config, "config") }?;
        pointers::check(raw.events, "config.events")?;
        // SAFETY: what it points to is the caller's promise.
        let (config, events) = unsafe { (config::read(raw), open::listener(raw)) };
        Ok(Logger::begin_open(config?, &events?, token)?)
    };
    // SAFETY: the caller hands in null or a pointer that may be written.
    unsafe { report(error, begin) }
}

/// Begins what `metrana_logger_flush` does, for what was logged before this call, and returns at once. The end is an event, as
/// with `metrana_logger_open_begin`, in the queue that the logger was opened with; a logger without one is refused as
/// `METRANA_STATUS_INVALID_CONFIG`. `metrana_events_cancel` ends the waiting, and nothing else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_flush_begin(
    logger: *const metrana_logger,
    timeout: f64,
    token: u64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let flush = |logger: &Logger| Ok(logger.begin_flush(seconds::limit(timeout, "timeout")?, token)?);
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, flush)) }
}

/// Begins what `metrana_logger_close` does, or `metrana_logger_shutdown` where `close_run` is 0, and returns at once: with that
/// the logger takes nothing more. The end is an event, as with `metrana_logger_flush_begin`. `metrana_events_cancel` ends the
/// waiting; the logger closes all the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_close_begin(
    logger: *const metrana_logger,
    timeout: f64,
    close_run: u8,
    token: u64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let close = |logger: &Logger| {
        Ok(logger.begin_close(close_run != 0, seconds::limit(timeout, "timeout")?, token)?)
    };
    // SAFETY: the caller hands in null or a live logger, and null or a pointer that may be written.
    unsafe { report(error, || handle::call(logger, close)) }
}
