//! What was taken in, in numbers.

use serde::{Deserialize, Serialize};

/// What was taken in so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Runs.
    pub runs: u64,
    /// Series.
    pub series: u64,
    /// Float points of ordinary series.
    pub points: u64,
    /// Float points of reinforcement learning.
    pub rl_points: u64,
    /// Histograms.
    pub histograms: u64,
    /// Scatters.
    pub scatters: u64,
    /// Changes to attributes of runs.
    pub attribute_updates: u64,
    /// Changes to attributes of environments.
    pub env_attribute_updates: u64,
    /// Points that are kept although they contradict what the first points of their metric and scale have settled: other
    /// label keys, another ordering or kind under other labels, episodes or none.
    pub conflicting_points: u64,
    /// Data messages that were taken in: greetings, mere declarations and duplicates are not among them.
    pub messages: u64,
    /// Messages that had come before and were left out.
    pub duplicate_messages: u64,
    /// Update streams that were opened.
    pub streams: u64,
    /// Parts of traces that were taken in.
    pub trace_updates: u64,
    /// What came and does not count, by reason.
    pub not_kept: NotKept,
}

/// What came and does not count, by reason. Nothing of it was refused: a message is acknowledged whatever it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotKept {
    /// Points whose series the stream has not declared.
    pub unknown_series_points: u64,
    /// Points that make no sense.
    pub malformed_points: u64,
    /// Points of ordered series at steps that the series had passed: sent again, or a mistake.
    pub stale_points: u64,
    /// Points of unordered series whose step another point took later.
    pub replaced_points: u64,
    /// Points under another ordering than the first points of their series.
    pub other_ordering_points: u64,
    /// Points of another kind than the first ones of their series.
    pub other_kind_points: u64,
    /// Points of what is beyond a limit: too many series or environments, or a name that is too long.
    pub surplus_points: u64,
    /// Attribute updates without a path.
    pub ignored_attributes: u64,
    /// Attribute updates of what is beyond a limit.
    pub surplus_attributes: u64,
    /// Messages that nobody can read.
    pub unreadable_messages: u64,
    /// Messages that are larger than what is taken, or have more parts.
    pub oversized_messages: u64,
}

impl Counts {
    /// Adds what another run took in.
    pub fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.series += other.series;
        self.points += other.points;
        self.rl_points += other.rl_points;
        self.histograms += other.histograms;
        self.scatters += other.scatters;
        self.attribute_updates += other.attribute_updates;
        self.env_attribute_updates += other.env_attribute_updates;
        self.conflicting_points += other.conflicting_points;
        self.messages += other.messages;
        self.duplicate_messages += other.duplicate_messages;
        self.streams += other.streams;
        self.trace_updates += other.trace_updates;
        self.not_kept.add(other.not_kept);
    }

    /// Points of all kinds that count.
    #[must_use]
    pub fn all_points(&self) -> u64 {
        self.points + self.rl_points + self.histograms + self.scatters
    }
}

impl NotKept {
    /// Adds what came besides.
    pub fn add(&mut self, other: Self) {
        self.unknown_series_points += other.unknown_series_points;
        self.malformed_points += other.malformed_points;
        self.stale_points += other.stale_points;
        self.replaced_points += other.replaced_points;
        self.other_ordering_points += other.other_ordering_points;
        self.other_kind_points += other.other_kind_points;
        self.surplus_points += other.surplus_points;
        self.ignored_attributes += other.ignored_attributes;
        self.surplus_attributes += other.surplus_attributes;
        self.unreadable_messages += other.unreadable_messages;
        self.oversized_messages += other.oversized_messages;
    }

    /// Points of declared series that do not count, for whatever reason.
    #[must_use]
    pub fn ignored_points(&self) -> u64 {
        self.malformed_points
            + self.stale_points
            + self.replaced_points
            + self.other_ordering_points
            + self.other_kind_points
            + self.surplus_points
    }
}
