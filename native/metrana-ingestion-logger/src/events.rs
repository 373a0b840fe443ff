//! What the engine has to tell its host, in a bounded queue that the host reads.
//!
//! The engine never calls into its host. A host that does not read loses the oldest events, never memory, and the
//! next event it reads says how many are missing.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::LogLevel;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum EventKind {
    /// A line for the host's log.
    Log = 1,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// Whatever the host gave to the sink that this came through, say the number of a logger.
    pub tag: u64,
    /// What this is.
    pub kind: EventKind,
    /// How urgent it is.
    pub level: LogLevel,
    /// For a person.
    pub message: String,
    /// How many events were lost between the one read before and this one.
    pub missed: u64,
}

/// What a reader got.
#[derive(Debug)]
pub enum Next {
    /// An event.
    Event(Event),
    /// Nothing within the time given.
    TimedOut,
    /// Nothing, and nothing will come.
    Closed,
}

struct State {
    events: VecDeque<Event>,
    missed: u64,
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    ready: Condvar,
    capacity: usize,
}

impl Shared {
    /// A reader or writer that panicked leaves nothing half-done here, so its poison is ignored.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end that the engine writes to.
#[derive(Clone)]
pub struct EventSink {
    shared: Option<Arc<Shared>>,
    tag: u64,
    level: LogLevel,
}

/// The end that the host reads.
pub struct EventQueue {
    shared: Arc<Shared>,
}

/// A queue for at most `capacity` unread events.
#[must_use]
pub fn channel(capacity: usize) -> (EventSink, EventQueue) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State { events: VecDeque::new(), missed: 0, closed: false }),
        ready: Condvar::new(),
        capacity: capacity.max(1),
    });
    let sink = EventSink { shared: Some(Arc::clone(&shared)), tag: 0, level: LogLevel::Trace };
    (sink, EventQueue { shared })
}

impl EventSink {
    /// A sink that swallows everything.
    #[must_use]
    pub fn none() -> Self {
        Self { shared: None, tag: 0, level: LogLevel::Off }
    }

    /// The same queue, with `tag` on every event.
    #[must_use]
    pub fn with_tag(&self, tag: u64) -> Self {
        Self { tag, ..self.clone() }
    }

    /// The same queue, for lines up to `level`.
    #[must_use]
    pub(crate) fn with_level(self, level: LogLevel) -> Self {
        Self { level, ..self }
    }

    /// Writes a line. The text is made only when somebody listens at this level.
    pub(crate) fn log(&self, level: LogLevel, message: impl FnOnce() -> String) {
        let Some(shared) = &self.shared else { return };
        if level > self.level {
            return;
        }
        let message = message();
        let mut state = shared.lock();
        if state.closed {
            return;
        }
        if state.events.len() >= shared.capacity {
            state.events.pop_front();
            state.missed += 1;
        }
        state.events.push_back(Event { tag: self.tag, kind: EventKind::Log, level, message, missed: 0 });
        drop(state);
        shared.ready.notify_one();
    }
}

impl EventQueue {
    /// Waits for the next event, at most for `timeout` (None: for ever) or until the queue is closed.
    #[must_use]
    pub fn next(&self, timeout: Option<Duration>) -> Next {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.shared.lock();
        loop {
            if let Some(mut event) = state.events.pop_front() {
                event.missed = std::mem::take(&mut state.missed);
                return Next::Event(event);
            }
            if state.closed {
                return Next::Closed;
            }
            state = match deadline {
                None => self.shared.ready.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Next::TimedOut;
                    }
                    self.shared.ready.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Takes no more events and wakes every reader; what is queued can still be read.
    pub fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.ready.notify_all();
    }

    /// Another sink of this queue.
    #[must_use]
    pub fn sink(&self) -> EventSink {
        EventSink { shared: Some(Arc::clone(&self.shared)), tag: 0, level: LogLevel::Trace }
    }
}
