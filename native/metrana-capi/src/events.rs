//! The event queue. The library never calls into its host; what it has to tell lies here until the host reads it.

use std::sync::{Mutex, PoisonError};

use metrana_ingestion_logger::Logger;
use metrana_ingestion_logger::events::{Completion, Event, EventQueue, Next, channel};

use crate::answer::report_status;
use crate::boundary::failure::Failure;
use crate::boundary::guard::contained_or;
use crate::boundary::handle::{self, Handle, Opaque};
use crate::boundary::{pointers, seconds, text::metrana_str};
use crate::enums::{metrana_event_type, metrana_log_level};
use crate::errors::metrana_error;
use crate::logger::metrana_logger;
use crate::status::metrana_status;

/// A bounded queue of events, which one or more loggers write to and the host reads.
///
/// Any number of threads may read, close and open loggers on it at the same time. A host that does not read loses
/// the oldest lines, and nothing else: completions are kept until they are read.
pub struct metrana_events(Handle<EventQueue>);

/// One event, owned by whoever read it. It never changes, but for the logger that may be taken out of it.
pub struct metrana_event {
    event: Event,
    end: Option<End>,
}

/// How an operation ended.
struct End {
    token: u64,
    error: Option<metrana_error>,
    logger: Mutex<Option<Logger>>,
}

impl From<Completion> for End {
    fn from(Completion { token, outcome }: Completion) -> Self {
        let (error, logger) = match outcome {
            Ok(logger) => (None, logger),
            Err(error) => (Some(metrana_error::from(error)), None),
        };
        Self { token, error, logger: Mutex::new(logger) }
    }
}

impl metrana_event {
    /// One thing about an event, or `otherwise` where there is none.
    ///
    /// # Safety
    /// A pointer that is not null is a live event.
    pub(crate) unsafe fn ask<T: Copy>(event: *const Self, otherwise: T, read: impl FnOnce(&Event) -> T) -> T {
        // SAFETY: passed on to the caller.
        unsafe { of_event(event, otherwise, read) }
    }

    fn into_raw(mut event: Event) -> *mut Self {
        let end = event.completion.take().map(|completion| End::from(*completion));
        Box::into_raw(Box::new(Self { event, end }))
    }
}

impl Opaque for metrana_events {
    type Value = EventQueue;
    const NAME: &'static str = "events";
    fn handle(&self) -> &Handle<EventQueue> {
        &self.0
    }
}

// Any thread may use a handle, so what is behind it has to allow that.
const _: () = {
    const fn shared_by_threads<T: Send + Sync>() {}
    shared_by_threads::<metrana_events>();
};

/// Makes a queue for at most `capacity` unread lines (at least one) and any number of completions, and puts it into
/// `*out`. To be freed with `metrana_events_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_events_new(
    capacity: usize,
    out: *mut *mut metrana_events,
) -> metrana_status {
    report_status(|| {
        // SAFETY: the caller hands in null or a pointer that may be written.
        unsafe { pointers::clear(out, "out") }?;
        let (_, queue) = channel(capacity);
        let events = Box::into_raw(Box::new(metrana_events(Handle::new(queue))));
        // SAFETY: as above.
        unsafe { pointers::put(out, events, "out") }
    })
}

/// Waits for the next event and puts it into `*out`, to be freed with `metrana_event_free`.
///
/// `timeout` is in seconds; a negative one waits until there is an event or the queue is closed. Answers
/// `METRANA_STATUS_EVENT_TIMEOUT` or `METRANA_STATUS_EVENTS_CLOSED`, with null in `*out`, when there is none. What was
/// queued before the queue was closed can still be read.
///
/// Blocks its thread: it is meant for one background thread of the host, which `metrana_events_close` wakes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_events_next(
    events: *const metrana_events,
    timeout: f64,
    out: *mut *mut metrana_event,
) -> metrana_status {
    report_status(|| {
        // SAFETY: the caller hands in null or a pointer that may be written.
        unsafe { pointers::clear(out, "out") }?;
        let timeout = seconds::limit(timeout, "timeout")?;
        let read = |queue: &EventQueue| match queue.next(timeout) {
            Next::Event(event) => {
                // SAFETY: as above.
                unsafe { pointers::put(out, metrana_event::into_raw(event), "out") }
            }
            Next::TimedOut => {
                Err(Failure::new(metrana_status::EventTimeout, "no event came within the timeout"))
            }
            Next::Closed => Err(Failure::new(metrana_status::EventsClosed, "the event queue is closed")),
        };
        // SAFETY: the caller hands in null or a live queue.
        unsafe { handle::call(events, read) }
    })
}

/// Cancels the operation that was begun with `token` and whose end would be an event in this queue. That end then comes soon, as
/// `METRANA_STATUS_CANCELLED`, or as the operation's own where it was quicker: an opening may still bring a logger. A token
/// that belongs to no operation, or to one that has ended, does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_events_cancel(events: *const metrana_events, token: u64) -> metrana_status {
    let cancel = |queue: &EventQueue| {
        queue.cancel(token);
        Ok(())
    };
    // SAFETY: the caller hands in null or a live queue.
    report_status(|| unsafe { handle::call(events, cancel) })
}

/// Closes a queue: it takes no more events, and every reader wakes up. Doing it twice does no harm, and neither does
/// null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_events_close(events: *const metrana_events) {
    let close = |queue: &EventQueue| {
        queue.close();
        Ok(())
    };
    // SAFETY: the caller hands in null or a live queue. A poisoned or missing queue has no readers to wake.
    report_status(|| unsafe { handle::call(events, close) });
}

/// Closes a queue and frees it. Loggers that write to it may live on; what they tell is then swallowed. A logger in an
/// event that nobody read is freed. No reader may
/// be inside `metrana_events_next`: close the queue first and join the threads that read. Null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_events_free(events: *mut metrana_events) {
    // SAFETY: the caller hands in null or a queue that it owns, once.
    unsafe { metrana_events_close(events) };
    // SAFETY: as above.
    contained_or((), || drop(unsafe { pointers::take(events) }));
}

/// The text of a line; empty for a completion. It ends with the event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_message(event: *const metrana_event) -> metrana_str {
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_event(event, metrana_str::absent(), |event| metrana_str::of(&event.message)) }
}

/// What an event is: a `metrana_event_type`, or 0 for null. Kinds that are not known here are to be skipped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_kind(event: *const metrana_event) -> i32 {
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_event(event, 0, |event| metrana_event_type::from(event.kind) as i32) }
}

/// How urgent a line is: a `metrana_log_level`; 0 for a completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_level(event: *const metrana_event) -> i32 {
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_event(event, 0, |event| metrana_log_level::from(event.level) as i32) }
}

/// The `event_tag` of the logger that an event comes from.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_tag(event: *const metrana_event) -> u64 {
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_event(event, 0, |event| event.tag) }
}

/// How many lines were lost between the one read before and this one, because the queue was full; 0 for a completion.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_missed(event: *const metrana_event) -> u64 {
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_event(event, 0, |event| event.missed) }
}

/// The number that the operation was begun with whose end this is; 0 for a line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_token(event: *const metrana_event) -> u64 {
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_end(event, 0, |end| end.token) }
}

/// How the operation ended whose end this is: what the function without `_begin` would have answered. For a line it is
/// `METRANA_STATUS_OK`, and null answers `METRANA_STATUS_NULL_POINTER`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_status(event: *const metrana_event) -> metrana_status {
    contained_or(metrana_status::Panicked, || {
        // SAFETY: the caller hands in null or a live event.
        match unsafe { pointers::borrow(event, "event") } {
            Ok(event) => event
                .end
                .as_ref()
                .and_then(|end| end.error.as_ref())
                .map_or(metrana_status::Ok, metrana_error::status),
            Err(refusal) => refusal.status,
        }
    })
}

/// What went wrong in the operation whose end this is, or null when nothing did. Borrowed: it ends with the event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_error(event: *const metrana_event) -> *const metrana_error {
    let error = |end: &End| end.error.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_end(event, std::ptr::null(), error) }
}

/// Takes the logger out of the event that says that it is open; to be freed with `metrana_logger_free`. Null when there
/// is none, and when it was taken before. A logger that nobody takes is freed with the event.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_take_logger(event: *const metrana_event) -> *mut metrana_logger {
    let take = |end: &End| {
        let logger = end.logger.lock().unwrap_or_else(PoisonError::into_inner).take();
        logger.map_or(std::ptr::null_mut(), metrana_logger::into_raw)
    };
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_end(event, std::ptr::null_mut(), take) }
}

/// Frees an event. Null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_free(event: *mut metrana_event) {
    // SAFETY: the caller hands in null or an event that it owns, once.
    contained_or((), || drop(unsafe { pointers::take(event) }));
}

/// One thing about an event, or `otherwise` where there is none.
///
/// # Safety
/// A pointer that is not null is a live event.
unsafe fn of_event<T: Copy>(event: *const metrana_event, otherwise: T, read: impl FnOnce(&Event) -> T) -> T {
    contained_or(otherwise, || {
        // SAFETY: passed on to the caller.
        unsafe { pointers::borrow_optional(event) }.map_or(otherwise, |event| read(&event.event))
    })
}

/// One thing about the operation whose end an event is, or `otherwise` where it is no such event.
///
/// # Safety
/// As for `of_event`.
unsafe fn of_end<T: Copy>(event: *const metrana_event, otherwise: T, read: impl FnOnce(&End) -> T) -> T {
    contained_or(otherwise, || {
        // SAFETY: passed on to the caller.
        let event = unsafe { pointers::borrow_optional(event) };
        event.and_then(|event| event.end.as_ref()).map_or(otherwise, read)
    })
}
