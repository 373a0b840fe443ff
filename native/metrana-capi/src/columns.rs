//! What the columns of all kinds of data have in common: how values, timestamps and spreads are read.

use std::ffi::c_void;

use metrana_ingestion_logger::{Spread, Timestamps, Values};

use crate::boundary::failure::Failure;
use crate::boundary::pointers::{self, Reserved};
use crate::enums::{metrana_dtype, metrana_spread, metrana_timestamps_kind};

/// # Safety
/// A pointer that is not null points to `count` values of that type, which nobody writes to during the call.
#[inline]
pub(crate) unsafe fn values<'a>(
    values: *const c_void,
    count: usize,
    dtype: i32,
) -> Result<Values<'a>, Failure> {
    Ok(match metrana_dtype::read(dtype, "dtype")? {
        // SAFETY: passed on to the caller.
        metrana_dtype::Float64 => Values::F64(unsafe { pointers::slice(values.cast(), count, "values") }?),
        // SAFETY: passed on to the caller.
        metrana_dtype::Float32 => Values::F32(unsafe { pointers::slice(values.cast(), count, "values") }?),
    })
}

/// When values were taken. Everything it points to is borrowed for the call only.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_timestamps {
    /// A `metrana_timestamps_kind`; in `metrana_rl_floats` a `metrana_spread`.
    pub kind: i32,
    /// Has to be 0.
    pub reserved: i32,
    /// Milliseconds since 1970, where they are given once.
    pub millis: i64,
    /// `count` times in milliseconds since 1970, where they are given in a column.
    pub each: *const i64,
    /// As many as values; in `metrana_rl_floats` as many as environments, or as values.
    pub count: usize,
}

impl metrana_timestamps {
    /// # Safety
    /// As for `values`, where the kind says that there is a column.
    #[inline]
    pub(crate) unsafe fn read<'a>(&self) -> Result<Timestamps<'a>, Failure> {
        self.reserved.has_to_be_zero("timestamps.reserved")?;
        Ok(match metrana_timestamps_kind::read(self.kind, "timestamps.kind")? {
            metrana_timestamps_kind::Now => Timestamps::Now,
            metrana_timestamps_kind::At => Timestamps::At(self.millis),
            metrana_timestamps_kind::Each => {
                // SAFETY: passed on to the caller.
                Timestamps::Each(unsafe { pointers::slice(self.each, self.count, "timestamps.each") }?)
            }
        })
    }

    /// # Safety
    /// As for `read`.
    #[inline]
    pub(crate) unsafe fn read_spread<'a>(&self) -> Result<Spread<'a, i64>, Failure> {
        self.reserved.has_to_be_zero("timestamps.reserved")?;
        let Self { kind, millis: uniform, each: column, count, .. } = *self;
        // SAFETY: passed on to the caller.
        unsafe { RawSpread { kind, uniform, column, count }.read("timestamps.kind", "timestamps.each") }
    }
}

/// Something that is given once, for each environment, or for each value.
pub(crate) struct RawSpread<T> {
    pub kind: i32,
    pub uniform: T,
    pub column: *const T,
    pub count: usize,
}

impl<T: Copy> RawSpread<T> {
    /// # Safety
    /// As for `values`, where the kind says that there is a column.
    #[inline]
    pub(crate) unsafe fn read<'a>(self, kind_name: &str, name: &str) -> Result<Spread<'a, T>, Failure> {
        if self.kind == metrana_spread::None as i32 {
            return Ok(Spread::None);
        }
        // SAFETY: passed on to the caller.
        let column = || unsafe { pointers::slice(self.column, self.count, name) };
        Ok(match metrana_spread::read(self.kind, kind_name)? {
            metrana_spread::None => Spread::None,
            metrana_spread::Uniform => Spread::Uniform(self.uniform),
            metrana_spread::PerEnvironment => Spread::PerEnvironment(column()?),
            metrana_spread::Grid => Spread::Grid(column()?),
        })
    }
}
