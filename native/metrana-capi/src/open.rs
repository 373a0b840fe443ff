//! How a logger comes.

use metrana_ingestion_logger::Logger;
use metrana_ingestion_logger::events::EventSink;

use crate::answer::report;
use crate::boundary::failure::Failure;
use crate::boundary::{handle, pointers};
use crate::config::{self, metrana_config};
use crate::errors::metrana_error;
use crate::events::metrana_events;
use crate::logger::metrana_logger;
use crate::status::metrana_status;

/// Opens a run and puts a logger for it into `*out`; to be freed with `metrana_logger_free`.
///
/// Blocks until the service has answered, at most for `init_timeout`. On anything but `METRANA_STATUS_OK`, `*out` is
/// null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_logger_open(
    config: *const metrana_config,
    out: *mut *mut metrana_logger,
    error: *mut *mut metrana_error,
) -> metrana_status {
    let open = || {
        // SAFETY: the caller hands in null or a pointer that may be written.
        unsafe { pointers::clear(out, "out") }?;
        // SAFETY: the caller hands in null or a structure of the size it says.
        let raw = unsafe { pointers::borrow_sized(config, "config") }?;
        // SAFETY: what it points to is the caller's promise.
        let config = unsafe { config::read(raw) }?;
        // SAFETY: as above.
        let events = unsafe { listener(raw) }?;
        let logger = Logger::open(config, events)?;
        // SAFETY: as above.
        unsafe { pointers::put(out, metrana_logger::into_raw(logger), "out") }
    };
    // SAFETY: the caller hands in null or a pointer that may be written.
    unsafe { report(error, open) }
}

/// The queue that the events of a new logger go to.
///
/// # Safety
/// A queue that is not null is a live handle.
pub(crate) unsafe fn listener(raw: &metrana_config) -> Result<EventSink, Failure> {
    if raw.events.is_null() {
        return Ok(EventSink::none());
    }
    let mut sink = EventSink::none();
    // SAFETY: passed on to the caller.
    unsafe {
        handle::call::<metrana_events>(raw.events, |queue| {
            sink = queue.sink().with_tag(raw.event_tag);
            Ok(())
        })
    }?;
    Ok(sink)
}
