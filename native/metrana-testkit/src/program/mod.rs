//! Programs: what a training loop does to a logger, made from a seed.

mod attributes;
mod objects;
mod ordinary;
mod rl;

use crate::random::Random;

pub use attributes::{Attribute, Tags, Target};
pub use objects::{Bins, Histogram, Histograms, Scatter, Scatters, Titles};
pub use rl::{RlFloats, Spread, Strategy};

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
    /// Log points of a reinforcement-learning series.
    RlFloats(RlFloats),
    /// Log histograms.
    Histograms(Histograms),
    /// Log scatters.
    Scatters(Scatters),
    /// Write attributes.
    Attributes(Target, Attribute),
    /// Set or change the run's tags.
    Tags(Tags),
    /// Describe the run.
    Description(String),
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
    /// Whether many processes log to the series.
    pub distributed: bool,
}

/// The name of a series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// How much of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Points of ordinary series.
    pub std_points: u64,
    /// Points of reinforcement learning.
    pub rl_points: u64,
    /// Histograms.
    pub histograms: u64,
    /// Scatters.
    pub scatters: u64,
    /// Attributes of the run.
    pub attributes: u64,
    /// Attributes of environments.
    pub environment_attributes: u64,
}

/// The kinds of data that a program logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// Points of ordinary series.
    Floats,
    /// All that there are.
    All,
}

impl Program {
    /// Makes a program of up to some hundred calls on a handful of series. Every call in it is valid, and at least one
    /// point is logged.
    #[must_use]
    pub fn generate(random: &mut Random, kinds: Kinds) -> Self {
        let mut std = ordinary::Series::some(random);
        let mut rl = rl::Series::some(random);
        let objects = objects::Series::some(random);
        let scalars = random.chance(50);
        let calls = random.between(1, 120);
        let mut made = Vec::new();
        for index in 0..calls {
            if random.chance(4) {
                made.push(Call::Flush);
            }
            // The first call is one that logs a point.
            let kind = if kinds == Kinds::Floats || index == 0 { 0 } else { random.below(20) };
            made.push(match kind {
                0..6 => {
                    let length = column_length(random, scalars).max(usize::from(index == 0));
                    let place = random.index(std.len());
                    Call::StdFloats(std[place].call(random, length))
                }
                6..13 => {
                    let place = random.index(rl.len());
                    Call::RlFloats(rl[place].call(random, scalars))
                }
                13..16 => {
                    let place = random.index(objects.len());
                    objects[place].call(random)
                }
                _ => attributes::call(random),
            });
        }
        Self { calls: made }
    }

    /// How much it logs.
    #[must_use]
    pub fn amounts(&self) -> Amounts {
        let mut amounts = Amounts::default();
        for call in &self.calls {
            match call {
                Call::StdFloats(call) => amounts.std_points += call.values.len() as u64,
                Call::RlFloats(call) => amounts.rl_points += call.values.len() as u64,
                Call::Histograms(call) => amounts.histograms += call.histograms.len() as u64,
                Call::Scatters(call) => amounts.scatters += call.scatters.len() as u64,
                Call::Attributes(Target::Environment { .. }, value) => {
                    amounts.environment_attributes += value.leaves();
                }
                Call::Attributes(_, value) => amounts.attributes += value.leaves(),
                Call::Tags(_) | Call::Description(_) => amounts.attributes += 1,
                Call::Flush => {}
            }
        }
        amounts
    }
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

pub(crate) fn time(random: &mut Random) -> i64 {
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
    use super::{Call, Kinds, Program, Spread, Steps, Strategy, Target, Timestamps, Values};
    use crate::random::Random;

    #[test]
    fn a_seed_makes_the_same_program() {
        let program = |seed| format!("{:?}", Program::generate(&mut Random::new(seed), Kinds::All));
        assert_eq!(program(3), program(3));
        assert_ne!(program(3), program(4));
    }

    #[test]
    fn two_hundred_seeds_make_every_shape_of_call() {
        let mut seen = [false; 11];
        for seed in 0..200 {
            let program = Program::generate(&mut Random::new(seed), Kinds::Floats);
            assert!(program.amounts().std_points > 0, "seed {seed}");
            for call in program.calls {
                let Call::StdFloats(call) = call else {
                    assert_eq!(call, Call::Flush);
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
                seen[10] |= call.distributed && !matches!(call.steps, Steps::Auto);
            }
        }
        assert_eq!(seen, [true; 11]);
    }

    #[test]
    fn two_hundred_seeds_make_every_shape_of_a_grid() {
        fn shape<T>(spread: &Spread<T>) -> usize {
            match spread {
                Spread::None => 0,
                Spread::Uniform(_) => 1,
                Spread::PerEnvironment(_) => 2,
                Spread::Grid(_) => 3,
            }
        }
        let mut shapes = [[false; 4]; 3];
        let mut others = [false; 12];
        for seed in 0..200 {
            for call in Program::generate(&mut Random::new(seed), Kinds::All).calls {
                match call {
                    Call::RlFloats(call) => {
                        shapes[0][shape(&call.episodes)] = true;
                        shapes[1][shape(&call.steps)] = true;
                        shapes[2][shape(&call.timestamps)] = true;
                        others[0] |= call.strategy == Strategy::FromOne;
                        others[1] |= call.strategy == Strategy::AcrossRlSteps;
                        others[2] |= !call.ordered;
                        others[3] |=
                            call.environments.len() > 1 && call.values.len() > call.environments.len();
                        others[4] |=
                            call.environments.iter().skip(1).any(|name| *name == call.environments[0]);
                        others[5] |= call.values.is_empty();
                    }
                    Call::Histograms(_) => others[6] = true,
                    Call::Scatters(_) => others[7] = true,
                    Call::Attributes(Target::Environment { .. }, _) => others[8] = true,
                    Call::Attributes(..) => others[9] = true,
                    Call::Tags(_) => others[10] = true,
                    Call::Description(_) => others[11] = true,
                    Call::StdFloats(_) | Call::Flush => {}
                }
            }
        }
        assert_eq!((shapes, others), ([[true; 4]; 3], [true; 12]));
    }
}
