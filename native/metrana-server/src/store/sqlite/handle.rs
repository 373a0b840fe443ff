//! A run of the store: in memory while it is used, else only what a list of runs tells of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::runs::Outline;
use crate::store::run::Run;
use crate::store::{RunId, StoreError};

/// A run by its row.
#[derive(Debug)]
pub(super) struct Handle {
    /// Its row in the table of runs.
    pub(super) row: i64,
    pub(super) id: RunId,
    deleted: AtomicBool,
    /// Whether it may have tiles to join.
    to_join: AtomicBool,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug)]
pub(super) struct State {
    /// None while it is only on disk.
    pub(super) run: Option<Run>,
    /// What a list of runs tells of it while it is only on disk; not when it has something in the journal.
    pub(super) outline: Option<Outline>,
    /// The number of the next thing that happens to it.
    pub(super) next: i64,
    /// The last one that is part of its sealed state.
    pub(super) sealed: i64,
    /// Bytes of it that are in the journal, about.
    pub(super) journal: u64,
    /// Whether points were left behind when the others were sealed.
    pub(super) rest: bool,
    /// The last time that something happened to it.
    pub(super) touched: Instant,
    /// The last time that somebody wanted something of it.
    pub(super) used: Instant,
}

impl Handle {
    /// One that is only on disk.
    pub(super) fn asleep(row: i64, id: RunId) -> Self {
        let state = State {
            run: None,
            outline: None,
            next: 1,
            sealed: 0,
            journal: 0,
            rest: false,
            touched: Instant::now(),
            used: Instant::now(),
        };
        Self {
            row,
            id,
            deleted: AtomicBool::new(false),
            to_join: AtomicBool::new(true),
            state: Mutex::new(state),
        }
    }

    /// One that was just created.
    pub(super) fn new(row: i64, id: RunId, run: Run) -> Self {
        let handle = Self::asleep(row, id);
        handle.lock().run = Some(run);
        handle
    }

    /// A panic while the lock was held left the run as it was between two statements, which is a run that can be read.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.deleted.load(Ordering::Acquire)
    }

    pub(super) fn delete(&self) {
        self.deleted.store(true, Ordering::Release);
    }

    /// Notes that it may have tiles to join.
    pub(super) fn note_to_join(&self) {
        self.to_join.store(true, Ordering::Release);
    }

    /// Whether that was noted since the last time.
    pub(super) fn take_note_to_join(&self) -> bool {
        self.to_join.swap(false, Ordering::AcqRel)
    }

    pub(super) fn unknown(&self) -> StoreError {
        StoreError::UnknownRun(self.id.clone())
    }
}
