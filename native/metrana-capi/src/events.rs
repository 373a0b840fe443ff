//! The event queue. The library never calls into its host; what it has to tell lies here until the host reads it.

use metrana_ingestion_logger::events::{Event, EventQueue, Next, channel};
use metrana_ingestion_logger::{Error, Status};

use crate::boundary::guard::{contained_or, report_status};
use crate::boundary::handle::{self, Handle, Opaque};
use crate::boundary::{pointers, seconds, text::metrana_str};
use crate::enums::{metrana_event_type, metrana_log_level};
use crate::status::metrana_status;

/// A bounded queue of events, which one or more loggers write to and the host reads.
///
/// Any number of threads may read, close and open loggers on it at the same time. A host that does not read loses
/// the oldest events, and nothing else.
pub struct metrana_events(Handle<EventQueue>);

/// One event, owned by whoever read it. It never changes.
pub struct metrana_event(Event);

impl Opaque for metrana_events {
    type Value = EventQueue;
    const NAME: &'static str = "events";
    fn handle(&self) -> &Handle<EventQueue> {
        &self.0
    }
}

/// Makes a queue for at most `capacity` unread events (at least one), and puts it into `*out`. To be freed with
/// `metrana_events_free`.
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
                let event = Box::into_raw(Box::new(metrana_event(event)));
                // SAFETY: as above.
                unsafe { pointers::put(out, event, "out") }
            }
            Next::TimedOut => Err(Error::new(Status::EventTimeout, "no event came within the timeout")),
            Next::Closed => Err(Error::new(Status::EventsClosed, "the event queue is closed")),
        };
        // SAFETY: the caller hands in null or a live queue.
        unsafe { handle::call(events, read) }
    })
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

/// Closes a queue and frees it. Loggers that write to it may live on; what they tell is then swallowed. No reader may
/// be inside `metrana_events_next`: close the queue first and join the threads that read. Null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_events_free(events: *mut metrana_events) {
    // SAFETY: the caller hands in null or a queue that it owns, once.
    unsafe { metrana_events_close(events) };
    // SAFETY: as above.
    contained_or((), || drop(unsafe { pointers::take(events) }));
}

/// The text of an event. It ends with the event.
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

/// How urgent an event is: a `metrana_log_level`.
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

/// How many events were lost between the one read before and this one, because the queue was full.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_event_missed(event: *const metrana_event) -> u64 {
    // SAFETY: the caller hands in null or a live event.
    unsafe { of_event(event, 0, |event| event.missed) }
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
        unsafe { pointers::borrow_optional(event) }.map_or(otherwise, |event| read(&event.0))
    })
}
