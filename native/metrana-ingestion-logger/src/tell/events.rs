//! What the engine has to tell its host, in a bounded queue that the host reads.
//!
//! The engine never calls into its host. A host that does not read loses the oldest lines, never memory, and the
//! next line it reads says how many are missing. Completions are never lost: there are as many as operations that the
//! host began, and it waits for each of them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::config::LogLevel;
use crate::errors::{Error, Status};
use crate::tell::lines::{Field, Line, LineId, Lines, Listener};

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A line for the host's log.
    Log,
    /// The end of an operation that the host began and did not wait for.
    Completion,
}

/// How an operation ended that the host began and did not wait for.
pub struct Completion<T> {
    /// What the host calls the operation.
    pub token: u64,
    /// How it ended; with what it opened, where it opened something.
    pub outcome: Result<Option<T>, Error>,
}

impl<T> fmt::Debug for Completion<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = self.outcome.as_ref().map(Option::is_some);
        f.debug_struct("Completion").field("token", &self.token).field("outcome", &outcome).finish()
    }
}

/// One thing that happened.
#[derive(Debug)]
pub struct Event<T> {
    /// Whatever the host gave to the sink that this came through, say the number of a logger.
    pub tag: u64,
    /// What this is.
    pub kind: EventKind,
    /// How urgent it is.
    pub level: LogLevel,
    /// Which line it is, where it is one.
    pub id: Option<LineId>,
    /// For a person.
    pub message: String,
    /// The same in single words.
    pub fields: Vec<Field>,
    /// How many lines were lost between the one read before and this one.
    pub missed: u64,
    /// What it is about, where it is a completion.
    pub completion: Option<Box<Completion<T>>>,
}

/// What a reader got.
#[derive(Debug)]
pub enum Next<T> {
    /// An event.
    Event(Event<T>),
    /// Nothing within the time given.
    TimedOut,
    /// Nothing, and nothing will come.
    Closed,
}

struct Backlog<T> {
    events: VecDeque<Event<T>>,
    /// How many of them are lines.
    lines: usize,
    missed: u64,
    closed: bool,
    /// Those that were begun and have not ended.
    operations: Vec<Begun>,
    /// Operations begun so far.
    begun: u64,
}

/// How to cancel an operation. Tokens are the host's, which may use one twice; numbers are not.
struct Begun {
    token: u64,
    number: u64,
    cancel: oneshot::Sender<()>,
}

struct Channel<T> {
    state: Mutex<Backlog<T>>,
    ready: Condvar,
    capacity: usize,
}

impl<T> Channel<T> {
    /// A reader or writer that panicked leaves nothing half-done here, so its poison is ignored.
    fn lock(&self) -> MutexGuard<'_, Backlog<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        // Nobody can hear of their end any more.
        let unheard = std::mem::take(&mut state.operations);
        drop(state);
        drop(unheard);
        self.ready.notify_all();
    }
}

impl<T: Send> Listener for Channel<T> {
    fn line(&self, tag: u64, level: LogLevel, line: Line) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        state.make_room(self.capacity);
        state.lines += 1;
        let kind = EventKind::Log;
        let Line { id, message, fields } = line;
        let id = Some(id);
        state.events.push_back(Event { tag, kind, level, id, message, fields, missed: 0, completion: None });
        drop(state);
        self.ready.notify_one();
    }
}

impl<T> Backlog<T> {
    fn make_room(&mut self, capacity: usize) {
        if self.lines < capacity {
            return;
        }
        let oldest = self.events.iter().position(|event| event.kind == EventKind::Log);
        drop(oldest.and_then(|oldest| self.events.remove(oldest)));
        self.lines -= 1;
        self.missed += 1;
    }

    fn take(&mut self) -> Option<Event<T>> {
        let mut event = self.events.pop_front()?;
        if event.kind == EventKind::Log {
            self.lines -= 1;
            event.missed = std::mem::take(&mut self.missed);
        }
        Some(event)
    }
}

/// The end that the engine writes to.
pub struct EventSink<T> {
    shared: Option<Arc<Channel<T>>>,
    tag: u64,
    level: LogLevel,
}

/// The end that the host reads.
pub struct EventQueue<T> {
    shared: Arc<Channel<T>>,
}

/// An operation that the host has begun.
pub(crate) struct Operation<T> {
    sink: EventSink<T>,
    token: u64,
    number: u64,
    cancel: oneshot::Receiver<()>,
}

/// A queue for at most `capacity` unread lines, and any number of completions.
#[must_use]
pub fn channel<T>(capacity: usize) -> (EventSink<T>, EventQueue<T>) {
    let shared = Arc::new(Channel {
        state: Mutex::new(Backlog {
            events: VecDeque::new(),
            lines: 0,
            missed: 0,
            closed: false,
            operations: Vec::new(),
            begun: 0,
        }),
        ready: Condvar::new(),
        capacity: capacity.max(1),
    });
    let sink = EventSink { shared: Some(Arc::clone(&shared)), tag: 0, level: LogLevel::Trace };
    (sink, EventQueue { shared })
}

impl<T> Clone for EventSink<T> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), ..*self }
    }
}

impl<T> EventSink<T> {
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

    /// The way for lines into this queue.
    pub(crate) fn lines(&self) -> Lines
    where
        T: Send + 'static,
    {
        match &self.shared {
            None => Lines::none(),
            Some(shared) => Lines::to(Arc::<Channel<T>>::clone(shared), self.tag, self.level),
        }
    }

    /// Begins an operation whose end will be an event with `token`, unless nobody could hear of it.
    pub(crate) fn begin(&self, token: u64) -> Result<Operation<T>, Error> {
        let Some(shared) = &self.shared else {
            let message = "the logger was opened without an event queue, so nobody would learn of the end";
            return Err(Error::new(Status::InvalidConfig, message));
        };
        let (sender, cancel) = oneshot::channel();
        let mut state = shared.lock();
        if state.closed {
            let message = "the event queue is closed, so nobody would learn of the end";
            return Err(Error::new(Status::EventsClosed, message));
        }
        let number = state.begun;
        state.begun += 1;
        state.operations.push(Begun { token, number, cancel: sender });
        Ok(Operation { sink: self.clone(), token, number, cancel })
    }

    /// Says that an operation has ended. When nobody can read that any more, a logger that it opened is dropped.
    pub fn complete(&self, completion: Completion<T>) {
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
            id: None,
            message: String::new(),
            fields: Vec::new(),
            missed: 0,
            completion: Some(Box::new(completion)),
        });
        drop(state);
        shared.ready.notify_one();
    }
}

impl<T> Operation<T> {
    /// Comes back, once, when the host does not want the operation any more or cannot hear of its end.
    pub(crate) async fn cancelled(&mut self) {
        // An error says that the queue was closed.
        let _ = (&mut self.cancel).await;
    }

    /// Says how it ended.
    pub(crate) fn end(self, outcome: Result<Option<T>, Error>) {
        if let Some(shared) = &self.sink.shared {
            shared.lock().operations.retain(|begun| begun.number != self.number);
        }
        self.sink.complete(Completion { token: self.token, outcome });
    }
}

impl<T> EventQueue<T> {
    /// Waits for the next event, at most for `timeout` (None: for ever) or until the queue is closed.
    #[must_use]
    pub fn next(&self, timeout: Option<Duration>) -> Next<T> {
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

    /// Cancels the operation that was begun with this token; all of them, where there are several. Its end comes soon after,
    /// and is the operation's own where it was quicker. A token that belongs to none, or to none any more, does nothing.
    pub fn cancel(&self, token: u64) {
        let unwanted: Vec<_> =
            self.shared.lock().operations.extract_if(.., |begun| begun.token == token).collect();
        for begun in unwanted {
            // It may have ended since.
            let _ = begun.cancel.send(());
        }
    }

    /// Another sink of this queue.
    #[must_use]
    pub fn sink(&self) -> EventSink<T> {
        EventSink { shared: Some(Arc::clone(&self.shared)), tag: 0, level: LogLevel::Trace }
    }
}

impl<T> Drop for EventQueue<T> {
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

    /// What operations open here: nothing.
    type Nothing = std::convert::Infallible;

    fn line(sink: &EventSink<Nothing>, number: u32) {
        sink.lines().log(LogLevel::Warn, || Line::new(LineId::QueueFull, number.to_string()));
    }

    fn end(sink: &EventSink<Nothing>, token: u64) {
        sink.complete(Completion { token, outcome: Err(Error::new(Status::FlushTimeout, "late")) });
    }

    /// What is in the queue: a line's text and how many went missing before it, or a completion's token.
    fn unread(queue: &EventQueue<Nothing>) -> Vec<(String, u64)> {
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
    fn a_line_keeps_its_number_and_its_words() {
        let (sink, queue) = channel::<Nothing>(2);
        let line = || {
            Line::new(LineId::DataLost, "gone".to_owned())
                .with("points", 7_u64)
                .with_some("grpc_code", Some(3))
                .with_some("nothing", None::<u64>)
                .with("pause", Duration::from_millis(1500))
        };
        sink.with_tag(9).lines().log(LogLevel::Warn, line);
        let Next::Event(event) = queue.next(Some(Duration::ZERO)) else { panic!("no line") };
        assert_eq!((event.tag, event.id, event.message.as_str()), (9, Some(LineId::DataLost), "gone"));
        assert_eq!(event.fields, line().fields);
        let names: Vec<_> = event.fields.iter().map(|field| field.name).collect();
        assert_eq!(names, ["points", "grpc_code", "pause"]);
        end(&sink, 1);
        let Next::Event(end) = queue.next(Some(Duration::ZERO)) else { panic!("no end") };
        assert_eq!((end.id, end.fields), (None, Vec::new()));
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
        assert!(sink.begin(3).is_ok());
        queue.close();
        end(&sink, 2);
        let refused = |sink: EventSink<Nothing>| sink.begin(4).err().map(|error| error.status);
        assert_eq!(refused(sink.clone()), Some(Status::EventsClosed));
        assert_eq!(unread(&queue), told(&[("#1", 0)]));
        assert!(matches!(queue.next(None), Next::Closed));
        drop(queue);
        assert_eq!(refused(sink), Some(Status::EventsClosed));
        assert_eq!(refused(EventSink::none()), Some(Status::InvalidConfig));
    }

    #[tokio::test]
    async fn a_cancel_reaches_the_operations_of_its_token_and_no_other() {
        let (sink, queue) = channel::<Nothing>(1);
        let mut begun: Vec<_> = [5, 6, 5].map(|token| sink.begin(token).expect("begun")).into();
        let ended = sink.begin(5).expect("begun");
        ended.end(Err(Error::new(Status::FlushTimeout, "late")));
        queue.cancel(5);
        queue.cancel(7);
        begun[0].cancelled().await;
        begun[2].cancelled().await;
        assert!(begun[1].cancel.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Empty));
        begun.drain(..).for_each(|operation| operation.end(Ok(None)));
        assert_eq!(unread(&queue), told(&[("#5", 0), ("#5", 0), ("#6", 0), ("#5", 0)]));
        assert!(queue.shared.lock().operations.is_empty());
    }

    #[tokio::test]
    async fn a_queue_that_is_closed_cancels_what_nobody_will_hear_of() {
        let (sink, queue) = channel::<Nothing>(1);
        let mut operation = sink.begin(5).expect("begun");
        queue.close();
        operation.cancelled().await;
    }
}
