//! The logger: what a program holds, and the first and last step of everything that happens to a point.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::books::counters::Counters;
use crate::books::losses::FlushMark;
use crate::config::Config;
use crate::connect::runtime::{self, deadline};
use crate::connect::transport::Connector;
use crate::deliver::envelope::Identity;
use crate::deliver::handshake::{self, Opened};
use crate::deliver::sender::Sender;
use crate::deliver::shared::Shared;
use crate::errors::{Error, Status};
use crate::random;
use crate::stage::Stage;
use crate::stage::gate::{Closing, GateState};
use crate::stage::pool::Pool;
use crate::stage::slots;
use crate::tell::events::EventSink;

/// A logger for one run. All methods may be called from any thread.
///
/// Dropping a logger that was not closed abandons it: nothing is waited for, and what had not arrived is lost.
pub struct Logger {
    pub(crate) shared: Arc<Shared>,
    pub(crate) generation: u32,
    identity: Identity,
    created: bool,
    orchestration_id: String,
    events: EventSink<Self>,
}

/// The most bytes of what a close says of its run.
const CLOSE_MESSAGE_LIMIT: usize = 1024;

/// How much longer than the init timeout an open waits for the network thread.
const GRACE: Duration = Duration::from_secs(1);

/// Everything that a handshake needs.
pub(crate) struct Opening {
    config: Config,
    logger_id: u64,
    orchestration_id: String,
    events: EventSink<Logger>,
}

/// A run that is open, and what a logger for it is made of.
pub(crate) struct OpenRun {
    opening: Opening,
    connector: Connector,
    opened: Opened,
    handle: Handle,
}

/// Checks a config before anything happens.
pub(crate) fn prepare(config: Config, events: EventSink<Logger>) -> Result<Opening, Error> {
    config.validate()?;
    let config = config.within_a_clocks_reach();
    Ok(Opening {
        logger_id: config.logger_id.unwrap_or_else(random::id),
        orchestration_id: config.orchestration_id.clone().unwrap_or_else(random::token),
        events: events.with_level(config.log_level),
        config,
    })
}

impl Opening {
    /// The handshake. On the network thread.
    pub(crate) async fn run(self) -> Result<OpenRun, Error> {
        let lines = self.events.lines();
        let (connector, opened) =
            handshake::open(&self.config, self.logger_id, &self.orchestration_id, &lines).await?;
        Ok(OpenRun { opening: self, connector, opened, handle: Handle::current() })
    }
}

impl OpenRun {
    /// Puts what the service knows into a fresh stage, and sets a sender to work. On whatever thread.
    pub(crate) fn logger(self) -> Result<Logger, Error> {
        let Self { opening, connector, opened, handle } = self;
        let Opening { config, logger_id, orchestration_id, events } = opening;
        let identity = Identity { run: opened.run_id.clone(), logger: logger_id, session: random::id() };
        let (lines, pool) = (events.lines(), Pool::new(config.queue_bytes));
        let mut stage = Stage::new(&config, identity.envelope_len(), lines.clone(), pool);
        opened.seed(&mut stage);
        let seeded = stage.names.registry.len() > 0;
        let slot = slots::occupy(stage, config.queue_bytes)?;
        let generation = slot.gate.lock()?.inner.generation;
        let shared = Arc::new(Shared { config, slot, abandon: tokio::sync::Notify::new(), events: lines });
        let sender = Sender::new(Arc::clone(&shared), connector, identity.clone(), seeded);
        handle.spawn(watch(Arc::clone(&shared), handle.spawn(sender.run())));
        Ok(Logger { shared, generation, identity, created: opened.created, orchestration_id, events })
    }
}

impl Logger {
    /// Opens the run: blocks until the service has answered or the init timeout is over.
    pub fn open(config: Config, events: EventSink<Self>) -> Result<Self, Error> {
        let opening = prepare(config, events)?;
        let handle = runtime::handle()?;
        // The handshake keeps its own deadline; this one is for a network thread that does not come to it.
        let patience = opening.config.init_timeout.saturating_add(GRACE);
        runtime::wait_for(&handle, deadline(Some(patience)), opening.run())??.logger()
    }

    /// A snapshot of the books.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let gate = &self.shared.slot.gate;
        let read = |state: &GateState<Stage>| Counters {
            pending_bytes: state.held() as u64,
            ..state.inner.books.counters
        };
        match gate.lock() {
            Ok(mut state) => {
                state.inner.close_trays();
                state.catch_up();
                read(&state)
            }
            Err(_) => gate.peek(read),
        }
    }

    /// The service's number of the run.
    #[must_use]
    pub fn run_id(&self) -> &[u8] {
        &self.identity.run
    }

    /// Whether opening it made the run.
    #[must_use]
    pub fn run_was_created(&self) -> bool {
        self.created
    }

    /// The number of this logger.
    #[must_use]
    pub fn logger_id(&self) -> u64 {
        self.identity.logger
    }

    /// Which job the run belongs to, as far as this logger is concerned.
    #[must_use]
    pub fn orchestration_id(&self) -> &str {
        &self.orchestration_id
    }

    /// Empties the list of errors that happened behind the caller's back.
    #[must_use]
    pub fn take_errors(&self) -> Vec<Error> {
        self.shared.slot.gate.lock().map(|mut state| state.inner.books.reports.take()).unwrap_or_default()
    }

    /// Sends everything logged so far at once and waits until it is acknowledged. Answers `FlushUndelivered` where some of
    /// what was logged since the last flush is lost.
    pub fn flush(&self, timeout: Option<Duration>) -> Result<(), Error> {
        let deadline = deadline(timeout);
        let mark = self.request_flush()?;
        let settled = self.shared.slot.gate.when(|state| flush_ended(state, mark));
        flushed(runtime::wait(deadline, settled), timeout)
    }

    /// Asks for everything logged so far to be sent at once. Answers with the mark to wait for.
    pub(crate) fn request_flush(&self) -> Result<FlushMark, Error> {
        runtime::check_process()?;
        let mut state = self.shared.slot.gate.lock()?;
        state.admits()?;
        let mark = state.inner.request_flush();
        drop(state);
        self.shared.slot.wake.notify_one();
        Ok(mark)
    }

    /// What the close of the run will say besides that it ends: nothing for a run that finished, else `failed: ...` or
    /// `aborted: ...`. The last one said before the logger is closed counts; after that it changes nothing.
    pub fn set_close_message(&self, message: &str) -> Result<(), Error> {
        let mut state = self.shared.slot.gate.lock()?;
        if message.len() > CLOSE_MESSAGE_LIMIT {
            return Err(Error::validation(format!(
                "invalid close message: it has {} bytes, expected at most {CLOSE_MESSAGE_LIMIT}",
                message.len()
            )));
        }
        if state.closing().is_none() {
            state.inner.close_message = message.into();
        }
        Ok(())
    }

    /// Delivers everything, tells the service that the run ends, and waits for its word. None: the config's timeout.
    pub fn close(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.end(Closing { close_run: true }, timeout)
    }

    /// Delivers everything and leaves the run open.
    pub fn shutdown(&self, timeout: Option<Duration>) -> Result<(), Error> {
        self.end(Closing { close_run: false }, timeout)
    }

    fn end(&self, closing: Closing, timeout: Option<Duration>) -> Result<(), Error> {
        let timeout = timeout.unwrap_or(self.shared.config.close_timeout);
        let deadline = deadline(Some(timeout));
        self.shut(closing)?;
        let ended = runtime::wait(deadline, self.shared.slot.gate.when(ended));
        closed(&self.shared, ended, timeout)
    }

    /// From here on it takes nothing more, and delivers what it has.
    pub(crate) fn shut(&self, closing: Closing) -> Result<(), Error> {
        runtime::check_process()?;
        self.shared.slot.gate.shut(closing, Stage::close_trays)?;
        self.shared.slot.wake.notify_one();
        Ok(())
    }

    /// Gives up: takes nothing more, delivers nothing more, and waits for nothing. Whoever waits in another thread is
    /// told that the logger is closed. Dropping it does the same.
    pub fn abandon(&self) {
        drop(self.shared.slot.gate.shut(Closing { close_run: false }, Stage::close_trays));
        let abandoned = Err(Error::new(Status::LoggerClosed, "the logger was dropped without being closed"));
        drop(self.shared.slot.gate.finish(|_| abandoned, Stage::write_off));
        if self.shared.slot.gate.is_poisoned() {
            // The sender still delivers what was sealed before the panic: nobody gave that up.
            self.shared.slot.wake.notify_one();
        } else {
            self.shared.abandon.notify_one();
        }
    }

    /// Where it says what happens.
    #[must_use]
    pub fn events(&self) -> &EventSink<Self> {
        &self.events
    }

    /// Panics while it holds the stage, to show that a panic poisons this logger and nothing else.
    #[allow(clippy::missing_panics_doc, reason = "it does nothing else")]
    pub fn debug_panic(&self) -> ! {
        let _state = self.shared.slot.gate.lock();
        panic!("asked to panic");
    }
}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logger").field("logger_id", &self.identity.logger).finish_non_exhaustive()
    }
}

impl Drop for Logger {
    fn drop(&mut self) {
        self.abandon();
    }
}

/// A sender that panics stops its logger.
async fn watch(shared: Arc<Shared>, sender: tokio::task::JoinHandle<()>) {
    if let Err(error) = sender.await {
        shared.stop(Error::new(Status::Panicked, format!("the sender ended unexpectedly: {error}")));
    }
}

/// How a flush up to a mark has ended, once it has.
pub(crate) fn flush_ended(state: &mut GateState<Stage>, mark: FlushMark) -> Option<Result<(), Error>> {
    if let Some(Err(error)) = state.stopped().map(|_| state.admits()) {
        return Some(Err(error));
    }
    if let Some(lost) = state.outcome().and_then(written_off) {
        return Some(Err(lost));
    }
    state.inner.flushed(mark)
}

/// The answer of a flush. None: its time is over.
pub(crate) fn flushed(
    ended: Option<Result<Result<(), Error>, Error>>,
    timeout: Option<Duration>,
) -> Result<(), Error> {
    ended.unwrap_or_else(|| {
        let timeout = timeout.unwrap_or_default();
        let text = format!("flush did not complete within {timeout:?}; the logger goes on");
        Err(Error::new(Status::FlushTimeout, text))
    })?
}

/// How the logger has ended, once it has.
pub(crate) fn ended(state: &mut GateState<Stage>) -> Option<Result<(), Error>> {
    let stopped = state.stopped().cloned();
    state.outcome().cloned().or_else(|| stopped.map(|cause| Err(undelivered(&cause))))
}

/// The answer of a close. None: its time is over, and what is left is written off.
pub(crate) fn closed(
    shared: &Shared,
    ended: Option<Result<Result<(), Error>, Error>>,
    timeout: Duration,
) -> Result<(), Error> {
    let ended = ended.transpose()?;
    let outcome = shared.slot.gate.finish(
        |state| ended.unwrap_or_else(|| Err(out_of_time(timeout, &state.inner.books.counters))),
        Stage::write_off,
    )?;
    shared.abandon.notify_one();
    outcome
}

/// Why a flush cannot succeed any more: the logger ended and wrote off what it waited for.
fn written_off(outcome: &Result<(), Error>) -> Option<Error> {
    let cause = outcome.as_ref().err()?;
    let lost = matches!(cause.status, Status::CloseTimeout | Status::LoggerClosed);
    lost.then(|| Error::new(Status::LoggerClosed, format!("the logger was closed during the flush: {cause}")))
}

fn undelivered(cause: &Error) -> Error {
    Error {
        status: Status::CloseUndelivered,
        grpc: cause.grpc,
        message: format!("the logger had stopped before it was closed, so not everything arrived: {cause}"),
    }
}

fn out_of_time(timeout: Duration, counters: &Counters) -> Error {
    let pending: u64 = counters.kinds().iter().map(|kind| kind.pending).sum();
    let before = match counters.lost() {
        0 => String::new(),
        lost => format!("; {lost} were lost before"),
    };
    Error::new(
        Status::CloseTimeout,
        format!(
            "close timeout of {timeout:?} reached before everything was acknowledged: {pending} point(s) or \
             attribute(s) had no answer and count as dropped{before}"
        ),
    )
}
