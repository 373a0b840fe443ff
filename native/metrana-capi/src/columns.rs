//! What the columns of all kinds of data have in common: how values, timestamps and spreads are read.

use std::ffi::c_void;

use metrana_ingestion_logger::{Error, Spread, Timestamps, Values};

use crate::boundary::pointers;
use crate::enums::{metrana_dtype, metrana_spread, metrana_timestamps_kind};

/// # Safety
/// A pointer that is not null points to `count` values of that type, which nobody writes to during the call.
#[inline]
pub(crate) unsafe fn values<'a>(
    values: *const c_void,
    count: usize,
    dtype: i32,
) -> Result<Values<'a>, Error> {
    Ok(match metrana_dtype::read(dtype, "dtype")? {
        // SAFETY: passed on to the caller.
        metrana_dtype::Float64 => Values::F64(unsafe { pointers::slice(values.cast(), count, "values") }?),
        // SAFETY: passed on to the caller.
        metrana_dtype::Float32 => Values::F32(unsafe { pointers::slice(values.cast(), count, "values") }?),
    })
}

/// # Safety
/// As for `values`, where the kind says that there is a column.
#[inline]
pub(crate) unsafe fn timestamps<'a>(
    kind: i32,
    millis: i64,
    each: *const i64,
    count: usize,
) -> Result<Timestamps<'a>, Error> {
    Ok(match metrana_timestamps_kind::read(kind, "timestamps_kind")? {
        metrana_timestamps_kind::Now => Timestamps::Now,
        metrana_timestamps_kind::At => Timestamps::At(millis),
        metrana_timestamps_kind::Each => {
            // SAFETY: passed on to the caller.
            Timestamps::Each(unsafe { pointers::slice(each, count, "timestamps_millis") }?)
        }
    })
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
    pub(crate) unsafe fn read<'a>(self, kind_name: &str, name: &str) -> Result<Spread<'a, T>, Error> {
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
