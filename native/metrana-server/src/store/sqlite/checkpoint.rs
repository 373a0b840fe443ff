//! Moves what was committed from the write-ahead log into the database, on a thread of its own: done within a commit it
//! would make that one commit ten times as long as the others.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::points::{Point, reach};
use super::schema::{self, PAGE};
use crate::store::StoreError;

/// How often it is looked when something was committed.
const EVERY: Duration = Duration::from_millis(50);
/// How long a log that is to begin anew may wait for its readers. Meanwhile the writer waits, too.
const FOR_READERS: Duration = Duration::from_millis(20);

/// What the writer and the checkpointer know of the log.
#[derive(Debug)]
pub(super) struct Wal {
    bound: u64,
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    /// Bytes of it that are in use, about.
    bytes: u64,
    grew: bool,
    /// Why nothing could be moved the last time.
    failure: Option<StoreError>,
    closed: bool,
}

impl Wal {
    pub(super) fn new(bound: u64) -> Self {
        Self { bound, inner: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was committed.
    pub(super) fn grow(&self, bytes: u64) {
        let mut inner = self.lock();
        inner.bytes += bytes;
        inner.grew = true;
    }

    /// Waits until the log is within its bound, as long as that may take. It fails when nothing can be moved out of it.
    pub(super) fn wait_for_room(&self) -> Result<(), StoreError> {
        let mut inner = self.lock();
        while inner.bytes > self.bound && !inner.closed {
            if let Some(failure) = &inner.failure {
                return Err(failure.clone());
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Works until the log is closed.
    pub(super) fn run(&self, db: &Connection) {
        // One slow reader must not stop what is committed: it is tried again.
        let _ = db.busy_timeout(FOR_READERS);
        loop {
            let mut inner = self.lock();
            if inner.closed {
                return;
            }
            if !inner.grew {
                inner = self.changed.wait_timeout(inner, EVERY).unwrap_or_else(PoisonError::into_inner).0;
            }
            let (work, restart) = (std::mem::take(&mut inner.grew), inner.bytes > self.bound / 2);
            drop(inner);
            if !(work || restart) {
                continue;
            }
            // The log begins anew when all of it is in the database and nobody reads it. While much is committed that
            // hardly happens by itself; this makes the writer wait for it.
            let mode = if restart { "restart" } else { "passive" };
            let moved = checkpoint(db, mode);
            let mut inner = self.lock();
            match moved {
                Ok(left) => {
                    inner.bytes = left;
                    inner.failure = None;
                }
                Err(error) => {
                    inner.failure = Some(schema::error(&error));
                    // It is tried again, whether or not more is committed.
                    inner.grew = true;
                }
            }
            drop(inner);
            self.changed.notify_all();
            std::thread::sleep(EVERY);
        }
    }
}

/// Moves what can be moved: how many bytes the log still needs.
pub(super) fn checkpoint(db: &Connection, mode: &str) -> rusqlite::Result<u64> {
    reach(Point::Moving);
    let moved = db.query_row(&format!("pragma wal_checkpoint({mode})"), [], |row| {
        let (busy, log, moved): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let left = if busy == 0 && log == moved { 0 } else { log.max(0).unsigned_abs() * PAGE };
        Ok(left)
    });
    reach(Point::Moved);
    moved
}
