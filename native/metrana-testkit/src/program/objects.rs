//! Calls that log histograms and scatters.

use super::{Call, SeriesName, Timestamps, time};
use crate::random::Random;

/// The arguments of a call that logs histograms.
#[derive(Clone, Debug, PartialEq)]
pub struct Histograms {
    /// Which series.
    pub series: SeriesName,
    /// The histograms.
    pub histograms: Vec<Histogram>,
    /// A step for each.
    pub steps: Vec<u64>,
    /// Their times.
    pub timestamps: Timestamps,
}

/// A histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// One more than bins.
    pub edges: Vec<f64>,
    /// The bins.
    pub bins: Bins,
    /// Least, greatest, sum, sum of squares.
    pub stats: Option<[f64; 4]>,
}

/// What is in the bins of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub enum Bins {
    /// How many.
    Counts(Vec<u64>),
    /// How dense.
    Densities(Vec<f64>),
}

/// The arguments of a call that logs scatters.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatters {
    /// Which series.
    pub series: SeriesName,
    /// Whether they are in three dimensions.
    pub is_3d: bool,
    /// The scatters.
    pub scatters: Vec<Scatter>,
    /// A step for each.
    pub steps: Vec<u64>,
    /// Their times.
    pub timestamps: Timestamps,
    /// The titles of the axes.
    pub titles: Titles,
}

/// Coordinates: columns of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// Along x.
    pub xs: Vec<f64>,
    /// Along y.
    pub ys: Vec<f64>,
    /// Along z, in three dimensions.
    pub zs: Option<Vec<f64>>,
}

/// The titles of the axes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Titles {
    /// Of x.
    pub x: Option<String>,
    /// Of y.
    pub y: Option<String>,
    /// Of z.
    pub z: Option<String>,
}

/// A series of one kind.
pub(super) struct Series {
    name: SeriesName,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Counts,
    Densities,
    Flat,
    Deep,
}

impl Series {
    pub(super) fn some(random: &mut Random) -> Vec<Self> {
        let kinds =
            [("h", Kind::Counts), ("reward", Kind::Densities), ("s", Kind::Flat), ("s/3", Kind::Deep)];
        let mut all = Vec::new();
        for (metric, kind) in kinds {
            let scale = ["ML_STEP", "EPISODE"][random.index(2)];
            for variant in 0..random.below(3) {
                let labels = vec![("layer".into(), variant.to_string())];
                all.push(Self {
                    name: SeriesName { metric: metric.into(), scale: scale.into(), labels },
                    kind,
                });
            }
            let labels = Vec::new();
            if all.iter().all(|series| series.name.metric != metric) {
                all.push(Self {
                    name: SeriesName { metric: metric.into(), scale: scale.into(), labels },
                    kind,
                });
            }
        }
        all
    }

    pub(super) fn call(&self, random: &mut Random) -> Call {
        let count = [0, 1, 1, 1, 2, 9][random.index(6)];
        let steps: Vec<u64> = (0..count).map(|_| random.below(1000)).collect();
        let timestamps = match random.below(3) {
            0 => Timestamps::Now,
            1 => Timestamps::At(time(random)),
            _ => Timestamps::Each((0..count).map(|_| time(random)).collect()),
        };
        let series = self.name.clone();
        match self.kind {
            Kind::Counts | Kind::Densities => {
                let densities = matches!(self.kind, Kind::Densities);
                let histograms = (0..count).map(|_| histogram(random, densities)).collect();
                Call::Histograms(Histograms { series, histograms, steps, timestamps })
            }
            Kind::Flat | Kind::Deep => {
                let is_3d = matches!(self.kind, Kind::Deep);
                let scatters = (0..count).map(|_| scatter(random, is_3d)).collect();
                let mut title = |given| given && random.chance(25);
                let (x, y, z) = (title(true), title(true), title(is_3d));
                let mut text = |is: bool| is.then(|| ["", "Zeit / s", "y", "é"][random.index(4)].to_owned());
                let titles = Titles { x: text(x), y: text(y), z: text(z) };
                Call::Scatters(Scatters { series, is_3d, scatters, steps, timestamps, titles })
            }
        }
    }
}

fn histogram(random: &mut Random, densities: bool) -> Histogram {
    let bins = [1, 2, 10, 512][random.index(4)];
    let mut edge: f64 = [-1e300, -0.0, 0.0, -5.0][random.index(4)];
    let mut edges = vec![edge];
    for _ in 0..bins {
        edge += [0.1, 1.0, 1e290][random.index(3)];
        edge = edge.max(edges[edges.len() - 1].next_up());
        edges.push(edge);
    }
    let bins = if densities {
        Bins::Densities((0..bins).map(|_| [0.0, 0.1, 5e-324, f64::MAX][random.index(4)]).collect())
    } else {
        Bins::Counts((0..bins).map(|_| [0, 1, 1 << 40, u64::MAX][random.index(4)]).collect())
    };
    let stats = random.chance(50).then(|| {
        let least = [-0.0, 0.0, -1.5, 1e-310][random.index(4)];
        [
            least,
            least + [0.0, 2.0][random.index(2)],
            [-0.0, 7.5, -1e300][random.index(3)],
            [0.0, -0.0, 9.0][random.index(3)],
        ]
    });
    Histogram { edges, bins, stats }
}

fn scatter(random: &mut Random, is_3d: bool) -> Scatter {
    const ODD: [f64; 6] = [-0.0, 0.0, f64::MAX, f64::MIN, 5e-324, 0.1];
    let count = [0, 1, 7, 300][random.index(4)];
    let mut column = || (0..count).map(|_| ODD[random.index(6)]).collect::<Vec<f64>>();
    Scatter { xs: column(), ys: column(), zs: is_3d.then(column) }
}
