//! What must arrive: the rules of the protocol as a plain list, which shares nothing with the code under test.

use std::collections::BTreeMap;

use crate::program::{Call, SeriesName, StdFloats, Steps, Timestamps, Values};

/// A point that must arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its step.
    pub step: u64,
    /// Its time; none where the call left it to the clock.
    pub time: Option<i64>,
    /// The bits of its value, as 64-bit float.
    pub value: u64,
    /// The width that the value travels in.
    pub width: u8,
}

/// What the calls so far must leave behind.
#[derive(Clone, Debug, Default)]
pub struct Model {
    points: BTreeMap<SeriesName, Vec<Point>>,
    last: BTreeMap<SeriesName, u64>,
}

impl Model {
    /// The series stood there before the first call.
    pub fn seed(&mut self, series: SeriesName, last_step: u64) {
        self.last.insert(series, last_step);
    }

    /// A call that was accepted.
    pub fn call(&mut self, call: &Call) {
        if let Call::StdFloats(call) = call {
            self.std_floats(call);
        }
    }

    /// The points of each series that has any, in order.
    #[must_use]
    pub fn points(&self) -> &BTreeMap<SeriesName, Vec<Point>> {
        &self.points
    }

    /// The largest step of a series.
    #[must_use]
    pub fn last_step(&self, series: &SeriesName) -> Option<u64> {
        self.last.get(series).copied()
    }

    fn std_floats(&mut self, call: &StdFloats) {
        for index in 0..call.values.len() {
            let step = match &call.steps {
                Steps::Auto => self.last.get(&call.series).map_or(0, |last| last + 1),
                Steps::From(first) => first + index as u64,
                Steps::Each(each) => each[index],
            };
            let time = match &call.timestamps {
                Timestamps::Now => None,
                Timestamps::At(time) => Some(*time),
                Timestamps::Each(each) => Some(each[index]),
            };
            let (value, width) = match &call.values {
                Values::F64(values) => (values[index], 64),
                Values::F32(values) => (f64::from(values[index]), 32),
            };
            let last = self.last.entry(call.series.clone()).or_default();
            *last = step.max(*last);
            self.points.entry(call.series.clone()).or_default().push(Point {
                step,
                time,
                value: value.to_bits(),
                width,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Model;
    use crate::program::{Call, SeriesName, StdFloats, Steps, Timestamps, Values};

    #[test]
    fn automatic_steps_go_on_behind_the_largest_one() {
        let series = SeriesName { metric: "m".into(), scale: "S".into(), labels: vec![] };
        let mut model = Model::default();
        let mut log = |count, steps| {
            model.call(&Call::StdFloats(StdFloats {
                series: series.clone(),
                values: Values::F64(vec![1.0; count]),
                steps,
                timestamps: Timestamps::Now,
            }));
        };
        log(2, Steps::Auto);
        log(2, Steps::From(10));
        log(1, Steps::Auto);
        log(2, Steps::Each(vec![3, 2]));
        log(1, Steps::Auto);
        let steps: Vec<u64> = model.points()[&series].iter().map(|point| point.step).collect();
        assert_eq!(steps, [0, 1, 10, 11, 12, 3, 2, 13]);
        assert_eq!(model.last_step(&series), Some(13));
    }
}
