//! Programs: what a training loop does to a logger, made from a seed.

use crate::random::Random;

/// A sequence of calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// In order.
    pub calls: Vec<Call>,
}

/// One call of the logger.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// Log points of an ordinary series.
    StdFloats(StdFloats),
    /// Wait until everything so far has arrived.
    Flush,
}

/// The arguments of a call that logs points of an ordinary series.
#[derive(Clone, Debug, PartialEq)]
pub struct StdFloats {
    /// Which series.
    pub series: SeriesName,
    /// Values at the width that they travel in.
    pub values: Values,
    /// Their steps.
    pub steps: Steps,
    /// Their times.
    pub timestamps: Timestamps,
}

/// The name of a series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesName {
    /// The metric.
    pub metric: String,
    /// The scale of its steps.
    pub scale: String,
    /// Labels, sorted by key.
    pub labels: Vec<(String, String)>,
}

/// A column of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// 64 bits each.
    F64(Vec<f64>),
    /// 32 bits each.
    F32(Vec<f32>),
}

/// The steps of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Steps {
    /// Where the series stands, and on.
    Auto,
    /// From this one on.
    From(u64),
    /// One for each value.
    Each(Vec<u64>),
}

/// The times of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timestamps {
    /// The time of the call.
    Now,
    /// One for all values.
    At(i64),
    /// One for each value.
    Each(Vec<i64>),
}

impl Values {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F64(values) => values.len(),
            Self::F32(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Program {
    /// Makes a program of up to some hundred calls on a handful of series. Every call in it is valid, and at least one
    /// point is logged.
    #[must_use]
    pub fn generate(random: &mut Random) -> Self {
        let mut names = series_names(random);
        let scalars = random.chance(50);
        let calls = random.between(1, 120);
        let mut made = Vec::new();
        for index in 0..calls {
            if random.chance(4) {
                made.push(Call::Flush);
            }
            let at_least = usize::from(index == 0);
            let length = column_length(random, scalars).max(at_least);
            let name = random.index(names.len());
            made.push(Call::StdFloats(names[name].call(random, length)));
        }
        Self { calls: made }
    }

    /// How many points it logs.
    #[must_use]
    pub fn points(&self) -> usize {
        let points = |call: &Call| match call {
            Call::StdFloats(call) => call.values.len(),
            Call::Flush => 0,
        };
        self.calls.iter().map(points).sum()
    }
}

/// A series with a step that its explicit steps grow from, most of the time.
struct Series {
    name: SeriesName,
    next: u64,
}

/// A few series. Those of one metric and scale have the same label keys, as the service asks for.
fn series_names(random: &mut Random) -> Vec<Series> {
    let mut names = Vec::new();
    for metric in 0..random.between(1, 4) {
        let scale = ["ML_STEP", "EPISODE", "", "eigene-Skala"][random.index(4)];
        let keys = random.below(4);
        for variant in 0..random.between(1, 3) {
            let labels = (0..keys)
                .map(|key| (format!("k{key}"), format!("{variant} é{}", if key == 0 { "x" } else { "" })))
                .collect();
            let metric =
                ["loss", "reward/mean", "épsilon", "a.b-c_d"][usize::try_from(metric).unwrap_or_default()];
            names.push(Series {
                name: SeriesName { metric: metric.into(), scale: scale.into(), labels },
                next: 0,
            });
            if keys == 0 {
                break;
            }
        }
    }
    names
}

fn column_length(random: &mut Random, scalars: bool) -> usize {
    match random.below(100) {
        _ if scalars && random.chance(80) => 1,
        0..3 => 0,
        3..40 => 1,
        40..80 => random.index(30) + 1,
        80..97 => random.index(700) + 1,
        _ => random.index(20_000) + 1,
    }
}

impl Series {
    fn call(&mut self, random: &mut Random, length: usize) -> StdFloats {
        let count = length as u64;
        let steps = match random.below(10) {
            0..6 => Steps::Auto,
            6..8 => Steps::From(self.first(random)),
            _ => {
                let mut step = self.first(random);
                let contiguous = random.chance(30);
                let mut each = Vec::with_capacity(length);
                for _ in 0..length {
                    each.push(step);
                    step += if contiguous { 1 } else { random.between(1, 300) };
                }
                Steps::Each(each)
            }
        };
        self.next = match &steps {
            Steps::Auto => self.next + count,
            Steps::From(first) => self.next.max(first + count),
            Steps::Each(each) => each.last().map_or(self.next, |last| self.next.max(last + 1)),
        };
        let timestamps = match random.below(10) {
            0..4 => Timestamps::Now,
            4..7 => Timestamps::At(time(random)),
            _ => Timestamps::Each((0..length).map(|_| time(random)).collect()),
        };
        StdFloats { series: self.name.clone(), values: values(random, length), steps, timestamps }
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

fn time(random: &mut Random) -> i64 {
    match random.below(20) {
        0 => -i64::try_from(random.below(1 << 40)).unwrap_or_default(),
        1 => 0,
        2 => i64::MAX,
        3 => i64::MIN,
        _ => 1_700_000_000_000 + i64::try_from(random.below(1 << 32)).unwrap_or_default(),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "any 32 bits will do")]
fn values(random: &mut Random, length: usize) -> Values {
    const ODD: [f64; 8] =
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, f64::MIN_POSITIVE / 8.0, f64::MAX, f64::MIN];
    if random.chance(25) {
        return Values::F32((0..length).map(|_| f32::from_bits(random.bits() as u32)).collect());
    }
    let mut value = || if random.chance(10) { ODD[random.index(8)] } else { f64::from_bits(random.bits()) };
    Values::F64((0..length).map(|_| value()).collect())
}

#[cfg(test)]
mod tests {
    use super::{Call, Program, Steps, Timestamps, Values};
    use crate::random::Random;

    #[test]
    fn a_seed_makes_the_same_program() {
        let program = |seed| format!("{:?}", Program::generate(&mut Random::new(seed)));
        assert_eq!(program(3), program(3));
        assert_ne!(program(3), program(4));
    }

    #[test]
    fn two_hundred_seeds_make_every_shape_of_call() {
        let mut seen = [false; 10];
        for seed in 0..200 {
            let program = Program::generate(&mut Random::new(seed));
            assert!(program.points() > 0, "seed {seed}");
            for call in program.calls {
                let Call::StdFloats(call) = call else {
                    seen[0] = true;
                    continue;
                };
                let count = call.values.len();
                seen[1] |= matches!(call.values, Values::F32(_));
                seen[2] |= matches!(call.values, Values::F64(_));
                seen[3] |= matches!(call.steps, Steps::Auto);
                seen[4] |= matches!(call.steps, Steps::From(_));
                seen[5] |= matches!(&call.steps, Steps::Each(each) if each.len() == count);
                seen[6] |= matches!(call.timestamps, Timestamps::Now);
                seen[7] |= matches!(&call.timestamps, Timestamps::Each(each) if each.len() == count);
                seen[8] |= count == 0;
                seen[9] |= count > 10_000 && !call.series.labels.is_empty();
            }
        }
        assert_eq!(seen, [true; 10]);
    }
}
