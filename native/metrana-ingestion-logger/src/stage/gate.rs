//! The gate between the callers and the sender: who may come in, who waits, and how it ends.
//!
//! It guards the stage and bounds it in bytes. A call is let in whole or not at all; those who wait are served in
//! the order they came, so that a large call is not overtaken for ever; a call larger than the whole queue goes in
//! alone, when the queue is empty. Closing wakes everyone who waits, and so does a panic behind the gate: the lock is
//! poisoned then, and whoever slept through that would sleep for ever.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::sync::PoisonError;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::sync::{Condvar, Mutex, MutexGuard, clear_poison, is_poisoned};
use crate::clock;
use crate::errors::{Error, Status};

/// What can lie behind a gate.
pub(crate) trait Behind {
    /// By how many bytes what is held has changed behind the gate's back since it was last asked.
    fn change(&mut self) -> isize {
        0
    }

    /// Gives up whatever it holds only in case it is needed: somebody needs it now.
    fn give_way(&mut self) {}

    /// A call begins to wait for room.
    fn wait_began(&mut self) {}

    /// It has ended, whether the call was let in or not.
    fn wait_ended(&mut self, _waited: Duration) {}
}

/// What lies behind the gate, with the books of the gate itself.
pub(crate) struct GateState<S> {
    /// The stage.
    pub inner: S,
    held: usize,
    limit: usize,
    waiting: VecDeque<u64>,
    next_ticket: u64,
    closing: Option<Closing>,
    failing: Option<Error>,
    stopped: Option<Error>,
    outcome: Option<Result<(), Error>>,
    /// Who waits for an end, by number. Woken, and forgotten, whenever something may have ended.
    watchers: Vec<(u64, Waker)>,
    next_watcher: u64,
}

/// How the logger was told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closing {
    /// Whether the run ends with it.
    pub close_run: bool,
}

/// How long a call may wait for room.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Patience {
    Forever,
    Limited(Duration),
}

/// Why a call was not let in.
#[derive(Debug)]
pub(crate) enum Turned<A> {
    /// There was no room, for as long as the call was ready to wait.
    Away(A),
    /// The logger takes nothing, or the call broke a rule.
    Down(Error),
}

pub(crate) struct Gate<S> {
    state: Mutex<GateState<S>>,
    room: Condvar,
}

impl<S: Behind> GateState<S> {
    fn new(inner: S, limit: usize) -> Self {
        Self {
            inner,
            held: 0,
            limit,
            waiting: VecDeque::new(),
            next_ticket: 0,
            closing: None,
            failing: None,
            stopped: None,
            outcome: None,
            watchers: Vec::new(),
            next_watcher: 0,
        }
    }

    /// Books what changed behind the gate's back.
    pub(crate) fn catch_up(&mut self) {
        self.held = self.held.saturating_add_signed(self.inner.change());
    }

    /// Bytes that were let in and are not settled.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    pub(crate) fn closing(&self) -> Option<Closing> {
        self.closing
    }

    pub(crate) fn stopped(&self) -> Option<&Error> {
        self.stopped.as_ref()
    }

    pub(crate) fn outcome(&self) -> Option<&Result<(), Error>> {
        self.outcome.as_ref()
    }

    /// Something is lost, and so the logger will stop. What is under way is still delivered; nothing more comes in. Whoever
    /// calls this shuts what else leads in, and wakes those who wait through `Gate::announce`.
    pub(crate) fn fail(&mut self, cause: Error) {
        self.failing.get_or_insert(cause);
    }

    /// Gives room back. Whoever calls this wakes those who wait through `Gate::announce`.
    pub(crate) fn release(&mut self, weight: usize) {
        self.held = self.held.saturating_sub(weight);
    }

    /// Whether calls may come in at all.
    pub(crate) fn admits(&self) -> Result<(), Error> {
        if self.closing.is_some() {
            return Err(Error::new(Status::LoggerClosed, "logger is closed"));
        }
        match self.stopped.as_ref().or(self.failing.as_ref()) {
            None => Ok(()),
            Some(cause) => Err(Error {
                status: Status::SenderStopped,
                grpc: cause.grpc,
                message: format!(
                    "the logger has stopped because data it had accepted could not be delivered: {cause}"
                ),
            }),
        }
    }

    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    fn has_room(&self, weight: usize) -> bool {
        self.held == 0 || self.held.saturating_add(weight) <= self.limit
    }
}

/// The stage, as long as this lives.
pub(crate) struct Inside<'a, S: Behind> {
    // In this order: the lock is given back, and poisoned by a panic, before anybody is woken to find it so.
    state: MutexGuard<'a, GateState<S>>,
    _alarm: Alarm<'a, S>,
}

/// Wakes everyone when a panic passes through it.
struct Alarm<'a, S>(&'a Gate<S>);

impl<S> Drop for Alarm<'_, S> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.room.notify_all();
            let watchers = std::mem::take(&mut self.0.whatever_happened().watchers);
            wake(watchers);
        }
    }
}

fn wake(watchers: Vec<(u64, Waker)>) {
    for (_, waker) in watchers {
        waker.wake();
    }
}

/// A place among those who wait for an end, given up when it goes.
struct Watching<'a, S> {
    gate: &'a Gate<S>,
    number: Option<u64>,
}

impl<S: Behind> Watching<'_, S> {
    fn poll<R>(
        &mut self,
        context: &mut Context<'_>,
        done: &mut impl FnMut(&mut GateState<S>) -> Option<R>,
    ) -> Poll<Result<R, Error>> {
        let _alarm = Alarm(self.gate);
        let mut state = match self.gate.enter() {
            Ok(state) => state,
            Err(poisoned) => return Poll::Ready(Err(poisoned)),
        };
        if let Some(answer) = done(&mut state) {
            return Poll::Ready(Ok(answer));
        }
        let number = *self.number.get_or_insert_with(|| {
            state.next_watcher += 1;
            state.next_watcher
        });
        match state.watchers.iter_mut().find(|(watcher, _)| *watcher == number) {
            Some((_, waker)) => waker.clone_from(context.waker()),
            None => state.watchers.push((number, context.waker().clone())),
        }
        Poll::Pending
    }
}

impl<S> Drop for Watching<'_, S> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.gate.whatever_happened().watchers.retain(|(watcher, _)| *watcher != number);
        }
    }
}

impl<S> Gate<S> {
    /// The bare lock, poisoned or not: for what a panic leaves as good as it was.
    pub(crate) fn whatever_happened(&self) -> MutexGuard<'_, GateState<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Behind> Deref for Inside<'_, S> {
    type Target = GateState<S>;
    fn deref(&self) -> &GateState<S> {
        &self.state
    }
}

impl<S: Behind> DerefMut for Inside<'_, S> {
    fn deref_mut(&mut self) -> &mut GateState<S> {
        &mut self.state
    }
}

impl<S: Behind> Drop for Inside<'_, S> {
    fn drop(&mut self) {
        self.state.catch_up();
    }
}

impl<S: Behind> Gate<S> {
    pub(crate) fn new(inner: S, limit: usize) -> Self {
        let state = GateState::new(inner, limit);
        Self { state: Mutex::new(state), room: Condvar::new() }
    }

    /// Puts another stage behind the gate, as if the gate were new, whatever happened behind it before.
    pub(crate) fn reset(&self, inner: S, limit: usize) {
        let mut state = self.whatever_happened();
        let next_ticket = state.next_ticket;
        let old = std::mem::replace(&mut *state, GateState { next_ticket, ..GateState::new(inner, limit) });
        clear_poison(&self.state);
        drop(state);
        self.room.notify_all();
        let GateState { inner, watchers, .. } = old;
        wake(watchers);
        drop(inner);
    }

    /// The stage, or the news that a call panicked while it had it: nobody knows what it holds then.
    pub(crate) fn lock(&self) -> Result<Inside<'_, S>, Error> {
        Ok(Inside { state: self.enter()?, _alarm: Alarm(self) })
    }

    /// The bare lock, for those who wait with it. They hold an alarm of their own, made before.
    fn enter(&self) -> Result<MutexGuard<'_, GateState<S>>, Error> {
        self.state.lock().map_err(|_| poisoned())
    }

    /// The stage whatever happened, for those who only read.
    pub(crate) fn peek<R>(&self, read: impl FnOnce(&GateState<S>) -> R) -> R {
        match self.state.lock() {
            Ok(state) => read(&state),
            Err(poisoned) => read(&poisoned.into_inner()),
        }
    }

    /// Whether a call panicked while it had the stage.
    pub(crate) fn is_poisoned(&self) -> bool {
        is_poisoned(&self.state)
    }

    /// Lets a call in: `plan` says how many bytes it needs at most, and may be asked again after a wait; `commit`
    /// writes it and says how many it took, and hears how many more there would have been room for without anybody having
    /// to wait; `turned_away` is for the books. All three have the stage to themselves.
    pub(crate) fn admit<P, R, A>(
        &self,
        patience: impl Fn(&S) -> Patience,
        mut plan: impl FnMut(&mut S) -> Result<(usize, P), Error>,
        commit: impl FnOnce(&mut S, P, usize) -> (usize, R),
        turned_away: impl FnOnce(&mut S, P) -> A,
    ) -> Result<R, Turned<A>> {
        let _alarm = Alarm(self);
        let mut state = self.enter().map_err(Turned::Down)?;
        let mut ticket = None;
        let mut since = None;
        let mut deadline = None;
        loop {
            let planned = state.admits().and_then(|()| plan(&mut state.inner));
            let (weight, planned) = match planned {
                Ok(planned) => planned,
                Err(error) => {
                    self.leave(&mut state, ticket, since);
                    return Err(Turned::Down(error));
                }
            };
            state.catch_up();
            let first_in_line = state.waiting.front().copied() == ticket;
            if !state.has_room(weight) {
                state.inner.give_way();
                state.catch_up();
            }
            if first_in_line && state.has_room(weight) {
                self.leave(&mut state, ticket, since);
                let spare = if state.waiting.is_empty() {
                    state.limit.saturating_sub(state.held + weight)
                } else {
                    0
                };
                let (taken, result) = commit(&mut state.inner, planned, spare);
                state.held += taken;
                state.catch_up();
                return Ok(result);
            }
            if ticket.is_none() {
                let new = state.next_ticket;
                ticket = Some(new);
                state.next_ticket += 1;
                state.waiting.push_back(new);
            }
            // A time that no clock will show is for ever.
            let until = match patience(&state.inner) {
                Patience::Forever => None,
                Patience::Limited(limit) => {
                    *deadline.get_or_insert_with(|| clock::instant().checked_add(limit))
                }
            };
            let now = clock::instant();
            let left = until.map(|until| until.saturating_duration_since(now));
            if left.is_some_and(|left| left.is_zero()) {
                self.leave(&mut state, ticket, since);
                return Err(Turned::Away(turned_away(&mut state.inner, planned)));
            }
            if since.is_none() {
                since = Some(now);
                state.inner.wait_began();
            }
            state = match left {
                None => self.room.wait(state).map_err(|_| Turned::Down(poisoned()))?,
                Some(left) => self.room.wait_timeout(state, left).map_err(|_| Turned::Down(poisoned()))?.0,
            };
        }
    }

    /// Takes a waiting call out of the line; the next one may have been waiting for just that.
    /// `since`: since when it has waited, if it has.
    fn leave(&self, state: &mut GateState<S>, ticket: Option<u64>, since: Option<Instant>) {
        if let Some(ticket) = ticket {
            state.waiting.retain(|waiting| *waiting != ticket);
            if let Some(since) = since {
                state.inner.wait_ended(clock::instant().saturating_duration_since(since));
            }
            if !state.waiting.is_empty() {
                self.room.notify_all();
            }
        }
    }

    /// Wakes those who wait for room or for an end. To be called after the state changed for them.
    pub(crate) fn announce(&self, mut state: Inside<'_, S>) {
        let waiting = !state.waiting.is_empty();
        let watchers = std::mem::take(&mut state.watchers);
        drop(state);
        if waiting {
            self.room.notify_all();
        }
        wake(watchers);
    }

    /// Shuts the gate. The first call decides how; later ones change nothing. `side_doors` shuts what else leads in.
    pub(crate) fn shut(&self, closing: Closing, side_doors: impl FnOnce(&mut S)) -> Result<(), Error> {
        let mut state = self.lock()?;
        state.closing.get_or_insert(closing);
        side_doors(&mut state.inner);
        self.announce(state);
        Ok(())
    }

    /// Delivery has failed for good. `write_off` settles what is left.
    pub(crate) fn stop(&self, cause: Error, write_off: impl FnOnce(&mut S)) -> Result<(), Error> {
        let mut state = self.lock()?;
        state.stopped.get_or_insert(cause);
        write_off(&mut state.inner);
        state.catch_up();
        state.held = 0;
        self.announce(state);
        Ok(())
    }

    /// The logger has ended. The first outcome stays; `write_off` settles what is left when it is this one.
    pub(crate) fn finish(
        &self,
        outcome: impl FnOnce(&mut GateState<S>) -> Result<(), Error>,
        write_off: impl FnOnce(&mut S),
    ) -> Result<Result<(), Error>, Error> {
        let mut state = self.lock()?;
        if let Some(known) = &state.outcome {
            return Ok(known.clone());
        }
        let outcome = outcome(&mut state);
        state.outcome = Some(outcome.clone());
        write_off(&mut state.inner);
        state.catch_up();
        state.held = 0;
        self.announce(state);
        Ok(outcome)
    }

    /// Waits until `done` has an answer. Whoever waits no longer just lets go of it.
    pub(crate) async fn when<R>(
        &self,
        mut done: impl FnMut(&mut GateState<S>) -> Option<R>,
    ) -> Result<R, Error> {
        let mut watching = Watching { gate: self, number: None };
        poll_fn(move |context| watching.poll(context, &mut done)).await
    }
}

fn poisoned() -> Error {
    Error::new(
        Status::Poisoned,
        "an earlier call on this logger panicked, so it accepts nothing more; close it and open another",
    )
}
