//! A few threads for what the system can only do by blocking: looking up a name, reading certificates.
//!
//! They are kept once they are there. A process that has used up its threads still finds its service again, and where not
//! even the first thread can be started, that is an error like any other and no panic.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::oneshot;

/// A resolver that hangs holds a thread for as long as it hangs; so many may hang before the others have to wait.
const MOST: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

struct Helpers {
    state: Mutex<Roster>,
    work: Condvar,
    start: fn(Arc<Self>) -> io::Result<()>,
}

#[derive(Default)]
struct Roster {
    jobs: VecDeque<Job>,
    /// Threads that wait for a job.
    idle: usize,
    threads: usize,
}

/// Does something on a helper and waits for it. What nobody waits for any more when its turn comes is left out.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    static HELPERS: OnceLock<Arc<Helpers>> = OnceLock::new();
    HELPERS.get_or_init(|| Arc::new(Helpers::new(start))).run(work).await
}

fn start(helpers: Arc<Helpers>) -> io::Result<()> {
    std::thread::Builder::new().name("metrana-aux".to_owned()).spawn(move || helpers.help()).map(drop)
}

impl Helpers {
    fn new(start: fn(Arc<Self>) -> io::Result<()>) -> Self {
        Self { state: Mutex::default(), work: Condvar::new(), start }
    }

    async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let (tell, told) = oneshot::channel();
        self.submit(Box::new(move || {
            if !tell.is_closed() {
                drop(tell.send(work()));
            }
        }))?;
        told.await.map_err(|_| io::Error::other("the helper thread panicked"))
    }

    fn submit(self: &Arc<Self>, job: Job) -> io::Result<()> {
        let mut state = self.lock();
        if state.idle <= state.jobs.len() && state.threads < MOST {
            match (self.start)(Arc::clone(self)) {
                Ok(()) => state.threads += 1,
                // Those that are there will come to it.
                Err(_) if state.threads > 0 => {}
                Err(error) => return Err(error),
            }
        }
        state.jobs.push_back(job);
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    fn help(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                // Whoever waits for it learns of a panic by the silence.
                drop(catch_unwind(AssertUnwindSafe(job)));
                state = self.lock();
            } else {
                state.idle += 1;
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
        }
    }

    /// Nothing panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, Roster> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    fn none_to_be_had(_: Arc<Helpers>) -> io::Result<()> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// One thread, and then no other.
    fn only_one(helpers: Arc<Helpers>) -> io::Result<()> {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        if helpers.state.try_lock().is_ok() {
            return Err(io::Error::other("started without the lock, so nobody counts it"));
        }
        if STARTED.fetch_add(1, Ordering::SeqCst) == 0 { start(helpers) } else { none_to_be_had(helpers) }
    }

    #[tokio::test]
    async fn without_a_thread_it_is_an_error() {
        let helpers = Arc::new(Helpers::new(none_to_be_had));
        assert_eq!(helpers.run(|| 1).await.expect_err("no thread").kind(), io::ErrorKind::WouldBlock);
        assert!(helpers.lock().jobs.is_empty(), "nothing is left to nobody");
    }

    #[tokio::test]
    async fn the_thread_that_is_there_does_what_others_cannot_be_had_for() {
        let helpers = Arc::new(Helpers::new(only_one));
        let (go_on, wait) = mpsc::channel::<()>();
        let long = tokio::spawn({
            let helpers = Arc::clone(&helpers);
            async move { helpers.run(move || wait.recv().is_ok()).await }
        });
        while helpers.lock().threads == 0 {
            tokio::task::yield_now().await;
        }
        let given_up = helpers.run(|| panic!("nobody waits for it"));
        assert!(tokio::time::timeout(std::time::Duration::from_millis(1), given_up).await.is_err());
        let panics = tokio::spawn({
            let helpers = Arc::clone(&helpers);
            async move { helpers.run(|| panic!("on purpose")).await }
        });
        let short = tokio::spawn({
            let helpers = Arc::clone(&helpers);
            async move { helpers.run(|| 7).await }
        });
        go_on.send(()).expect("it waits");
        assert!(long.await.expect("no panic").expect("done"));
        assert!(
            panics
                .await
                .expect("no panic here")
                .is_err_and(|error: io::Error| error.kind() == io::ErrorKind::Other)
        );
        assert_eq!(short.await.expect("no panic").expect("done"), 7);
        assert_eq!(helpers.lock().threads, 1);
    }

    #[tokio::test]
    async fn what_hangs_holds_up_no_other_until_too_much_hangs() {
        let helpers = Arc::new(Helpers::new(start));
        let mut gates = Vec::new();
        for _ in 0..MOST - 1 {
            let (go_on, wait) = mpsc::channel::<()>();
            gates.push(go_on);
            helpers
                .submit(Box::new(move || {
                    let _ = wait.recv();
                }))
                .expect("submitted");
        }
        assert_eq!(helpers.run(|| 7).await.expect("done"), 7);
        assert_eq!(helpers.run(|| 8).await.expect("done"), 8);
        assert!(helpers.lock().threads <= MOST);
    }
}
