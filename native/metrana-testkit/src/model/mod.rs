//! What must arrive: the rules of the protocol as a plain list, which shares nothing with the code under test.

use std::collections::BTreeMap;

mod arrived;
mod attributes;
mod objects;
mod rl;

use crate::program::{Call, SeriesName, StdFloats, Steps, Timestamps, Values};

pub use arrived::{
    Arrived, Attributes, EnvironmentAttributes, Environments, Histogram, Point, RlPoint, Scatter, Value, bits,
};
pub use rl::Progress;

/// What the calls so far must leave behind.
#[derive(Clone, Debug, Default)]
pub struct Model {
    arrived: Arrived,
    last: BTreeMap<SeriesName, u64>,
    rl: rl::Counters,
}

impl Model {
    /// The series stood there before the first call.
    pub fn seed(&mut self, series: SeriesName, last_step: u64) {
        self.last.insert(series, last_step);
    }

    /// A call that was accepted.
    pub fn call(&mut self, call: &Call) {
        match call {
            Call::StdFloats(call) => self.std_floats(call),
            Call::RlFloats(call) => self.rl.call(call, &mut self.arrived.rl_points),
            Call::Histograms(call) => self.log_histograms(call),
            Call::Scatters(call) => self.log_scatters(call),
            Call::Attributes(target, value) => self.write(target, value),
            Call::Tags(tags) => self.tag(tags),
            Call::Description(text) => self.describe(text),
            Call::Flush => {}
        }
    }

    /// An environment stood there before the first call.
    pub fn seed_environment(&mut self, name: &str, progress: Progress) {
        self.rl.seed(name, progress);
    }

    /// How far an environment has come, over all series.
    #[must_use]
    pub fn progress(&self, environment: &str) -> Progress {
        self.rl.progress(environment)
    }

    /// All that must be there.
    #[must_use]
    pub fn arrived(&self) -> &Arrived {
        &self.arrived
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
            let (time, (value, width)) = (call.timestamps.at(index), call.values.at(index));
            self.reach(&call.series, step);
            let point = Point { step, time, value, width };
            self.arrived.points.entry(call.series.clone()).or_default().push(point);
        }
    }
}

impl Model {
    fn reach(&mut self, series: &SeriesName, step: u64) {
        let last = self.last.entry(series.clone()).or_insert(step);
        *last = step.max(*last);
    }
}

impl Timestamps {
    /// The time of one point; none where the call left it to the clock.
    fn at(&self, index: usize) -> Option<i64> {
        match self {
            Self::Now => None,
            Self::At(time) => Some(*time),
            Self::Each(each) => Some(each[index]),
        }
    }
}

impl Values {
    /// The bits of one value as 64-bit float, and the width that it travels in.
    fn at(&self, index: usize) -> (u64, u8) {
        match self {
            Self::F64(values) => (values[index].to_bits(), 64),
            Self::F32(values) => (f64::from(values[index]).to_bits(), 32),
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
                distributed: false,
            }));
        };
        log(2, Steps::Auto);
        log(2, Steps::From(10));
        log(1, Steps::Auto);
        log(2, Steps::Each(vec![3, 2]));
        log(1, Steps::Auto);
        let steps: Vec<u64> = model.arrived().points[&series].iter().map(|point| point.step).collect();
        assert_eq!(steps, [0, 1, 10, 11, 12, 3, 2, 13]);
        assert_eq!(model.last_step(&series), Some(13));
    }
}
