//! Batches of float points: from the message to the store, with no value looked at.

use metrana_proto::types::{PointBatch, StreamingSeriesUpdate};

use super::content::Sorted;
use crate::store::{FloatBatch, Steps, Timestamps, Values};

/// Why a batch makes no sense. Its points are counted and left out; the rest of the message is as good as before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) points: u64,
    pub(super) why: &'static str,
}

/// Points as messages carry them, whichever message that is.
pub(super) struct Columns {
    pub(super) values: Vec<f64>,
    pub(super) values_f32: Vec<f32>,
    pub(super) first_step: Option<u64>,
    pub(super) steps: Vec<u64>,
    pub(super) timestamp: Option<i64>,
    pub(super) timestamps: Vec<i64>,
}

pub(super) fn sort(series: Vec<StreamingSeriesUpdate>, sorted: &mut Sorted<'_>) {
    for series in series {
        let declaration = sorted.find(series.series_id);
        for batch in series.point_batches {
            match (take(batch, sorted.now), declaration) {
                (Ok(None), _) => {}
                (Ok(Some(batch)), Some(declaration)) => sorted.update.floats.push((declaration, batch)),
                (Ok(Some(batch)), None) => sorted.unknown(series.series_id, batch.values.len() as u64),
                (Err(malformed), _) => sorted.malformed(malformed.points, malformed.why),
            }
        }
    }
}

/// Takes a batch over, columns and all. None when it holds no points. Points without a time get `now`.
fn take(batch: PointBatch, now: i64) -> Result<Option<FloatBatch>, Malformed> {
    let columns = Columns {
        values: batch.values,
        values_f32: batch.values_f32,
        first_step: batch.first_step,
        steps: batch.steps,
        timestamp: batch.timestamp_millis,
        timestamps: batch.timestamps_millis,
    };
    columns.take(now)
}

impl Columns {
    pub(super) fn take(self, now: i64) -> Result<Option<FloatBatch>, Malformed> {
        let count = self.values.len() + self.values_f32.len();
        let malformed = |why| Malformed { points: count as u64, why };
        let values = match (self.values.is_empty(), self.values_f32.is_empty()) {
            (true, true) => return Ok(None),
            (false, true) => Values::F64(self.values),
            (true, false) => Values::F32(self.values_f32),
            (false, false) => return Err(malformed("values of both widths in one batch")),
        };
        let steps = match (self.first_step, self.steps.is_empty()) {
            (Some(first), true) if first.checked_add(count as u64 - 1).is_some() => Steps::From(first),
            (Some(_), true) => return Err(malformed("steps beyond the largest number")),
            (None, false) if self.steps.len() == count => Steps::Each(self.steps),
            (None, false) => return Err(malformed("another number of steps than of values")),
            (Some(_), false) => return Err(malformed("a first step and a step for each value")),
            (None, true) => return Err(malformed("no steps")),
        };
        let timestamps = match (self.timestamp, self.timestamps.is_empty()) {
            (Some(time), true) => Timestamps::At(time),
            (None, true) => Timestamps::At(now),
            (None, false) if self.timestamps.len() == count => Timestamps::Each(self.timestamps),
            (None, false) => return Err(malformed("another number of timestamps than of values")),
            (Some(_), false) => return Err(malformed("a timestamp for all values and one for each")),
        };
        Ok(Some(FloatBatch { values, steps, timestamps }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Malformed, take};
    use crate::store::{FloatBatch, Steps, Timestamps, Values};
    use metrana_proto::types::PointBatch;

    #[test]
    fn columns_are_taken_as_they_are() {
        let batch = PointBatch { values: vec![1.0, -0.0], steps: vec![9, 3], ..PointBatch::default() };
        let expected = FloatBatch {
            values: Values::F64(vec![1.0, -0.0]),
            steps: Steps::Each(vec![9, 3]),
            timestamps: Timestamps::At(5),
        };
        assert_eq!(take(batch, 5), Ok(Some(expected)));
    }

    #[test]
    fn no_values_are_no_points() {
        assert_eq!(take(PointBatch { first_step: Some(1), ..PointBatch::default() }, 0), Ok(None));
    }

    #[test]
    fn the_last_step_may_be_the_largest_number() {
        let at = |first| PointBatch {
            values_f32: vec![1.0, 2.0],
            first_step: Some(first),
            ..PointBatch::default()
        };
        assert!(take(at(u64::MAX - 1), 0).is_ok_and(|batch| batch.is_some()));
        assert_eq!(
            take(at(u64::MAX), 0),
            Err(Malformed { points: 2, why: "steps beyond the largest number" })
        );
    }

    #[test]
    fn columns_of_different_lengths_are_malformed() {
        let good = PointBatch { values: vec![1.0, 2.0], first_step: Some(0), ..PointBatch::default() };
        assert!(take(good.clone(), 0).is_ok());
        let bad = [
            PointBatch { steps: vec![1], first_step: None, ..good.clone() },
            PointBatch { steps: vec![1, 2], ..good.clone() },
            PointBatch { first_step: None, ..good.clone() },
            PointBatch { timestamps_millis: vec![1, 2, 3], ..good.clone() },
            PointBatch { timestamps_millis: vec![1, 2], timestamp_millis: Some(1), ..good.clone() },
            PointBatch { values_f32: vec![1.0], ..good },
        ];
        for batch in bad {
            let points = (batch.values.len() + batch.values_f32.len()) as u64;
            assert_eq!(take(batch.clone(), 0).unwrap_err().points, points, "{batch:?}");
        }
    }
}
