//! The gate under a model checker: every interleaving of callers, sender and closer.
//!
//! The gate's own source is compiled here once more, with the checker's locks in place of the system's.

#![allow(dead_code, reason = "the model uses what the close protocol needs of the gate")]

#[path = "../src/clock.rs"]
mod clock;
#[path = "../src/errors.rs"]
mod errors;
#[path = "../src/stage/gate.rs"]
mod gate;
mod sync {
    pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};

    pub(crate) fn is_poisoned<T>(_mutex: &Mutex<T>) -> bool {
        false
    }

    pub(crate) fn clear_poison<T>(_mutex: &Mutex<T>) {}
}

use errors::Status;
use gate::{Behind, Closing, Gate, Patience, Turned};
use loom::sync::Arc;
use loom::thread;
use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};

/// The least that a stage can be: what came in, and what became of it.
#[derive(Default)]
struct Books {
    enqueued: usize,
    pending: usize,
    sent: usize,
    dropped: usize,
}

impl Behind for Books {}

impl Books {
    fn write_off(&mut self) {
        self.dropped += std::mem::take(&mut self.pending);
    }
}

fn log(gate: &Gate<Books>) -> Result<(), Status> {
    let one = |books: &mut Books, (), _| {
        books.enqueued += 1;
        books.pending += 1;
        (1, ())
    };
    gate.admit(|_| Patience::Forever, |_| Ok((1, ())), one, |_, ()| {}).map_err(|turned| match turned {
        Turned::Away(()) => Status::QueueFull,
        Turned::Down(error) => error.status,
    })
}

/// What a thread sleeps by, with the checker's locks.
#[derive(Default)]
struct Bell {
    rung: loom::sync::Mutex<bool>,
    sound: loom::sync::Condvar,
}

impl Wake for Bell {
    fn wake(self: std::sync::Arc<Self>) {
        *self.rung.lock().expect("not poisoned") = true;
        self.sound.notify_one();
    }
}

/// Waits on this thread, asleep until it is woken.
fn wait<R>(work: impl Future<Output = R>) -> R {
    let bell = std::sync::Arc::new(Bell::default());
    let waker = Waker::from(std::sync::Arc::clone(&bell));
    let mut work = pin!(work);
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
            return done;
        }
        let mut rung = bell.rung.lock().expect("not poisoned");
        while !*rung {
            rung = bell.sound.wait(rung).expect("not poisoned");
        }
        *rung = false;
    }
}

/// Takes one after the other until the logger closes and nothing is left, like the sender does.
fn deliver(gate: &Gate<Books>) {
    loop {
        let more = wait(gate.when(|state| {
            if state.outcome().is_some() || state.stopped().is_some() {
                return Some(false);
            }
            if state.inner.pending > 0 {
                state.inner.pending -= 1;
                state.inner.sent += 1;
                state.release(1);
                return Some(true);
            }
            state.closing().map(|_| false)
        }));
        match more {
            Ok(true) => gate.announce(gate.lock().expect("not poisoned")),
            _ => break,
        }
    }
    drop(gate.finish(|_| Ok(()), Books::write_off));
}

/// Two callers on a queue for one, a sender and a closer: whoever was let in is in the final books, nobody is let in
/// after the end, and nobody waits for ever (the checker reports a deadlock).
#[test]
fn close_leaves_nobody_waiting_and_nothing_uncounted() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let gate = Arc::new(Gate::new(Books::default(), 1));
        let callers: Vec<_> = (0..2)
            .map(|_| {
                let gate = Arc::clone(&gate);
                thread::spawn(move || log(&gate))
            })
            .collect();
        let sender = {
            let gate = Arc::clone(&gate);
            thread::spawn(move || deliver(&gate))
        };
        gate.shut(Closing { close_run: true }, |_| {}).expect("not poisoned");
        gate.announce(gate.lock().expect("not poisoned"));
        let ended = wait(gate.when(|state| state.outcome().cloned())).expect("not poisoned");
        assert_eq!(ended, Ok(()));

        let results: Vec<_> = callers.into_iter().map(|caller| caller.join().expect("no panic")).collect();
        sender.join().expect("no panic");
        let accepted = results.iter().filter(|result| result.is_ok()).count();
        assert!(results.iter().all(|result| matches!(result, Ok(()) | Err(Status::LoggerClosed))));
        assert_eq!(log(&gate), Err(Status::LoggerClosed));
        gate.peek(|state| {
            let Books { enqueued, pending, sent, dropped } = &state.inner;
            assert_eq!((*enqueued, *pending, *sent + *dropped), (accepted, 0, accepted));
            assert_eq!(*dropped, 0, "there was time to deliver everything");
        });
    });
}

/// A closer that has run out of time writes the rest off; a caller that waits for room is told.
#[test]
fn a_close_that_is_out_of_time_wakes_those_who_wait() {
    loom::model(|| {
        let gate = Arc::new(Gate::new(Books::default(), 1));
        assert_eq!(log(&gate), Ok(()));
        let caller = {
            let gate = Arc::clone(&gate);
            thread::spawn(move || log(&gate))
        };
        gate.shut(Closing { close_run: true }, |_| {}).expect("not poisoned");
        let ended = gate.finish(|_| Err(errors::Error::new(Status::CloseTimeout, "")), Books::write_off);
        assert_eq!(ended.expect("not poisoned").map_err(|error| error.status), Err(Status::CloseTimeout));
        assert_eq!(caller.join().expect("no panic"), Err(Status::LoggerClosed));
        gate.peek(|state| {
            assert_eq!((state.inner.enqueued, state.inner.dropped, state.inner.pending), (1, 1, 0));
        });
    });
}
