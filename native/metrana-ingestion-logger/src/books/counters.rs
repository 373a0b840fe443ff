//! The books: what came in, and what became of it.
//!
//! All counters of a logger live behind one lock with the data that they count, so that every snapshot adds up:
//! `added = refused + enqueued` and `enqueued = sent + dropped + spooled + pending`, for each kind.

use std::time::Duration;

/// The books of one kind of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindCounters {
    /// Everything that valid calls brought, whether or not there was room for it.
    pub added: u64,
    /// Turned away because the queue was full.
    pub refused: u64,
    /// Accepted into the queue.
    pub enqueued: u64,
    /// Acknowledged by the service.
    pub sent: u64,
    /// Accepted and then lost.
    pub dropped: u64,
    /// Accepted and left on disk.
    pub spooled: u64,
    /// Accepted and still under way.
    pub pending: u64,
}

impl KindCounters {
    pub(crate) fn enqueue(&mut self, n: usize) {
        let n = n as u64;
        self.added += n;
        self.enqueued += n;
        self.pending += n;
    }

    pub(crate) fn refuse(&mut self, n: usize) {
        let n = n as u64;
        self.added += n;
        self.refused += n;
    }

    fn settle(&mut self, n: u64, fate: Fate) {
        self.pending -= n;
        match fate {
            Fate::Sent => self.sent += n,
            Fate::Dropped => self.dropped += n,
        }
    }

    /// Whether the books balance, for tests and assertions.
    #[must_use]
    pub fn balanced(&self) -> bool {
        self.added == self.refused + self.enqueued
            && self.enqueued == self.sent + self.dropped + self.spooled + self.pending
    }
}

/// What becomes of an accepted message in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Sent,
    Dropped,
}

/// A kind of data, as the books tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    FloatPoints,
    RlFloatPoints,
    HistogramPoints,
    ScatterPoints,
    AttributeUpdates,
    EnvAttributeUpdates,
}

const KINDS: [Kind; 6] = [
    Kind::FloatPoints,
    Kind::RlFloatPoints,
    Kind::HistogramPoints,
    Kind::ScatterPoints,
    Kind::AttributeUpdates,
    Kind::EnvAttributeUpdates,
];

/// How much of each kind a message carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally([u64; KINDS.len()]);

impl Tally {
    #[allow(
        clippy::indexing_slicing,
        reason = "there is a place for each kind, and every scalar comes this way"
    )]
    pub(crate) fn add(&mut self, kind: Kind, n: usize) {
        self.0[kind as usize] += n as u64;
    }

    /// Takes out what was found to be no part of it.
    pub(crate) fn subtract(&mut self, other: &Self) {
        for (n, less) in self.0.iter_mut().zip(other.0) {
            *n = n.saturating_sub(less);
        }
    }

    /// How much it is of all kinds together.
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// A snapshot of everything that a logger counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Points of ordinary series.
    pub float_points: KindCounters,
    /// Points of reinforcement-learning series.
    pub rl_float_points: KindCounters,
    /// Histograms.
    pub histogram_points: KindCounters,
    /// Scatter sets.
    pub scatter_points: KindCounters,
    /// Attribute leaves of the run.
    pub attribute_updates: KindCounters,
    /// Attribute leaves of environments.
    pub env_attribute_updates: KindCounters,
    /// Streams that were tried.
    pub connection_attempts: u64,
    /// Streams that failed.
    pub send_errors: u64,
    /// Data messages acknowledged (the one that closes the run included, hello and declarations not).
    pub requests_sent: u64,
    /// Errors put into the list that `take_errors` empties.
    pub errors_reported: u64,
    /// Errors that fell out of that list because it was full.
    pub errors_evicted: u64,
    /// Bytes of the acknowledged data messages, as they were on the wire before framing.
    pub bytes_sent: u64,
    /// Bytes accepted and not yet acknowledged: what the queue's limit bounds.
    pub pending_bytes: u64,
    /// Points logged at or below the last step of their series.
    pub mis_steps: u64,
    /// Log calls that had to wait for room in the queue, those that wait now among them.
    pub waits: u64,
    /// How long all of them together waited that wait no more.
    pub waited: Duration,
}

impl Counters {
    /// The kinds, for a reader who wants them all.
    #[must_use]
    pub fn kinds(&self) -> [&KindCounters; 6] {
        [
            &self.float_points,
            &self.rl_float_points,
            &self.histogram_points,
            &self.scatter_points,
            &self.attribute_updates,
            &self.env_attribute_updates,
        ]
    }

    pub(crate) fn of(&mut self, kind: Kind) -> &mut KindCounters {
        match kind {
            Kind::FloatPoints => &mut self.float_points,
            Kind::RlFloatPoints => &mut self.rl_float_points,
            Kind::HistogramPoints => &mut self.histogram_points,
            Kind::ScatterPoints => &mut self.scatter_points,
            Kind::AttributeUpdates => &mut self.attribute_updates,
            Kind::EnvAttributeUpdates => &mut self.env_attribute_updates,
        }
    }

    pub(crate) fn settle(&mut self, tally: &Tally, fate: Fate) {
        for (kind, n) in KINDS.into_iter().zip(tally.0) {
            self.of(kind).settle(n, fate);
        }
    }

    /// Everything that is still under way is lost.
    pub(crate) fn write_off(&mut self) {
        for kind in KINDS {
            let books = self.of(kind);
            books.settle(books.pending, Fate::Dropped);
        }
    }

    /// Everything that was accepted and lost, of any kind.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.kinds().iter().map(|kind| kind.dropped).sum()
    }
}
