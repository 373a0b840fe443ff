//! The sender: takes messages from the stage and sees every one of them to its end.
//!
//! One stream at a time, each on a connection of its own. Here is what happens as long as all is well, and what outlives a
//! stream; what a broken one means is in `judge`.

use std::sync::Arc;

use bytes::Bytes;
use tokio::time::{Instant, timeout};

use super::aftermath;
use super::backoff::Backoff;
use super::declaring::Declaring;
use super::envelope::{self, Identity, Numbered};
use super::seal::Sealer;
use super::shared::Shared;
use super::stream::{Break, Stream, until};
use super::window::{Message, TakenOut, Window};
use crate::clock;
use crate::config::{DeliveryPolicy, ErrorStrategy, LogLevel};
use crate::connect::transport::Connector;
use crate::errors::{Error, Status};
use crate::stage::gate::Inside;
use crate::stage::{Stage, Taken, Timing};
use crate::tell::lines::{Line, LineId};
use crate::tell::throttle::Throttle;

/// The logger has ended, or its stage is poisoned: the sender has nothing to do any more.
pub(crate) struct Over;

impl From<Error> for Over {
    fn from(_: Error) -> Self {
        Self
    }
}

pub(crate) struct Sender {
    pub(super) shared: Arc<Shared>,
    connector: Connector,
    identity: Identity,
    pub(super) window: Window,
    pub(super) declaring: Declaring,
    pub(super) backoff: Backoff,
    /// Whether a stream has to declare: the service knew series of this run before, or a stream was open before.
    declares: bool,
    /// A message of the window was refused, and nobody said which: until the one of this number is through, they go one by
    /// one.
    pub(super) suspicion: Option<u64>,
    /// Messages refused in a row, each of them alone.
    pub(super) refusals: u32,
    /// Something is lost that may not be: when the message of this number is through, the logger stops.
    pub(super) doom: Option<(u64, Error)>,
    /// Why series were refused, the last time.
    pub(super) condemnation: Option<Error>,
    pub(super) close_mark_sent: bool,
    sealer: Sealer,
    pub(super) broken_lines: Throttle,
    /// Whether a line told of the outage that is going on.
    pub(super) outage_told: bool,
    pub(super) loss_lines: Throttle,
}

/// What the stage has for a stream.
pub(super) enum Work {
    /// A message was put behind the others.
    Message,
    /// Nothing, before that time or a wake-up.
    Wait(Option<std::time::Instant>),
    /// Nothing, and nothing will come.
    Done,
}

/// How a stream ended.
enum Ended {
    /// Everything is through, and the logger is closing.
    Complete(Box<Stream>),
    /// Before its time.
    Broken(Break),
}

impl From<Break> for Ended {
    fn from(broke: Break) -> Self {
        Self::Broken(broke)
    }
}

impl Sender {
    pub(crate) fn new(shared: Arc<Shared>, connector: Connector, identity: Identity, seeded: bool) -> Self {
        Self {
            shared,
            connector,
            identity,
            window: Window::default(),
            declaring: Declaring::default(),
            backoff: Backoff::default(),
            declares: seeded,
            suspicion: None,
            refusals: 0,
            doom: None,
            condemnation: None,
            close_mark_sent: false,
            sealer: Sealer::default(),
            broken_lines: Throttle::default(),
            outage_told: false,
            loss_lines: Throttle::default(),
        }
    }

    /// Runs until everything has found its end.
    pub(crate) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let complete = tokio::select! {
            biased;
            () = shared.abandon.notified() => None,
            complete = self.deliver() => complete.ok(),
        };
        aftermath::write_off(&shared);
        if let Some(stream) = complete {
            // Nothing of the logger is needed for that, and nobody waits for it.
            tokio::spawn(stream.part());
        }
    }

    async fn deliver(&mut self) -> Result<Box<Stream>, Over> {
        loop {
            self.with_stage(|stage| stage.books.counters.connection_attempts += 1)?;
            let broke = match self.run_stream().await? {
                Ended::Complete(stream) => {
                    self.finish()?;
                    return Ok(stream);
                }
                Ended::Broken(broke) => broke,
            };
            self.declares = true;
            self.judge(broke).await?;
            self.wait_for_something_to_deliver().await?;
        }
    }

    /// One stream, from hello to its end.
    async fn run_stream(&mut self) -> Result<Ended, Over> {
        let hello = self.identity.unnumbered(Bytes::new());
        let stall = self.shared.config.ack_stall_timeout;
        let mut stream = match Stream::open(&self.connector, hello, stall).await {
            Ok(stream) => stream,
            Err(broke) => return Ok(broke.into()),
        };
        if self.declares {
            let all = self.with_stage(|stage| stage.names.declarations.pieces())?;
            let Self { declaring, identity, .. } = self;
            let pieces = declaring.begin(&all).iter().map(|fields| identity.unnumbered(fields.clone()));
            if let Err(broke) = stream.declare(pieces).await {
                return Ok(broke.into());
            }
            self.declaring.accepted();
        }
        self.exchange(stream).await
    }

    async fn exchange(&mut self, mut stream: Stream) -> Result<Ended, Over> {
        match self.converse(&mut stream).await {
            Ok(None) => Ok(Ended::Complete(Box::new(stream))),
            Ok(Some(broke)) => Ok(broke.into()),
            Err(over) => {
                // Nobody waits for it, so it has the time that a close has.
                let limit = self.shared.config.close_timeout;
                let room = self.room();
                let seen_off = aftermath::see_off(&self.shared, &mut self.window, room, stream);
                drop(timeout(limit, seen_off).await);
                Err(over)
            }
        }
    }

    /// Sends what has no end yet and what the stage gives, and books the answers. None: everything is through.
    async fn converse(&mut self, stream: &mut Stream) -> Result<Option<Break>, Over> {
        let slot = self.shared.slot;
        loop {
            let mut next_look = None;
            while stream.under_way() < self.room() {
                if stream.under_way() == self.window.len() {
                    match self.next_message()? {
                        Work::Message => {}
                        Work::Wait(until) => {
                            next_look = until;
                            break;
                        }
                        Work::Done if self.window.is_empty() => return Ok(None),
                        Work::Done => break,
                    }
                }
                let Some(message) = self.window.get(stream.under_way()) else { break };
                if let Err(broke) = stream.send(message.outgoing.clone()).await {
                    return Ok(Some(broke));
                }
            }
            tokio::select! {
                biased;
                answer = stream.acknowledged() => match answer {
                    Ok(()) => self.acknowledged()?,
                    Err(broke) => return Ok(Some(broke)),
                },
                () = slot.wake.notified() => {}
                () = until(next_look.map(Instant::from_std)) => {}
            }
        }
    }

    /// How many messages may be under way.
    pub(super) fn room(&self) -> usize {
        let room = if self.suspicion.is_some() { 1 } else { self.shared.config.max_pending_requests };
        // A logger that will stop begins nothing more.
        if self.doom.is_some() { room.min(self.window.len()) } else { room }
    }

    /// Takes the next message from the stage and seals it.
    pub(super) fn next_message(&mut self) -> Result<Work, Over> {
        let config = &self.shared.config;
        let timing = Timing { linger: config.msg_linger, max_age: config.msg_max_age };
        let mut state = self.shared.slot.gate.lock()?;
        let closing = state.closing();
        let idle = self.window.is_empty();
        let next = state.inner.take(timing, clock::instant(), idle, closing.is_some());
        let pool = state.inner.chunks.pool();
        let last = closing.is_some() && state.inner.chunks.is_drained();
        let parts = last && closing.is_some_and(|closing| closing.close_run) && !self.close_mark_sent;
        let parting = if parts { state.inner.close_message.clone() } else { Box::default() };
        let (chunk, closes_run) = match next {
            // What a close says of the run needs room that a chunk does not keep free: it follows by itself.
            Taken::Chunk(chunk) => (chunk, parts && parting.is_empty()),
            Taken::Wait(_) if parts => (state.inner.chunks.empty_message(), true),
            Taken::Wait(_) if last => return Ok(Work::Done),
            Taken::Wait(until) => return Ok(Work::Wait(until)),
        };
        drop(state);

        let number = Numbered { sequence: chunk.number, closes_run };
        self.close_mark_sent |= closes_run;
        let mut head = self.identity.begin_numbered(number, &parting);
        let rest_in_chunk = self.sealer.seal(&chunk, &mut head);
        let (tally, weight, start, end) = (chunk.tally, chunk.weight, chunk.start, chunk.end);
        let rest = if rest_in_chunk {
            pool.lend(chunk)
        } else {
            pool.give_back(chunk);
            Bytes::new()
        };
        let outgoing = envelope::finish(head, rest);
        self.window.push(Message { number, outgoing, tally, weight, start, end });
        self.leave_out_condemned()?;
        Ok(Work::Message)
    }

    /// What the callers still log of series that the service refused leaves no message.
    fn leave_out_condemned(&mut self) -> Result<(), Over> {
        let condemned = self.declaring.condemned();
        if condemned.is_empty() {
            return Ok(());
        }
        match (self.window.take_out_of_newest(condemned), self.condemnation.clone()) {
            (Some(taken), Some(why)) => self.lose_part(&taken, &why),
            _ => Ok(()),
        }
    }

    /// The oldest message was acknowledged.
    fn acknowledged(&mut self) -> Result<(), Over> {
        let Some(message) = self.window.pop() else { return Ok(()) };
        self.refusals = 0;
        let outage = self.backoff.delivered(clock::instant());
        if std::mem::take(&mut self.outage_told)
            && let Some((outage, tries)) = outage
        {
            self.shared.events.log(LogLevel::Warn, || {
                let text = format!(
                    "the ingestion service accepts data again, after {outage:.1?} and {tries} failed tries"
                );
                Line::new(LineId::DeliveryResumed, text).with("outage_seconds", outage).with("tries", tries)
            });
        }
        let mut state = self.live().inspect_err(|_| aftermath::delivered(&self.shared, &message))?;
        state.inner.settle(&message.tally, message.end);
        state.inner.books.counters.requests_sent += 1;
        state.inner.books.counters.bytes_sent += message.outgoing.message_len() as u64;
        state.release(message.weight);
        self.shared.slot.gate.announce(state);
        self.see_to_ends()
    }

    /// A message is lost.
    pub(super) fn lose(&mut self, message: &Message, why: &Error) -> Result<(), Over> {
        // A run whose closing message is lost is still to be closed.
        self.close_mark_sent &= !message.number.closes_run;
        self.book_loss(why, |state| {
            state.inner.lose(&message.tally, message.end, why);
            state.release(message.weight);
        })
    }

    /// Part of a message in the window is lost.
    pub(super) fn lose_part(&mut self, taken: &TakenOut, why: &Error) -> Result<(), Over> {
        if taken.tally.total() == 0 {
            return Ok(());
        }
        self.book_loss(why, |state| state.inner.lose_part(&taken.tally, taken.start, taken.end, why))
    }

    fn book_loss(&mut self, why: &Error, book: impl FnOnce(&mut Inside<'_, Stage>)) -> Result<(), Over> {
        let slot = self.shared.slot;
        let mut state = self.live()?;
        book(&mut state);
        let stops = self.shared.config.delivery_policy == DeliveryPolicy::StopOnLoss;
        if stops {
            state.inner.close_trays();
            state.fail(why.clone());
        }
        slot.gate.announce(state);
        if stops {
            let last = self.window.newest().unwrap_or_default();
            self.doom.get_or_insert_with(|| (last, why.clone()));
        }
        Ok(())
    }

    /// A message has found its end: perhaps a suspicion with it, or the logger.
    pub(super) fn see_to_ends(&mut self) -> Result<(), Over> {
        if self.suspicion.is_some_and(|last| self.window.is_through(last)) {
            self.suspicion = None;
        }
        match &self.doom {
            Some((last, cause)) if self.window.is_through(*last) => {
                self.shared.stop(cause.clone());
                Err(Over)
            }
            _ => Ok(()),
        }
    }

    /// The stage, as long as there is anything left to book in it.
    pub(super) fn live(&self) -> Result<Inside<'static, Stage>, Over> {
        let slot = self.shared.slot;
        let state = slot.gate.lock()?;
        if state.stopped().is_some() || state.outcome().is_some() { Err(Over) } else { Ok(state) }
    }

    pub(super) fn with_stage<R>(&self, use_it: impl FnOnce(&mut Stage) -> R) -> Result<R, Over> {
        Ok(use_it(&mut self.live()?.inner))
    }

    async fn wait_for_something_to_deliver(&self) -> Result<(), Over> {
        while !self.is_wanted()? {
            self.shared.slot.wake.notified().await;
        }
        Ok(())
    }

    /// Whether there is anything to do; if not, the sender will be woken when there is.
    fn is_wanted(&self) -> Result<bool, Over> {
        let mut state = self.live()?;
        Ok(!self.window.is_empty() || state.closing().is_some() || state.inner.chunks.wants_sender())
    }

    /// Everything was delivered or counted as lost, and the logger was told to end.
    fn finish(&self) -> Result<(), Over> {
        let strategy = self.shared.config.error_strategy;
        self.shared.slot.gate.finish(
            |state| {
                if strategy == ErrorStrategy::RaiseOnClose && !state.inner.books.reports.is_empty() {
                    let what = "errors happened while this logger was open";
                    return Err(state.inner.books.reports.take_as_one(Status::CloseErrors, what));
                }
                lost(&state.inner)
            },
            Stage::write_off,
        )??;
        Ok(())
    }
}

/// What a logger that has delivered the rest says of what it lost on the way.
fn lost(stage: &Stage) -> Result<(), Error> {
    let lost = stage.books.counters.lost();
    let Some(cause) = stage.books.losses.last().filter(|_| lost > 0) else { return Ok(()) };
    let accepted: u64 = stage.books.counters.kinds().iter().map(|kind| kind.enqueued).sum();
    Err(Error {
        status: Status::CloseUndelivered,
        grpc: cause.grpc,
        message: format!(
            "the logger is closed, and {lost} of the {accepted} point(s) and attribute(s) that it had accepted are lost; \
             the last time: {cause}"
        ),
    })
}
