//! How many points an answer can hold that has a bound in bytes. Every point counts as the longest one of its form, so
//! that no answer is ever longer than its bound.

use super::answer::Problem;
use crate::store::SeriesInfo;

/// Bytes of an answer: at most, which is also the usual, and at least.
const MOST: u64 = 32 << 20;
const LEAST: u64 = 64 << 10;

/// How points are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Columns,
    Arrow,
}

/// An answer's bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    pub(super) form: Form,
    bytes: u64,
}

impl Measure {
    pub(super) fn new(form: Form, bytes: Option<u64>) -> Result<Self, Problem> {
        let bytes = bytes.unwrap_or(MOST);
        if (LEAST..=MOST).contains(&bytes) {
            return Ok(Self { form, bytes });
        }
        Err(Problem::bad_request(format!(
            "bytes is {bytes}; an answer can be bounded from {LEAST} to {MOST}"
        )))
    }

    /// Sets so many bytes aside for what an answer says besides its points.
    pub(super) fn set_aside(&mut self, bytes: usize) -> Result<(), Problem> {
        let left = self.bytes.checked_sub(bytes as u64).filter(|left| *left > 0);
        self.bytes = left.ok_or_else(|| {
            Problem::bad_request(
                "so many series do not fit in so few bytes; ask for fewer, or allow more bytes",
            )
        })?;
        Ok(())
    }

    /// How many bytes are left.
    pub(super) fn bytes(self) -> u64 {
        self.bytes
    }

    /// How many points still fit.
    pub(super) fn points(self, is_rl: bool) -> u64 {
        self.bytes / self.of_a_point(is_rl)
    }

    /// Notes that so many are in the answer.
    pub(super) fn use_up(&mut self, points: usize, is_rl: bool) {
        self.bytes = self.bytes.saturating_sub(points as u64 * self.of_a_point(is_rl));
    }

    /// The longest that a point can be.
    fn of_a_point(self, is_rl: bool) -> u64 {
        match (self.form, is_rl) {
            // A step and a time are texts of up to 20 digits, a value has up to 24 characters, a width two; with commas.
            (Form::Json, false) => 23 + 23 + 25 + 3,
            // Two more whole numbers, and two times `false`.
            (Form::Json, true) => 23 + 23 + 25 + 3 + 23 + 23 + 6 + 6,
            // A column each for step, time, value and width.
            (Form::Columns, false) => 8 + 8 + 8 + 1,
            (Form::Columns, true) => 8 + 8 + 8 + 1 + 8 + 8,
            // The same in one table, with the series that a row is of and a bit for each number that may be missing.
            (Form::Arrow, _) => 4 + 8 + 8 + 8 + 1 + 8 + 8 + 1,
        }
    }

    /// What it takes in memory to make an answer of so many points: as they are read, as they are put together, and
    /// written.
    pub(super) fn memory(self, points: u64, is_rl: bool) -> usize {
        let read = if is_rl { 57 } else { 25 };
        let written = match self.form {
            Form::Json => 3 * self.of_a_point(is_rl),
            Form::Columns | Form::Arrow => 2 * self.of_a_point(is_rl),
        };
        usize::try_from(points.saturating_mul(2 * read + written)).unwrap_or(usize::MAX)
    }

    /// The same for a page of a series, at most of so many points.
    pub(super) fn memory_of(self, info: &SeriesInfo, limit: u64, is_rl: bool) -> usize {
        let there = info.raw_points.max(info.points);
        self.memory(limit.min(self.points(is_rl)).min(there), is_rl)
    }
}

/// What an answer has around the points of one series, at most.
pub(super) fn around(run: &str, series: &str, environment: Option<&str>) -> usize {
    // A name can be six times as long in JSON.
    1024 + run.len() + series.len() + 6 * environment.map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::{Form, Measure};
    use crate::http::json::{Value, Whole};

    #[test]
    fn no_point_is_longer_than_it_counts() {
        let text = |value: f64| serde_json::to_string(&Value(value)).unwrap().len() + 1;
        let values = [
            f64::MIN,
            -f64::MIN_POSITIVE,
            -5e-324,
            -2.225_073_858_507_201e-308,
            -1.234_567_890_123_456_7e-300,
        ];
        assert!(values.into_iter().chain([f64::NEG_INFINITY]).all(|value| text(value) <= 25));
        assert_eq!(serde_json::to_string(&Whole(u64::MAX)).unwrap().len() + 1, 23);
        assert!(serde_json::to_string(&Whole(i64::MIN)).unwrap().len() < 23);
    }

    #[test]
    fn what_is_used_up_is_no_longer_there() {
        let mut measure = Measure::new(Form::Columns, Some(100_000)).unwrap();
        measure.set_aside(50_000).unwrap();
        assert_eq!(measure.points(false), 2000);
        measure.use_up(1500, false);
        assert_eq!(measure.points(false), 500);
        measure.set_aside(12_500).expect_err("nothing is left");
        assert!(
            Measure::new(Form::Json, Some(1 << 40)).is_err() && Measure::new(Form::Json, Some(10)).is_err()
        );
    }
}
