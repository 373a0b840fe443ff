//! Points that are objects of their own, in the order of their arrival: histograms and scatters.

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
#[derive(Debug)]
pub(super) struct PointList<T> {
    points: Vec<T>,
    arrivals: Arrivals,
}

impl<T> Default for PointList<T> {
    fn default() -> Self {
        Self { points: Vec::new(), arrivals: Arrivals::default() }
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

    pub(super) fn read(&self, view: View, offset: u64, limit: u64) -> Page<T> {
        let step = |index: usize| self.points.get(index).map(AtStep::step);
        let selection = self.arrivals.select(view, offset, limit, step);
        let items = match selection.picks {
            Picks::Ranges(ranges) => {
                let parts: Vec<&[T]> =
                    ranges.into_iter().filter_map(|range| self.points.get(range)).collect();
                parts.concat()
            }
            Picks::Each(picks) => picks.iter().filter_map(|&index| self.points.get(index)).cloned().collect(),
        };
        Page { total: selection.total, offset, items }
    }
}
