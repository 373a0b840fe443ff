//! Calls that log points of reinforcement learning.

use super::{SeriesName, Values, time, values};
use crate::random::Random;

/// The arguments of a call that logs points of reinforcement learning: a grid with a row for each environment.
#[derive(Clone, Debug, PartialEq)]
pub struct RlFloats {
    /// Which series.
    pub series: SeriesName,
    /// The step of the training.
    pub rl_step: u64,
    /// The environments.
    pub environments: Vec<String>,
    /// The values, row by row.
    pub values: Values,
    /// The episodes.
    pub episodes: Spread<u64>,
    /// The environment steps.
    pub steps: Spread<u64>,
    /// The times.
    pub timestamps: Spread<i64>,
    /// How environment steps count.
    pub strategy: Strategy,
    /// Whether points come in the order of their steps.
    pub ordered: bool,
}

/// Something that the points of a grid have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spread<T> {
    /// Not given.
    None,
    /// One for all. Of steps: where a row begins.
    Uniform(T),
    /// One for each environment. Of steps: where its row begins.
    PerEnvironment(Vec<T>),
    /// One for each point, row by row.
    Grid(Vec<T>),
}

/// How environment steps count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// From 0 within each step of the training and each episode.
    WithinRlStep,
    /// The same, and the service counts on from one.
    FromOne,
    /// The caller's steps go on over steps of the training.
    AcrossRlSteps,
}

impl RlFloats {
    /// The same call with everything said for each point, as far as a call can say it: automatic steps stay automatic, and
    /// where rows begin stays where they begin.
    #[must_use]
    pub fn materialised(&self) -> Self {
        let rows = self.environments.len();
        let columns = self.columns();
        Self {
            episodes: self.episodes.grid(rows, columns),
            timestamps: self.timestamps.grid(rows, columns),
            steps: match &self.steps {
                Spread::Uniform(first) => {
                    Spread::PerEnvironment(vec![*first; rows]).ranges(&self.episodes, columns)
                }
                steps => steps.ranges(&self.episodes, columns),
            },
            ..self.clone()
        }
    }

    /// How many values each environment has.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.values.len().checked_div(self.environments.len()).unwrap_or_default()
    }
}

impl<T: Copy> Spread<T> {
    /// What the point in this row and column has.
    #[must_use]
    pub fn at(&self, row: usize, column: usize, columns: usize) -> Option<T> {
        match self {
            Self::None => None,
            Self::Uniform(one) => Some(*one),
            Self::PerEnvironment(each) => Some(each[row]),
            Self::Grid(each) => Some(each[row * columns + column]),
        }
    }

    fn grid(&self, rows: usize, columns: usize) -> Self {
        let points = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        match self {
            Self::None => Self::None,
            _ => Self::Grid(points.filter_map(|(row, column)| self.at(row, column, columns)).collect()),
        }
    }
}

impl Spread<u64> {
    /// Steps that begin a row, written out: each episode of the row counts on for itself.
    fn ranges(&self, episodes: &Self, columns: usize) -> Self {
        let Self::PerEnvironment(firsts) = self else { return self.clone() };
        let mut steps = Vec::new();
        for (row, first) in firsts.iter().enumerate() {
            let row_episodes: Vec<_> = (0..columns).map(|column| episodes.at(row, column, columns)).collect();
            steps.extend(row_episodes.iter().enumerate().map(|(column, episode)| {
                first + row_episodes[..column].iter().filter(|before| *before == episode).count() as u64
            }));
        }
        Self::Grid(steps)
    }
}

/// A series, with what its first call settles for good.
pub(super) struct Series {
    name: SeriesName,
    strategy: Strategy,
    ordered: bool,
    episodic: bool,
    rl_step: u64,
    environments: Vec<String>,
}

impl Series {
    /// A few series. Some have the metric and scale of an ordinary one, which is another family.
    pub(super) fn some(random: &mut Random) -> Vec<Self> {
        let mut all = Vec::new();
        let names = ["reward", "loss", "épsilon"];
        for metric in names.into_iter().take(random.index(3) + 1) {
            let scale = ["ENVIRONMENT_STEP", "EPISODE", "ML_STEP"][random.index(3)];
            let (ordered, episodic) = (random.chance(75), random.chance(60));
            let key = random.chance(40);
            for variant in 0..random.between(1, 2) {
                let labels = if key { vec![("who".into(), variant.to_string())] } else { Vec::new() };
                let strategy = match random.below(5) {
                    3 if ordered && episodic => Strategy::FromOne,
                    4 if ordered => Strategy::AcrossRlSteps,
                    _ => Strategy::WithinRlStep,
                };
                let name = SeriesName { metric: metric.into(), scale: scale.into(), labels };
                let environments = (0..random.between(1, 6)).map(|number| format!("env-{number}é")).collect();
                all.push(Self { name, strategy, ordered, episodic, rl_step: 0, environments });
                if !key {
                    break;
                }
            }
        }
        all
    }

    pub(super) fn call(&mut self, random: &mut Random, scalars: bool) -> RlFloats {
        let rl_step = match random.below(10) {
            0..4 => self.rl_step,
            4..9 => self.rl_step + random.between(1, 5),
            _ => random.below(self.rl_step + 1),
        };
        // Two rows of one environment behind its highest step could count as one run of points or as two.
        let doubles = rl_step >= self.rl_step && random.chance(15);
        self.rl_step = self.rl_step.max(rl_step);
        let mut environments = Vec::new();
        for name in &self.environments {
            if environments.is_empty() || random.chance(60) {
                environments.push(name.clone());
            }
        }
        if doubles {
            environments.push(environments[0].clone());
        }
        let columns = match random.below(20) {
            _ if scalars && random.chance(70) => 1,
            0 => 0,
            1..6 => 1,
            19 => random.index(3000) + 1,
            _ => random.index(30) + 1,
        };
        let rows = environments.len();
        let episodes = if self.episodic {
            let changes = random.chance(50);
            spread(random, rows, columns, 1, |random, column| {
                let before = if changes { column as u64 / 3 } else { 0 };
                before + if random.chance(20) { random.below(3) } else { 0 }
            })
        } else {
            Spread::None
        };
        let automatic = self.ordered && self.strategy != Strategy::AcrossRlSteps;
        let start = random.below(50);
        let steps = if automatic && random.chance(50) {
            Spread::None
        } else {
            let ordered = self.ordered;
            spread(random, rows, columns, 1, |random, column| {
                start + if ordered { column as u64 * 2 } else { 0 } + random.below(4)
            })
        };
        RlFloats {
            series: self.name.clone(),
            rl_step,
            values: values(random, rows * columns),
            environments,
            episodes,
            steps,
            timestamps: spread(random, rows, columns, 0, |random, _| time(random)),
            strategy: self.strategy,
            ordered: self.ordered,
        }
    }
}

/// A spread of any shape from `least` on, where 0 is none.
fn spread<T>(
    random: &mut Random,
    rows: usize,
    columns: usize,
    least: u64,
    mut one: impl FnMut(&mut Random, usize) -> T,
) -> Spread<T> {
    match random.between(least, 3) {
        0 => Spread::None,
        1 => Spread::Uniform(one(random, 0)),
        2 => Spread::PerEnvironment((0..rows).map(|_| one(random, 0)).collect()),
        _ => Spread::Grid((0..rows * columns).map(|index| one(random, index % columns)).collect()),
    }
}
