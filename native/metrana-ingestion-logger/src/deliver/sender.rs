//! The sender: takes messages from the stage and sees every one of them to its end.
//!
//! One stream at a time, each on a connection of its own. What a stream needs is in `stream`; here is what outlives
//! it: the messages without an end, the numbers, and what a broken stream means.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use crate::books::counters::Tally;
use crate::config::{DeliveryPolicy, ErrorStrategy, LogLevel};
use crate::connect::transport::{Broken, Connector, Outgoing};
use crate::deliver::envelope::{self, Identity, Numbered};
use crate::deliver::retry::{self, OnStream};
use crate::deliver::seal::Sealer;
use crate::deliver::shared::Shared;
use crate::deliver::stream::{self, Ended};
use crate::errors::{Error, Status};
use crate::stage::gate::Inside;
use crate::stage::{Stage, Taken, Timing};

/// A sealed message: its number and its bytes are final.
pub(crate) struct Message {
    pub number: Numbered,
    pub outgoing: Outgoing,
    tally: Tally,
    /// Bytes that it holds of the queue.
    weight: usize,
    /// The last record in it.
    end: u64,
}

impl Message {
    fn len(&self) -> u64 {
        (self.outgoing.head.len() + self.outgoing.rest.len()) as u64
    }
}

/// What the stage has for a stream.
pub(crate) enum Work {
    /// A message was put behind the others.
    Message,
    /// Nothing, before that time or a wake-up.
    Wait(Option<std::time::Instant>),
    /// Nothing, and nothing will come.
    Done,
}

/// The logger has ended, or its stage is poisoned: the sender has nothing to do any more.
pub(crate) struct Over;

impl From<Error> for Over {
    fn from(_: Error) -> Self {
        Self
    }
}

pub(crate) struct Sender {
    pub shared: Arc<Shared>,
    pub connector: Connector,
    pub identity: Identity,
    /// Sealed and without an end, in the order of their numbers.
    pub unacked: VecDeque<Message>,
    /// Whether the service knew series of this run before: then even the first stream declares.
    pub seeded: bool,
    /// Streams that failed in a row for what is to be delivered now: what the budget is counted by.
    failures: u32,
    /// Streams that failed in a row, whatever became of the data meanwhile: what the pauses grow with.
    outage: u32,
    suspicion: Option<Suspicion>,
    refusals: u32,
    next_sequence: u64,
    close_mark_sent: bool,
    sealer: Sealer,
}

/// A message of the window was refused, and nobody said which: until the last of them is through, they go one by one.
struct Suspicion {
    last: u64,
    /// What was lost by it so far.
    loss: Option<Error>,
}

/// Messages are numbered in steps of this, as the published engine does.
const SEQUENCE_STEP: u64 = 256;

/// So many messages refused one after the other mean that the run is gone.
const REFUSALS_OF_A_RUN: u32 = 3;

impl Sender {
    pub(crate) fn new(shared: Arc<Shared>, connector: Connector, identity: Identity, seeded: bool) -> Self {
        Self {
            shared,
            connector,
            identity,
            unacked: VecDeque::new(),
            seeded,
            failures: 0,
            outage: 0,
            suspicion: None,
            refusals: 0,
            next_sequence: SEQUENCE_STEP,
            close_mark_sent: false,
            sealer: Sealer::default(),
        }
    }

    /// Runs until everything has found its end.
    pub(crate) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            biased;
            () = shared.abandon.notified() => {}
            _ = self.deliver() => {}
        }
    }

    async fn deliver(&mut self) -> Result<(), Over> {
        let mut first = true;
        loop {
            self.with_stage(|stage| stage.counters.connection_attempts += 1)?;
            let broken = match stream::run(self, first).await? {
                Ended::Complete => return self.finish(),
                Ended::Broken(broken) => broken,
            };
            first = false;
            self.judge(broken).await?;
            self.wait_for_something_to_deliver().await?;
        }
    }

    /// How many messages may be under way.
    pub(crate) fn window(&self) -> usize {
        if self.suspicion.is_some() { 1 } else { self.shared.config.max_pending_requests }
    }

    /// Takes the next message from the stage and seals it.
    pub(crate) fn next_message(&mut self) -> Result<Work, Over> {
        let config = &self.shared.config;
        let timing = Timing { linger: config.msg_linger, max_age: config.msg_max_age };
        let mut state = self.shared.slot.gate.lock()?;
        let closing = state.closing();
        let idle = self.unacked.is_empty();
        let next = state.inner.take(timing, std::time::Instant::now(), idle, closing.is_some());
        let pool = state.inner.pool();
        let last = closing.is_some() && state.inner.is_drained();
        drop(state);

        let closes_run = last && closing.is_some_and(|closing| closing.close_run) && !self.close_mark_sent;
        let chunk = match next {
            Taken::Chunk(chunk) => chunk,
            Taken::Wait(_) if closes_run => pool.take(),
            Taken::Wait(_) if last => return Ok(Work::Done),
            Taken::Wait(until) => return Ok(Work::Wait(until)),
        };
        let number = Numbered { sequence: self.next_sequence, closes_run };
        self.next_sequence += SEQUENCE_STEP;
        self.close_mark_sent |= closes_run;
        let mut head = self.identity.begin_numbered(number);
        let rest_in_chunk = self.sealer.seal(&chunk, &mut head);
        let (tally, weight, end) = (chunk.tally, chunk.weight, chunk.end);
        let rest = if rest_in_chunk {
            pool.lend(chunk)
        } else {
            pool.give_back(chunk);
            Bytes::new()
        };
        let outgoing = envelope::finish(head, rest);
        self.unacked.push_back(Message { number, outgoing, tally, weight, end });
        Ok(Work::Message)
    }

    /// The oldest message was acknowledged.
    pub(crate) fn acknowledged(&mut self) -> Result<(), Over> {
        let Some(message) = self.unacked.pop_front() else { return Ok(()) };
        self.failures = 0;
        self.outage = 0;
        self.refusals = 0;
        let mut state = self.live()?;
        state.inner.settle(&message.tally, message.end);
        state.inner.counters.requests_sent += 1;
        state.inner.counters.bytes_sent += message.len();
        state.release(message.weight);
        self.shared.slot.gate.announce(state);
        let through =
            self.suspicion.as_ref().is_some_and(|suspicion| message.number.sequence >= suspicion.last);
        if through { self.end_of_suspicion() } else { Ok(()) }
    }

    /// The stage, as long as there is anything left to book in it.
    fn live(&self) -> Result<Inside<'_, Stage>, Over> {
        let state = self.shared.slot.gate.lock()?;
        if state.stopped().is_some() || state.outcome().is_some() { Err(Over) } else { Ok(state) }
    }

    fn with_stage<R>(&self, use_it: impl FnOnce(&mut Stage) -> R) -> Result<R, Over> {
        Ok(use_it(&mut self.live()?.inner))
    }

    /// The declarations of all series known by now, in pieces below the message limit.
    pub(crate) fn declarations(&self) -> Result<Vec<Vec<u8>>, Over> {
        let limit = self.shared.config.max_msg_size;
        self.with_stage(|stage| stage.registry.all_declarations(limit))
    }

    /// Decides what a broken stream means, and waits before the next one.
    async fn judge(&mut self, broken: Broken) -> Result<(), Over> {
        let verdict = broken.code().map_or(OnStream::Transient, retry::on_stream);
        if verdict == OnStream::Fatal {
            return self.stop(&broken, "the service does not let this logger in");
        }
        let idle = self.nothing_to_deliver()?;
        self.with_stage(|stage| stage.counters.send_errors += 1)?;
        match verdict {
            OnStream::Rejected => self.refused(&broken)?,
            // Nobody waits for anything: a service that restarts at night is no failure of delivery.
            _ if idle => {
                self.failures = 0;
                self.outage = 0;
            }
            _ => {
                let budget = self.shared.config.msg_max_retries;
                if budget.is_some_and(|budget| self.failures >= budget) {
                    self.give_up(&broken)?;
                }
            }
        }
        self.failures += 1;
        self.outage = self.outage.saturating_add(1);
        let pause = retry::stream_pause(&self.shared.config, self.outage);
        self.shared.events.log(if idle { LogLevel::Debug } else { LogLevel::Warn }, || {
            format!("the stream to the ingestion service broke ({broken}); trying again in {pause:?}")
        });
        tokio::time::sleep(pause).await;
        Ok(())
    }

    fn nothing_to_deliver(&self) -> Result<bool, Over> {
        let state = self.live()?;
        Ok(self.unacked.is_empty() && state.inner.is_drained() && state.closing().is_none())
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
        Ok(!self.unacked.is_empty() || state.closing().is_some() || state.inner.wants_sender())
    }

    /// The budget is used up: what was under way is lost, or everything is.
    fn give_up(&mut self, broken: &Broken) -> Result<(), Over> {
        let tries = self.failures + 1;
        if self.shared.config.delivery_policy == DeliveryPolicy::StopOnLoss {
            return self.stop(broken, &format!("delivery failed {tries} times in a row"));
        }
        self.failures = 0;
        self.take_what_waits()?;
        let lost: Vec<Message> = self.unacked.drain(..).collect();
        for message in lost {
            let text = format!(
                "message {} was dropped after {tries} failed tries; the last: {broken}",
                message.number.sequence
            );
            self.lose(&message, error_of(broken, text))?;
        }
        Ok(())
    }

    /// Takes as much as would be under way if there had been a stream: where none came about, everything still lies in the
    /// stage, and whoever waits for room there would wait as long as the outage lasts.
    fn take_what_waits(&mut self) -> Result<(), Over> {
        while self.unacked.len() < self.window() && !self.with_stage(|stage| stage.is_drained())? {
            let Work::Message = self.next_message()? else { break };
        }
        Ok(())
    }

    fn lose(&mut self, message: &Message, loss: Error) -> Result<(), Over> {
        // A run whose closing message is lost is still to be closed.
        self.close_mark_sent &= !message.number.closes_run;
        let mut state = self.live()?;
        state.inner.lose(&message.tally, message.end, &loss);
        if self.shared.config.delivery_policy == DeliveryPolicy::StopOnLoss {
            state.inner.close_trays();
            state.fail(loss.clone());
        }
        self.shared.report(&mut state.inner, loss);
        state.release(message.weight);
        self.shared.slot.gate.announce(state);
        Ok(())
    }

    /// The service refused something of what was under way.
    fn refused(&mut self, broken: &Broken) -> Result<(), Over> {
        let alone = self.suspicion.is_some();
        if !alone && let Some(newest) = self.unacked.back() {
            self.suspicion = Some(Suspicion { last: newest.number.sequence, loss: None });
            return Ok(());
        }
        self.refusals += 1;
        if self.refusals >= REFUSALS_OF_A_RUN {
            return self.stop(broken, &format!("the service refused {REFUSALS_OF_A_RUN} messages in a row"));
        }
        let Some(message) = self.unacked.pop_front() else { return Ok(()) };
        let sequence = message.number.sequence;
        let loss =
            error_of(broken, format!("message {sequence} was refused by the service and is lost: {broken}"));
        self.lose(&message, loss.clone())?;
        let Some(suspicion) = &mut self.suspicion else { return Ok(()) };
        suspicion.loss.get_or_insert(loss);
        if sequence >= suspicion.last { self.end_of_suspicion() } else { Ok(()) }
    }

    /// Everything that was under way with a refused message has found its end.
    fn end_of_suspicion(&mut self) -> Result<(), Over> {
        let loss = self.suspicion.take().and_then(|suspicion| suspicion.loss);
        match loss {
            Some(loss) if self.shared.config.delivery_policy == DeliveryPolicy::StopOnLoss => {
                self.shared.stop(loss);
                Err(Over)
            }
            _ => Ok(()),
        }
    }

    fn stop(&self, broken: &Broken, why: &str) -> Result<(), Over> {
        let mut state = self.live()?;
        state.inner.counters.send_errors += 1;
        drop(state);
        self.shared.stop(error_of(broken, format!("{why}: {broken}")));
        Err(Over)
    }

    /// Everything was delivered or counted as lost, and the logger was told to end.
    fn finish(&self) -> Result<(), Over> {
        let strategy = self.shared.config.error_strategy;
        self.shared.slot.gate.finish(
            |state| {
                if strategy == ErrorStrategy::RaiseOnClose && !state.inner.reports.is_empty() {
                    let what = "errors happened while this logger was open";
                    return Err(state.inner.reports.take_as_one(Status::CloseErrors, what));
                }
                lost(&state.inner)
            },
            Stage::write_off,
        )??;
        Ok(())
    }
}

fn error_of(broken: &Broken, text: String) -> Error {
    match broken.code() {
        Some(code) => Error::answered(Status::SenderStopped, code, text),
        None => Error::new(Status::SenderStopped, text),
    }
}

/// What a logger that has delivered the rest says of what it lost on the way.
fn lost(stage: &Stage) -> Result<(), Error> {
    let lost = stage.counters.lost();
    let Some(cause) = stage.losses.last().filter(|_| lost > 0) else { return Ok(()) };
    let accepted: u64 = stage.counters.kinds().iter().map(|kind| kind.enqueued).sum();
    Err(Error {
        status: Status::CloseUndelivered,
        grpc: cause.grpc,
        message: format!(
            "the logger is closed, and {lost} of the {accepted} point(s) and attribute(s) that it had accepted are lost; \
             the last time: {cause}"
        ),
    })
}
