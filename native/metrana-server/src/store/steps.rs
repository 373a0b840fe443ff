//! Sets of steps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Steps;
use super::window::{Group, Window};

/// A set of steps, kept as ranges of consecutive ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum StepSet {
    /// No step.
    #[default]
    Empty,
    /// The first and the last of consecutive steps, as nearly every set is.
    One(u64, u64),
    /// First step to last step, both in the set; no two of them touch.
    Many(BTreeMap<u64, u64>),
}

impl StepSet {
    /// The largest step.
    pub(super) fn last(&self) -> Option<u64> {
        match self {
            Self::Empty => None,
            Self::One(_, last) => Some(*last),
            Self::Many(ranges) => ranges.last_key_value().map(|(_, last)| *last),
        }
    }

    /// Its ranges, from first step to last step, that end at a step or later. The first one may begin before it.
    fn from(&self, step: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let (one, many) = match self {
            Self::Empty => (None, None),
            Self::One(first, last) => (Some((*first, *last)), None),
            Self::Many(ranges) => {
                // Ranges do not touch, so that only the last one that begins before it can reach it.
                let begin = ranges.range(..=step).next_back().map_or(step, |(first, _)| *first);
                (None, Some(ranges.range(begin..).map(|(first, last)| (*first, *last))))
            }
        };
        one.into_iter().chain(many.into_iter().flatten()).filter(move |(_, last)| *last >= step)
    }

    /// How many steps there are.
    pub(super) fn len(&self) -> u64 {
        let length = |(first, last): (u64, u64)| (last - first).saturating_add(1);
        self.from(0).map(length).fold(0, u64::saturating_add)
    }

    /// Puts steps into a window: all but the first `skip` ones. Whether it is full.
    pub(super) fn show(&self, group: Group, mut skip: u64, window: &mut Window, most: usize) -> bool {
        for (first, last) in self.from(0) {
            let length = (last - first).saturating_add(1);
            if skip >= length {
                skip -= length;
                continue;
            }
            if window.push(group, first + skip, last, most) {
                return true;
            }
            skip = 0;
        }
        false
    }

    /// Puts the steps behind one into a window. Whether it is full.
    pub(super) fn show_behind(&self, group: Group, step: u64, window: &mut Window, most: usize) -> bool {
        let Some(begin) = step.checked_add(1) else { return false };
        self.from(begin).any(|(first, last)| window.push(group, first.max(begin), last, most))
    }

    /// Adds the steps of a batch of so many points. How many of the points are at a step that was there, or that an
    /// earlier point of the batch has.
    pub(super) fn insert(&mut self, steps: &Steps, points: usize) -> u64 {
        let Some(last) = points.checked_sub(1) else { return 0 };
        match steps {
            Steps::From(first) => self.insert_range(*first, first.saturating_add(last as u64)),
            Steps::Each(steps) => {
                let follows = |a: &u64, b: &u64| a.checked_add(1) == Some(*b);
                let runs = steps.chunk_by(follows);
                runs.filter_map(|run| Some((*run.first()?, *run.last()?)))
                    .map(|(first, last)| self.insert_range(first, last))
                    .sum()
            }
        }
    }

    /// Adds the steps from one to another, which is not less. How many of them were there.
    fn insert_range(&mut self, first: u64, last: u64) -> u64 {
        let ranges = match self {
            Self::Empty => {
                *self = Self::One(first, last);
                return 0;
            }
            Self::One(from, until) => {
                if first <= until.saturating_add(1) && *from <= last.saturating_add(1) {
                    let known = overlap((*from, *until), (first, last));
                    *self = Self::One(first.min(*from), last.max(*until));
                    return known;
                }
                *self = Self::Many(BTreeMap::from([(*from, *until), (first, last)]));
                return 0;
            }
            Self::Many(ranges) => ranges,
        };
        let (mut from, mut until, mut known) = (first, last, 0);
        // The ranges that touch the new one, from the last to the first.
        while let Some((&start, &end)) = ranges.range(..=last.saturating_add(1)).next_back() {
            if end.saturating_add(1) < first {
                break;
            }
            known += overlap((start, end), (first, last));
            (from, until) = (from.min(start), until.max(end));
            ranges.remove(&start);
        }
        ranges.insert(from, until);
        known
    }
}

/// How many steps two ranges share.
fn overlap(a: (u64, u64), b: (u64, u64)) -> u64 {
    let (first, last) = (a.0.max(b.0), a.1.min(b.1));
    last.checked_sub(first).map_or(0, |between| between.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{StepSet, Steps, Window};
    use crate::store::window::ONLY;

    fn ranges(set: &StepSet) -> Vec<(u64, u64)> {
        match set {
            StepSet::Empty => vec![],
            StepSet::One(first, last) => vec![(*first, *last)],
            StepSet::Many(ranges) => ranges.iter().map(|(first, last)| (*first, *last)).collect(),
        }
    }

    #[test]
    fn any_order_gives_what_a_plain_set_gives() {
        let mut state = 1_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (mut set, mut plain) = (StepSet::default(), BTreeSet::new());
        for _ in 0..3000 {
            let count = random(6) + 1;
            let batch: Vec<u64> = if random(2) == 0 {
                let first = random(900);
                (first..first + count).collect()
            } else {
                (0..count).map(|_| random(900)).collect()
            };
            let steps = if batch.windows(2).all(|pair| pair[1] == pair[0] + 1) && random(2) == 0 {
                Steps::From(batch[0])
            } else {
                Steps::Each(batch.clone().into())
            };
            let known = batch.iter().filter(|step| !plain.insert(**step)).count() as u64;
            assert_eq!(set.insert(&steps, batch.len()), known, "{batch:?}");
            assert_eq!(set.last(), plain.last().copied());
        }
        let starts = plain.iter().filter(|&&step| step == 0 || !plain.contains(&(step - 1))).count();
        assert_eq!(ranges(&set).len(), starts);
        assert_eq!(ranges(&set).iter().map(|(a, b)| b - a + 1).sum::<u64>(), plain.len() as u64);
    }

    #[test]
    fn any_stretch_is_what_a_plain_set_gives() {
        let mut state = 5_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (mut set, mut plain) = (StepSet::default(), BTreeSet::new());
        for round in 0..400 {
            let (first, count) = (random(2000), random(5) + 1);
            set.insert(&Steps::From(first), usize::try_from(count).unwrap());
            plain.extend(first..first + count);
            assert_eq!(set.len(), plain.len() as u64);
            let (skip, step, most) = (random(300), random(2100), usize::try_from(random(60)).unwrap());
            let mut window = Window::default();
            set.show(ONLY, skip, &mut window, most);
            let skip = usize::try_from(skip).unwrap();
            let expected: Vec<u64> = plain.iter().copied().skip(skip).take(most).collect();
            assert_eq!(window.steps().collect::<Vec<_>>(), expected, "round {round}: {most} from {skip}");
            let mut window = Window::default();
            set.show_behind(ONLY, step, &mut window, most);
            let expected: Vec<u64> = plain.range(step + 1..).copied().take(most).collect();
            assert_eq!(window.steps().collect::<Vec<_>>(), expected, "round {round}: {most} behind {step}");
        }
    }

    #[test]
    fn the_ends_of_the_number_space_are_steps_like_others() {
        let mut set = StepSet::default();
        for step in [u64::MAX, 0, u64::MAX - 1, 1, 7] {
            assert_eq!(set.insert(&Steps::From(step), 1), 0, "{step}");
            assert_eq!(set.insert(&Steps::Each([step].into()), 1), 1, "{step}");
        }
        assert_eq!(ranges(&set), [(0, 1), (7, 7), (u64::MAX - 1, u64::MAX)]);
        assert_eq!(set.insert(&Steps::From(2), 0), 0, "no points have no steps");
    }
}
