//! What changed, and when: for readers that follow a store.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::{RunId, SeriesId};

/// Where a reader stands in the changes of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Which life of the store: a store that is opened again begins another one.
    pub epoch: u64,
    /// The last change that the reader knows.
    pub revision: u64,
}

/// What changed between two cursors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Where the reader stands when it knows these.
    pub cursor: Cursor,
    /// Whether it has to read everything anew: nothing is listed here then.
    pub reset: bool,
    /// The runs that changed or are new, in the order of their creation.
    pub runs: Vec<RunChanges>,
    /// The runs that were removed.
    pub deleted: Vec<RunId>,
}

/// What changed of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunChanges {
    /// The run.
    pub run: RunId,
    /// Its last change. It grows with each.
    pub revision: u64,
    /// The series that got points or are new, in the order of their ids.
    pub series: Vec<SeriesId>,
    /// Whether an attribute of it or of its environments changed.
    pub attributes: bool,
}

/// How many removals are remembered for readers that are behind.
const REMEMBERED: usize = 1024;

/// The changes of a store, numbered.
#[derive(Debug)]
pub(super) struct Feed {
    epoch: u64,
    revision: watch::Sender<u64>,
    deleted: Mutex<Deleted>,
}

#[derive(Debug, Default)]
struct Deleted {
    /// By the revisions of the removals.
    runs: VecDeque<(u64, RunId)>,
    /// The last revision whose removal was forgotten.
    forgotten: u64,
}

impl Feed {
    /// `epoch` tells this life of the store from its others.
    pub(super) fn new(epoch: u64) -> Self {
        Self { epoch, revision: watch::Sender::new(0), deleted: Mutex::default() }
    }

    /// The number of a change. Whoever makes the change holds the run's lock from here until it is made, so that a reader
    /// who knows the number and then takes the lock sees the change.
    pub(super) fn next(&self) -> u64 {
        let mut revision = 0;
        self.revision.send_modify(|last| {
            *last += 1;
            revision = *last;
        });
        revision
    }

    pub(super) fn delete(&self, run: RunId) {
        let mut deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        deleted.runs.push_back((self.next(), run));
        if deleted.runs.len() > REMEMBERED
            && let Some((revision, _)) = deleted.runs.pop_front()
        {
            deleted.forgotten = revision;
        }
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Begins an answer: without the runs that changed, which the caller adds when it is no reset.
    pub(super) fn since(&self, since: Option<Cursor>) -> Changes {
        let deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        let cursor = Cursor { epoch: self.epoch, revision: *self.revision.borrow() };
        let known = since.filter(|since| {
            since.epoch == self.epoch && (deleted.forgotten..=cursor.revision).contains(&since.revision)
        });
        let removed = |since: Cursor| {
            let runs = deleted.runs.iter().filter(|(revision, _)| *revision > since.revision);
            runs.map(|(_, run)| run.clone()).collect()
        };
        Changes {
            cursor,
            reset: known.is_none(),
            runs: Vec::new(),
            deleted: known.map(removed).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Feed, REMEMBERED};
    use crate::store::RunId;

    fn run(number: usize) -> RunId {
        RunId::from_bytes(number.to_le_bytes().to_vec().into())
    }

    #[test]
    fn a_reader_of_another_life_or_of_none_begins_anew() {
        let feed = Feed::new(7);
        feed.next();
        let now = feed.since(None);
        assert!(now.reset);
        assert_eq!(now.cursor, Cursor { epoch: 7, revision: 1 });
        assert!(!feed.since(Some(now.cursor)).reset);
        assert!(feed.since(Some(Cursor { epoch: 8, revision: 1 })).reset);
        assert!(feed.since(Some(Cursor { epoch: 7, revision: 2 })).reset, "from the future");
    }

    #[test]
    fn removals_are_told_once_and_those_that_are_forgotten_mean_a_new_beginning() {
        let feed = Feed::new(1);
        let start = feed.since(None).cursor;
        feed.delete(run(0));
        let first = feed.since(Some(start));
        assert_eq!(first.deleted, [run(0)]);
        assert_eq!(feed.since(Some(first.cursor)).deleted, []);
        for number in 1..=REMEMBERED {
            feed.delete(run(number));
        }
        assert!(feed.since(Some(start)).reset, "the first removal is forgotten");
        assert_eq!(feed.since(Some(first.cursor)).deleted.len(), REMEMBERED);
    }
}
