//! What a store is told to take in, and what became of it.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::floats::LARGE;
use super::{
    AttributeChange, DeclarationId, EnvironmentChanges, FloatBatch, Histogram, NotKept, RlBatch, Scatter,
};

/// By what a message is known again when it comes a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct MessageKey {
    /// The logger that sent it.
    pub logger_id: u64,
    /// That logger's session.
    pub session_id: u64,
    /// Its number in the session. 0 is no number: such a message is never a duplicate.
    pub sequence_number: u64,
}

/// The content of one message, with its series resolved; each kind in the order of the message.
#[derive(Debug, Default)]
pub struct Update {
    /// Which message this is.
    pub message: MessageKey,
    /// The message as it came. Values may be slices of it.
    pub body: Bytes,
    /// When it came, in milliseconds since 1970: the time of points that have none.
    pub received_at: i64,
    /// What the numbers of its series mean.
    pub numbers: Numbers,
    /// The names of the environments of [`rl`](Self::rl), one behind the other.
    pub names: String,
    /// Float points of ordinary series.
    pub floats: Vec<(DeclarationId, FloatBatch)>,
    /// Float points of reinforcement learning.
    pub rl: Vec<RlUpdate>,
    /// Histograms. Those of one entry are all of counts or all of densities.
    pub histograms: Vec<(DeclarationId, Vec<Histogram>)>,
    /// Scatters.
    pub scatters: Vec<ScatterUpdate>,
    /// Changes to the attributes of the run.
    pub attributes: Vec<AttributeChange>,
    /// Changes to the attributes of its environments.
    pub environment_attributes: Vec<EnvironmentChanges>,
    /// What the message held besides.
    pub not_kept: NotKept,
    /// When the message says that the run is over: what it says about that.
    pub close: Option<Close>,
}

/// A logger says that a run is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    /// What it says about that.
    pub message: Option<String>,
}

/// What the numbers mean under which a message names its series: what it takes to read the message again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers(Vec<NumberRange>);

/// Consecutive numbers of consecutive declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NumberRange {
    number: u64,
    declaration: u64,
    count: u64,
}

/// Where a name stands in [`Update::names`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameRange {
    from: u32,
    until: u32,
}

/// Points of one series in one environment.
#[derive(Debug)]
pub struct RlUpdate {
    /// The series.
    pub declaration: DeclarationId,
    /// The environment.
    pub environment: NameRange,
    /// Its points.
    pub batch: RlBatch,
}

/// Scatters of one series.
#[derive(Debug)]
pub struct ScatterUpdate {
    /// The series.
    pub declaration: DeclarationId,
    /// Whether they are in three dimensions.
    pub is_3d: bool,
    /// The titles of the axes. Any replace all that the series had.
    pub titles: BTreeMap<String, String>,
    /// The scatters.
    pub points: Vec<Scatter>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was taken in.
    Stored {
        /// The first thing in it that was at odds with what had come before, in words.
        conflict: Option<String>,
    },
    /// Its number had been taken in before, and nothing was changed.
    Duplicate,
}

/// From this length on a message may be kept for the values in it.
const WORTH_KEEPING: usize = 64 << 10;

impl NameRange {
    /// Puts a name behind the others. Names beyond 4 GiB, more than any message has, are lost.
    pub fn push(names: &mut String, name: &str) -> Self {
        let end = |names: &String| u32::try_from(names.len()).unwrap_or(u32::MAX);
        let from = end(names);
        names.push_str(name);
        Self { from, until: end(names) }
    }

    pub(crate) fn of(self, names: &str) -> &str {
        names.get(self.from as usize..self.until as usize).unwrap_or_default()
    }
}

impl Numbers {
    /// Notes what a number means.
    pub fn push(&mut self, number: u64, declaration: DeclarationId) {
        let declaration = declaration.0 as u64;
        let Some(last) = self.0.last_mut() else {
            self.0.push(NumberRange { number, declaration, count: 1 });
            return;
        };
        match number.checked_sub(last.number) {
            Some(past) if past < last.count && last.declaration + past == declaration => {}
            Some(past) if past == last.count && last.declaration + past == declaration => last.count += 1,
            _ => self.0.push(NumberRange { number, declaration, count: 1 }),
        }
    }

    /// What a number means.
    #[must_use]
    pub fn find(&self, number: u64) -> Option<DeclarationId> {
        let find = |range: &NumberRange| {
            let past = number.checked_sub(range.number).filter(|past| *past < range.count)?;
            usize::try_from(range.declaration + past).ok().map(DeclarationId)
        };
        if self.0.is_sorted_by_key(|range| range.number) {
            let before = self.0.partition_point(|range| range.number <= number);
            return before.checked_sub(1).and_then(|at| self.0.get(at)).and_then(find);
        }
        self.0.iter().find_map(find)
    }

    /// The ranges in the order of their numbers, each as its first number, that one's declaration, and how many follow.
    pub(super) fn ranges(&self) -> Vec<[u64; 3]> {
        let mut ranges: Vec<[u64; 3]> =
            self.0.iter().map(|range| [range.number, range.declaration, range.count]).collect();
        ranges.sort_unstable();
        ranges.dedup();
        ranges
    }

    /// Takes back what [`ranges`](Self::ranges) gave. Nothing: there are no such numbers.
    pub(super) fn of_ranges(ranges: &[[u64; 3]]) -> Option<Self> {
        let range = |&[number, declaration, count]: &[u64; 3]| {
            number.checked_add(count)?;
            declaration.checked_add(count)?;
            Some(NumberRange { number, declaration, count })
        };
        ranges.iter().map(range).collect::<Option<_>>().map(Self)
    }
}

impl Update {
    /// Lets go of the message, so that no few values keep all of it in memory: unless next to all of it is values that are
    /// kept as slices.
    pub(super) fn detach(&mut self) {
        let kept = |batch: &FloatBatch| match batch.values.len() {
            LARGE.. => batch.values.as_bytes().len(),
            _ => 0,
        };
        let length = std::mem::take(&mut self.body).len();
        if length >= WORTH_KEEPING {
            let std = self.floats.iter().map(|(_, batch)| kept(batch));
            let rl = self.rl.iter().map(|update| kept(&update.batch.floats));
            if std.chain(rl).sum::<usize>() >= length / 8 * 7 {
                return;
            }
        }
        let std = self.floats.iter_mut().map(|(_, batch)| batch);
        let rl = self.rl.iter_mut().map(|update| &mut update.batch.floats);
        // Small ones are copied together anyway.
        for batch in std.chain(rl).filter(|batch| batch.values.len() >= LARGE) {
            batch.values.detach();
        }
    }

    /// The declarations that its points came under.
    pub(super) fn declarations(&self) -> impl Iterator<Item = DeclarationId> + '_ {
        let floats = self.floats.iter().map(|(declaration, _)| *declaration);
        let histograms = self.histograms.iter().map(|(declaration, _)| *declaration);
        let rl = self.rl.iter().map(|update| update.declaration);
        floats.chain(rl).chain(histograms).chain(self.scatters.iter().map(|update| update.declaration))
    }
}
