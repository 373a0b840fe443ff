//! The float points of a reinforcement-learning series, apart for each environment, as they came.

use std::collections::HashMap;

use super::floats::FloatSeries;
use super::{FloatBatch, FloatPoints};

/// Points of one environment within one reinforcement-learning step and episode, that came as one batch.
#[derive(Clone, Debug, PartialEq)]
pub struct RlBatch {
    /// Where in the training they belong, and how their steps count.
    pub head: RlHead,
    /// The points; their steps are environment steps.
    pub floats: FloatBatch,
}

/// What the points of a batch have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RlHead {
    /// The step of the training.
    pub rl_step: u64,
    /// The episode, where there are episodes.
    pub episode: Option<u64>,
    /// Environment steps go on over the steps of the training.
    pub flat: bool,
    /// Environment steps count from one over the whole episode.
    pub from_one: bool,
}

/// Points of one environment read back: columns of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RlPoints {
    /// What each point's batch said about it.
    pub heads: Vec<RlHead>,
    /// Environment steps, times and values.
    pub floats: FloatPoints,
}

/// The place of an environment in its run.
pub(super) type EnvironmentIndex = usize;

/// All points of a series: a track for each environment.
#[derive(Debug, Default)]
pub(super) struct RlSeries {
    /// In the order of their first points.
    tracks: Vec<(EnvironmentIndex, Track)>,
    by_environment: HashMap<EnvironmentIndex, usize, foldhash::fast::RandomState>,
    /// The place behind the track that got the last points. A logger that writes for all its environments does so in the
    /// same order each time, so that this mostly is where the next points go.
    next: usize,
    points: usize,
    largest_rl_step: Option<u64>,
}

/// The points of one environment. What a batch says once is kept once for all points that follow one another with it.
#[derive(Debug, Default)]
struct Track {
    floats: FloatSeries,
    /// From which point on, and what.
    heads: Vec<(usize, RlHead)>,
}

impl RlSeries {
    pub(super) fn len(&self) -> usize {
        self.points
    }

    pub(super) fn largest_rl_step(&self) -> Option<u64> {
        self.largest_rl_step
    }

    pub(super) fn environments(&self) -> impl Iterator<Item = EnvironmentIndex> + '_ {
        self.tracks.iter().map(|(environment, _)| *environment)
    }

    pub(super) fn append(&mut self, environment: EnvironmentIndex, batch: RlBatch) {
        self.points += batch.floats.values.len();
        self.largest_rl_step = self.largest_rl_step.max(Some(batch.head.rl_step));
        let place = self.place(environment);
        self.next = if place + 1 < self.tracks.len() { place + 1 } else { 0 };
        if let Some((_, track)) = self.tracks.get_mut(place) {
            track.append(batch);
        }
    }

    fn place(&mut self, environment: EnvironmentIndex) -> usize {
        if self.tracks.get(self.next).is_some_and(|(next, _)| *next == environment) {
            return self.next;
        }
        *self.by_environment.entry(environment).or_insert_with(|| {
            self.tracks.push((environment, Track::default()));
            self.tracks.len() - 1
        })
    }

    pub(super) fn read(&self, environment: EnvironmentIndex, offset: u64, limit: u64) -> Option<RlPoints> {
        let place = *self.by_environment.get(&environment)?;
        self.tracks.get(place).map(|(_, track)| track.read(offset, limit))
    }
}

impl Track {
    fn append(&mut self, batch: RlBatch) {
        if self.heads.last().is_none_or(|(_, head)| *head != batch.head) {
            self.heads.push((self.floats.len(), batch.head));
        }
        self.floats.append(batch.floats);
    }

    fn read(&self, offset: u64, limit: u64) -> RlPoints {
        let floats = self.floats.read(offset, limit);
        let first = usize::try_from(offset).unwrap_or(usize::MAX);
        let last = first.saturating_add(floats.values.len());
        let mut heads = Vec::with_capacity(floats.values.len());
        let from = self.heads.partition_point(|(start, _)| *start <= first).saturating_sub(1);
        let mut runs = self.heads.iter().skip(from).peekable();
        while let Some(&(start, head)) = runs.next() {
            if start >= last {
                break;
            }
            let end = runs.peek().map_or(last, |(next, _)| *next).min(last);
            heads.resize(heads.len() + end.saturating_sub(start.max(first)), head);
        }
        RlPoints { heads, floats }
    }
}

#[cfg(test)]
mod tests {
    use super::{RlBatch, RlHead, RlSeries};
    use crate::store::{FloatBatch, Steps, Timestamps, Values};

    fn batch(rl_step: u64, episode: Option<u64>, first: u64, count: usize) -> RlBatch {
        RlBatch {
            head: RlHead { rl_step, episode, flat: false, from_one: false },
            floats: FloatBatch {
                values: Values::of(&vec![0.5; count]),
                steps: Steps::From(first),
                timestamps: Timestamps::At(7),
            },
        }
    }

    #[test]
    fn every_point_knows_its_batch_in_any_page() {
        let mut series = RlSeries::default();
        let mut expected = Vec::new();
        for (rl_step, episode, first, count) in [
            (1, None, 0, 3),
            (1, None, 3, 1),
            (1, Some(0), 0, 200),
            (2, Some(0), 0, 1),
            (1, Some(0), 0, 1),
            (2, Some(1), 9, 5),
        ] {
            series.append(4, batch(rl_step, episode, first, count));
            series.append(9, batch(100, None, 0, 1));
            expected.extend((first..).take(count).map(|step| (rl_step, episode, step)));
        }
        assert_eq!(series.len(), expected.len() + 6);
        assert_eq!(series.environments().collect::<Vec<_>>(), [4, 9]);
        assert_eq!(series.largest_rl_step(), Some(100));
        let total = expected.len();
        for (offset, limit) in
            [(0, total), (0, 1), (2, 5), (203, 2), (total - 1, 9), (total, 9), (total + 9, 1)]
        {
            let page = series.read(4, offset as u64, limit as u64).expect("the environment is there");
            let columns = page.heads.iter().zip(&page.floats.steps);
            let read: Vec<_> = columns.map(|(head, step)| (head.rl_step, head.episode, *step)).collect();
            let from = offset.min(total);
            assert_eq!(read, expected[from..(from + limit).min(total)], "{offset} {limit}");
            assert_eq!(page.heads.len(), page.floats.values.len());
        }
        assert_eq!(series.read(5, 0, 1), None);
    }
}
