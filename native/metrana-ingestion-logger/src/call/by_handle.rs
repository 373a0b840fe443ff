//! The hot path: calls that name nothing. What a handle stands for was resolved once.

use super::admit::{admit, gone, put};
use crate::clock;
use crate::errors::Error;
use crate::kinds::rl::RlCall;
use crate::kinds::std::StdCall;
use crate::names::ids::SeriesId;
use crate::points::{RlFloats, Scalar, ScalarTime, SeriesHandle, Steps, Timestamps, Values, Width};
use crate::stage::slots::{self, Slot};

impl SeriesHandle {
    fn resolve(self) -> Result<(&'static Slot, SeriesId), Error> {
        // No logger has generation 0, but a slot that nobody lives in does.
        let slot = slots::at(self.slot).filter(|_| self.generation != 0).ok_or_else(gone)?;
        Ok((slot, SeriesId::from_index(self.series)))
    }
}

/// Logs one value at the next step of an ordinary series, now: what is logged more often than everything else.
pub fn log_scalar(handle: SeriesHandle, value: f64) -> Result<(), Error> {
    let (slot, id) = handle.resolve()?;
    let scalar = Scalar {
        width: Width::F64,
        bits: value.to_bits(),
        step: None,
        timestamp: ScalarTime::Now { tick: clock::tick_millis() },
    };
    if put(slot, handle.generation, id, &scalar) {
        return Ok(());
    }
    admit(slot, handle.generation, &StdCall::known(id, Values::F64(&[value]), Steps::Auto, Timestamps::Now)?)
}

/// Logs points of the ordinary series that a handle stands for.
pub fn log_std(
    handle: SeriesHandle,
    values: Values<'_>,
    steps: Steps<'_>,
    timestamps: Timestamps<'_>,
) -> Result<(), Error> {
    let (slot, series) = handle.resolve()?;
    let call = StdCall::known(series, values, steps, timestamps)?;
    if call.scalar().is_some_and(|scalar| put(slot, handle.generation, series, &scalar)) {
        return Ok(());
    }
    admit(slot, handle.generation, &call)
}

/// Logs points of the reinforcement-learning series that a handle stands for. The name in `points` is not looked at.
pub fn log_rl(handle: SeriesHandle, points: &RlFloats<'_>) -> Result<(), Error> {
    let (slot, series) = handle.resolve()?;
    admit(slot, handle.generation, &RlCall::known(series, points)?)
}
