//! The one network thread of the process. All loggers share it, and it lives as long as the process does.
//!
//! Whatever waits for the network does it here: as a task of this thread, or in a thread of the caller's that waits for such
//! a task, always with a deadline, and never in a process that the thread does not live in.

use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::clock;
use crate::errors::{Error, Status};

static HANDLE: Mutex<Option<Handle>> = Mutex::new(None);

/// The process that the network thread lives in; 0 before there is one. A fork has the memory of it and not the thread.
static HOME: AtomicU32 = AtomicU32::new(0);

/// How long a thread that was started may take to say so.
const START: Duration = Duration::from_secs(10);

/// The way onto the network thread; starts it the first time.
pub(crate) fn handle() -> Result<Handle, Error> {
    check_process()?;
    let mut slot = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*slot {
        return Ok(handle.clone());
    }
    let handle = start().map_err(|error| {
        Error::new(Status::NoThread, format!("the network thread could not be started: {error}"))
    })?;
    HOME.store(std::process::id(), Ordering::Relaxed);
    *slot = Some(handle.clone());
    Ok(handle)
}

/// Whether this is the process that the network thread lives in.
pub(crate) fn check_process() -> Result<(), Error> {
    let home = HOME.load(Ordering::Relaxed);
    if home == 0 || home == std::process::id() {
        return Ok(());
    }
    let text = format!(
        "this process is a fork of process {home}, which opened a logger before, and no thread lives through a fork: open \
         loggers after it, or start the child with exec"
    );
    Err(Error::new(Status::Forked, text))
}

fn start() -> std::io::Result<Handle> {
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new().name("metrana-net".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        match runtime {
            Err(error) => drop(tell.send(Err(error))),
            Ok(runtime) => {
                drop(tell.send(Ok(runtime.handle().clone())));
                // Never dropped: what it is in the middle of would end with it.
                runtime.block_on(std::future::pending::<()>());
            }
        }
    })?;
    told.recv_timeout(START).unwrap_or_else(|_| Err(std::io::Error::other("it did not begin")))
}

/// When a timeout that begins now is over. None: never, as far as a clock can show.
pub(crate) fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    timeout.and_then(|timeout| clock::instant().checked_add(timeout))
}

/// Waits on the network thread. None: the deadline came first.
pub(crate) async fn within<T>(deadline: Option<Instant>, work: impl Future<Output = T>) -> Option<T> {
    match deadline {
        None => Some(work.await),
        Some(deadline) => tokio::time::timeout_at(deadline.into(), work).await.ok(),
    }
}

/// Does something on the network thread and waits for it on the thread of the caller.
pub(crate) fn wait_for<T: Send + 'static>(
    handle: &Handle,
    deadline: Option<Instant>,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Error> {
    let task = handle.spawn(work);
    let abort = task.abort_handle();
    match wait(deadline, task) {
        Some(Ok(done)) => Ok(done),
        Some(Err(error)) => {
            Err(Error::new(Status::Panicked, format!("the engine panicked on the network thread: {error}")))
        }
        None => {
            abort.abort();
            let text =
                "the network thread of this process does not respond: the process is suspended or overloaded";
            Err(Error::new(Status::InitTimeout, text))
        }
    }
}

/// Waits on the thread of the caller, for something that needs no runtime. None: the deadline came first.
pub(crate) fn wait<T>(deadline: Option<Instant>, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            return Some(done);
        }
        match deadline {
            None => std::thread::park(),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(clock::instant());
                if left.is_zero() {
                    return None;
                }
                std::thread::park_timeout(left);
            }
        }
    }
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::{Arc, Status, clock, wait_for};

    #[test]
    fn a_network_thread_that_does_not_respond_is_given_up_at_the_deadline() {
        // Nobody drives it.
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("it is built");
        let is_done = Arc::new(AtomicBool::new(false));
        let work = {
            let is_done = is_done.clone();
            async move { is_done.store(true, Ordering::Relaxed) }
        };
        let deadline = clock::instant() + Duration::from_millis(50);
        let error = wait_for(runtime.handle(), Some(deadline), work).expect_err("nobody does it");
        assert_eq!(error.status, Status::InitTimeout);
        assert!(error.to_string().contains("does not respond"), "{error}");
        runtime.block_on(tokio::task::yield_now());
        assert!(!is_done.load(Ordering::Relaxed), "what nobody waits for any more is called off");
    }
}
