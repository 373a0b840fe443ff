//! Points that are objects of their own, in the order of their arrival: histograms and scatters.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::arrivals::{Arrivals, Taken};
use super::window::{ONLY, Window};
use super::{Bins, Histogram, Page, Scatter, View};

/// Something at a step.
pub(crate) trait AtStep {
    fn step(&self) -> u64;

    /// How many bytes it takes in memory, about.
    fn weight(&self) -> u64;
}

/// What an object takes besides its numbers.
const AROUND: usize = 80;

impl AtStep for Histogram {
    fn step(&self) -> u64 {
        self.step
    }

    fn weight(&self) -> u64 {
        let bins = match &self.bins {
            Bins::Counts(counts) => counts.len(),
            Bins::Densities(densities) => densities.len(),
        };
        (AROUND + 8 * (self.edges.len() + bins)) as u64
    }
}

impl AtStep for Scatter {
    fn step(&self) -> u64 {
        self.step
    }

    fn weight(&self) -> u64 {
        let numbers = self.xs.len() + self.ys.len() + self.zs.as_ref().map_or(0, Vec::len);
        (AROUND + 8 * numbers) as u64
    }
}

/// Which points are asked for: up to `limit` from the `offset`-th of a view on, and no more of them than have so many bytes
/// together. One is given however long it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which {
    pub(super) view: View,
    pub(super) offset: u64,
    pub(super) limit: u64,
    pub(super) bytes: u64,
}

/// All that came for a series.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PointList<T> {
    /// Those in memory.
    #[serde(skip, default = "Vec::new")]
    points: Vec<Arc<T>>,
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
        self.points.extend(points.into_iter().map(Arc::new));
    }

    /// How many of the first points are safe elsewhere, and not in memory.
    pub(super) fn sealed(&self) -> usize {
        self.sealed
    }

    /// After it was kept elsewhere, all its points are there.
    pub(super) fn restore(&mut self) {
        self.sealed = usize::try_from(self.arrivals.raw()).unwrap_or(usize::MAX);
    }

    /// Puts points back that were kept elsewhere and are not sealed: from the `first` on all that there are. False: they
    /// are others.
    pub(super) fn put_rest_back(&mut self, first: usize, points: Vec<Arc<T>>) -> bool {
        let all = first.checked_add(points.len());
        let fits = self.points.is_empty() && all == usize::try_from(self.arrivals.raw()).ok();
        if fits {
            (self.sealed, self.points) = (first, points);
        }
        fits
    }

    /// Those in memory.
    pub(super) fn in_memory(&self) -> &[Arc<T>] {
        &self.points
    }

    /// Notes that the first points are safe elsewhere, and lets go of them.
    pub(super) fn seal(&mut self, points: usize) {
        let gone = points.saturating_sub(self.sealed).min(self.points.len());
        self.points.drain(..gone);
        self.sealed += gone;
    }

    /// Reads a page. `window` is its stretch of the points that count when they are not in the order of their arrival.
    /// `sealed` gives points that are not in memory by the places of their arrival, in order, until it is told that they
    /// are enough.
    pub(super) fn read<E>(
        &self,
        which: Which,
        window: Option<Window>,
        sealed: impl FnOnce(Range<usize>, &mut dyn FnMut(usize, T) -> bool) -> Result<(), E>,
    ) -> Result<Page<T>, E> {
        let mut picks = if let Some(window) = window {
            Picks::placed(window, which.bytes)
        } else {
            let ranges = self.arrivals.ranges(which.view, which.offset, which.limit);
            Picks::InOrder { ranges: ranges.unwrap_or_default().into(), items: Vec::new(), room: which.bytes }
        };
        let reach = picks.reach(self.sealed + self.points.len());
        let absent = reach.start..reach.end.min(self.sealed);
        let mut more = true;
        if !absent.is_empty() {
            sealed(absent, &mut |at, item| {
                more = picks.take(&self.arrivals, at, &Arc::new(item));
                more
            })?;
        }
        let here = reach.start.max(self.sealed)..reach.end;
        for at in here {
            let item = self.points.get(at - self.sealed);
            if !(more && item.is_some_and(|item| picks.take(&self.arrivals, at, item))) {
                break;
            }
        }
        let total = self.arrivals.total(which.view);
        let items = picks.into_items().into_iter().map(Arc::unwrap_or_clone).collect();
        Ok(Page { total, offset: which.offset, items })
    }
}

/// What is on a page so far.
enum Picks<T> {
    /// The order of the page is that of the arrival: those in these ranges.
    InOrder { ranges: VecDeque<Range<usize>>, items: Vec<Arc<T>>, room: u64 },
    /// Each has its place. Those from `end` on do not fit any more.
    Placed { window: Window, items: Vec<Option<Arc<T>>>, end: usize, weight: u64, most: u64, at: usize },
}

impl<T: AtStep> Picks<T> {
    fn placed(window: Window, most: u64) -> Self {
        let end = window.len();
        Self::Placed { window, items: vec![None; end], end, weight: 0, most, at: 0 }
    }

    /// The arrivals that it takes to fill it.
    fn reach(&self, all: usize) -> Range<usize> {
        match self {
            Self::InOrder { ranges, .. } => match (ranges.front(), ranges.back()) {
                (Some(first), Some(last)) => first.start..last.end,
                _ => 0..0,
            },
            Self::Placed { end, .. } => 0..if *end == 0 { 0 } else { all },
        }
    }

    /// Takes the next one if it is on the page. Whether more are wanted.
    fn take(&mut self, arrivals: &Arrivals, arrived: usize, item: &Arc<T>) -> bool {
        match self {
            Self::InOrder { ranges, items, room } => {
                while ranges.front().is_some_and(|range| range.end <= arrived) {
                    ranges.pop_front();
                }
                let Some(range) = ranges.front() else { return false };
                if range.start > arrived {
                    return true;
                }
                let weight = item.weight();
                if weight > *room && !items.is_empty() {
                    return false;
                }
                *room = room.saturating_sub(weight);
                items.push(Arc::clone(item));
                true
            }
            Self::Placed { window, items, end, weight, most, at } => {
                let place = window.place((ONLY, item.step()), at).filter(|place| *place < *end);
                let counts = || arrivals.kept_of(arrived..arrived + 1).next().is_some();
                if let Some(here) = place.filter(|_| counts()).and_then(|place| items.get_mut(place)) {
                    *weight += item.weight();
                    if let Some(replaced) = here.replace(Arc::clone(item)) {
                        *weight -= replaced.weight();
                    }
                    // The page ends earlier; the first one is always on it.
                    while *weight > *most && *end > 1 {
                        *end -= 1;
                        if let Some(gone) = items.get_mut(*end).and_then(Option::take) {
                            *weight -= gone.weight();
                        }
                    }
                }
                true
            }
        }
    }

    fn into_items(self) -> Vec<Arc<T>> {
        match self {
            Self::InOrder { items, .. } => items,
            Self::Placed { items, .. } => items.into_iter().flatten().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{PointList, Scatter, Taken, View, Which, Window};
    use crate::store::window::ONLY;

    fn scatter(step: u64, points: usize) -> Scatter {
        let numbers = vec![0.5; points];
        Scatter { step, timestamp: 0, xs: numbers.clone(), ys: numbers, zs: None }
    }

    fn read(list: &PointList<Scatter>, which: Which, window: Option<Window>) -> Vec<(u64, usize)> {
        let nothing = |_, _: &mut dyn FnMut(usize, Scatter) -> bool| Ok::<_, Infallible>(());
        let Ok(page) = list.read(which, window, nothing);
        page.items.iter().map(|scatter| (scatter.step, scatter.xs.len())).collect()
    }

    #[test]
    fn a_page_ends_where_its_bytes_end_and_has_one_in_any_case() {
        let mut list = PointList::default();
        list.append((0..6).map(|step| scatter(step, 100)).collect(), &Taken::default());
        let which = |offset, bytes| Which { view: View::Merged, offset, limit: 4, bytes };
        let steps = |offset, bytes| read(&list, which(offset, bytes), None).len();
        assert_eq!((steps(0, u64::MAX), steps(4, u64::MAX), steps(9, u64::MAX)), (4, 2, 0));
        assert_eq!((steps(0, 1), steps(0, 2 * 1680), steps(0, 2 * 1680 - 1), steps(5, 0)), (1, 2, 1, 1));
    }

    #[test]
    fn out_of_order_a_page_ends_where_its_bytes_end_too() {
        let mut list = PointList::default();
        let unsorted = Taken { unsorted: true, replaced: 2, ..Taken::default() };
        let sent = [(7, 1), (3, 100), (5, 100), (1, 1000), (9, 1), (1, 100), (5, 2)];
        list.append(sent.into_iter().map(|(step, points)| scatter(step, points)).collect(), &unsorted);
        let page = |skip: usize, bytes| {
            let mut window = Window::default();
            let _ = [1, 3, 5, 7, 9].into_iter().skip(skip).any(|step| window.push(ONLY, step, step, 9));
            let which = Which { view: View::Merged, offset: skip as u64, limit: 9, bytes };
            read(&list, which, Some(window))
        };
        assert_eq!(page(0, u64::MAX), [(1, 100), (3, 100), (5, 2), (7, 1), (9, 1)]);
        assert_eq!(page(1, u64::MAX), [(3, 100), (5, 2), (7, 1), (9, 1)]);
        assert_eq!(page(0, 1), [(1, 100)]);
        assert_eq!(page(3, 100), [(7, 1)]);
        // One that is replaced later may have made the page shorter than it would have to be, but never wrong.
        assert_eq!(page(0, 2 * 1680), [(1, 100)]);
        assert_eq!(page(5, u64::MAX), []);
    }
}
