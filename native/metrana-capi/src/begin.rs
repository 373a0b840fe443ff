//! Operations that take their time, for hosts that do not want to wait: each runs on a thread of its own, and its end
//! becomes an event.

use metrana_ingestion_logger::events::{Completion, EventSink};
use metrana_ingestion_logger::{Error, Logger, Status};

use crate::answer::report;
use crate::boundary::failure::Failure;
use crate::boundary::guard::contained;
use crate::boundary::{pointers, seconds};
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
        let (config, events) = (config?, events?);
        let sink = events.clone();
        run("metrana-open", events, token, || Logger::open(config, sink).map(Some))
    };
    // SAFETY: the caller hands in null or a pointer that may be written.
    unsafe { report(error, begin) }
}

/// Begins what `metrana_logger_flush` does and returns at once. The end is an event, as with `metrana_logger_open_begin`,
/// in the queue that the logger was opened with; a logger without one is refused as `METRANA_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_flush_begin(
    logger: *const metrana_logger,
    timeout: f64,
    token: u64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let begin = || {
        let timeout = seconds::limit(timeout, "timeout")?;
        // SAFETY: the caller hands in null or a live logger.
        unsafe { run_on(logger, "metrana-flush", token, move |logger| logger.flush(timeout)) }
    };
    // SAFETY: the caller hands in null or a pointer that may be written.
    unsafe { report(error, begin) }
}

/// Begins what `metrana_logger_close` does, or `metrana_logger_shutdown` where `close_run` is 0, and returns at once; calls
/// that come right after it may still be let in. The end is an event, as with `metrana_logger_flush_begin`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_close_begin(
    logger: *const metrana_logger,
    timeout: f64,
    close_run: u8,
    token: u64,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let begin = || {
        let timeout = seconds::limit(timeout, "timeout")?;
        let close = move |logger: &Logger| {
            if close_run == 0 { logger.shutdown(timeout) } else { logger.close(timeout) }
        };
        // SAFETY: the caller hands in null or a live logger.
        unsafe { run_on(logger, "metrana-close", token, close) }
    };
    // SAFETY: the caller hands in null or a pointer that may be written.
    unsafe { report(error, begin) }
}

/// Runs an operation on a logger, which lives until the operation has ended, whatever becomes of the handle.
///
/// # Safety
/// A pointer that is not null is a live logger.
unsafe fn run_on(
    logger: *const metrana_logger,
    name: &str,
    token: u64,
    work: impl FnOnce(&Logger) -> Result<(), Error> + Send + 'static,
) -> Result<(), Failure> {
    // SAFETY: passed on to the caller.
    let logger = unsafe { pointers::borrow(logger, "logger") }?.share();
    let mut events = EventSink::none();
    logger.call::<Failure>(|logger| {
        events = logger.events().clone();
        Ok(())
    })?;
    run(name, events, token, move || logger.call(work).map(|()| None))
}

/// Runs an operation on a thread of its own. Its end becomes an event, even when it panics.
fn run(
    name: &str,
    events: EventSink,
    token: u64,
    work: impl FnOnce() -> Result<Option<Logger>, Error> + Send + 'static,
) -> Result<(), Failure> {
    if events.is_none() {
        let message = "the logger was opened without an event queue, so nobody would hear of the end";
        return Err(Failure::new(metrana_status::InvalidConfig, message));
    }
    if events.is_closed() {
        let message = "the event queue is closed, so nobody would hear of the end";
        return Err(Failure::new(metrana_status::EventsClosed, message));
    }
    let operation = move || {
        let outcome = contained(work).unwrap_or_else(|panic| Err(Error::new(Status::Panicked, panic)));
        events.complete(Completion { token, outcome });
    };
    match std::thread::Builder::new().name(name.to_owned()).spawn(operation) {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!(
                "a thread for the operation could not be started ({error}), so it has not begun; the call that waits needs none"
            );
            Err(Failure::new(metrana_status::NoThread, message))
        }
    }
}
