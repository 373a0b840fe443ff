//! Points that are objects of their own, in the order of their arrival: histograms and scatters.

use serde::{Deserialize, Serialize};

use super::arrivals::{Arrivals, Picks, Taken, View};
use super::{Histogram, Page, Scatter};

/// Something at a step.
pub(super) trait AtStep {
    fn step(&self) -> u64;
}

impl AtStep for Histogram {
    fn step(&self) -> u64 {
        self.step
    }
}

impl AtStep for Scatter {
    fn step(&self) -> u64 {
        self.step
    }
}

/// All that came for a series.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PointList<T> {
    /// Those in memory.
    #[serde(skip, default = "Vec::new")]
    points: Vec<T>,
    /// How many came before those, which are kept elsewhere.
    sealed: usize,
    arrivals: Arrivals,
}

impl<T> Default for PointList<T> {
    fn default() -> Self {
        Self { points: Vec::new(), sealed: 0, arrivals: Arrivals::default() }
    }
}

impl<T: AtStep + Clone> PointList<T> {
    pub(super) fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// Takes points, of which some may not count.
    pub(super) fn append(&mut self, points: Vec<T>, taken: &Taken) {
        self.arrivals.push(points.len(), taken);
        self.points.extend(points);
    }

    /// How many of the first points are safe elsewhere, and not in memory.
    pub(super) fn sealed(&self) -> usize {
        self.sealed
    }

    /// After it was kept elsewhere, all its points are there.
    pub(super) fn restore(&mut self) {
        self.sealed = usize::try_from(self.arrivals.raw()).unwrap_or(usize::MAX);
    }

    /// Those in memory.
    pub(super) fn in_memory(&self) -> &[T] {
        &self.points
    }

    /// Notes that the first points are safe elsewhere, and lets go of them.
    pub(super) fn seal(&mut self, points: usize) {
        let gone = points.saturating_sub(self.sealed).min(self.points.len());
        self.points.drain(..gone);
        self.sealed += gone;
    }

    /// Puts all points back that are not in memory.
    pub(super) fn put_back(&mut self, mut points: Vec<T>) {
        self.sealed = self.sealed.saturating_sub(points.len());
        points.append(&mut self.points);
        self.points = points;
    }

    fn place(&self, index: usize) -> usize {
        index.wrapping_sub(self.sealed)
    }

    pub(super) fn read(&self, view: View, offset: u64, limit: u64) -> Page<T> {
        let step = |index: usize| self.points.get(self.place(index)).map(AtStep::step);
        let selection = self.arrivals.select(view, offset, limit, step);
        let items = match selection.picks {
            Picks::Ranges(ranges) => {
                let parts: Vec<&[T]> = ranges
                    .into_iter()
                    .filter_map(|range| self.points.get(self.place(range.start)..self.place(range.end)))
                    .collect();
                parts.concat()
            }
            Picks::Each(picks) => {
                picks.iter().filter_map(|&index| self.points.get(self.place(index))).cloned().collect()
            }
        };
        Page { total: selection.total, offset, items }
    }
}
