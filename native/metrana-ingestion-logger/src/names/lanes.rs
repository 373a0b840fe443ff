//! Lanes: where points queue up in a message. An ordinary series has one, a reinforcement-learning series has one for
//! each environment. All points of a lane in a message stand in one field, in the order of their calls.

#![allow(clippy::indexing_slicing, reason = "an id comes from this table, which never shrinks")]
#![allow(clippy::expect_used, reason = "four thousand million lanes do not fit into memory")]

use std::cell::Cell;
use std::hash::BuildHasher as _;

use hashbrown::hash_table::HashTable;

use crate::names::ids::{LaneId, SeriesId};
use crate::names::rl_cursor::RlCursor;
use crate::points::EnvironmentId;
use crate::wire::{self, field};

/// The kind of field that a lane's points stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Std,
    Histogram,
    Scatter { is_3d: bool },
    Rl(EnvironmentId),
}

impl Frame {
    /// The number of the field in a request.
    pub(crate) fn field(self) -> u8 {
        match self {
            Self::Std => field::request::SERIES,
            Self::Histogram => field::request::HISTOGRAM_SERIES,
            Self::Scatter { .. } => field::request::SCATTER_SERIES,
            Self::Rl(_) => field::request::RL_SERIES,
        }
    }
}

pub(crate) struct Lane {
    pub series: SeriesId,
    pub frame: Frame,
    /// Where its prefix lies.
    prefix: (u32, u32),
    /// The chunk it was last written to, and where it stands in that chunk's list.
    pub last_written: (u64, u32),
    /// Of a reinforcement-learning lane: where its environment steps stand.
    pub cursor: RlCursor,
}

#[derive(Default)]
pub(crate) struct Lanes {
    list: Vec<Lane>,
    /// What stands in front of each lane's points, one behind the other.
    prefixes: Vec<u8>,
    by_environment: HashTable<LaneId>,
    hasher: foldhash::fast::RandomState,
    guess: Cell<Guess>,
}

/// The lane that will be asked for next. Who goes through his environments does so in the same order each time, and
/// then lane follows lane: the table, which has left the caches since, need not be asked, and the lanes are read one
/// behind the other.
#[derive(Clone, Copy, Default)]
struct Guess {
    next: LaneId,
    /// Whether the last one was right. A wrong one would read a lane that nobody asked for.
    holds: bool,
}

impl Lanes {
    pub(crate) fn get(&self, id: LaneId) -> &Lane {
        &self.list[id.index()]
    }

    pub(crate) fn get_mut(&mut self, id: LaneId) -> &mut Lane {
        &mut self.list[id.index()]
    }

    /// `environment`: the name of the frame's, if it has one.
    pub(crate) fn add(&mut self, series: SeriesId, frame: Frame, environment: &str) -> LaneId {
        let index = |index: usize| u32::try_from(index).expect("lanes fit into four gigabytes");
        let id = LaneId::from_index(index(self.list.len()));
        let start = index(self.prefixes.len());
        put_prefix(series, frame, environment, &mut self.prefixes);
        let prefix = (start, index(self.prefixes.len()));
        self.list.push(Lane { series, frame, prefix, last_written: (0, 0), cursor: RlCursor::default() });
        id
    }

    /// Where the lanes stand, to come back to.
    pub(crate) fn savepoint(&self) -> usize {
        self.list.len()
    }

    /// Forgets the lanes that came after a savepoint. Nothing was written to them.
    pub(crate) fn roll_back(&mut self, savepoint: usize) {
        if self.list.len() == savepoint {
            return;
        }
        while self.list.len() > savepoint {
            let Some(lane) = self.list.pop() else { break };
            self.prefixes.truncate(lane.prefix.0 as usize);
            let index = self.list.len();
            if let Frame::Rl(environment) = lane.frame
                && let Ok(entry) = self
                    .by_environment
                    .find_entry(self.hash(lane.series, environment), |id| id.index() == index)
            {
                entry.remove();
            }
        }
        self.guess.set(Guess::default());
    }

    /// What stands in front of a lane's points: its series, its environment, and whether it is three-dimensional.
    pub(crate) fn prefix(&self, lane: &Lane) -> &[u8] {
        &self.prefixes[lane.prefix.0 as usize..lane.prefix.1 as usize]
    }

    /// The lane of a series in an environment, if anything was logged to it.
    pub(crate) fn find(&self, series: SeriesId, environment: EnvironmentId) -> Option<LaneId> {
        let wanted = (series, Frame::Rl(environment));
        let is = |lane: &Lane| (lane.series, lane.frame) == wanted;
        let Guess { next, holds } = self.guess.get();
        let found = if holds && self.list.get(next.index()).is_some_and(is) {
            next
        } else {
            *self.by_environment.find(self.hash(series, environment), |id| is(self.get(*id)))?
        };
        self.guess.set(Guess { next: found.next(), holds: found == next });
        Some(found)
    }

    pub(crate) fn find_or_add(&mut self, series: SeriesId, environment: EnvironmentId, name: &str) -> LaneId {
        if let Some(known) = self.find(series, environment) {
            return known;
        }
        let id = self.add(series, Frame::Rl(environment), name);
        let hash = self.hash(series, environment);
        let Self { list, by_environment, hasher, .. } = self;
        by_environment.insert_unique(hash, id, |other| {
            let lane = &list[other.index()];
            match lane.frame {
                Frame::Rl(environment) => hasher.hash_one((lane.series.index(), environment.index())),
                // Only lanes of environments stand in this table.
                Frame::Std | Frame::Histogram | Frame::Scatter { .. } => 0,
            }
        });
        id
    }

    fn hash(&self, series: SeriesId, environment: EnvironmentId) -> u64 {
        self.hasher.hash_one((series.index(), environment.index()))
    }
}

impl Lane {
    pub(crate) fn prefix_len(&self) -> usize {
        (self.prefix.1 - self.prefix.0) as usize
    }
}

fn put_prefix(series: SeriesId, frame: Frame, environment: &str, out: &mut Vec<u8>) {
    wire::put_uint(out, field::series::SERIES_ID, series.on_wire());
    match frame {
        Frame::Std | Frame::Histogram | Frame::Scatter { is_3d: false } => {}
        Frame::Scatter { is_3d: true } => wire::put_uint(out, field::scatter::IS_3D, 1),
        Frame::Rl(_) => {
            wire::put_len(out, field::rl::ENVIRONMENT_ID, environment.len());
            out.extend_from_slice(environment.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_found_in_whatever_order_it_is_asked_for() {
        let series = [SeriesId::from_index(0), SeriesId::from_index(1)];
        let mut lanes = Lanes::default();
        let mut all = Vec::new();
        for environment in 0..50 {
            for series in series {
                let environment = EnvironmentId::from_u32(environment);
                all.push((series, environment, lanes.find_or_add(series, environment, "env")));
            }
        }
        let unknown = EnvironmentId::from_u32(50);
        // Each stride goes round through all: one after the other, backwards, some of one's neighbours, mixed.
        for stride in [1, 99, 2, 51, 37] {
            for at in 0..3 * all.len() {
                let (series, environment, id) = all[(at * stride + at / 70) % all.len()];
                assert_eq!(lanes.find(series, environment), Some(id));
                if at % 13 == 0 {
                    assert_eq!(lanes.find(series, unknown), None);
                }
            }
        }
    }
}
