//! The columns of a batch, and what they must be to make points.

use crate::store::{FloatBatch, Steps, Timestamps, Values};

/// Why a batch makes no sense. Its points are counted and left out; the rest of the message is as good as before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) points: u64,
    pub(super) why: &'static str,
}

/// Points as messages carry them, whichever message that is.
#[cfg_attr(test, derive(Clone, Debug, Default))]
pub(super) struct Columns {
    pub(super) values: Values,
    pub(super) values_f32: Values,
    pub(super) first_step: Option<u64>,
    pub(super) steps: Box<[u64]>,
    pub(super) timestamp: Option<i64>,
    pub(super) timestamps: Box<[i64]>,
}

impl Columns {
    /// Takes a batch over, columns and all. None when it holds no points. Points without a time get `now`.
    pub(super) fn take(self, now: i64) -> Result<Option<FloatBatch>, Malformed> {
        let count = self.values.len() + self.values_f32.len();
        let malformed = |why| Malformed { points: count as u64, why };
        let values = match (self.values.is_empty(), self.values_f32.is_empty()) {
            (true, true) => return Ok(None),
            (false, true) => self.values,
            (true, false) => self.values_f32,
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
    use super::{Columns, Malformed};
    use crate::store::{FloatBatch, Steps, Timestamps, Values};

    #[test]
    fn columns_are_taken_as_they_are() {
        let batch = Columns { values: Values::of(&[1.0, -0.0]), steps: [9, 3].into(), ..Columns::default() };
        let expected = FloatBatch {
            values: Values::of(&[1.0, -0.0]),
            steps: Steps::Each([9, 3].into()),
            timestamps: Timestamps::At(5),
        };
        assert_eq!(batch.take(5), Ok(Some(expected)));
    }

    #[test]
    fn no_values_are_no_points() {
        assert_eq!(Columns { first_step: Some(1), ..Columns::default() }.take(0), Ok(None));
    }

    #[test]
    fn the_last_step_may_be_the_largest_number() {
        let at = |first| Columns {
            values_f32: Values::of(&[1.0_f32, 2.0]),
            first_step: Some(first),
            ..Columns::default()
        };
        assert!(at(u64::MAX - 1).take(0).is_ok_and(|batch| batch.is_some()));
        assert_eq!(
            at(u64::MAX).take(0),
            Err(Malformed { points: 2, why: "steps beyond the largest number" })
        );
    }

    #[test]
    fn columns_of_different_lengths_are_malformed() {
        let good = Columns { values: Values::of(&[1.0, 2.0]), first_step: Some(0), ..Columns::default() };
        assert!(good.clone().take(0).is_ok());
        let bad = [
            Columns { steps: [1].into(), first_step: None, ..good.clone() },
            Columns { steps: [1, 2].into(), ..good.clone() },
            Columns { first_step: None, ..good.clone() },
            Columns { timestamps: [1, 2, 3].into(), ..good.clone() },
            Columns { timestamps: [1, 2].into(), timestamp: Some(1), ..good.clone() },
            Columns { values_f32: Values::of(&[1.0_f32]), ..good },
        ];
        for batch in bad {
            let points = (batch.values.len() + batch.values_f32.len()) as u64;
            assert_eq!(batch.clone().take(0).unwrap_err().points, points, "{batch:?}");
        }
    }
}
