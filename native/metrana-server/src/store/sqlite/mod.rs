//! A store that keeps everything in one `SQLite` file.
//!
//! What happens to a run is applied to it in memory, where it can be read at once, and waits for the writer in the same
//! order. The writer commits what waits to the journal, together, and then it is acknowledged. The sealer moves points
//! from the journal into compressed tiles. After a restart the sealed state is loaded and the journal done again.

mod admin;
mod ballast;
mod bytes;
mod checkpoint;
mod chunk;
mod column;
mod compact;
#[cfg(test)]
mod compact_tests;
#[cfg(test)]
mod damage_tests;
mod draw;
#[cfg(test)]
mod edit_tests;
mod entry;
mod fill;
#[cfg(test)]
mod full_tests;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod handle;
mod health;
mod joining;
#[cfg(test)]
mod kill_tests;
mod load;
mod lock;
mod options;
mod points;
mod queue;
mod reach;
mod read;
mod readers;
mod rest;
#[cfg(test)]
mod rest_tests;
mod room;
mod runs;
mod schema;
#[cfg(test)]
pub(crate) mod scratch;
mod seal;
mod sketch;
#[cfg(test)]
mod sketch_tests;
mod store;
mod sum;
mod summary;
#[cfg(test)]
mod tests;
mod tile;
mod tiling;
mod traces;
#[cfg(test)]
mod unordered_tests;
#[cfg(test)]
mod wal_tests;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

pub use admin::Findings;
pub use options::{Durability, Sealing, SqliteOptions};

use super::StoreError;
use super::feed::Feed;
use crate::clock::Clock;
use crate::log::Log;
use ballast::Ballast;
use checkpoint::{Wal, checkpoint};
use compact::Compactor;
use health::Doctor;
use lock::DirectoryLock;
use points::{Point, reach};
use queue::Queue;
use readers::Readers;
use runs::Runs;
use seal::Sealer;
use traces::TraceLogs;
use writer::Writer;

/// Keeps everything in one `SQLite` file in a directory of its own. Dropping it waits until everything that it took in is
/// on disk, as far as it can be.
pub struct SqliteStore {
    directory: PathBuf,
    runs: Arc<Runs>,
    traces: TraceLogs,
    feed: Arc<Feed>,
    clock: Clock,
    queue: Arc<Queue>,
    readers: Readers,
    doctor: Arc<Doctor>,
    wal: Arc<Wal>,
    stop: Arc<AtomicBool>,
    threads: Mutex<Threads>,
    _lock: DirectoryLock,
}

#[derive(Debug, Default)]
struct Threads {
    writer: Option<JoinHandle<()>>,
    checkpointer: Option<JoinHandle<()>>,
    sealer: Option<JoinHandle<()>>,
    compactor: Option<JoinHandle<()>>,
}

impl SqliteStore {
    /// Opens the store in a directory, which is made when it is not there. It blocks the thread while the file is read.
    ///
    /// A directory that another process has, that is on a network file system or that a newer server has written is
    /// refused, and nothing in it is changed.
    pub fn open(directory: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        let io = |error: std::io::Error| StoreError::Io(format!("{}: {error}", directory.display()));
        std::fs::create_dir_all(directory).map_err(io)?;
        let lock = DirectoryLock::take(directory)?;
        let db = schema::open(directory, options.durability)?;
        let mover = schema::checkpointer(directory, options.durability)?;
        reach(Point::Opening);
        admin::finish_deletions(&db)?;
        let clock = Clock::default();
        let feed = Arc::new(Feed::new(clock.now_millis().unsigned_abs()));
        let runs = Arc::new(Runs::load(&db)?);
        let traces = TraceLogs::load(&db)?;
        let doctor = Arc::new(Doctor::new(Log::new(options.log)));
        let wal = Arc::new(Wal::new(options.wal_bytes));
        let queue = Arc::new(Queue::new(options.queue_bytes));
        let readers = Readers::start(directory)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (every, join) = (options.sealing.every, options.sealing.join);
        let writer = Writer {
            db,
            queue: Arc::clone(&queue),
            wal: Arc::clone(&wal),
            doctor: Arc::clone(&doctor),
            ballast: Ballast::new(directory, options.ballast_bytes),
        };
        let sealer = Sealer {
            runs: Arc::clone(&runs),
            queue: Arc::clone(&queue),
            sealing: options.sealing,
            doctor: Arc::clone(&doctor),
            stop: Arc::clone(&stop),
        };
        let compactor = Compactor {
            db: schema::reader(directory)?,
            runs: Arc::clone(&runs),
            queue: Arc::clone(&queue),
            doctor: Arc::clone(&doctor),
            stop: Arc::clone(&stop),
            every,
        };
        let log = Arc::clone(&wal);
        let threads = Threads {
            writer: Some(spawn("store-write", move || writer.run())?),
            checkpointer: Some(spawn("store-move", move || {
                log.run(&mover);
                // Nobody else has the file: what is left of the log goes into the database.
                let _ = checkpoint(&mover, "truncate");
            })?),
            sealer: Some(spawn("store-seal", move || sealer.run())?),
            compactor: if join { Some(spawn("store-join", move || compactor.run())?) } else { None },
        };
        let store = Self {
            directory: directory.to_owned(),
            runs,
            traces,
            feed,
            clock,
            queue,
            readers,
            doctor,
            wal,
            stop,
            threads: Mutex::new(threads),
            _lock: lock,
        };
        store.wake_unsealed();
        Ok(store)
    }

    /// Takes nothing more, writes what waits and lets go of the file, but not yet of the directory. What cannot be
    /// written because the disk is full is lost, and was never acknowledged.
    pub fn close(&self) {
        self.stop.store(true, Ordering::Release);
        self.queue.close();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        let (sealer, compactor) = (threads.sealer.take(), threads.compactor.take());
        for thread in [sealer, compactor].into_iter().flatten() {
            thread.thread().unpark();
            let _ = thread.join();
        }
        if let Some(writer) = threads.writer.take() {
            let _ = writer.join();
        }
        self.readers.stop();
        self.wal.close();
        if let Some(checkpointer) = threads.checkpointer.take() {
            let _ = checkpointer.join();
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map_err(|error| StoreError::Io(format!("no thread can be started: {error}")))
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("directory", &self.directory).finish_non_exhaustive()
    }
}
