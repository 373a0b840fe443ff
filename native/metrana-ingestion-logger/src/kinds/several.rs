//! Calls of several kinds in one: all of it or nothing.

use crate::books::counters::{Counters, Kind};
use crate::errors::Error;
use crate::kinds::Call;
use crate::kinds::histogram::{HistogramCall, Histograms};
use crate::kinds::rl::{self, RlCall};
use crate::kinds::std::{self, StdCall};
use crate::names::Names;
use crate::names::ids::{LaneId, SeriesId};
use crate::names::key::LabelRoom;
use crate::names::rl_cursor::RlCursor;
use crate::points::{RlFloats, SeriesHandle, StdFloats};
use crate::stage::Stage;

/// One of several calls that are made as one.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// Points of an ordinary series.
    Std(StdFloats<'a>),
    /// The same, of a series that a handle stands for. The name in the points is not looked at.
    KnownStd(SeriesHandle, StdFloats<'a>),
    /// Points of a reinforcement-learning series.
    Rl(RlFloats<'a>),
    /// The same, of a series that a handle stands for. The name in the points is not looked at.
    KnownRl(SeriesHandle, RlFloats<'a>),
    /// Histograms.
    Histograms(Histograms<'a>),
}

impl<'a> From<StdFloats<'a>> for Piece<'a> {
    fn from(points: StdFloats<'a>) -> Self {
        Self::Std(points)
    }
}

impl<'a> From<RlFloats<'a>> for Piece<'a> {
    fn from(points: RlFloats<'a>) -> Self {
        Self::Rl(points)
    }
}

impl<'a> From<Histograms<'a>> for Piece<'a> {
    fn from(histograms: Histograms<'a>) -> Self {
        Self::Histograms(histograms)
    }
}

pub(crate) struct BatchCall<'a> {
    calls: Vec<PieceCall<'a>>,
}

enum PieceCall<'a> {
    Std(StdCall<'a>),
    Rl(RlCall<'a>),
    Histograms(HistogramCall<'a>),
}

/// What was found out about a piece that brings points.
pub(crate) enum PiecePlan {
    Std(std::StdPlan),
    Rl(rl::RlPlan),
    Histograms(Option<SeriesId>),
}

impl<'a> BatchCall<'a> {
    /// `rooms`: one for each piece. `resolve` answers with the series that a handle stands for.
    pub(crate) fn new<'b: 'a>(
        pieces: &'a [Piece<'b>],
        rooms: &'a mut [LabelRoom<'b>],
        resolve: impl Fn(SeriesHandle) -> Result<SeriesId, Error>,
        now: i64,
    ) -> Result<Self, Error> {
        let calls = pieces.iter().zip(rooms).map(|(piece, room)| {
            Ok(match piece {
                Piece::Std(points) => PieceCall::Std(StdCall::new(points, room)?),
                Piece::KnownStd(handle, points) => {
                    let StdFloats { values, steps, timestamps, .. } = *points;
                    PieceCall::Std(StdCall::known(resolve(*handle)?, values, steps, timestamps)?)
                }
                Piece::Rl(points) => PieceCall::Rl(RlCall::new(points, room)?),
                Piece::KnownRl(handle, points) => PieceCall::Rl(RlCall::known(resolve(*handle)?, points)?),
                Piece::Histograms(points) => PieceCall::Histograms(HistogramCall::new(points, room, now)?),
            })
        });
        Ok(Self { calls: calls.collect::<Result<_, Error>>()? })
    }
}

impl PieceCall<'_> {
    fn size(&self) -> (Kind, usize) {
        match self {
            Self::Std(call) => call.size(),
            Self::Rl(call) => call.size(),
            Self::Histograms(call) => call.size(),
        }
    }

    fn check_names(&self, names: &Names) -> Result<(), Error> {
        match self {
            Self::Std(call) => call.check_names(names),
            Self::Rl(call) => call.check_names(names),
            Self::Histograms(call) => call.check_names(names),
        }
    }

    /// Plans it, and moves on what the pieces behind it are checked against.
    fn rehearse(&self, stage: &mut Stage, moved: &mut Moved) -> Result<(usize, PiecePlan), Error> {
        Ok(match self {
            Self::Std(call) => {
                let (needed, plan) = call.plan(stage)?;
                let id = plan.open(stage, call);
                moved.steps.push((id, plan.reach(stage, id)));
                (needed, PiecePlan::Std(plan))
            }
            Self::Rl(call) => {
                let (needed, mut plan) = call.plan(stage)?;
                call.rehearse(stage, &mut plan, &mut moved.cursors);
                (needed, PiecePlan::Rl(plan))
            }
            Self::Histograms(call) => {
                let (needed, series) = call.plan(stage)?;
                let id = call.open(stage, series);
                moved.steps.push((id, call.reach(stage, id)));
                (needed, PiecePlan::Histograms(series))
            }
        })
    }

    fn commit(&self, stage: &mut Stage, plan: PiecePlan, now: i64) {
        match (self, plan) {
            (Self::Std(call), PiecePlan::Std(plan)) => call.commit(stage, plan, now),
            (Self::Rl(call), PiecePlan::Rl(plan)) => call.commit(stage, plan, now),
            (Self::Histograms(call), PiecePlan::Histograms(plan)) => call.commit(stage, plan, now),
            // A piece has the plan that it made.
            (Self::Std(_) | Self::Rl(_) | Self::Histograms(_), _) => {}
        }
    }
}

/// What was moved on while pieces were planned, and is put back.
#[derive(Default)]
struct Moved {
    steps: Vec<(SeriesId, Option<u64>)>,
    cursors: Vec<(LaneId, RlCursor)>,
}

impl Moved {
    /// In the order in which it came about, backwards.
    fn put_back(self, stage: &mut Stage) {
        for (id, last_step) in self.steps.into_iter().rev() {
            stage.names.registry.get_mut(id).last_step = last_step;
        }
        for (id, cursor) in self.cursors.into_iter().rev() {
            stage.names.lanes.get_mut(id).cursor = cursor;
        }
    }
}

impl Call for BatchCall<'_> {
    /// Of each piece that brings points, in their order.
    type Plan = Vec<PiecePlan>;

    fn size(&self) -> (Kind, usize) {
        (Kind::FloatPoints, self.calls.iter().map(|call| call.size().1).sum())
    }

    fn refuse(&self, counters: &mut Counters) {
        for call in &self.calls {
            let (kind, size) = call.size();
            counters.of(kind).refuse(size);
        }
    }

    fn check_names(&self, names: &Names) -> Result<(), Error> {
        self.calls.iter().try_for_each(|call| call.check_names(names))
    }

    /// Each piece is planned as if those before it had been logged; then everything is put back. New series get the same
    /// numbers when they come to be again.
    fn plan(&self, stage: &mut Stage) -> Result<(usize, Self::Plan), Error> {
        let names = &stage.names;
        let savepoint = (names.registry.savepoint(), names.environments.savepoint(), names.lanes.savepoint());
        let mut moved = Moved::default();
        let mut plans = Vec::with_capacity(self.calls.len());
        let mut weight = 0;
        let mut outcome = Ok(());
        for call in &self.calls {
            outcome = if call.size().1 == 0 {
                call.check_names(&stage.names)
            } else {
                call.rehearse(stage, &mut moved).map(|(needed, plan)| {
                    weight += needed;
                    plans.push(plan);
                })
            };
            if outcome.is_err() {
                break;
            }
        }
        moved.put_back(stage);
        let (series, environments, lanes) = savepoint;
        stage.names.lanes.roll_back(lanes);
        stage.names.environments.roll_back(environments);
        stage.names.registry.roll_back(series);
        for plan in &mut plans {
            if let PiecePlan::Rl(plan) = plan {
                plan.forget_from(environments, lanes);
            }
        }
        outcome.map(|()| (weight, plans))
    }

    fn commit(&self, stage: &mut Stage, plans: Self::Plan, now: i64) {
        // A value that came into a tray between two pieces would have the step that is planned for the second.
        stage.with_trays_shut(|stage| {
            let calls = self.calls.iter().filter(|call| call.size().1 > 0);
            for (call, plan) in calls.zip(plans) {
                call.commit(stage, plan, now);
            }
        });
    }
}
