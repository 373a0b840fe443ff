//! Calls that log points of ordinary series.

use super::{SeriesName, StdFloats, Steps, Timestamps, time, values};
use crate::random::Random;

impl StdFloats {
    /// The same call with everything said for each point; automatic steps stay automatic.
    #[must_use]
    pub fn materialised(&self) -> Self {
        let count = self.values.len();
        Self {
            steps: match &self.steps {
                Steps::From(first) => Steps::Each((*first..).take(count).collect()),
                steps => steps.clone(),
            },
            timestamps: match &self.timestamps {
                Timestamps::At(time) => Timestamps::Each(vec![*time; count]),
                timestamps => timestamps.clone(),
            },
            ..self.clone()
        }
    }
}

/// A series with a step that its explicit steps grow from, most of the time.
pub(super) struct Series {
    name: SeriesName,
    distributed: bool,
    next: u64,
}

impl Series {
    /// A few series. Those of one metric and scale have the same label keys and ordering, as the service asks for.
    pub(super) fn some(random: &mut Random) -> Vec<Self> {
        let mut names = Vec::new();
        for metric in ["loss", "reward/mean", "épsilon", "a.b-c_d"].into_iter().take(random.index(4) + 1) {
            let scale = ["ML_STEP", "EPISODE", "", "eigene-Skala"][random.index(4)];
            let keys = random.below(4);
            let distributed = random.chance(20);
            for variant in 0..random.between(1, 3) {
                let labels = (0..keys)
                    .map(|key| (format!("k{key}"), format!("{variant} é{}", if key == 0 { "x" } else { "" })))
                    .collect();
                let name = SeriesName { metric: metric.into(), scale: scale.into(), labels };
                names.push(Self { name, distributed, next: 0 });
                if keys == 0 {
                    break;
                }
            }
        }
        names
    }

    pub(super) fn call(&mut self, random: &mut Random, length: usize) -> StdFloats {
        let count = length as u64;
        let steps = match random.below(10) {
            0..6 if !self.distributed => Steps::Auto,
            0..8 => Steps::From(self.first(random)),
            _ => {
                let mut step = self.first(random);
                let contiguous = random.chance(30);
                let mut each = Vec::with_capacity(length);
                for _ in 0..length {
                    each.push(step);
                    step += if contiguous { 1 } else { random.between(1, 300) };
                }
                if self.distributed && random.chance(50) {
                    each.reverse();
                }
                Steps::Each(each)
            }
        };
        self.next = match &steps {
            Steps::Auto => self.next + count,
            Steps::From(first) => self.next.max(first + count),
            Steps::Each(each) => each.iter().max().map_or(self.next, |last| self.next.max(last + 1)),
        };
        let timestamps = match random.below(10) {
            0..4 => Timestamps::Now,
            4..7 => Timestamps::At(time(random)),
            _ => Timestamps::Each((0..length).map(|_| time(random)).collect()),
        };
        let (series, distributed) = (self.name.clone(), self.distributed);
        StdFloats { series, values: values(random, length), steps, timestamps, distributed }
    }

    /// A step to go on from: the next one, a later one, or rarely one that was there before.
    fn first(&self, random: &mut Random) -> u64 {
        match random.below(10) {
            0..5 => self.next,
            5..9 => {
                let size = random.below(40);
                self.next + random.below(1 << size)
            }
            _ => random.below(self.next + 1),
        }
    }
}
