//! What waits for the writer: in order, and never more than there is room for.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Transaction;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::entry::Entry;
use super::handle::Handle;
use crate::store::{Pending, StoreError};

/// Room is given out in pieces of so many bytes.
const PIECE: usize = 1 << 10;
/// A commit takes no more than so many bytes of messages, so that none waits long.
const COMMIT: usize = 8 << 20;

/// Something to be written. It is done again when there was no room for it.
pub(super) type Job = Box<dyn Fn(&Transaction<'_>) -> rusqlite::Result<()> + Send>;
/// Hears that it is safe.
pub(super) type Tell = oneshot::Sender<Result<(), StoreError>>;

pub(super) enum Work {
    Entry {
        run: Arc<Handle>,
        number: i64,
        entry: Entry,
    },
    Job(Job),
    /// A job that can be left undone, and how many bytes it writes. It has a commit of its own, and is tried once.
    Chance(Job, u64),
    /// Nothing: whoever waits for it knows that all before it is safe.
    Mark,
}

pub(super) struct Item {
    pub(super) work: Work,
    pub(super) tell: Option<Tell>,
    pub(super) room: Option<Room>,
}

/// Room in the queue, given back when what has it is written.
pub(super) struct Room {
    _permit: OwnedSemaphorePermit,
}

pub(super) struct Queue {
    room: Arc<Semaphore>,
    pieces: usize,
    inner: Mutex<Inner>,
    more: Condvar,
}

#[derive(Default)]
struct Inner {
    items: std::collections::VecDeque<Item>,
    /// Jobs that are done first, and also while there is no room: what makes room.
    urgent: Vec<Item>,
    closed: bool,
}

impl Queue {
    pub(super) fn new(bytes: usize) -> Self {
        let pieces = (bytes / PIECE).clamp(1, u32::MAX as usize / 2);
        Self { room: Arc::new(Semaphore::new(pieces)), pieces, inner: Mutex::default(), more: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for room for so many bytes. What is larger than all of it waits for all.
    pub(super) async fn room(&self, bytes: usize) -> Result<Room, StoreError> {
        let pieces = bytes.div_ceil(PIECE).clamp(1, self.pieces);
        let pieces = u32::try_from(pieces).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.room).acquire_many_owned(pieces).await;
        permit.map(|permit| Room { _permit: permit }).map_err(|_| closed())
    }

    /// Puts something behind all that waits; the answer is done when it is safe.
    pub(super) fn push(&self, work: Work, room: Option<Room>) -> Pending<'static, ()> {
        let (tell, told) = oneshot::channel();
        let item = Item { work, tell: Some(tell), room };
        let mut inner = self.lock();
        if !inner.closed {
            inner.items.push_back(item);
            drop(inner);
            self.more.notify_all();
        }
        Box::pin(async move { told.await.unwrap_or_else(|_| Err(closed())) })
    }

    /// Puts a job before all that waits.
    pub(super) fn push_urgent(&self, job: Job) -> Pending<'static, ()> {
        let (tell, told) = oneshot::channel();
        let item = Item { work: Work::Job(job), tell: Some(tell), room: None };
        let mut inner = self.lock();
        if !inner.closed {
            inner.urgent.push(item);
            drop(inner);
            self.more.notify_all();
        }
        Box::pin(async move { told.await.unwrap_or_else(|_| Err(closed())) })
    }

    /// Takes what is written in one commit. Nothing: there is no more and never will be.
    pub(super) fn take(&self) -> Option<Vec<Item>> {
        let mut inner = self.lock();
        loop {
            if !inner.urgent.is_empty() {
                return Some(std::mem::take(&mut inner.urgent));
            }
            if !inner.items.is_empty() {
                let mut bytes = 0;
                let mut taken = Vec::new();
                while let Some(item) = inner.items.front() {
                    let weight = match &item.work {
                        Work::Entry { entry, .. } => entry.weight(),
                        Work::Job(_) | Work::Chance(..) | Work::Mark => 0,
                    };
                    let alone = matches!(item.work, Work::Chance(..));
                    if (bytes + weight > COMMIT || alone) && !taken.is_empty() {
                        break;
                    }
                    bytes += weight;
                    taken.extend(inner.items.pop_front());
                    if alone {
                        break;
                    }
                }
                return Some(taken);
            }
            if inner.closed {
                return None;
            }
            inner = self.more.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for an urgent job, or for the time to try again. Nothing: the queue is closed and there is none.
    pub(super) fn wait_urgent(&self, time: Duration) -> Option<Vec<Item>> {
        let until = Instant::now() + time;
        let mut inner = self.lock();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if !inner.urgent.is_empty() || left.is_zero() {
                return Some(std::mem::take(&mut inner.urgent));
            }
            if inner.closed {
                return None;
            }
            inner = self.more.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes no more. What waits is still written.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.room.close();
        self.more.notify_all();
    }
}

fn closed() -> StoreError {
    StoreError::Busy("the store is closing".to_owned())
}
