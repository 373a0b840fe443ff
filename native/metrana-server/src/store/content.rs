//! What one series holds: points of one kind.

use serde::{Deserialize, Serialize};

use super::floats::FloatSeries;
use super::list::PointList;
use super::rl::RlSeries;
use super::{Histogram, Scatter};

/// The kind of a series' points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum World {
    /// Points at steps.
    Std,
    /// Points of environments at steps of a training.
    Rl,
}

/// The points of a series.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) enum Content {
    /// Nothing came yet, so that it could become anything.
    #[default]
    None,
    Floats(FloatSeries),
    Rl(RlSeries),
    Histograms {
        density: bool,
        points: PointList<Histogram>,
    },
    Scatters {
        is_3d: bool,
        points: PointList<Scatter>,
    },
}

impl Content {
    pub(super) fn new(world: World, kind: SeriesKind, ordered: bool) -> Self {
        match (world, kind) {
            (_, SeriesKind::Undefined) => Self::None,
            (World::Rl, _) => Self::Rl(RlSeries::new(ordered)),
            (World::Std, SeriesKind::Float) => Self::Floats(FloatSeries::default()),
            (World::Std, SeriesKind::Histogram) => {
                Self::Histograms { density: false, points: PointList::default() }
            }
            (World::Std, SeriesKind::DensityHistogram) => {
                Self::Histograms { density: true, points: PointList::default() }
            }
            (World::Std, SeriesKind::Scatter) => {
                Self::Scatters { is_3d: false, points: PointList::default() }
            }
            (World::Std, SeriesKind::Scatter3d) => {
                Self::Scatters { is_3d: true, points: PointList::default() }
            }
        }
    }

    /// After it was kept elsewhere, all its points are there.
    pub(super) fn restore(&mut self) {
        match self {
            Self::None => {}
            Self::Floats(floats) => floats.restore(),
            Self::Rl(rl) => rl.restore(),
            Self::Histograms { points, .. } => points.restore(),
            Self::Scatters { points, .. } => points.restore(),
        }
    }

    /// A copy for readers and for the sealing, which copies no points.
    pub(super) fn copy(&self) -> Self {
        if let Self::Rl(rl) = self { Self::Rl(rl.copy()) } else { self.clone() }
    }

    /// How many points are not safe elsewhere.
    pub(super) fn unsealed(&self) -> u64 {
        let of = |floats: &FloatSeries| (floats.len() - floats.sealed()) as u64;
        match self {
            Self::None => 0,
            Self::Floats(floats) => of(floats),
            Self::Rl(rl) => rl.tracks().iter().map(|track| of(track.floats())).sum(),
            Self::Histograms { points, .. } => points.in_memory().len() as u64,
            Self::Scatters { points, .. } => points.in_memory().len() as u64,
        }
    }

    /// Notes that everything that was there when this copy was made is safe elsewhere.
    pub(super) fn seal(&mut self, copy: &Self) {
        match (self, copy) {
            (Self::Floats(floats), Self::Floats(copy)) => floats.seal(copy.len()),
            (Self::Rl(rl), Self::Rl(copy)) => {
                for (track, copy) in rl.tracks_mut().iter_mut().zip(copy.tracks()) {
                    track.seal(copy.floats().len());
                }
            }
            (Self::Histograms { points, .. }, Self::Histograms { points: copy, .. }) => {
                points.seal(copy.sealed() + copy.in_memory().len());
            }
            (Self::Scatters { points, .. }, Self::Scatters { points: copy, .. }) => {
                points.seal(copy.sealed() + copy.in_memory().len());
            }
            _ => {}
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

    /// How many points arrived.
    pub(super) fn raw(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Floats(floats) => floats.arrivals().raw(),
            Self::Rl(rl) => rl.len() as u64,
            Self::Histograms { points, .. } => points.arrivals().raw(),
            Self::Scatters { points, .. } => points.arrivals().raw(),
        }
    }

    /// How many points count.
    pub(super) fn counting(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Floats(floats) => floats.arrivals().counting(),
            Self::Rl(rl) => rl.counting(),
            Self::Histograms { points, .. } => points.arrivals().counting(),
            Self::Scatters { points, .. } => points.arrivals().counting(),
        }
    }
}
