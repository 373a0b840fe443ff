//! A stretch of the points that count of an unordered series, by the steps that they are known by.
//!
//! An unordered series remembers its steps. They tell what stands on a page before a single point is read, so that the
//! page is filled point by point in the order of arrival, and holds no more than it shows.

/// Points of an environment are known by the step of the training, the episode and their own step; those of an ordinary
/// series have one group.
pub(super) type Group = (u64, Option<u64>);
/// What a point is known by.
pub(super) type Known = (Group, u64);

/// The group of the points of an ordinary series.
pub(super) const ONLY: Group = (0, None);

/// Where a stretch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// At a place among all points that count.
    At(u64),
    /// Behind a point, wherever that is by now.
    Behind(Known),
}

/// The steps of a stretch, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    runs: Vec<Run>,
    points: usize,
}

/// Consecutive steps of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    group: Group,
    first: u64,
    last: u64,
    /// The place of the first one in the window.
    place: usize,
}

impl Window {
    /// Adds the steps from one to another behind the others, as far as there is room for them. Whether it is full.
    pub(super) fn push(&mut self, group: Group, first: u64, last: u64, most: usize) -> bool {
        let room = most.saturating_sub(self.points);
        if let Some(more) = room.checked_sub(1) {
            let last = last.min(first.saturating_add(more as u64));
            self.runs.push(Run { group, first, last, place: self.points });
            // No more than there is room for, so that it is a number of places.
            self.points += usize::try_from(last - first).unwrap_or(more) + 1;
        }
        self.points >= most
    }

    pub(super) fn len(&self) -> usize {
        self.points
    }

    /// The last point.
    pub(super) fn last(&self) -> Option<Known> {
        self.runs.last().map(|run| (run.group, run.last))
    }

    /// The steps in order.
    pub(super) fn steps(&self) -> impl Iterator<Item = u64> + '_ {
        self.runs.iter().flat_map(|run| run.first..=run.last)
    }

    /// The place of a point, if it is in the window. `at` is where the last one was found: neighbours are found without a
    /// search.
    pub(super) fn place(&self, (group, step): Known, at: &mut usize) -> Option<usize> {
        let holds = |run: &Run| run.group == group && run.first <= step && step <= run.last;
        if self.runs.get(*at).is_none_or(|run| !holds(run)) {
            *at = self.runs.partition_point(|run| (run.group, run.last) < (group, step));
        }
        let run = self.runs.get(*at).filter(|run| holds(run))?;
        usize::try_from(step - run.first).ok().map(|behind| run.place + behind)
    }

    /// Whether it may hold a point from one to another.
    pub(super) fn meets(&self, from: Known, to: Known) -> bool {
        let first = self.runs.partition_point(|run| (run.group, run.last) < from);
        self.runs.get(first).is_some_and(|run| (run.group, run.first) <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::{ONLY, Window};

    #[test]
    fn every_point_has_its_place_and_no_other_has_one() {
        let mut window = Window::default();
        assert!(!window.push(ONLY, 3, 5, 8));
        assert!(!window.push(ONLY, 9, 9, 8));
        assert!(window.push((1, Some(2)), 0, u64::MAX, 8));
        assert!(window.push((1, Some(3)), 0, 4, 8), "it is full already");
        assert_eq!((window.len(), window.last()), (8, Some(((1, Some(2)), 3))));
        assert_eq!(window.steps().collect::<Vec<_>>(), [3, 4, 5, 9, 0, 1, 2, 3]);
        let mut at = 0;
        for (point, place) in [
            ((ONLY, 3), Some(0)),
            ((ONLY, 5), Some(2)),
            ((ONLY, 2), None),
            ((ONLY, 6), None),
            ((ONLY, 9), Some(3)),
            (((1, None), 0), None),
            (((1, Some(2)), 3), Some(7)),
            (((1, Some(2)), 4), None),
            (((1, Some(3)), 0), None),
            ((ONLY, 4), Some(1)),
        ] {
            assert_eq!(window.place(point, &mut at), place, "{point:?}");
        }
        for (from, to, meets) in [
            ((ONLY, 0), (ONLY, 2), false),
            ((ONLY, 0), (ONLY, 3), true),
            ((ONLY, 6), (ONLY, 8), false),
            ((ONLY, 6), ((5, None), 0), true),
            (((1, Some(2)), 4), ((7, None), 0), false),
        ] {
            assert_eq!(window.meets(from, to), meets, "{from:?} {to:?}");
        }
    }
}
