//! Lanes: where points queue up in a message. An ordinary series has one, a reinforcement-learning series has one for
//! each environment. All points of a lane in a message stand in one field, in the order of their calls.

use hashbrown::hash_table::HashTable;
use std::hash::BuildHasher as _;

use crate::environments::EnvironmentId;
use crate::rl_cursor::RlCursor;
use crate::series::SeriesId;
use crate::wire::{self, field};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LaneId(u32);

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
    /// The chunk it was last written to, and where it stands in that chunk's list.
    pub last_written: (u64, u32),
    /// Of a reinforcement-learning lane: where its environment steps stand.
    pub cursor: RlCursor,
}

#[derive(Default)]
pub(crate) struct Lanes {
    list: Vec<Lane>,
    by_environment: HashTable<LaneId>,
    hasher: foldhash::fast::RandomState,
}

impl Lanes {
    pub(crate) fn get(&self, id: LaneId) -> &Lane {
        &self.list[id.0 as usize]
    }

    pub(crate) fn get_mut(&mut self, id: LaneId) -> &mut Lane {
        &mut self.list[id.0 as usize]
    }

    pub(crate) fn add(&mut self, series: SeriesId, frame: Frame) -> LaneId {
        let id = LaneId(u32::try_from(self.list.len()).expect("fewer lanes than memory has bytes"));
        self.list.push(Lane { series, frame, last_written: (0, 0), cursor: RlCursor::default() });
        id
    }

    /// The lane of a series in an environment, if anything was logged to it.
    pub(crate) fn find(&self, series: SeriesId, environment: EnvironmentId) -> Option<LaneId> {
        let wanted = (series, Frame::Rl(environment));
        let is = |id: &LaneId| (self.get(*id).series, self.get(*id).frame) == wanted;
        self.by_environment.find(self.hash(series, environment), is).copied()
    }

    pub(crate) fn find_or_add(&mut self, series: SeriesId, environment: EnvironmentId) -> LaneId {
        if let Some(known) = self.find(series, environment) {
            return known;
        }
        let id = self.add(series, Frame::Rl(environment));
        let hash = self.hash(series, environment);
        let Self { list, by_environment, hasher } = self;
        by_environment.insert_unique(hash, id, |other| {
            let lane = &list[other.0 as usize];
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

/// Writes what stands in front of a lane's points: its series, its environment, and whether it is three-dimensional.
pub(crate) fn put_prefix(lane: &Lane, environment: &str, out: &mut Vec<u8>) {
    wire::put_uint(out, field::series::SERIES_ID, lane.series.on_wire());
    match lane.frame {
        Frame::Std | Frame::Histogram | Frame::Scatter { is_3d: false } => {}
        Frame::Scatter { is_3d: true } => wire::put_uint(out, field::scatter::IS_3D, 1),
        Frame::Rl(_) => {
            wire::put_len(out, field::rl::ENVIRONMENT_ID, environment.len());
            out.extend_from_slice(environment.as_bytes());
        }
    }
}

/// Bytes of that.
pub(crate) fn prefix_len(lane: &Lane, environment: &str) -> usize {
    wire::uint_len(lane.series.on_wire())
        + match lane.frame {
            Frame::Std | Frame::Histogram | Frame::Scatter { is_3d: false } => 0,
            Frame::Scatter { is_3d: true } => wire::uint_len(1),
            Frame::Rl(_) => wire::len_len(environment.len()),
        }
}
