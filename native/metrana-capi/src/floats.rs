//! A column of numbers, as C hands it over.

use std::ffi::c_void;

use metrana_ingestion_logger::{Error, StdFloats, Steps, Timestamps, Values};

use crate::boundary::{pointers, text::metrana_str};
use crate::enums::{metrana_dtype, metrana_steps_kind, metrana_timestamps_kind};

/// A label of a series: a key and its value. In a list, a key that comes twice counts with its last value.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_label {
    /// The key, not empty.
    pub key: metrana_str,
    /// The value.
    pub value: metrana_str,
}

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
}

/// How many labels fit on the stack: as many as a series may have. More are read all the same, so that it is the
/// engine that refuses them, with its own words.
const LABELS_ON_STACK: usize = 8;

/// Labels as the engine takes them.
pub(crate) struct Labels<'a> {
    stack: [(&'a str, &'a str); LABELS_ON_STACK],
    used: usize,
    heap: Vec<(&'a str, &'a str)>,
}

impl<'a> Labels<'a> {
    /// # Safety
    /// The list and its texts are what the header asks for.
    pub(crate) unsafe fn read(labels: *const metrana_label, count: usize) -> Result<Self, Error> {
        // SAFETY: passed on to the caller.
        let raw = unsafe { pointers::slice(labels, count, "labels") }?;
        let mut read = Self { stack: [("", ""); LABELS_ON_STACK], used: raw.len(), heap: Vec::new() };
        if raw.len() > LABELS_ON_STACK {
            read.heap.reserve_exact(raw.len());
            for label in raw {
                // SAFETY: passed on to the caller.
                read.heap.push(unsafe { label.read() }?);
            }
        } else {
            for (place, label) in read.stack.iter_mut().zip(raw) {
                // SAFETY: passed on to the caller.
                *place = unsafe { label.read() }?;
            }
        }
        Ok(read)
    }

    pub(crate) fn as_slice(&self) -> &[(&'a str, &'a str)] {
        self.stack.get(..self.used).unwrap_or(&self.heap)
    }
}

impl metrana_label {
    /// # Safety
    /// The texts are what the header asks for.
    unsafe fn read<'a>(&self) -> Result<(&'a str, &'a str), Error> {
        // SAFETY: passed on to the caller.
        let (key, value) = unsafe { (self.key.read("label key"), self.value.read("label value")) };
        Ok((key?, value?))
    }
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
        // SAFETY: passed on to the caller; so for every one of these.
        unsafe {
            let labels = Labels::read(self.labels, self.label_count)?;
            log(&StdFloats {
                metric: self.metric.read("metric")?,
                scale: self.scale.read("scale")?,
                labels: labels.as_slice(),
                values: self.read_values()?,
                steps: self.read_steps()?,
                timestamps: self.read_timestamps()?,
            })
        }
    }

    /// # Safety
    /// As for `with`.
    unsafe fn read_values<'a>(&self) -> Result<Values<'a>, Error> {
        let what = "values";
        Ok(match metrana_dtype::read(self.dtype, "dtype")? {
            metrana_dtype::Float64 => {
                // SAFETY: passed on to the caller.
                Values::F64(unsafe { pointers::slice(self.values.cast(), self.count, what) }?)
            }
            metrana_dtype::Float32 => {
                // SAFETY: passed on to the caller.
                Values::F32(unsafe { pointers::slice(self.values.cast(), self.count, what) }?)
            }
        })
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

    /// # Safety
    /// As for `with`.
    unsafe fn read_timestamps<'a>(&self) -> Result<Timestamps<'a>, Error> {
        Ok(match metrana_timestamps_kind::read(self.timestamps_kind, "timestamps_kind")? {
            metrana_timestamps_kind::Now => Timestamps::Now,
            metrana_timestamps_kind::At => Timestamps::At(self.timestamp_millis),
            metrana_timestamps_kind::Each => {
                let what = "timestamps_millis";
                // SAFETY: passed on to the caller.
                Timestamps::Each(unsafe {
                    pointers::slice(self.timestamps_millis, self.timestamp_count, what)
                }?)
            }
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn eight_labels_stay_on_the_stack_and_more_are_read_too() {
        let label = |key, value| metrana_label { key: metrana_str::of(key), value: metrana_str::of(value) };
        let keys = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        for count in 0..=keys.len() {
            let raw: Vec<_> = keys.iter().take(count).map(|key| label(*key, "value")).collect();
            // SAFETY: a live vector of static texts.
            let labels = unsafe { Labels::read(raw.as_ptr(), raw.len()) }.unwrap();
            let wanted: Vec<_> = keys.iter().take(count).map(|key| (*key, "value")).collect();
            assert_eq!(labels.as_slice(), wanted);
            assert_eq!(labels.heap.capacity() > 0, count > LABELS_ON_STACK, "{count} labels");
        }
    }
}
