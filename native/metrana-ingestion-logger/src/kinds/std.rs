//! Points of ordinary series, ordered or distributed.

#![allow(
    clippy::indexing_slicing,
    reason = "lengths are checked before a call is planned, and pieces are cut from the values"
)]

use crate::books::counters::Kind;
use crate::errors::Error;
use crate::kinds::Call;
use crate::names::Names;
use crate::names::ids::SeriesId;
use crate::names::key::{Key, LabelRoom, Who, World};
use crate::names::lanes::Frame;
use crate::names::series::Nature;
use crate::names::validate;
use crate::points::{Scalar, StdFloats, Steps, Timestamps, Values};
use crate::stage::chunk::SCALAR_WEIGHT;
use crate::stage::{Sizes, Stage};
use crate::wire::point_batch::{BATCH_FRAME, Batch};
use crate::wire::{BatchSteps, BatchTimes, Columns, worst_point_len};

/// A call, to a series by name or by handle.
pub(crate) struct StdCall<'a> {
    who: Who<'a>,
    values: Values<'a>,
    steps: Steps<'a>,
    timestamps: Timestamps<'a>,
    /// None: whatever the series of the handle is.
    nature: Option<Nature>,
}

pub(crate) struct StdPlan {
    /// None: the series is new.
    series: Option<SeriesId>,
    nature: Nature,
    first_step: u64,
    /// The largest step that the call brings.
    last_step: u64,
    mis_steps: u64,
}

impl<'a> StdCall<'a> {
    /// A call that names its series. What can be checked without the stage is checked here.
    pub(crate) fn new<'b: 'a>(points: &StdFloats<'b>, room: &'a mut LabelRoom<'b>) -> Result<Self, Error> {
        let StdFloats { metric, scale, labels, values, steps, timestamps, distributed } = *points;
        let nature = if distributed { Nature::DISTRIBUTED } else { Nature::STD };
        let who = Who::Named(Key::new(World::Std, metric, scale, labels, room));
        let call = Self { who, values, steps, timestamps, nature: Some(nature) };
        call.check().map(|()| call)
    }

    /// A call to the series that a handle stands for.
    pub(crate) fn known(
        series: SeriesId,
        values: Values<'a>,
        steps: Steps<'a>,
        timestamps: Timestamps<'a>,
    ) -> Result<Self, Error> {
        let call = Self { who: Who::Known(World::Std, series), values, steps, timestamps, nature: None };
        call.check().map(|()| call)
    }

    fn check(&self) -> Result<(), Error> {
        if let Steps::Each(steps) = self.steps {
            validate::same_length("steps", steps.len(), self.values.len())?;
        }
        if let Timestamps::Each(millis) = self.timestamps {
            validate::same_length("timestamps", millis.len(), self.values.len())?;
        }
        self.nature.map_or(Ok(()), |nature| self.check_distributed(nature))
    }

    /// The one value of a call that may go into a tray.
    pub(crate) fn scalar(&self) -> Option<Scalar> {
        if self.nature == Some(Nature::DISTRIBUTED) {
            return None;
        }
        Scalar::of(self.values, self.steps, self.timestamps)
    }

    /// The series that the call is about, if it is known.
    pub(crate) fn find(&self, stage: &Stage) -> Option<SeriesId> {
        match &self.who {
            Who::Known(_, id) => Some(*id),
            Who::Named(key) => stage.names.registry.find(key),
        }
    }

    fn check_distributed(&self, nature: Nature) -> Result<(), Error> {
        if nature.is_unordered() && matches!(self.steps, Steps::Auto) {
            return Err(Error::validation(
                "invalid points: distributed logging requires explicit steps (StepInput::From or StepInput::Explicit)",
            ));
        }
        Ok(())
    }

    /// What the points are, as the call or the series of its handle says.
    fn nature(&self, stage: &Stage) -> Result<Nature, Error> {
        match (self.nature, &self.who) {
            (Some(nature), _) => Ok(nature),
            // Of the kind that the call brings, so that it is refused where the series holds another.
            (None, Who::Known(_, id)) => Ok(stage.names.registry.nature_of(*id)?.of_floats()),
            (None, Who::Named(_)) => Ok(Nature::STD),
        }
    }

    /// The value at the largest step that the call brings; the later one where there are two.
    fn last_value(&self, last_step: u64) -> Option<f64> {
        let index = match self.steps {
            Steps::Auto | Steps::From(_) => self.values.len().checked_sub(1),
            // Nearly always the last one, and found at once.
            Steps::Each(steps) => steps.iter().rposition(|step| *step == last_step),
        };
        index.and_then(|index| self.values.get(index))
    }

    fn sizes(&self) -> Sizes {
        let point = worst_point_len(
            self.values.width(),
            matches!(self.steps, Steps::Each(_)),
            matches!(self.timestamps, Timestamps::Each(_)),
        );
        Sizes { point, batch: BATCH_FRAME }
    }
}

impl StdPlan {
    /// The series that the call is about; it comes to be now, where it is new.
    pub(crate) fn open(&self, stage: &mut Stage, call: &StdCall<'_>) -> SeriesId {
        stage.names.registry.open(&call.who, self.series, self.nature)
    }

    /// Moves the last step of the series. Answers with what it was.
    pub(crate) fn reach(&self, stage: &mut Stage, id: SeriesId) -> Option<u64> {
        stage.names.registry.reach(id, Some(self.last_step))
    }
}

impl Call for StdCall<'_> {
    type Plan = StdPlan;

    fn size(&self) -> (Kind, usize) {
        (Kind::FloatPoints, self.values.len())
    }

    fn check_names(&self, names: &Names) -> Result<(), Error> {
        if let Steps::From(first) = self.steps {
            validate::step_range(first, 0)?;
        }
        names.registry.check_name(&self.who)
    }

    fn plan(&self, stage: &mut Stage) -> Result<(usize, StdPlan), Error> {
        let nature = self.nature(stage)?;
        self.check_distributed(nature)?;
        let series = stage.names.registry.resolve(&self.who, nature)?;
        if let Some(id) = series {
            stage.withdraw(id);
        }
        let known = series.map(|id| stage.names.registry.get(id));
        let last = known.and_then(|series| series.last_step);
        let count = self.values.len();
        let (first_step, last_step, mis_steps) = match self.steps {
            Steps::Auto => {
                let first = last.map_or(0, |last| last + 1);
                (first, validate::step_range(first, count)?, 0)
            }
            Steps::From(first) => {
                let end = validate::step_range(first, count)?;
                let mis_steps = last.map_or(0, |last| (last + 1).saturating_sub(first).min(count as u64));
                (first, end, mis_steps)
            }
            Steps::Each(steps) => {
                let (highest, mis_steps) = validate::steps_each(steps, last)?;
                (0, highest.unwrap_or(0), mis_steps)
            }
        };
        let mis_steps = if nature.is_unordered() { 0 } else { mis_steps };
        let declaration = stage.names.registry.declaration_weight(&self.who, series);
        let points =
            if count == 1 { SCALAR_WEIGHT } else { stage.column_weight(count, self.sizes(), PREFIX) };
        Ok((declaration + points, StdPlan { series, nature, first_step, last_step, mis_steps }))
    }

    fn commit(&self, stage: &mut Stage, plan: StdPlan, now: i64) {
        let id = plan.open(stage, self);
        stage.note_mis_steps(plan.mis_steps, |stage| {
            let series = stage.names.registry.get(id);
            let last = series.last_step.map_or_else(|| "none".to_owned(), |last| last.to_string());
            let text = format!(
                "{} step(s) of a call did not grow (largest incoming: {}, current last: {last}) on metric: {}; \
                 the service may not keep them",
                plan.mis_steps,
                plan.last_step,
                series.name()
            );
            series
                .steps_did_not_grow(text, plan.mis_steps)
                .with("largest_incoming", plan.last_step)
                .with_some("last_step", series.last_step)
        });
        let lane = stage.lane_of(id, Frame::Std, plan.nature);
        let Self { values, steps, timestamps, .. } = *self;
        let width = values.width();
        if values.len() == 1 {
            let step = match steps {
                Steps::Each(steps) => steps[0],
                Steps::Auto | Steps::From(_) => plan.first_step,
            };
            let timestamp = timestamps.at(0, now);
            let bits = match values {
                Values::F64(values) => values[0].to_bits(),
                Values::F32(values) => u64::from(values[0].to_bits()),
            };
            stage.put_scalar(lane, width, step, timestamp, bits);
        } else {
            stage.put_column(lane, Kind::FloatPoints, values.len(), self.sizes(), |piece| {
                Batch(Columns {
                    values: values.bytes_of(&piece),
                    width,
                    steps: match steps {
                        Steps::Each(steps) => BatchSteps::Each(&steps[piece.clone()]),
                        Steps::Auto | Steps::From(_) => {
                            BatchSteps::From(plan.first_step + piece.start as u64)
                        }
                    },
                    timestamps: match timestamps {
                        Timestamps::Now => BatchTimes::At(now),
                        Timestamps::At(millis) => BatchTimes::At(millis),
                        Timestamps::Each(millis) => BatchTimes::Each(&millis[piece]),
                    },
                })
            });
        }
        stage.names.registry.reach_with(id, Some(plan.last_step), self.last_value(plan.last_step));
    }
}

/// The most bytes of a series id as a field.
const PREFIX: usize = 6;
