//! From the bytes of an update message to its points, with no value looked at and none copied.
//!
//! A message is read by the packed view of the contract, in which columns of values are slices of the message. Numbers
//! need not be packed, though no known client leaves them so: a message that the view cannot read is read by the contract
//! itself, which also knows best what is wrong with a broken one, and written again the way everybody writes it.

use bytes::Bytes;
use metrana_proto::packed;
use metrana_proto::packed::{PointBatch, RlStepBatch, StreamingRlSeriesUpdate, StreamingSeriesUpdate};
use metrana_proto::svc::UpdateRunRequest;
use prost::{DecodeError, Message};

use super::columns::{Columns, Malformed};
use crate::store::{FloatBatch, NameRange, RlBatch, RlHead, Values, Width};

/// An update message with its float points taken out of it.
pub(super) struct Incoming {
    /// What else it holds: `series` and `rl_series` are empty.
    pub(super) rest: packed::UpdateRunRequest,
    /// Whether it names series of float points, be it without points.
    pub(super) has_series: bool,
    pub(super) floats: Vec<Floats>,
    pub(super) rl: Vec<RlFloats>,
    /// The names of their environments, one behind the other.
    pub(super) names: String,
    /// The message that the values are slices of.
    pub(super) body: Bytes,
    /// When it was read, in milliseconds since 1970: the time of points that have none.
    pub(super) now: i64,
}

/// A batch of points for a series.
pub(super) struct Floats {
    pub(super) series: u64,
    pub(super) batch: Result<FloatBatch, Malformed>,
}

/// A batch of points of an environment for a series.
pub(super) struct RlFloats {
    pub(super) series: u64,
    pub(super) environment: NameRange,
    pub(super) batch: Result<RlBatch, Malformed>,
}

/// Why a message cannot be read, in words.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) String);

impl From<DecodeError> for Unreadable {
    fn from(error: DecodeError) -> Self {
        Self(error.to_string())
    }
}

/// Reads a message, whichever way its numbers are written.
pub(super) fn read(message: Bytes, now: i64) -> Result<Incoming, Unreadable> {
    if let Ok(incoming) = read_packed(message.clone(), now) {
        return Ok(incoming);
    }
    let plain = UpdateRunRequest::decode(message)?;
    read_packed(plain.encode_to_vec().into(), now)
}

fn read_packed(message: Bytes, now: i64) -> Result<Incoming, Unreadable> {
    let mut rest = packed::UpdateRunRequest::decode(message.clone())?;
    let (series, rl_series) = (std::mem::take(&mut rest.series), std::mem::take(&mut rest.rl_series));
    let mut incoming = Incoming {
        rest,
        has_series: !(series.is_empty() && rl_series.is_empty()),
        floats: Vec::with_capacity(series.len()),
        rl: Vec::with_capacity(rl_series.len()),
        names: String::new(),
        body: message,
        now,
    };
    // One of each is read into again and again, and keeps the memory of its lists.
    let mut update = StreamingSeriesUpdate::default();
    let mut batch = PointBatch::default();
    for bytes in series {
        refill(&mut update, bytes)?;
        for bytes in update.point_batches.drain(..) {
            refill(&mut batch, bytes)?;
            if let Some(batch) = take_batch(&mut batch, now)? {
                incoming.floats.push(Floats { series: update.series_id, batch });
            }
        }
    }
    let mut update = StreamingRlSeriesUpdate::default();
    let mut batch = RlStepBatch::default();
    for bytes in rl_series {
        refill(&mut update, bytes)?;
        let environment = NameRange::push(&mut incoming.names, &update.environment_id);
        for bytes in update.rl_step_batches.drain(..) {
            refill(&mut batch, bytes)?;
            if let Some(batch) = take_rl_batch(&mut batch, now)? {
                incoming.rl.push(RlFloats { series: update.series_id, environment, batch });
            }
        }
    }
    Ok(incoming)
}

fn refill(message: &mut impl Message, bytes: Bytes) -> Result<(), DecodeError> {
    message.clear();
    message.merge(bytes)
}

/// Takes the columns of a batch. None when it holds no points.
fn take_batch(batch: &mut PointBatch, now: i64) -> Result<Option<Result<FloatBatch, Malformed>>, Unreadable> {
    let columns = Columns {
        values: values(Width::F64, &mut batch.values)?,
        values_f32: values(Width::F32, &mut batch.values_f32)?,
        first_step: batch.first_step,
        steps: std::mem::take(&mut batch.steps).into(),
        timestamp: batch.timestamp_millis,
        timestamps: std::mem::take(&mut batch.timestamps_millis).into(),
    };
    Ok(columns.take(now).transpose())
}

fn take_rl_batch(
    batch: &mut RlStepBatch,
    now: i64,
) -> Result<Option<Result<RlBatch, Malformed>>, Unreadable> {
    let head = RlHead {
        rl_step: batch.rl_step,
        episode: batch.episode,
        flat: batch.treat_minors_as_flat_steps,
        from_one: batch.env_steps_from_one,
    };
    let columns = Columns {
        values: values(Width::F64, &mut batch.values)?,
        values_f32: values(Width::F32, &mut batch.values_f32)?,
        first_step: batch.first_minor_step,
        steps: std::mem::take(&mut batch.minor_steps).into(),
        timestamp: batch.timestamp_millis,
        timestamps: std::mem::take(&mut batch.timestamps_millis).into(),
    };
    let floats = columns.take(now).transpose();
    Ok(floats.map(|floats| floats.map(|floats| RlBatch { head, floats })))
}

/// A column, of which any number of parts may have come.
fn values(width: Width, parts: &mut Vec<Bytes>) -> Result<Values, Unreadable> {
    if parts.iter().any(|part| !part.len().is_multiple_of(width.bytes())) {
        return Err(Unreadable("a column ends within a value".to_owned()));
    }
    let bytes = match parts.len() {
        0 | 1 => parts.pop().unwrap_or_default(),
        _ => std::mem::take(parts).concat().into(),
    };
    Ok(Values::new(width, bytes))
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
