//! What was taken in, in numbers.

/// What was taken in so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// Points that contradict what the first points of their metric and scale have settled: other label keys, another
    /// ordering, episodes or none, another kind. Those that their series cannot hold are also ignored.
    pub conflicting_points: u64,
    /// Data messages that were taken in: greetings, mere declarations and duplicates are not among them.
    pub messages: u64,
    /// Messages that had come before and were left out.
    pub duplicate_messages: u64,
    /// Update streams that were opened.
    pub streams: u64,
    /// What the messages held that is not kept.
    pub not_kept: NotKept,
}

/// What a message held that is counted but not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotKept {
    /// Points whose series this stream has not declared.
    pub unknown_series_points: u64,
    /// Points that make no sense, or none in their series.
    pub ignored_points: u64,
    /// Attribute updates without a path.
    pub ignored_attributes: u64,
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
        self.not_kept.add(other.not_kept);
    }

    /// Points of all kinds.
    #[must_use]
    pub fn all_points(&self) -> u64 {
        self.points + self.rl_points + self.histograms + self.scatters
    }
}

impl NotKept {
    /// Adds what another message held.
    pub fn add(&mut self, other: Self) {
        self.unknown_series_points += other.unknown_series_points;
        self.ignored_points += other.ignored_points;
        self.ignored_attributes += other.ignored_attributes;
    }
}
