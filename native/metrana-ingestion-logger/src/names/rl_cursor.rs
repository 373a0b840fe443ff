//! Where the environment steps of one series in one environment stand.
//!
//! They count from 0 within a reinforcement-learning step and an episode. Only the highest step counts on: a call at
//! a lower one begins at 0 and disturbs nothing.

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::points::StepStrategy;

/// The next environment step of each episode of a reinforcement-learning step.
#[derive(Clone, Debug, Default)]
pub(crate) struct EpisodeSteps {
    few: SmallVec<[(Option<u64>, u64); 1]>,
    #[allow(clippy::box_collection, reason = "there is a cursor for each lane, and nearly none needs this")]
    many: Option<Box<HashMap<Option<u64>, u64>>>,
}

/// More episodes than this are looked up by hash.
const FEW: usize = 8;

impl EpisodeSteps {
    pub(crate) fn get(&self, episode: Option<u64>) -> Option<u64> {
        match &self.many {
            Some(many) => many.get(&episode).copied(),
            None => self.few.iter().find(|(known, _)| *known == episode).map(|(_, next)| *next),
        }
    }

    pub(crate) fn set(&mut self, episode: Option<u64>, next: u64) {
        if let Some(many) = &mut self.many {
            many.insert(episode, next);
        } else if let Some(known) = self.few.iter_mut().find(|(known, _)| *known == episode) {
            known.1 = next;
        } else if self.few.len() < FEW {
            self.few.push((episode, next));
        } else {
            let mut many: HashMap<_, _> = self.few.drain(..).collect();
            many.insert(episode, next);
            self.many = Some(Box::new(many));
        }
    }

    /// The next step of an episode, which moves on by `count`.
    fn advance(&mut self, episode: Option<u64>, count: u64) -> u64 {
        if let Some((_, next)) = self.few.iter_mut().find(|(known, _)| *known == episode) {
            let first = *next;
            *next += count;
            return first;
        }
        let first = self.get(episode).unwrap_or(0);
        self.set(episode, first + count);
        first
    }

    fn clear(&mut self) {
        self.few.clear();
        self.many = None;
    }

    pub(crate) fn highest(&self) -> u64 {
        let few = self.few.iter().map(|(_, next)| *next).max().unwrap_or(0);
        few.max(self.many.as_ref().and_then(|many| many.values().max().copied()).unwrap_or(0))
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RlCursor {
    strategy: Option<StepStrategy>,
    rl_step: Option<u64>,
    steps: EpisodeSteps,
}

impl RlCursor {
    pub(crate) fn strategy(&self) -> Option<StepStrategy> {
        self.strategy
    }

    /// Whether a call at this step is behind the highest one.
    pub(crate) fn is_behind(&self, rl_step: u64) -> bool {
        self.rl_step.is_some_and(|highest| rl_step < highest)
    }

    /// No automatic step at `rl_step` will be lower than this.
    pub(crate) fn bound(&self, rl_step: u64) -> u64 {
        if self.rl_step == Some(rl_step) { self.steps.highest() } else { 0 }
    }

    /// The step that an automatic point of this episode would get first, if a call at `rl_step` began now.
    pub(crate) fn next_at(&self, rl_step: u64, episode: Option<u64>) -> u64 {
        if self.rl_step == Some(rl_step) { self.next(episode) } else { 0 }
    }

    /// A call begins. From now on `next` and `reach` are about this step, unless it is behind.
    pub(crate) fn begin(&mut self, rl_step: u64, strategy: StepStrategy) {
        self.strategy.get_or_insert(strategy);
        if self.rl_step.is_none_or(|highest| rl_step > highest) {
            self.rl_step = Some(rl_step);
            self.steps.clear();
        }
    }

    /// The step that an automatic point of this episode gets next.
    pub(crate) fn next(&self, episode: Option<u64>) -> u64 {
        self.steps.get(episode).unwrap_or(0)
    }

    /// The step that the first of `count` automatic points of this episode gets.
    pub(crate) fn advance(&mut self, episode: Option<u64>, count: u64) -> u64 {
        self.steps.advance(episode, count)
    }

    /// Points of this episode were given steps below `next`.
    pub(crate) fn reach(&mut self, episode: Option<u64>, next: u64) {
        if self.steps.get(episode).is_none_or(|known| next > known) {
            self.steps.set(episode, next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_count_within_the_highest_rl_step_and_each_episode() {
        let mut cursor = RlCursor::default();
        cursor.begin(5, StepStrategy::WithinRlStep);
        cursor.reach(Some(1), 3);
        assert_eq!((cursor.next(Some(1)), cursor.next(Some(2)), cursor.bound(5)), (3, 0, 3));
        assert!(cursor.is_behind(4) && !cursor.is_behind(5));
        cursor.begin(4, StepStrategy::WithinRlStep);
        assert_eq!(cursor.next(Some(1)), 3, "a call behind disturbs nothing");
        cursor.begin(6, StepStrategy::WithinRlStep);
        assert_eq!(cursor.next(Some(1)), 0);
    }

    #[test]
    fn many_episodes_keep_their_own_counters() {
        let mut steps = EpisodeSteps::default();
        for round in 1..3 {
            for episode in 0..100 {
                steps.set(Some(episode), round * 1000 + episode);
            }
        }
        assert_eq!((steps.advance(Some(9), 5), steps.advance(Some(9), 1)), (2009, 2014));
        steps.set(Some(9), 2009);
        steps.set(None, 7);
        assert!((0..100).all(|episode| steps.get(Some(episode)) == Some(2000 + episode)));
        assert_eq!((steps.get(None), steps.get(Some(100)), steps.highest()), (Some(7), None, 2099));
    }
}
