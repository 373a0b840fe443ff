//! Operations that are begun and end as an event: what blocks elsewhere is a task of the network thread here.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinError;

use crate::config::Config;
use crate::connect::runtime::{self, deadline, within};
use crate::errors::{Error, Status};
use crate::logger::{self, Logger};
use crate::stage::gate::Closing;
use crate::tell::events::{EventSink, Operation};

/// What becomes of an operation that the host cancels. Either way the host is told at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cancelled {
    /// It ends.
    Ends,
    /// It goes on and nobody hears of it.
    GoesOn,
}

impl Logger {
    /// Begins what `open` does and returns at once. The end is an event in `events`, with `token` and the logger. There is
    /// exactly one for each call that answers `Ok`, unless the queue is closed before.
    pub fn begin_open(config: Config, events: &EventSink<Self>, token: u64) -> Result<(), Error> {
        let handle = runtime::handle()?;
        let operation = events.begin(token)?;
        let events = events.clone();
        let open = async move {
            let opening = logger::prepare(config, events)?;
            opening.run().await?.logger().map(Some)
        };
        run(&handle, operation, Cancelled::Ends, open);
        Ok(())
    }

    /// Begins what `flush` does, for what was logged before this call, and returns at once. The end is an event in the queue
    /// that the logger was opened with.
    pub fn begin_flush(&self, timeout: Option<Duration>, token: u64) -> Result<(), Error> {
        let handle = runtime::handle()?;
        let operation = self.events().begin(token)?;
        let (mark, shared, deadline) = (self.request_flush(), Arc::clone(&self.shared), deadline(timeout));
        let flush = async move {
            let mark = mark?;
            let settled = shared.slot.gate.when(|state| logger::flush_ended(state, mark));
            logger::flushed(within(deadline, settled).await, timeout).map(|()| None)
        };
        run(&handle, operation, Cancelled::Ends, flush);
        Ok(())
    }

    /// Begins what `close` does, or `shutdown` where `close_run` is false, and returns at once: with that the logger takes
    /// nothing more. The end is an event in the queue that the logger was opened with. Whoever cancels it stops waiting; the
    /// logger closes all the same.
    pub fn begin_close(&self, close_run: bool, timeout: Option<Duration>, token: u64) -> Result<(), Error> {
        let handle = runtime::handle()?;
        let operation = self.events().begin(token)?;
        let timeout = timeout.unwrap_or(self.shared.config.close_timeout);
        let (shared, deadline) = (Arc::clone(&self.shared), deadline(Some(timeout)));
        let shut = self.shut(Closing { close_run });
        let close = async move {
            shut?;
            let ended = within(deadline, shared.slot.gate.when(logger::ended)).await;
            logger::closed(&shared, ended, timeout).map(|()| None)
        };
        run(&handle, operation, Cancelled::GoesOn, close);
        Ok(())
    }
}

/// Runs an operation on the network thread until it ends or is cancelled.
fn run(
    handle: &Handle,
    mut operation: Operation<Logger>,
    cancelled: Cancelled,
    work: impl Future<Output = Result<Option<Logger>, Error>> + Send + 'static,
) {
    // A task of its own, so that a panic in it is an answer like any other.
    let mut work = handle.spawn(work);
    handle.spawn(async move {
        let outcome = tokio::select! {
            biased;
            ended = &mut work => joined(ended),
            () = operation.cancelled() => {
                if cancelled == Cancelled::Ends {
                    work.abort();
                    // It may have ended just before.
                    joined(work.await)
                } else {
                    Err(given_up())
                }
            }
        };
        operation.end(outcome);
    });
}

fn joined(ended: Result<Result<Option<Logger>, Error>, JoinError>) -> Result<Option<Logger>, Error> {
    ended.unwrap_or_else(|error| {
        if error.is_cancelled() {
            return Err(given_up());
        }
        Err(Error::new(Status::Panicked, format!("the engine panicked in this operation: {error}")))
    })
}

fn given_up() -> Error {
    Error::new(Status::Cancelled, "the operation was cancelled")
}
