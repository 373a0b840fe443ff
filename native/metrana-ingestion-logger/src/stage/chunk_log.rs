//! The row of chunks: the open one that calls write to, the full ones that wait for the sender, and how far both have come.
//!
//! A chunk closes once, and gets its number then: what a message is called on the wire is settled before anybody takes it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::books::counters::Kind;
use crate::clock;
use crate::stage::chunk::Chunk;
use crate::stage::pool::Pool;

/// Messages are numbered in steps of this, as the published engine does.
const NUMBER_STEP: u64 = 256;

/// A logger that has had nothing to send for so long gives back what only its largest burst needed.
const TRIM_AFTER: Duration = Duration::from_secs(10);

/// When the sender wants staged data.
#[derive(Clone, Copy)]
pub(crate) struct Timing {
    pub linger: Duration,
    pub max_age: Duration,
}

/// What there is for the sender.
pub(super) enum Look {
    /// The open chunk is to be closed and sent.
    Due,
    /// Nothing before then, unless the sender is woken.
    Wait(Option<Instant>),
}

pub(crate) struct ChunkLog {
    pub(super) open: Chunk,
    full: VecDeque<Chunk>,
    pool: Pool,
    next_number: u64,
    /// Records taken in so far, and how many of them are settled; both only grow.
    taken: u64,
    settled: u64,
    flush_to: u64,
    wake_on_data: bool,
    wake_on_full: bool,
    rolled: bool,
    /// Since when there has been nothing to send.
    idle_since: Option<Instant>,
}

impl ChunkLog {
    pub(super) fn new(pool: Pool) -> Self {
        Self {
            open: pool.take(),
            full: VecDeque::new(),
            pool,
            next_number: NUMBER_STEP,
            taken: 0,
            settled: 0,
            flush_to: 0,
            wake_on_data: false,
            wake_on_full: false,
            rolled: false,
            idle_since: None,
        }
    }

    /// Books a record that is about to be written to the open chunk and stands for `n` of a kind.
    #[inline]
    pub(super) fn count(&mut self, kind: Kind, n: usize) {
        if self.open.opened.is_none() {
            self.open.opened = Some(clock::instant());
            self.open.start = self.taken;
            self.idle_since = None;
        }
        self.taken += 1;
        self.open.end = self.taken;
        self.open.tally.add(kind, n);
    }

    /// Books `count` values that were collected from a tray, whose series stand in the open chunk already.
    pub(super) fn count_collected(&mut self, count: usize) {
        self.taken += count as u64;
        self.open.end = self.taken;
        self.open.tally.add(Kind::FloatPoints, count);
    }

    /// Closes the open chunk, which is full, and begins another.
    pub(super) fn roll(&mut self) {
        let closed = self.close();
        self.full.push_back(closed);
        self.rolled = true;
    }

    /// Closes the open chunk.
    pub(super) fn close(&mut self) -> Chunk {
        let fresh = self.pool.take();
        let mut closed = std::mem::replace(&mut self.open, fresh);
        closed.number = self.next_number();
        closed
    }

    fn next_number(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += NUMBER_STEP;
        number
    }

    /// A message without data, which has its place among the others.
    pub(crate) fn empty_message(&mut self) -> Chunk {
        let mut chunk = self.pool.take();
        chunk.number = self.next_number();
        chunk
    }

    /// The oldest chunk that is full.
    pub(super) fn take_full(&mut self) -> Option<Chunk> {
        self.full.pop_front()
    }

    #[cfg(test)]
    pub(super) fn full_weight(&self) -> usize {
        self.full.iter().map(|chunk| chunk.weight).sum()
    }

    /// What the sender should do about the open chunk. `idle`: nothing is unacknowledged; `hurry`: the logger is closing.
    pub(super) fn look(&mut self, timing: Timing, now: Instant, idle: bool, hurry: bool) -> Look {
        let Some(opened) = self.open.opened else {
            self.wake_on_data = true;
            return Look::Wait(if idle { self.trim(now) } else { None });
        };
        // A time that no clock will show never comes.
        let due = opened.checked_add(if idle { timing.linger.min(timing.max_age) } else { timing.max_age });
        if hurry || self.flush_to > self.open.start || due.is_some_and(|due| now >= due) {
            return Look::Due;
        }
        self.wake_on_full = true;
        Look::Wait(due)
    }

    /// Gives memory back that has rested for long. Answers when to look again.
    fn trim(&mut self, now: Instant) -> Option<Instant> {
        if !self.pool.holds_more_than_it_needs() {
            return None;
        }
        let due = self.idle_since.get_or_insert(now).checked_add(TRIM_AFTER)?;
        if now < due {
            return Some(due);
        }
        self.pool.trim();
        None
    }

    /// Whether a call that was committed is to wake the sender.
    pub(super) fn wakes_sender(&mut self) -> bool {
        let wake = self.wake_on_data || (self.rolled && self.wake_on_full);
        self.rolled = false;
        if wake {
            self.wake_on_data = false;
            self.wake_on_full = false;
        }
        wake
    }

    /// Whether there is something for the sender; if not, it will be woken when there is.
    pub(crate) fn wants_sender(&mut self) -> bool {
        self.wake_on_data = self.is_drained();
        !self.wake_on_data
    }

    pub(crate) fn pool(&self) -> Pool {
        self.pool.clone()
    }

    /// Whether there is nothing left for the sender to take.
    pub(crate) fn is_drained(&self) -> bool {
        self.full.is_empty() && self.open.is_empty()
    }

    /// Everything up to a mark found its end.
    pub(super) fn settle(&mut self, end: u64) {
        self.settled = self.settled.max(end);
    }

    /// Everything found its end.
    pub(super) fn write_off(&mut self) {
        self.settled = self.taken;
        self.full.clear();
        self.open = self.pool.take();
    }

    /// Asks for everything taken in so far to be sent at once. Answers with how far that is.
    pub(super) fn request_flush(&mut self) -> u64 {
        self.flush_to = self.taken;
        self.taken
    }

    /// Whether something that was asked to be sent at once has not found its end.
    pub(super) fn is_flushing(&self) -> bool {
        self.flush_to > self.settled
    }

    /// Up to where everything found its end.
    pub(super) fn settled(&self) -> u64 {
        self.settled
    }
}
