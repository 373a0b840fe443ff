//! A grid of numbers from reinforcement learning, as C hands it over.

use std::ffi::c_void;

use metrana_ingestion_logger::{EnvironmentId, Environments, Error, RlFloats};

use crate::boundary::failure::Failure;
use crate::boundary::pointers::{self, Reserved};
use crate::boundary::text::{self, metrana_str};
use crate::columns::{self, RawSpread, metrana_timestamps};
use crate::enums::metrana_step_strategy;
use crate::names::{Name, metrana_series_name};
use crate::status::metrana_status;

/// Values for one series of reinforcement learning, in one environment or many: a grid with a row for each environment,
/// one row behind the other. Everything it points to is borrowed for the call only.
///
/// Episodes, environment steps and timestamps are each a `metrana_spread`: left out, given once, given for each
/// environment, or given for each value in the order of the values.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_rl_floats {
    /// Which series.
    pub name: metrana_series_name,

    /// The step of the training that all the values belong to.
    pub rl_step: u64,
    /// The names of `environment_count` environments, or null: then `environment_ids` says which. An environment that
    /// is named twice gets its rows one behind the other.
    pub environments: *const metrana_str,
    /// `environment_count` numbers from `metrana_logger_environments`. Not looked at when there are names.
    pub environment_ids: *const u32,
    /// At least 1.
    pub environment_count: usize,

    /// `count` values of the type that `dtype` names, aligned for it, row by row; null when there are none.
    pub values: *const c_void,
    /// How many values: as many for each environment. None at all is allowed and logs nothing.
    pub count: usize,
    /// A `metrana_dtype`.
    pub dtype: i32,

    /// A `metrana_step_strategy`.
    pub strategy: i32,
    /// A `metrana_spread`. None: the series has no episodes.
    pub episodes_kind: i32,
    /// A `metrana_spread`. None: environment steps count on by themselves. Once, or for each environment: the step
    /// that each row, or its row, begins with.
    pub steps_kind: i32,
    /// Whether points come in the order of their steps: 0 no, as from many processes, anything else yes. Without
    /// order, environment steps have to be given.
    pub ordered: u8,
    /// Has to be 0.
    pub reserved: [u8; 7],

    /// The episode, where it is given once.
    pub episode: u64,
    /// `episode_count` episodes, where they are given in a column.
    pub episodes: *const u64,
    /// As many as environments, or as values.
    pub episode_count: usize,
    /// The first environment step of each row, where it is given once.
    pub first_step: u64,
    /// `step_count` environment steps, where they are given in a column.
    pub steps: *const u64,
    /// As many as environments, or as values.
    pub step_count: usize,

    /// When the values were taken; its kind is a `metrana_spread` here. None: the time of the call.
    pub timestamps: metrana_timestamps,
}

impl metrana_rl_floats {
    /// Hands the grid to `log` in the engine's terms. No column is copied.
    ///
    /// # Safety
    /// Everything that the structure points to is what the header asks for.
    pub(crate) unsafe fn with(
        &self,
        log: impl FnOnce(&RlFloats<'_>) -> Result<(), Error>,
    ) -> Result<(), Failure> {
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            self.name.with(|Name { metric, scale, labels }| {
                let log_in = |environments| {
                    let points: RlFloats<'_> = self.points(environments)?;
                    Ok(log(&RlFloats { metric, scale, labels, ..points })?)
                };
                if self.environments.is_null() {
                    return log_in(self.known_environments()?);
                }
                let names = text::read_all(self.environments, self.environment_count, "environments")?;
                log_in(Environments::Names(&names))
            })
        }
    }

    /// The grid of a series that a handle stands for, whose environments have to be given by their numbers.
    ///
    /// # Safety
    /// As for `with`; what names the series is not looked at.
    pub(crate) unsafe fn of_handle<'a>(&self) -> Result<RlFloats<'a>, Failure> {
        if !self.environments.is_null() {
            let message =
                "environments is not null: a call by a handle says its environments by environment_ids";
            return Err(Failure::new(metrana_status::Validation, message));
        }
        // SAFETY: passed on to the caller.
        unsafe { self.points(self.known_environments()?) }
    }

    /// # Safety
    /// As for `with`.
    pub(crate) unsafe fn known_environments<'a>(&self) -> Result<Environments<'a>, Failure> {
        // An id is nothing but its number, and every number is an id that can be refused.
        let ids = self.environment_ids.cast::<EnvironmentId>();
        // SAFETY: passed on to the caller; the two types have one layout.
        unsafe { pointers::slice(ids, self.environment_count, "environment_ids") }.map(Environments::Known)
    }

    /// The call without the name of the series.
    ///
    /// # Safety
    /// As for `with`.
    #[inline]
    pub(crate) unsafe fn points<'a>(&self, environments: Environments<'a>) -> Result<RlFloats<'a>, Failure> {
        self.reserved.has_to_be_zero("floats.reserved")?;
        let episodes = RawSpread {
            kind: self.episodes_kind,
            uniform: self.episode,
            column: self.episodes,
            count: self.episode_count,
        };
        let steps = RawSpread {
            kind: self.steps_kind,
            uniform: self.first_step,
            column: self.steps,
            count: self.step_count,
        };
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            Ok(RlFloats {
                metric: "",
                scale: "",
                labels: &[],
                rl_step: self.rl_step,
                environments,
                values: columns::values(self.values, self.count, self.dtype)?,
                episodes: episodes.read("episodes_kind", "episodes")?,
                steps: steps.read("steps_kind", "steps")?,
                timestamps: self.timestamps.read_spread()?,
                strategy: metrana_step_strategy::read(self.strategy, "strategy")?.into(),
                ordered: self.ordered != 0,
            })
        }
    }
}
