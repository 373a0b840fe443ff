//! A column of numbers, as C hands it over.

use std::ffi::c_void;

use metrana_ingestion_logger::{Error, StdFloats, Steps, Timestamps, Values};

use crate::boundary::failure::Failure;
use crate::boundary::pointers::{self, Reserved};
use crate::columns::{self, metrana_timestamps};
use crate::enums::metrana_steps_kind;
use crate::names::{Name, metrana_series_name};

/// Values for one series: a scalar is a column of one. Everything it points to is borrowed for the call only.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_std_floats {
    /// Which series.
    pub name: metrana_series_name,

    /// `count` values of the type that `dtype` names, aligned for it; null when there are none.
    pub values: *const c_void,
    /// How many values. None at all is allowed and logs nothing.
    pub count: usize,
    /// A `metrana_dtype`.
    pub dtype: i32,

    /// A `metrana_steps_kind`.
    pub steps_kind: i32,
    /// The step of the first value, with `METRANA_STEPS_KIND_FROM`.
    pub first_step: u64,
    /// `step_count` steps, with `METRANA_STEPS_KIND_EACH`.
    pub steps: *const u64,
    /// As many as values.
    pub step_count: usize,

    /// When the values were taken.
    pub timestamps: metrana_timestamps,

    /// Whether many processes log to the series: 0 no, anything else yes. Then steps come in any order, and have to be
    /// given: `METRANA_STEPS_KIND_AUTO` is refused.
    pub distributed: u8,
    /// Has to be 0.
    pub reserved: [u8; 7],
}

/// The columns of a call, without the name of the series.
#[derive(Clone, Copy)]
pub(crate) struct Points<'a> {
    pub values: Values<'a>,
    pub steps: Steps<'a>,
    pub timestamps: Timestamps<'a>,
}

impl metrana_std_floats {
    /// Hands the column to `log` in the engine's terms. Nothing is copied and nothing is allocated.
    ///
    /// # Safety
    /// Everything that the structure points to is what the header asks for.
    #[inline]
    pub(crate) unsafe fn with(
        &self,
        log: impl FnOnce(&StdFloats<'_>) -> Result<(), Error>,
    ) -> Result<(), Failure> {
        // SAFETY: passed on to the caller.
        unsafe { self.name.with(|name| Ok(log(&self.of(name)?)?)) }
    }

    /// The call, whose name was read before.
    ///
    /// # Safety
    /// As for `with`.
    #[inline]
    pub(crate) unsafe fn of<'a>(&self, name: Name<'a>) -> Result<StdFloats<'a>, Failure> {
        // SAFETY: passed on to the caller.
        let Points { values, steps, timestamps } = unsafe { self.points() }?;
        let Name { metric, scale, labels } = name;
        Ok(StdFloats { metric, scale, labels, values, steps, timestamps, distributed: self.distributed != 0 })
    }

    /// # Safety
    /// As for `with`; what names the series is not looked at.
    #[inline]
    pub(crate) unsafe fn points<'a>(&self) -> Result<Points<'a>, Failure> {
        self.reserved.has_to_be_zero("floats.reserved")?;
        // SAFETY: passed on to the caller.
        unsafe {
            Ok(Points {
                values: columns::values(self.values, self.count, self.dtype)?,
                steps: self.read_steps()?,
                timestamps: self.timestamps.read()?,
            })
        }
    }

    /// # Safety
    /// As for `with`.
    unsafe fn read_steps<'a>(&self) -> Result<Steps<'a>, Failure> {
        Ok(match metrana_steps_kind::read(self.steps_kind, "steps_kind")? {
            metrana_steps_kind::Auto => Steps::Auto,
            metrana_steps_kind::From => Steps::From(self.first_step),
            metrana_steps_kind::Each => {
                // SAFETY: passed on to the caller.
                Steps::Each(unsafe { pointers::slice(self.steps, self.step_count, "steps") }?)
            }
        })
    }
}
