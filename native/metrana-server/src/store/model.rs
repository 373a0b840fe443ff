//! What a store is told and what it tells.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use metrana_proto::types::{AggregationFn, AggregationRule, OrderingMode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::content::{SeriesKind, World};
use super::counts::NotKept;
use super::edit::{Marks, ProjectKey};
use super::environments::EnvironmentState;
use super::lineage::{Inheritance, InheritedPoints};
use super::rl::InheritedTrack;
use super::status::{Ending, RunStatus};

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

    /// Its digits, cut where they are more than any id has that a store gives. A client may send an id of any length.
    #[must_use]
    pub fn shown(&self) -> String {
        const MOST: usize = 32;
        if self.0.len() <= MOST {
            return self.to_string();
        }
        format!("{}… ({} bytes)", Self(self.0.slice(..MOST)), self.0.len())
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// As text: its digits.
impl Serialize for RunId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesId(pub u64);

impl fmt::Display for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What makes two runs the same run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
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

impl RunKey {
    /// Where the run belongs.
    #[must_use]
    pub fn project(&self) -> ProjectKey {
        ProjectKey {
            organization: self.organization.clone(),
            workspace: self.workspace.clone(),
            project: self.project.clone(),
        }
    }
}

/// Where a run branched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForkPoint {
    /// The name of the run it branched off from.
    pub parent_run_name: String,
    /// The step it branched off at.
    pub fork_step: u64,
}

/// A run as the client that created it described it.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
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
    #[serde(with = "super::written::messages")]
    pub aggregation_rules: Vec<AggregationRule>,
}

/// A logger opens a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Opening {
    /// The run, as it is to be created when it is not there.
    pub definition: RunDefinition,
    /// The logger. 0 is one that does not say.
    pub logger_id: u64,
    /// What the run has from its parent when it is created.
    pub inherited: Inheritance,
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
    /// How it stands.
    pub status: RunStatus,
    /// How it was closed. A logger that goes on with it takes this back.
    pub ending: Option<Ending>,
    /// When a logger was last heard of, in milliseconds since 1970.
    pub last_contact_millis: i64,
    /// The run that it branched off from.
    pub parent: Option<RunId>,
    /// Whether a logger closed it and none has gone on since.
    pub closed: bool,
    /// What people said about it.
    pub marks: Marks,
    /// Its tags, which people and loggers give it.
    pub tags: Vec<String>,
    /// How many series it has.
    pub series: u64,
    /// How many points of its own its series have.
    pub points: u64,
}

impl RunInfo {
    /// The name that people see.
    #[must_use]
    pub fn name(&self) -> &str {
        self.marks.name.as_deref().unwrap_or(&self.definition.key.run_name)
    }
}

/// The answer to opening a run.
#[derive(Clone, Debug)]
pub struct OpenedRun {
    /// True: it was not there before. Also true for the logger that created it, as long as no data has come: that logger
    /// asks again when the answer was lost on its way.
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

impl DeclarationId {
    /// What is beyond a limit. Its points are left out and counted.
    pub const SURPLUS: Self = Self(u32::MAX as usize);
}

/// The identity of a series within its run and its world.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeriesKey {
    /// The metric's name.
    pub metric: String,
    /// The scale of its steps.
    pub scale: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// A series as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeriesDefinition {
    /// The metric's name.
    pub metric: String,
    /// The scale of its steps.
    pub scale: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How its steps follow one another.
    #[serde(with = "as_number")]
    pub ordering: OrderingMode,
}

impl SeriesDefinition {
    /// What it is known by.
    #[must_use]
    pub fn key(&self) -> SeriesKey {
        SeriesKey { metric: self.metric.clone(), scale: self.scale.clone(), labels: self.labels.clone() }
    }

    /// Whether its steps only grow: unless it says that they come in any order.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        self.ordering != OrderingMode::AbsoluteUnordered
    }
}

/// An ordering by its number in the protocol.
pub(super) mod as_number {
    use metrana_proto::types::OrderingMode;
    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(in crate::store) fn serialize<S: Serializer>(
        ordering: &OrderingMode,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_i32(i32::from(*ordering))
    }

    pub(in crate::store) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<OrderingMode, D::Error> {
        let number = i32::deserialize(from)?;
        OrderingMode::try_from(number).map_err(serde::de::Error::custom)
    }
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
    /// How many points of it count, those of its run's parent included.
    pub points: u64,
    /// How many of them are of its run's parent.
    pub inherited: Option<InheritedPoints>,
    /// The same for each environment of reinforcement learning.
    pub inherited_tracks: Vec<InheritedTrack>,
    /// How many points arrived for it and are kept, whether or not they count.
    pub raw_points: u64,
    /// What arrived for it and does not count, by reason.
    pub not_kept: NotKept,
    /// The largest step among those that count; of reinforcement learning the largest step of the training.
    pub last_step: Option<u64>,
    /// The titles of a scatter's axes, by the names that they came under.
    pub titles: BTreeMap<String, String>,
    /// The environments of a reinforcement-learning series, in the order of their first points.
    pub environments: Vec<String>,
    /// Whether the points of its metric and scale are of episodes.
    pub episodic: bool,
    /// What it is made of when an aggregation rule makes it of others. A store keeps none of those.
    pub aggregate: Option<Aggregate>,
}

/// How a series is made of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// What becomes of the values of one step.
    pub function: AggregationFn,
    /// The labels in which its sources differ.
    pub over: Vec<String>,
    /// Whether its steps are episodes.
    pub by_episode: bool,
    /// What it is made of; of series of reinforcement learning with their environments.
    pub sources: Vec<(SeriesId, Option<Vec<String>>)>,
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
    fn an_id_of_any_length_is_shown_in_a_line() {
        let id = |length| RunId::from_bytes(vec![0xab; length].into());
        assert_eq!(id(16).shown(), id(16).to_string());
        assert_eq!(id(32).shown().len(), 64);
        assert_eq!(id(1 << 20).shown(), format!("{}… (1048576 bytes)", "ab".repeat(32)));
    }

    #[test]
    fn what_is_not_a_run_id_is_refused() {
        for text in ["0", "0g", "é0", "0x00", "１２"] {
            assert!(text.parse::<RunId>().is_err(), "{text:?}");
        }
    }
}
