//! When to try again, and for how long.
//!
//! Tries follow a schedule of growing pauses, and the budget counts the tries of that schedule. While somebody waits for
//! a flush or a close there are more tries between them, which cost nothing of the budget: whoever waits must not make
//! the logger give up sooner.

use std::time::{Duration, Instant};

use super::retry;
use crate::config::Config;
use crate::random;

/// The longest pause while somebody waits.
const HURRIED: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(crate) struct Backoff {
    /// Tries that failed in a row for what is to be delivered now: what the budget counts.
    failures: u32,
    /// Tries that failed in a row, whatever became of the data meanwhile: what the pauses grow with.
    streak: u32,
    /// When the schedule has its next try.
    due: Option<Instant>,
    /// Tries that were made ahead of the schedule since somebody waits.
    hurried: u32,
    /// Of the outage that is going on: when it began, and how many tries it has cost.
    outage: Option<(Instant, u32)>,
}

impl Backoff {
    /// Whether the schedule would have tried by now.
    fn is_due(&self, now: Instant) -> bool {
        self.due.is_none_or(|due| now >= due)
    }

    /// Whether the try that failed now was the last one that the budget allows.
    pub(crate) fn is_spent(&self, config: &Config, now: Instant) -> bool {
        self.is_due(now) && config.msg_max_retries.is_some_and(|budget| self.failures >= budget)
    }

    /// How many tries the budget has counted, the one that failed just now among them.
    pub(crate) fn tries(&self) -> u32 {
        self.failures.saturating_add(1)
    }

    /// A try failed.
    pub(crate) fn failed(&mut self, config: &Config, now: Instant) {
        let (_, tries) = self.outage.get_or_insert((now, 0));
        *tries = tries.saturating_add(1);
        if self.is_due(now) {
            self.failures = self.failures.saturating_add(1);
            self.streak = self.streak.saturating_add(1);
            self.due = now.checked_add(retry::stream_pause(config, self.streak));
        }
    }

    /// The service answered and said no: it is there, so the next try comes soon and costs nothing.
    pub(crate) fn refused(&mut self, config: &Config, now: Instant) {
        self.due = now.checked_add(retry::stream_pause(config, 1));
    }

    /// What the budget was counted for is given up: it begins anew, while the pauses stay as long as they are.
    pub(crate) fn gave_up(&mut self) {
        self.failures = 0;
    }

    /// A try failed that nobody waited for. It is no outage.
    pub(crate) fn failed_idly(&mut self, config: &Config, now: Instant) {
        *self = Self::default();
        self.failed(config, now);
        self.outage = None;
    }

    /// A message was delivered. Answers with how long the outage before it was, and how many tries it cost.
    pub(crate) fn delivered(&mut self, now: Instant) -> Option<(Duration, u32)> {
        let outage = std::mem::take(self).outage;
        outage.map(|(since, tries)| (now.saturating_duration_since(since), tries))
    }

    /// When to try again after a try that failed at `failed`. None: never, by any clock.
    pub(crate) fn next_try(&self, config: &Config, failed: Instant, hurry: bool) -> Option<Instant> {
        if !hurry {
            return self.due;
        }
        let pause = match self.hurried {
            0 => Duration::ZERO,
            again => retry::stream_pause(config, again).min(random::jittered(HURRIED)),
        };
        let ahead = failed.checked_add(pause);
        match (ahead, self.due) {
            (Some(ahead), Some(due)) => Some(ahead.min(due)),
            (ahead, due) => ahead.or(due),
        }
    }

    /// The next try begins.
    pub(crate) fn trying(&mut self, hurry: bool) {
        self.hurried = if hurry { self.hurried.saturating_add(1) } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(budget: u32) -> Config {
        Config {
            msg_max_retries: Some(budget),
            backoff_initial: Duration::from_secs(10),
            backoff_max: Duration::from_secs(40),
            ..Config::default()
        }
    }

    /// Fails tries until the budget is spent, each when it is due. Answers with how many.
    fn spend(backoff: &mut Backoff, config: &Config, now: &mut Instant) -> u32 {
        for tries in 1..100 {
            *now = backoff.due.unwrap_or(*now);
            let spent = backoff.is_spent(config, *now);
            assert!(!spent || backoff.tries() == tries);
            backoff.failed(config, *now);
            if spent {
                backoff.gave_up();
                return tries;
            }
        }
        panic!("the budget never ends");
    }

    #[test]
    fn every_round_of_a_budget_has_as_many_tries() {
        for budget in [0, 1, 3] {
            let (mut backoff, config, mut now) = (Backoff::default(), config(budget), Instant::now());
            for _ in 0..3 {
                assert_eq!(spend(&mut backoff, &config, &mut now), budget + 1);
            }
            assert!(!Backoff::default().is_spent(&Config { msg_max_retries: None, ..config }, now));
        }
    }

    #[test]
    fn an_acknowledgement_begins_the_budget_anew_and_tells_of_the_outage() {
        let (mut backoff, config, start) = (Backoff::default(), config(1), Instant::now());
        assert_eq!(backoff.delivered(start), None);
        backoff.failed(&config, start);
        let end = start + Duration::from_secs(11);
        assert!(backoff.is_spent(&config, end));
        assert_eq!(backoff.delivered(end), Some((Duration::from_secs(11), 1)));
        assert!(!backoff.is_spent(&config, end));
        assert_eq!(backoff.delivered(end), None, "it is told once");
    }

    #[test]
    fn pauses_grow_through_a_give_up_and_begin_anew_with_an_acknowledgement() {
        let (mut backoff, config, mut now) = (Backoff::default(), config(0), Instant::now());
        for seconds in [10, 20, 40, 40] {
            backoff.failed(&config, now);
            backoff.gave_up();
            let pause = backoff.next_try(&config, now, false).expect("a time") - now;
            assert!(pause >= Duration::from_secs(seconds) && pause <= Duration::from_secs(seconds * 11 / 10));
            now += pause;
        }
        backoff.delivered(now);
        backoff.failed(&config, now);
        assert!(backoff.next_try(&config, now, false).expect("a time") - now < Duration::from_secs(12));
    }

    #[test]
    fn who_waits_gets_tries_at_once_and_then_every_second_and_they_cost_nothing() {
        let (mut backoff, config, mut now) = (Backoff::default(), config(1), Instant::now());
        backoff.failed(&config, now);
        let due = backoff.next_try(&config, now, false).expect("a time");
        assert_eq!(backoff.next_try(&config, now, true), Some(now), "the first one at once");
        for _ in 0..5 {
            backoff.trying(true);
            backoff.failed(&config, now);
            assert!(!backoff.is_spent(&config, now), "the schedule has had one try");
            let next = backoff.next_try(&config, now, true).expect("a time");
            let pause = next - now;
            assert!(pause >= HURRIED && pause <= HURRIED * 11 / 10, "{pause:?}");
            assert_eq!(backoff.next_try(&config, now, false), Some(due), "the schedule stays");
            now = next;
        }
        assert!(backoff.is_spent(&config, due));
        backoff.trying(false);
        assert_eq!(backoff.next_try(&config, now, true), Some(now), "whoever waits next begins anew");
    }

    #[test]
    fn a_failure_that_nobody_waits_for_is_no_outage_and_spends_nothing() {
        let (mut backoff, config, mut now) = (Backoff::default(), config(1), Instant::now());
        for _ in 0..5 {
            backoff.failed_idly(&config, now);
            let pause = backoff.next_try(&config, now, false).expect("a time") - now;
            assert!(pause < Duration::from_secs(12), "{pause:?}");
            now += pause;
        }
        assert_eq!(backoff.delivered(now), None);
    }

    #[test]
    fn a_refusal_costs_nothing_and_the_next_try_comes_soon() {
        let (mut backoff, config, now) = (Backoff::default(), config(0), Instant::now());
        backoff.failed(&config, now);
        backoff.gave_up();
        for _ in 0..10 {
            backoff.refused(&config, now);
        }
        assert_eq!(backoff.tries(), 1);
        assert!(backoff.next_try(&config, now, false).expect("a time") - now < Duration::from_secs(12));
    }
}
