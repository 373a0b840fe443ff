//! The update streams that are open, by run.
//!
//! What a logger sent before it died may still be under way inside this server when its successor asks where to go on. So
//! a handshake waits until the streams of its run have nothing left, and cuts those whose logger is gone; a logger that
//! comes again cuts its older stream.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::connection::Link;
use crate::store::RunId;

/// How long a handshake waits for what is under way.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(2);
/// How often in a row a stream must be found with nothing to do until it is taken for idle: between the socket and the
/// stream a message is for a moment where neither sees it.
const IDLE_LOOKS: u32 = 3;

/// The open streams of all runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<RunId, Vec<Arc<OpenStream>>>>>);

/// One of them.
#[derive(Debug)]
pub(super) struct OpenStream {
    logger_id: u64,
    link: Option<Link>,
    /// Whether it waits for a message, and how often something came of waiting.
    waiting: AtomicBool,
    steps: AtomicU64,
    cut: AtomicBool,
    told: Notify,
}

/// Takes a stream off the list when it is over.
#[derive(Debug)]
pub(super) struct Registered {
    streams: Streams,
    run: RunId,
    stream: Arc<OpenStream>,
}

impl Streams {
    /// Adds a stream that has just greeted, and cuts those that the same logger had.
    pub(super) fn begin(&self, run: &RunId, logger_id: u64, link: Option<Link>) -> Registered {
        let stream = Arc::new(OpenStream {
            logger_id,
            link,
            waiting: AtomicBool::new(false),
            steps: AtomicU64::new(0),
            cut: AtomicBool::new(false),
            told: Notify::new(),
        });
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let streams = runs.entry(run.clone()).or_default();
        if logger_id != 0 {
            streams.iter().filter(|older| older.logger_id == logger_id).for_each(|older| older.cut());
        }
        streams.push(Arc::clone(&stream));
        Registered { streams: self.clone(), run: run.clone(), stream }
    }

    fn of(&self, run: &RunId) -> Vec<Arc<OpenStream>> {
        let runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        runs.get(run).cloned().unwrap_or_default()
    }

    /// Waits until the streams of a run have taken in what has come, and cuts those that will bring no more: of loggers
    /// that are gone, and of the logger itself, which begins anew.
    pub(super) async fn settle(&self, run: &RunId, logger_id: u64) {
        let mut streams: Vec<(Arc<OpenStream>, u64, u32)> =
            self.of(run).into_iter().map(|stream| (stream, u64::MAX, 0)).collect();
        let deadline = Instant::now() + PATIENCE;
        while !streams.is_empty() {
            streams.retain_mut(|(stream, seen, idle)| {
                let progress = stream.progress();
                *idle = if progress.is_some_and(|progress| progress == *seen) { *idle + 1 } else { 0 };
                *seen = progress.unwrap_or(u64::MAX);
                *idle < IDLE_LOOKS && Arc::strong_count(stream) > 1
            });
            if Instant::now() >= deadline {
                break;
            }
            sleep(LOOK).await;
        }
        for stream in self.of(run) {
            if stream.is_gone() || (logger_id != 0 && stream.logger_id == logger_id) {
                stream.cut();
            }
        }
    }
}

impl OpenStream {
    /// How much it has done, when there is nothing that it could do now. It is asked again and again: the answer is of the
    /// last time.
    fn progress(&self) -> Option<u64> {
        let nothing =
            self.waiting.load(Ordering::SeqCst) && self.link.as_ref().is_none_or(Link::has_nothing_to_read);
        let read = self.link.as_ref().map_or(0, Link::bytes_read);
        if let Some(link) = &self.link {
            link.ask();
        }
        nothing.then(|| self.steps.load(Ordering::SeqCst).wrapping_add(read))
    }

    fn is_gone(&self) -> bool {
        self.link.as_ref().is_some_and(Link::peer_is_gone)
    }

    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.told.notify_one();
    }
}

impl Registered {
    /// Done when the stream is to take in no more.
    pub(super) async fn until_cut(&self) {
        while !self.is_cut() {
            self.stream.told.notified().await;
        }
    }

    pub(super) fn is_cut(&self) -> bool {
        self.stream.cut.load(Ordering::SeqCst)
    }

    /// It waits for what comes next.
    pub(super) fn waits(&self) {
        self.stream.waiting.store(true, Ordering::SeqCst);
    }

    /// It has got something, or has something else to do.
    pub(super) fn works(&self) {
        self.stream.waiting.store(false, Ordering::SeqCst);
        self.stream.steps.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut runs = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(streams) = runs.get_mut(&self.run) {
            streams.retain(|stream| !Arc::ptr_eq(stream, &self.stream));
            if streams.is_empty() {
                runs.remove(&self.run);
            }
        }
    }
}
