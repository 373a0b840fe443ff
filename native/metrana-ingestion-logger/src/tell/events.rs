//! What the engine has to tell its host, in a bounded queue that the host reads.
//!
//! The engine never calls into its host. A host that does not read loses the oldest lines, never memory, and the
//! next line it reads says how many are missing. Completions are never lost: there are as many as operations that the
//! host began, and it waits for each of them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::LogLevel;
use crate::errors::Error;
use crate::logger::Logger;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A line for the host's log.
    Log,
    /// The end of an operation that the host began and did not wait for.
    Completion,
}

/// How an operation ended that the host began and did not wait for.
pub struct Completion {
    /// What the host calls the operation.
    pub token: u64,
    /// How it ended; with the logger, where it opened one.
    pub outcome: Result<Option<Logger>, Error>,
}

impl fmt::Debug for Completion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = self.outcome.as_ref().map(Option::is_some);
        f.debug_struct("Completion").field("token", &self.token).field("outcome", &outcome).finish()
    }
}

/// One thing that happened.
#[derive(Debug)]
pub struct Event {
    /// Whatever the host gave to the sink that this came through, say the number of a logger.
    pub tag: u64,
    /// What this is.
    pub kind: EventKind,
    /// How urgent it is.
    pub level: LogLevel,
    /// For a person.
    pub message: String,
    /// How many lines were lost between the one read before and this one.
    pub missed: u64,
    /// What it is about, where it is a completion.
    pub completion: Option<Box<Completion>>,
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

struct Backlog {
    events: VecDeque<Event>,
    /// How many of them are lines.
    lines: usize,
    missed: u64,
    closed: bool,
}

struct Channel {
    state: Mutex<Backlog>,
    ready: Condvar,
    capacity: usize,
}

impl Channel {
    /// A reader or writer that panicked leaves nothing half-done here, so its poison is ignored.
    fn lock(&self) -> MutexGuard<'_, Backlog> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }
}

impl Backlog {
    fn make_room(&mut self, capacity: usize) {
        if self.lines < capacity {
            return;
        }
        let oldest = self.events.iter().position(|event| event.kind == EventKind::Log);
        drop(oldest.and_then(|oldest| self.events.remove(oldest)));
        self.lines -= 1;
        self.missed += 1;
    }

    fn take(&mut self) -> Option<Event> {
        let mut event = self.events.pop_front()?;
        if event.kind == EventKind::Log {
            self.lines -= 1;
            event.missed = std::mem::take(&mut self.missed);
        }
        Some(event)
    }
}

/// The end that the engine writes to.
#[derive(Clone)]
pub struct EventSink {
    shared: Option<Arc<Channel>>,
    tag: u64,
    level: LogLevel,
}

/// The end that the host reads.
pub struct EventQueue {
    shared: Arc<Channel>,
}

/// A queue for at most `capacity` unread lines, and any number of completions.
#[must_use]
pub fn channel(capacity: usize) -> (EventSink, EventQueue) {
    let shared = Arc::new(Channel {
        state: Mutex::new(Backlog { events: VecDeque::new(), lines: 0, missed: 0, closed: false }),
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
        state.make_room(shared.capacity);
        state.lines += 1;
        let (tag, kind) = (self.tag, EventKind::Log);
        state.events.push_back(Event { tag, kind, level, message, missed: 0, completion: None });
        drop(state);
        shared.ready.notify_one();
    }

    /// Says that an operation has ended. When nobody can read that any more, a logger that it opened is dropped.
    pub fn complete(&self, completion: Completion) {
        let Some(shared) = &self.shared else { return };
        let mut state = shared.lock();
        if state.closed {
            // The logger goes only now, because it may have something to say to this queue.
            drop(state);
            drop(completion);
            return;
        }
        state.events.push_back(Event {
            tag: self.tag,
            kind: EventKind::Completion,
            level: LogLevel::Off,
            message: String::new(),
            missed: 0,
            completion: Some(Box::new(completion)),
        });
        drop(state);
        shared.ready.notify_one();
    }

    /// Whether it swallows everything, because there never was a queue.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.shared.is_none()
    }

    /// Whether it swallows everything, because the queue was closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| shared.lock().closed)
    }
}

impl EventQueue {
    /// Waits for the next event, at most for `timeout` (None: for ever) or until the queue is closed.
    #[must_use]
    pub fn next(&self, timeout: Option<Duration>) -> Next {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.shared.lock();
        loop {
            if let Some(event) = state.take() {
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
        self.shared.close();
    }

    /// Another sink of this queue.
    #[must_use]
    pub fn sink(&self) -> EventSink {
        EventSink { shared: Some(Arc::clone(&self.shared)), tag: 0, level: LogLevel::Trace }
    }
}

impl Drop for EventQueue {
    /// Loggers that nobody took hold their sink, so without this they and the queue would keep each other.
    fn drop(&mut self) {
        self.shared.close();
        let unread = std::mem::take(&mut self.shared.lock().events);
        drop(unread);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::Status;

    fn line(sink: &EventSink, number: u32) {
        sink.log(LogLevel::Warn, || number.to_string());
    }

    fn end(sink: &EventSink, token: u64) {
        sink.complete(Completion { token, outcome: Err(Error::new(Status::FlushTimeout, "late")) });
    }

    /// What is in the queue: a line's text and how many went missing before it, or a completion's token.
    fn unread(queue: &EventQueue) -> Vec<(String, u64)> {
        let mut all = Vec::new();
        while let Next::Event(event) = queue.next(Some(Duration::ZERO)) {
            let what = event.completion.map_or(event.message, |completion| format!("#{}", completion.token));
            all.push((what, event.missed));
        }
        all
    }

    fn told(all: &[(&str, u64)]) -> Vec<(String, u64)> {
        all.iter().map(|(what, missed)| ((*what).to_owned(), *missed)).collect()
    }

    #[test]
    fn lines_push_out_lines_and_never_a_completion() {
        let (sink, queue) = channel(2);
        line(&sink, 0);
        end(&sink, 70);
        line(&sink, 1);
        end(&sink, 71);
        for number in 2..6 {
            line(&sink, number);
        }
        end(&sink, 72);
        assert_eq!(unread(&queue), told(&[("#70", 0), ("#71", 0), ("4", 4), ("5", 0), ("#72", 0)]));
        line(&sink, 6);
        assert_eq!(unread(&queue), told(&[("6", 0)]));
    }

    #[test]
    fn completions_take_no_room_from_lines() {
        let (sink, queue) = channel(1);
        (0..100).for_each(|token| end(&sink, token));
        line(&sink, 7);
        let all = unread(&queue);
        assert_eq!(all.len(), 101);
        assert_eq!(all.last(), Some(&("7".to_owned(), 0)));
    }

    #[test]
    fn a_closed_queue_hands_out_what_it_has_and_takes_nothing() {
        let (sink, queue) = channel(4);
        end(&sink, 1);
        assert!(!sink.is_closed() && !sink.is_none());
        queue.close();
        end(&sink, 2);
        assert!(sink.is_closed());
        assert_eq!(unread(&queue), told(&[("#1", 0)]));
        assert!(matches!(queue.next(None), Next::Closed));
        drop(queue);
        assert!(sink.is_closed());
        assert!(EventSink::none().is_none());
    }
}
