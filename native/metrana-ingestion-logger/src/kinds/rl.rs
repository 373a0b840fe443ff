//! Points of reinforcement learning: one series in many environments, row by row.
//!
//! A call is a grid of environments by points. Rows, episodes, steps and timestamps are read where they lie: what a
//! caller gives once for all is written once for each batch and never spread out in memory.

#![allow(
    clippy::indexing_slicing,
    reason = "shapes are checked before a call is planned, so each environment and each value has its place in every column"
)]

use std::ops::Range;

use crate::books::counters::Kind;
use crate::errors::Error;
use crate::kinds::Call;
use crate::names::Names;
use crate::names::environments::EnvironmentTable;
use crate::names::ids::LaneId;
use crate::names::ids::SeriesId;
use crate::names::key::{Key, LabelRoom, Who, World};
use crate::names::rl_cursor::{EpisodeSteps, RlCursor};
use crate::names::series::Nature;
use crate::names::validate;
use crate::points::EnvironmentId;
use crate::points::StepStrategy;
use crate::points::{Environments, RlFloats, Spread};
use crate::stage::{Row, Sizes, Stage};
use crate::wire::rl_step_batch::{RL_BATCH_FRAME, RlBatch};
use crate::wire::{BatchSteps, BatchTimes, Columns, worst_point_len};

/// A call with its name and its shape in order.
pub(crate) struct RlCall<'a> {
    who: Who<'a>,
    points: &'a RlFloats<'a>,
    nature: Nature,
    /// Points of each environment.
    row: usize,
}

pub(crate) struct RlPlan {
    /// None: the series is new.
    series: Option<SeriesId>,
    /// The rows, where the stage has none for this call: it is one of several.
    rows: Option<Vec<Row>>,
}

impl RlPlan {
    /// Forgets what has come to be since and was put back.
    pub(crate) fn forget_from(&mut self, environments: usize, lanes: usize) {
        for row in self.rows.iter_mut().flatten() {
            row.environment = row.environment.filter(|id| id.index() < environments);
            row.lane = row.lane.filter(|id| id.index() < lanes);
        }
    }
}

impl<'a> RlCall<'a> {
    /// A call that names its series. What can be checked without the stage is checked here.
    pub(crate) fn new<'b: 'a>(points: &'a RlFloats<'b>, room: &'a mut LabelRoom<'b>) -> Result<Self, Error> {
        let RlFloats { metric, scale, labels, .. } = *points;
        Self::checked(Who::Named(Key::new(World::Rl, metric, scale, labels, room)), points)
    }

    /// A call to the series that a handle stands for.
    pub(crate) fn known(series: SeriesId, points: &'a RlFloats<'a>) -> Result<Self, Error> {
        Self::checked(Who::Known(World::Rl, series), points)
    }

    fn checked(who: Who<'a>, points: &'a RlFloats<'a>) -> Result<Self, Error> {
        let environments = points.environments.len();
        let count = points.values.len();
        if environments == 0 {
            return Err(Error::validation("invalid points: at least one environment must be given"));
        }
        if environments > 1 && !count.is_multiple_of(environments) {
            return Err(Error::validation(format!(
                "invalid points: {count} values do not make whole rows for {environments} environments"
            )));
        }
        let row = if environments > 1 { count / environments } else { count };
        points.episodes.check_shape("episodes", environments, row)?;
        points.steps.check_shape("steps", environments, row)?;
        points.timestamps.check_shape("timestamps_millis", environments, row)?;
        validate::step("rl_step", points.rl_step)?;
        points.episodes.each(|episode| validate::step("episode", *episode))?;
        check_strategy(points)?;
        let nature = Nature::rl(points.ordered, !matches!(points.episodes, Spread::None));
        let call = Self { who, points, nature, row };
        match points.steps {
            Spread::None => {}
            Spread::Uniform(first) => {
                (0..environments).try_for_each(|environment| call.check_range(environment, first))?;
            }
            Spread::PerEnvironment(firsts) => {
                let mut rows = firsts.iter().enumerate();
                rows.try_for_each(|(environment, first)| call.check_range(environment, *first))?;
            }
            Spread::Grid(steps) => steps.iter().try_for_each(|step| validate::step("env step", *step))?,
        }
        Ok(call)
    }

    /// Whether the steps of a row that begin at `first` have room below the largest step.
    fn check_range(&self, environment: usize, first: u64) -> Result<(), Error> {
        if validate::step_range(first, self.row).is_ok() {
            return Ok(());
        }
        // Each episode of the row begins there again, so no range is longer than its longest episode.
        let mut counted = EpisodeSteps::default();
        for (run, episode) in self.runs(environment) {
            counted.set(episode, counted.get(episode).unwrap_or(0) + run.len() as u64);
        }
        let longest = usize::try_from(counted.highest()).unwrap_or(self.row);
        validate::step_range(first, longest).map(drop)
    }

    fn sizes(&self) -> Sizes {
        let point = worst_point_len(
            self.points.values.width(),
            matches!(self.points.steps, Spread::Grid(_)),
            matches!(self.points.timestamps, Spread::Grid(_)),
        );
        Sizes { point, batch: RL_BATCH_FRAME }
    }

    /// The row of an environment, cut where the episode changes.
    fn runs(&self, environment: usize) -> impl Iterator<Item = (Range<usize>, Option<u64>)> + '_ {
        let start = environment * self.row;
        let end = start + self.row;
        let mut at = start;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (run, episode) = match self.points.episodes {
                Spread::None => (at..end, None),
                Spread::Uniform(episode) => (at..end, Some(episode)),
                Spread::PerEnvironment(episodes) => (at..end, Some(episodes[environment])),
                Spread::Grid(episodes) => {
                    let episode = episodes[at];
                    let len = episodes[at..end].iter().take_while(|other| **other == episode).count();
                    (at..at + len, Some(episode))
                }
            };
            at = run.end;
            Some((run, episode))
        })
    }

    /// How many batches the call makes, at most, before the message limit cuts them.
    fn batches(&self) -> usize {
        let environments = self.points.environments.len();
        match self.points.episodes {
            Spread::None | Spread::Uniform(_) | Spread::PerEnvironment(_) => environments,
            Spread::Grid(_) => (0..environments).map(|environment| self.runs(environment).count()).sum(),
        }
    }

    /// Finds the lane of every row. Whether its automatic steps have room below the largest step, and its strategy is
    /// the lane's.
    fn find_rows(&self, stage: &Stage, series: Option<SeriesId>, rows: &mut Vec<Row>) -> Result<(), Error> {
        rows.clear();
        let automatic = matches!(self.points.steps, Spread::None);
        let count = self.points.values.len() as u64;
        for index in 0..self.points.environments.len() {
            let environment = match self.points.environments {
                Environments::Names(names) => stage.names.environments.find(names[index]),
                Environments::Known(ids) => Some(ids[index]),
            };
            environment.map_or(Ok(()), |id| check_known(&stage.names.environments, id))?;
            let Some(environment) = environment else {
                if let Environments::Names(names) = self.points.environments {
                    validate::environment(names[index])?;
                }
                rows.push(Row { environment: None, lane: None });
                continue;
            };
            let lane = series.and_then(|series| stage.names.lanes.find(series, environment));
            rows.push(Row { environment: Some(environment), lane });
            let Some(lane) = lane else { continue };
            let cursor = &stage.names.lanes.get(lane).cursor;
            if let Some(pinned) = cursor.strategy().filter(|pinned| *pinned != self.points.strategy) {
                return Err(Error::validation(format!(
                    "step strategy conflict: {} in environment '{}' counts its steps by {}, this call by {}",
                    self.who.spoken(),
                    stage.names.environments.name(environment),
                    pinned.spoken(),
                    self.points.strategy.spoken()
                )));
            }
            // The bound is over all episodes and environments; only where it does not fit, each is looked at.
            let fits = |next: u64, count: u64| next.saturating_add(count) <= validate::MAX_STEP + 1;
            if automatic
                && !fits(cursor.bound(self.points.rl_step), count)
                && !self.automatic_steps(stage, environment, cursor).all(|(next, count)| fits(next, count))
            {
                return Err(Error::validation(format!(
                    "invalid points: automatic env steps of {} in environment '{}' would exceed {}",
                    self.who.spoken(),
                    stage.names.environments.name(environment),
                    validate::MAX_STEP
                )));
            }
        }
        Ok(())
    }

    /// Where the runs of an environment begin, in all of its rows, when their steps are automatic; and how long they are.
    fn automatic_steps<'c>(
        &'c self,
        stage: &'c Stage,
        environment: EnvironmentId,
        cursor: &'c RlCursor,
    ) -> impl Iterator<Item = (u64, u64)> + 'c {
        let mut begun = EpisodeSteps::default();
        let rows = (0..self.points.environments.len()).filter(move |row| match self.points.environments {
            Environments::Names(names) => stage.names.environments.find(names[*row]) == Some(environment),
            Environments::Known(ids) => ids[*row] == environment,
        });
        rows.flat_map(|row| self.runs(row)).map(move |(run, episode)| {
            let next = begun.get(episode).unwrap_or_else(|| cursor.next_at(self.points.rl_step, episode));
            let count = run.len() as u64;
            begun.set(episode, next.saturating_add(count));
            (next, count)
        })
    }

    /// Does everything that the pieces behind this one in a batch are checked against, and writes nothing. `cursors` gets what
    /// was changed, as it was before.
    pub(crate) fn rehearse(
        &self,
        stage: &mut Stage,
        plan: &mut RlPlan,
        cursors: &mut Vec<(LaneId, RlCursor)>,
    ) {
        let series = stage.names.registry.open(&self.who, plan.series, self.nature);
        let rows = stage.rows.clone();
        for (index, row) in rows.iter().enumerate() {
            let (_, lane) = self.lane_of_row(stage, series, index, *row);
            cursors.push((lane, stage.names.lanes.get(lane).cursor.clone()));
            self.walk_row(stage, lane, index, |_, _, _, _| {});
        }
        plan.rows = Some(rows);
    }

    /// The environment of a row and its lane, which come to be now where they are new.
    fn lane_of_row(
        &self,
        stage: &mut Stage,
        series: SeriesId,
        index: usize,
        row: Row,
    ) -> (EnvironmentId, LaneId) {
        let environment: EnvironmentId = match (row.environment, self.points.environments) {
            (Some(known), _) => known,
            (None, Environments::Names(names)) => stage.names.environments.find_or_add(names[index]),
            (None, Environments::Known(ids)) => ids[index],
        };
        let lane = row.lane.unwrap_or_else(|| {
            stage.names.lanes.find_or_add(series, environment, stage.names.environments.name(environment))
        });
        (environment, lane)
    }

    fn commit_row(&self, stage: &mut Stage, lane: LaneId, environment: usize, now: i64) -> u64 {
        self.walk_row(stage, lane, environment, |stage, run, episode, first| {
            self.put_run(stage, lane, environment, run, episode, first, now);
        })
    }

    /// Gives the points of a row their steps, run by run. `put` gets each run with its episode and its first step, if its steps
    /// are not given one by one. Answers with how many did not grow.
    fn walk_row(
        &self,
        stage: &mut Stage,
        lane: LaneId,
        environment: usize,
        mut put: impl FnMut(&mut Stage, &Range<usize>, Option<u64>, Option<u64>),
    ) -> u64 {
        let rl_step = self.points.rl_step;
        let cursor = &mut stage.names.lanes.get_mut(lane).cursor;
        cursor.begin(rl_step, self.points.strategy);
        let behind = cursor.is_behind(rl_step);
        let mut mis_steps = if behind { self.row as u64 } else { 0 };
        // The next step of each episode of the row, where a step was given to begin at. A row of one episode has one run.
        let mut begun = matches!(self.points.episodes, Spread::Grid(_)).then(EpisodeSteps::default);
        for (run, episode) in self.runs(environment) {
            let cursor = &mut stage.names.lanes.get_mut(lane).cursor;
            if matches!(self.points.steps, Spread::None) && !behind {
                // The common case: nothing can be wrong with steps that nobody gave.
                let first = cursor.advance(episode, run.len() as u64);
                put(stage, &run, episode, Some(first));
                continue;
            }
            let reached = cursor.next(episode);
            let again = begun.as_ref().and_then(|begun| begun.get(episode));
            let first = match self.points.steps {
                // A call behind begins anew.
                Spread::None => Some(0),
                Spread::Uniform(first) => Some(again.unwrap_or(first)),
                Spread::PerEnvironment(firsts) => Some(again.unwrap_or(firsts[environment])),
                Spread::Grid(_) => None,
            };
            let next = match (first, self.points.steps) {
                (Some(first), _) => first + run.len() as u64,
                (None, Spread::Grid(steps)) => {
                    steps[run.clone()].iter().max().map_or(0, |highest| highest + 1)
                }
                (None, _) => 0,
            };
            if let (Some(begun), Some(_)) = (&mut begun, first) {
                begun.set(episode, next);
            }
            if !behind {
                let begins = first.unwrap_or(next.saturating_sub(1));
                if self.points.ordered && begins < reached {
                    mis_steps += (reached - begins).min(run.len() as u64);
                }
                cursor.reach(episode, next);
            }
            put(stage, &run, episode, first);
        }
        mis_steps
    }

    #[allow(clippy::too_many_arguments, reason = "they are what a batch is made of")]
    fn put_run(
        &self,
        stage: &mut Stage,
        lane: LaneId,
        environment: usize,
        run: &Range<usize>,
        episode: Option<u64>,
        first: Option<u64>,
        now: i64,
    ) {
        let RlFloats { rl_step, values, steps, timestamps, strategy, .. } = *self.points;
        stage.put_column(lane, Kind::RlFloatPoints, run.len(), self.sizes(), |piece| {
            let part = run.start + piece.start..run.start + piece.end;
            RlBatch {
                rl_step,
                episode,
                columns: Columns {
                    values: values.bytes_of(&part),
                    width: values.width(),
                    steps: match (first, steps) {
                        (None, Spread::Grid(steps)) => BatchSteps::Each(&steps[part.clone()]),
                        (first, _) => BatchSteps::From(first.unwrap_or(0) + piece.start as u64),
                    },
                    timestamps: match timestamps {
                        Spread::None => BatchTimes::At(now),
                        Spread::Uniform(millis) => BatchTimes::At(millis),
                        Spread::PerEnvironment(millis) => BatchTimes::At(millis[environment]),
                        Spread::Grid(millis) => BatchTimes::Each(&millis[part]),
                    },
                },
                strategy,
            }
        });
    }

    /// The highest episode of a row.
    fn episode_reached(&self, environment: usize) -> Option<u64> {
        match self.points.episodes {
            Spread::None => None,
            Spread::Uniform(episode) => Some(episode),
            Spread::PerEnvironment(episodes) => Some(episodes[environment]),
            Spread::Grid(episodes) => {
                episodes[environment * self.row..(environment + 1) * self.row].iter().max().copied()
            }
        }
    }
}

fn check_known(environments: &EnvironmentTable, id: EnvironmentId) -> Result<(), Error> {
    if environments.knows(id) {
        return Ok(());
    }
    Err(Error::validation(format!(
        "invalid environment: this logger has no environment {}; another logger made it",
        id.index()
    )))
}

fn check_strategy(points: &RlFloats<'_>) -> Result<(), Error> {
    let explicit = !matches!(points.steps, Spread::None);
    let refuse = |text: &str| Err(Error::validation(format!("invalid points: {text}")));
    match points.strategy {
        StepStrategy::AcrossRlSteps if !explicit => {
            refuse("CountStepsAcrossRlSteps requires explicit env steps")
        }
        StepStrategy::AcrossRlSteps if !points.ordered => {
            refuse("CountStepsAcrossRlSteps requires ordered logging")
        }
        StepStrategy::FromOne if !points.ordered => refuse("env steps from one require ordered logging"),
        StepStrategy::FromOne if matches!(points.episodes, Spread::None) => {
            refuse("env steps from one require episodes")
        }
        _ if !points.ordered && !explicit => {
            refuse("distributed logging requires explicit steps (StepInput::From or StepInput::Explicit)")
        }
        _ => Ok(()),
    }
}

impl Call for RlCall<'_> {
    type Plan = RlPlan;

    fn size(&self) -> (Kind, usize) {
        (Kind::RlFloatPoints, self.points.values.len())
    }

    fn check_names(&self, names: &Names) -> Result<(), Error> {
        names.registry.check_name(&self.who)?;
        match self.points.environments {
            Environments::Names(environments) => {
                let mut new = environments.iter().filter(|name| names.environments.find(name).is_none());
                new.try_for_each(|name| validate::environment(name))
            }
            Environments::Known(ids) => ids.iter().try_for_each(|id| check_known(&names.environments, *id)),
        }
    }

    fn plan(&self, stage: &mut Stage) -> Result<(usize, RlPlan), Error> {
        let series = stage.names.registry.resolve(&self.who, self.nature)?;
        let mut rows = std::mem::take(&mut stage.rows);
        let found = self.find_rows(stage, series, &mut rows);
        stage.rows = rows;
        found?;
        let declaration = stage.names.registry.declaration_weight(&self.who, series);
        // Each batch may end up in a message of its own.
        let each = stage.column_weight(0, self.sizes(), PREFIX);
        let points = stage.column_weight(self.points.values.len(), self.sizes(), PREFIX);
        Ok((declaration + points + self.batches() * each, RlPlan { series, rows: None }))
    }

    fn commit(&self, stage: &mut Stage, plan: RlPlan, now: i64) {
        let series = stage.names.registry.open(&self.who, plan.series, self.nature);
        let mut mis_steps = 0;
        let rows = plan.rows.unwrap_or_else(|| std::mem::take(&mut stage.rows));
        for (index, row) in rows.iter().enumerate() {
            let (environment, lane) = self.lane_of_row(stage, series, index, *row);
            mis_steps += self.commit_row(stage, lane, index, now);
            stage.names.environments.note(environment, self.points.rl_step, self.episode_reached(index));
        }
        stage.rows = rows;
        let last = self.points.values.len().checked_sub(1).and_then(|last| self.points.values.get(last));
        stage.names.registry.reach_with(series, Some(self.points.rl_step), last);
        stage.note_mis_steps(mis_steps, |stage| {
            let series = stage.names.registry.get(series);
            let text = format!(
                "{mis_steps} step(s) of a call at rl_step {} did not grow on metric: {}; the service may not keep them",
                self.points.rl_step,
                series.name()
            );
            series.steps_did_not_grow(text, mis_steps).with("rl_step", self.points.rl_step)
        });
    }
}

/// The most bytes of a series id and an environment's name as fields.
const PREFIX: usize = 6 + 3 + 128;

impl<T: Copy> Spread<'_, T> {
    fn check_shape(&self, what: &str, environments: usize, row: usize) -> Result<(), Error> {
        let (given, wanted, shape) = match self {
            Self::None | Self::Uniform(_) => return Ok(()),
            Self::PerEnvironment(values) => (values.len(), environments, "one for each environment"),
            Self::Grid(values) => (values.len(), environments * row, "one for each value"),
        };
        if given == wanted {
            return Ok(());
        }
        Err(Error::validation(format!(
            "invalid points: {what} has {given} entries, incompatible with a [{environments}, {row}] batch: \
             {shape} makes {wanted}"
        )))
    }

    fn each(&self, mut check: impl FnMut(&T) -> Result<(), Error>) -> Result<(), Error> {
        match self {
            Self::None => Ok(()),
            Self::Uniform(value) => check(value),
            Self::PerEnvironment(values) | Self::Grid(values) => values.iter().try_for_each(check),
        }
    }
}
