//! How far a series has come, and with it which of the points that arrive count.
//!
//! An ordered series goes forward only: a point at a step that it has passed is one that was sent again, or a mistake. An
//! unordered one takes steps in any order, and a step that comes again replaces what was there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::arrivals::Taken;
use super::rl::RlHead;
use super::steps::StepSet;
use super::window::{Begin, ONLY, Window};
use super::{FloatBatch, Steps};

/// How far an ordinary series has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Progress {
    /// Its last step.
    Ordered(Option<u64>),
    /// Its steps.
    Unordered(StepSet),
}

/// How far one environment of a series of reinforcement learning has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum RlProgress {
    /// Where it stands.
    Ordered(RlCursor),
    /// The environment steps of each step of the training and episode.
    Unordered(#[serde(with = "super::written::pairs")] BTreeMap<(u64, Option<u64>), StepSet>),
}

/// The step of the training that an environment is at. Episodes within it may take turns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RlCursor {
    pub(super) rl_step: u64,
    /// The last environment step of each episode at this step of the training.
    pub(super) episodes: Vec<(Option<u64>, u64)>,
}

impl Progress {
    pub(super) fn new(ordered: bool) -> Self {
        if ordered { Self::Ordered(None) } else { Self::Unordered(StepSet::Empty) }
    }

    /// An ordered series goes on behind a step; an unordered one goes anywhere.
    pub(super) fn pass(&mut self, step: u64) {
        if let Self::Ordered(last) = self {
            *last = (*last).max(Some(step));
        }
    }

    /// The largest step.
    pub(super) fn last(&self) -> Option<u64> {
        match self {
            Self::Ordered(last) => *last,
            Self::Unordered(steps) => steps.last(),
        }
    }

    /// A stretch of an unordered series of up to so many points.
    pub(super) fn window(&self, begin: Begin, most: usize) -> Option<Window> {
        let Self::Unordered(steps) = self else { return None };
        let mut window = Window::default();
        match begin {
            Begin::At(place) => steps.show(ONLY, place, &mut window, most),
            Begin::Behind((_, step)) => steps.show_behind(ONLY, step, &mut window, most),
        };
        Some(window)
    }

    /// Goes on to the points of a batch.
    pub(super) fn take(&mut self, steps: &Steps, points: usize) -> Taken {
        match self {
            Self::Ordered(last) => forward(last, steps, points),
            Self::Unordered(known) => unordered(known, steps, points),
        }
    }
}

impl RlProgress {
    pub(super) fn new(ordered: bool) -> Self {
        if ordered { Self::Ordered(RlCursor::default()) } else { Self::Unordered(BTreeMap::new()) }
    }

    /// A stretch of an unordered environment of up to so many points.
    pub(super) fn window(&self, begin: Begin, most: usize) -> Option<Window> {
        let Self::Unordered(known) = self else { return None };
        let mut window = Window::default();
        match begin {
            Begin::At(mut skip) => {
                for (group, steps) in known {
                    let count = steps.len();
                    if skip < count && steps.show(*group, skip, &mut window, most) {
                        break;
                    }
                    skip = skip.saturating_sub(count);
                }
            }
            Begin::Behind((last, step)) => {
                for (group, steps) in known.range(last..) {
                    let full = if *group == last {
                        steps.show_behind(*group, step, &mut window, most)
                    } else {
                        steps.show(*group, 0, &mut window, most)
                    };
                    if full {
                        break;
                    }
                }
            }
        }
        Some(window)
    }

    /// Goes on to the points of a batch.
    pub(super) fn take(&mut self, head: &RlHead, floats: &FloatBatch) -> Taken {
        let points = floats.values.len();
        match self {
            Self::Ordered(cursor) => cursor.take(head, &floats.steps, points),
            Self::Unordered(known) => {
                let key = (head.rl_step, head.episode);
                let follows = known.last_key_value().is_none_or(|(last, _)| *last <= key);
                let mut taken = unordered(known.entry(key).or_default(), &floats.steps, points);
                taken.unsorted |= !follows;
                taken
            }
        }
    }
}

impl RlCursor {
    fn take(&mut self, head: &RlHead, steps: &Steps, points: usize) -> Taken {
        if head.rl_step < self.rl_step {
            return Taken::nothing(points);
        }
        if head.rl_step > self.rl_step {
            self.rl_step = head.rl_step;
            self.episodes.clear();
        }
        let known = self.episodes.iter_mut().find(|(episode, _)| *episode == head.episode);
        let mut last = known.as_ref().map(|(_, last)| *last);
        let taken = forward(&mut last, steps, points);
        match (known, last) {
            (Some((_, known)), Some(last)) => *known = last,
            (None, Some(last)) => self.episodes.push((head.episode, last)),
            (_, None) => {}
        }
        taken
    }
}

/// Leaves out what does not go forward.
fn forward(last: &mut Option<u64>, steps: &Steps, points: usize) -> Taken {
    let mut taken = Taken::default();
    if points == 0 {
        return taken;
    }
    match steps {
        Steps::From(first) => {
            let end = first.saturating_add(points as u64 - 1);
            let passed = last.map_or(0, |last| {
                last.checked_sub(*first).map_or(0, |past| past.saturating_add(1).min(points as u64))
            });
            let passed = usize::try_from(passed).unwrap_or(points);
            if passed > 0 {
                taken.left_out.push(0..passed);
            }
            *last = (*last).max(Some(end));
        }
        Steps::Each(steps) => {
            for (place, &step) in steps.iter().enumerate() {
                if last.is_none_or(|last| step > last) {
                    *last = Some(step);
                    continue;
                }
                match taken.left_out.last_mut() {
                    Some(range) if range.end == place => range.end += 1,
                    _ => taken.left_out.push(place..place + 1),
                }
            }
        }
    }
    taken
}

fn unordered(known: &mut StepSet, steps: &Steps, points: usize) -> Taken {
    let (first, grows) = match steps {
        Steps::From(first) => (Some(*first), true),
        Steps::Each(steps) => {
            (steps.first().copied(), steps.windows(2).all(|pair| matches!(pair, [a, b] if a < b)))
        }
    };
    let follows = grows && first.is_none_or(|first| known.last().is_none_or(|last| first > last));
    Taken { left_out: Vec::new(), replaced: known.insert(steps, points), unsorted: !follows }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::{Progress, RlProgress, Steps, Taken};
    use crate::store::{FloatBatch, RlHead, Timestamps, Values};

    fn take(progress: &mut Progress, steps: &Steps, points: usize) -> Vec<Range<usize>> {
        progress.take(steps, points).left_out
    }

    #[test]
    #[allow(clippy::single_range_in_vec_init)]
    fn an_ordered_series_goes_forward_only() {
        let mut series = Progress::new(true);
        assert!(take(&mut series, &Steps::From(5), 3).is_empty());
        assert_eq!(take(&mut series, &Steps::From(6), 4), [0..2], "6 and 7 were there");
        assert_eq!(take(&mut series, &Steps::From(0), 3), [0..3]);
        assert_eq!(take(&mut series, &Steps::Each([9, 10, 4, 4, 11, 11].into()), 6), [0..1, 2..4, 5..6]);
        assert_eq!(series.last(), Some(11));
        assert!(take(&mut series, &Steps::From(u64::MAX), 1).is_empty());
        assert_eq!(take(&mut series, &Steps::From(u64::MAX - 1), 2), [0..2]);
        assert!(
            take(&mut Progress::new(true), &Steps::From(0), 1).is_empty(),
            "step 0 of a fresh series counts"
        );
    }

    #[test]
    fn an_unordered_series_takes_all_and_tells_what_is_replaced() {
        let mut series = Progress::new(false);
        let mut take = |steps, points| {
            let Taken { left_out, replaced, unsorted } = series.take(&steps, points);
            assert!(left_out.is_empty());
            (replaced, unsorted)
        };
        assert_eq!(take(Steps::From(5), 3), (0, false));
        assert_eq!(take(Steps::Each([9, 20].into()), 2), (0, false));
        assert_eq!(take(Steps::Each([21, 3].into()), 2), (0, true));
        assert_eq!(take(Steps::From(19), 4), (2, true));
        assert_eq!(take(Steps::Each([30, 30].into()), 2), (1, true));
    }

    fn floats(first: u64, points: usize) -> FloatBatch {
        FloatBatch {
            values: Values::of(&vec![0.5; points]),
            steps: Steps::From(first),
            timestamps: Timestamps::At(0),
        }
    }

    fn head(rl_step: u64, episode: Option<u64>) -> RlHead {
        RlHead { rl_step, episode, flat: false, from_one: false }
    }

    #[test]
    fn an_environment_goes_forward_and_episodes_take_turns_within_a_step_of_the_training() {
        let mut environment = RlProgress::new(true);
        for (rl_step, episode, first, points, left_out) in [
            (0, Some(3), 0, 4, 0),
            (0, Some(3), 0, 4, 4),
            (0, Some(3), 2, 4, 2),
            (0, Some(4), 0, 2, 0),
            (0, Some(3), 6, 1, 0),
            (2, Some(4), 0, 1, 0),
            (1, Some(9), 0, 3, 3),
            (2, Some(4), 0, 2, 1),
            (2, None, 0, 1, 0),
        ] {
            let taken = environment.take(&head(rl_step, episode), &floats(first, points));
            assert_eq!(taken.points_left_out(), left_out, "{rl_step} {episode:?} {first}");
        }
    }

    #[test]
    fn an_unordered_environment_knows_its_points_by_all_three() {
        let mut environment = RlProgress::new(false);
        for (rl_step, episode, first, points, replaced, unsorted) in [
            (5, Some(3), 0, 4, 0, false),
            (5, Some(3), 4, 1, 0, false),
            (5, Some(3), 3, 3, 2, true),
            (5, Some(4), 0, 1, 0, false),
            (4, Some(9), 0, 1, 0, true),
            (4, Some(9), 0, 1, 1, true),
            (5, Some(9), 0, 1, 0, false),
        ] {
            let taken = environment.take(&head(rl_step, episode), &floats(first, points));
            assert_eq!(
                (taken.replaced, taken.unsorted, taken.points_left_out()),
                (replaced, unsorted, 0),
                "{rl_step} {episode:?} {first}"
            );
        }
    }
}
