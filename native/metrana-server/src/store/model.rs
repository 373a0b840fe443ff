//! What a store is told and what it tells.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use metrana_proto::types::{AggregationRule, OrderingMode};

use super::content::{SeriesKind, World};
use super::environments::EnvironmentState;

/// The id that a store gave to a run: opaque bytes to clients, hexadecimal digits to people.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunId(Bytes);

impl RunId {
    /// Takes the bytes as a message carries them.
    #[must_use]
    pub fn from_bytes(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// The bytes as messages carry them.
    #[must_use]
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for RunId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a run id is an even number of hexadecimal digits";
        let digits: Vec<u8> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect::<Option<_>>()
            .ok_or(WRONG)?;
        let (pairs, odd) = digits.as_chunks::<2>();
        if odd.is_empty() {
            Ok(Self(pairs.iter().map(|[high, low]| high << 4 | low).collect()))
        } else {
            Err(WRONG)
        }
    }
}

/// The id that a store gave to a series within its run. Not the number that a client declares it under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(pub u64);

impl fmt::Display for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What makes two runs the same run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct RunKey {
    /// The organization, where one was named.
    pub organization: Option<String>,
    /// The workspace.
    pub workspace: String,
    /// The project.
    pub project: String,
    /// The name within the project.
    pub run_name: String,
}

/// Where a run branched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkPoint {
    /// The name of the run it branched off from.
    pub parent_run_name: String,
    /// The step it branched off at.
    pub fork_step: u64,
}

/// A run as the client that created it described it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RunDefinition {
    /// Its identity.
    pub key: RunKey,
    /// The experiment it belongs to.
    pub experiment: Option<String>,
    /// The job it belongs to.
    pub orchestration_id: Option<String>,
    /// Where it branched off.
    pub fork_point: Option<ForkPoint>,
    /// What is to be computed from its series.
    pub aggregation_rules: Vec<AggregationRule>,
}

/// A run as it stands.
#[derive(Clone, Debug)]
pub struct RunInfo {
    /// Its id.
    pub id: RunId,
    /// How it was created.
    pub definition: RunDefinition,
    /// When it was created, in milliseconds since 1970.
    pub created_at_millis: i64,
    /// Whether the last thing a logger said about it is that it is over.
    pub closed: bool,
    /// How many series it has.
    pub series: u64,
    /// How many points its series have.
    pub points: u64,
}

/// The answer to opening a run.
#[derive(Clone, Debug)]
pub struct OpenedRun {
    /// True: it was not there before.
    pub created: bool,
    /// The run, with the description it was created with.
    pub run: RunInfo,
    /// Where its ordinary series stand.
    pub seeds: Vec<Seed>,
    /// What its reinforcement-learning series are.
    pub rl_families: Vec<RlFamily>,
    /// How far its environments have come.
    pub environments: Vec<EnvironmentState>,
}

/// Where one ordinary series of a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The series.
    pub definition: SeriesDefinition,
    /// The largest step it holds.
    pub last_step: u64,
    /// What its points are.
    pub kind: SeriesKind,
}

/// What the first points of a metric and scale have settled for its reinforcement-learning series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RlFamily {
    /// The metric's name.
    pub metric: String,
    /// The scale of its steps.
    pub scale: String,
    /// The keys of its labels, sorted.
    pub label_keys: Vec<String>,
    /// How its steps follow one another.
    pub ordering: OrderingMode,
    /// Whether its points have episodes.
    pub episodic: bool,
}

/// What a store calls a declaration. Points of either world that came under it are each a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclarationId(pub(super) usize);

/// The identity of a series within its run and its world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeriesDefinition {
    /// The metric's name.
    pub metric: String,
    /// The scale of its steps.
    pub scale: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How its steps follow one another.
    pub ordering: OrderingMode,
}

/// A series as it stands.
#[derive(Clone, Debug)]
pub struct SeriesInfo {
    /// Its id.
    pub id: SeriesId,
    /// What was declared.
    pub definition: SeriesDefinition,
    /// In which world it is, once it has points.
    pub world: Option<World>,
    /// What its points are.
    pub kind: SeriesKind,
    /// How many points it holds.
    pub points: u64,
    /// The largest step among them; of reinforcement learning the largest step of the training.
    pub last_step: Option<u64>,
    /// The titles of a scatter's axes, by the names that they came under.
    pub titles: BTreeMap<String, String>,
    /// The environments of a reinforcement-learning series, in the order of their first points.
    pub environments: Vec<String>,
    /// Whether the points of its metric and scale are of episodes.
    pub episodic: bool,
}

#[cfg(test)]
mod tests {
    use super::RunId;

    #[test]
    fn a_run_id_is_read_back_from_its_digits() {
        let id: RunId = "00ff1A".parse().unwrap();
        assert_eq!(id.as_bytes().as_ref(), [0x00, 0xff, 0x1a]);
        assert_eq!(id.to_string(), "00ff1a");
    }

    #[test]
    fn what_is_not_a_run_id_is_refused() {
        for text in ["0", "0g", "é0", "0x00", "１２"] {
            assert!(text.parse::<RunId>().is_err(), "{text:?}");
        }
    }
}
