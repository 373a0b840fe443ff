//! What one series holds: points of one kind.

use super::floats::FloatSeries;
use super::rl::RlSeries;
use super::{Histogram, Scatter};

/// The kind of a series' points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SeriesKind {
    /// It has none yet.
    #[default]
    Undefined,
    /// Numbers.
    Float,
    /// Histograms that count.
    Histogram,
    /// Histograms of densities.
    DensityHistogram,
    /// Scatters in two dimensions.
    Scatter,
    /// Scatters in three dimensions.
    Scatter3d,
}

/// The two worlds of series. One name means a series in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum World {
    /// Points at steps.
    Std,
    /// Points of environments at steps of a training.
    Rl,
}

/// The points of a series.
#[derive(Debug, Default)]
pub(super) enum Content {
    /// Nothing came yet, so that it could become anything.
    #[default]
    None,
    Floats(FloatSeries),
    Rl(RlSeries),
    Histograms {
        density: bool,
        points: Vec<Histogram>,
    },
    Scatters {
        is_3d: bool,
        points: Vec<Scatter>,
    },
}

impl Content {
    pub(super) fn new(world: World, kind: SeriesKind) -> Self {
        match (world, kind) {
            (_, SeriesKind::Undefined) => Self::None,
            (World::Rl, _) => Self::Rl(RlSeries::default()),
            (World::Std, SeriesKind::Float) => Self::Floats(FloatSeries::default()),
            (World::Std, SeriesKind::Histogram) => Self::Histograms { density: false, points: Vec::new() },
            (World::Std, SeriesKind::DensityHistogram) => {
                Self::Histograms { density: true, points: Vec::new() }
            }
            (World::Std, SeriesKind::Scatter) => Self::Scatters { is_3d: false, points: Vec::new() },
            (World::Std, SeriesKind::Scatter3d) => Self::Scatters { is_3d: true, points: Vec::new() },
        }
    }

    pub(super) fn kind(&self) -> SeriesKind {
        match self {
            Self::None => SeriesKind::Undefined,
            Self::Floats(_) | Self::Rl(_) => SeriesKind::Float,
            Self::Histograms { density: false, .. } => SeriesKind::Histogram,
            Self::Histograms { density: true, .. } => SeriesKind::DensityHistogram,
            Self::Scatters { is_3d: false, .. } => SeriesKind::Scatter,
            Self::Scatters { is_3d: true, .. } => SeriesKind::Scatter3d,
        }
    }

    pub(super) fn world(&self) -> Option<World> {
        match self {
            Self::None => None,
            Self::Rl(_) => Some(World::Rl),
            Self::Floats(_) | Self::Histograms { .. } | Self::Scatters { .. } => Some(World::Std),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Floats(floats) => floats.len(),
            Self::Rl(rl) => rl.len(),
            Self::Histograms { points, .. } => points.len(),
            Self::Scatters { points, .. } => points.len(),
        }
    }

    /// The largest step; of reinforcement learning the largest step of the training.
    pub(super) fn largest_step(&self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Floats(floats) => floats.largest_step(),
            Self::Rl(rl) => rl.largest_rl_step(),
            Self::Histograms { points, .. } => points.iter().map(|point| point.step).max(),
            Self::Scatters { points, .. } => points.iter().map(|point| point.step).max(),
        }
    }
}
