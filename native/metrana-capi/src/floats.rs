//! A column of numbers, as C hands it over.

use std::ffi::c_void;

use metrana_ingestion_logger::{Error, StdFloats, Steps, Timestamps, Values};

use crate::boundary::{pointers, text::metrana_str};
use crate::columns;
use crate::enums::metrana_steps_kind;
use crate::labels::{self, Labels, metrana_label};

/// Values for one series: a scalar is a column of one. Everything it points to is borrowed for the call only.
///
/// A series is what has the same metric, scale and labels.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_std_floats {
    /// The name of the metric, such as `train/loss`.
    pub metric: metrana_str,
    /// What a step of the series counts, such as `ML_STEP`.
    pub scale: metrana_str,
    /// `label_count` labels; null when there are none.
    pub labels: *const metrana_label,
    /// At most 8 are allowed.
    pub label_count: usize,

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

    /// A `metrana_timestamps_kind`.
    pub timestamps_kind: i32,
    /// Padding; not looked at.
    pub reserved: i32,
    /// Milliseconds since 1970, with `METRANA_TIMESTAMPS_KIND_AT`.
    pub timestamp_millis: i64,
    /// `timestamp_count` times in milliseconds since 1970, with `METRANA_TIMESTAMPS_KIND_EACH`.
    pub timestamps_millis: *const i64,
    /// As many as values.
    pub timestamp_count: usize,

    /// Whether many processes log to the series: 0 no, anything else yes. Then steps come in any order, and have to be
    /// given: `METRANA_STEPS_KIND_AUTO` is refused.
    pub distributed: u8,
    /// Padding; not looked at.
    pub reserved2: [u8; 7],
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
    pub(crate) unsafe fn with(
        &self,
        log: impl FnOnce(&StdFloats<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        // SAFETY: passed on to the caller.
        unsafe {
            let mut labels = Labels::new();
            self.labels(&mut labels)?;
            log(&self.named(&labels)?)
        }
    }

    /// # Safety
    /// As for `with`.
    pub(crate) unsafe fn labels(&self, out: &mut Labels<'_>) -> Result<(), Error> {
        // SAFETY: passed on to the caller.
        unsafe { labels::read(self.labels, self.label_count, out) }
    }

    /// The call, whose labels were read before.
    ///
    /// # Safety
    /// As for `with`.
    pub(crate) unsafe fn named<'a>(&self, labels: &'a [(&'a str, &'a str)]) -> Result<StdFloats<'a>, Error> {
        // SAFETY: passed on to the caller.
        unsafe {
            let Points { values, steps, timestamps } = self.points()?;
            Ok(StdFloats {
                metric: self.metric.read("metric")?,
                scale: self.scale.read("scale")?,
                labels,
                values,
                steps,
                timestamps,
                distributed: self.distributed != 0,
            })
        }
    }

    /// # Safety
    /// As for `with`; what names the series is not looked at.
    #[inline]
    pub(crate) unsafe fn points<'a>(&self) -> Result<Points<'a>, Error> {
        // SAFETY: passed on to the caller.
        unsafe {
            Ok(Points {
                values: columns::values(self.values, self.count, self.dtype)?,
                steps: self.read_steps()?,
                timestamps: columns::timestamps(
                    self.timestamps_kind,
                    self.timestamp_millis,
                    self.timestamps_millis,
                    self.timestamp_count,
                )?,
            })
        }
    }

    /// # Safety
    /// As for `with`.
    unsafe fn read_steps<'a>(&self) -> Result<Steps<'a>, Error> {
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
