//! What is counted and what is reported: numbers that add up at every instant, losses that a flush has to answer for,
//! and errors that nobody waited for. All are touched under the gate's lock, together with the data they are about.

pub(crate) mod counters;
pub(crate) mod losses;
pub(crate) mod reports;

use std::time::{Duration, Instant};

use counters::Counters;
use losses::Losses;
use reports::Reports;

use crate::config::LogLevel;
use crate::errors::Error;

/// What a logger counts and reports.
#[derive(Default)]
pub(crate) struct Books {
    pub counters: Counters,
    pub reports: Reports,
    pub losses: Losses,
    mis_step_warnings_left: u32,
    /// When it was last told that calls wait.
    wait_told: Option<Instant>,
}

/// That calls wait is told once in so long.
const WAITS_TOLD_EVERY: Duration = Duration::from_mins(1);

impl Books {
    /// `mis_step_warnings`: how many warnings are told before they become debug lines.
    pub(crate) fn new(mis_step_warnings: u32) -> Self {
        Self { mis_step_warnings_left: mis_step_warnings, ..Self::default() }
    }

    /// Counts steps that do not grow. Answers how urgent that is.
    pub(crate) fn note_mis_steps(&mut self, count: u64) -> LogLevel {
        self.counters.mis_steps += count;
        match self.mis_step_warnings_left.checked_sub(1) {
            Some(left) => {
                self.mis_step_warnings_left = left;
                LogLevel::Warn
            }
            None => LogLevel::Debug,
        }
    }

    /// Counts a call that waits for room. Answers whether to tell of it.
    pub(crate) fn note_wait(&mut self, now: Instant) -> bool {
        self.counters.waits += 1;
        let tell = self.wait_told.is_none_or(|told| now.saturating_duration_since(told) >= WAITS_TOLD_EVERY);
        if tell {
            self.wait_told = Some(now);
        }
        tell
    }

    /// Keeps an error until somebody asks for it.
    pub(crate) fn report(&mut self, error: Error) {
        self.counters.errors_reported += 1;
        if self.reports.add(error) {
            self.counters.errors_evicted += 1;
        }
    }
}
