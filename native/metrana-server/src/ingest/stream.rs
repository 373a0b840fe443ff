//! `UpdateRunStream`: one answer for each message, in order.
//!
//! A message is taken in as soon as it is read, and answered when the store says that it is safe. So everything that a
//! client has under way can become safe in one commit, and the answers follow in the order of the messages.

use std::future::{pending, ready};

use futures_util::stream::FuturesOrdered;
use futures_util::{Stream, StreamExt, stream};
use metrana_proto::svc::UpdateRunResponse;
use tokio::sync::watch;
use tonic::Status;

use super::codec::{Incoming, Unreadable, read};
use super::content::{only_declares, sort};
use super::declarations::Declarations;
use super::frames::{Frame, Frames, LARGEST_MESSAGE};
use super::sorted::Oddity;
use super::streams::Registered;
use super::{Answers, Ingest, refusal};
use crate::connection::{ConnectionInfo, Link};
use crate::faults::{Stage, Verdict};
use crate::store::{Applied, NotKept, Pending, RunId, StoreError, Update};

/// As many messages of a stream wait for the store at once; the next is read when the first of them is safe. A client
/// has far fewer under way.
const WAITING: usize = 1024;

/// The answers to the messages of one stream. They are made where they are asked for: a message is read, taken in and
/// answered by the task that serves the stream.
pub(super) fn answers(
    ingest: Ingest,
    info: Option<ConnectionInfo>,
    frames: Frames,
) -> Answers<UpdateRunResponse> {
    let peer =
        info.as_ref().and_then(|info| info.peer).map_or_else(|| "?".to_owned(), |peer| peer.to_string());
    let stream = UpdateStream {
        stalled: ingest.faults.stalled(),
        stopping: ingest.stopping.clone(),
        ingest,
        frames,
        link: info.map(|info| info.link),
        peer,
        run: None,
        registered: None,
        closed: false,
        declarations: Declarations::default(),
        answered: 0,
        receipts: FuturesOrdered::new(),
        oddities: 0,
        end: None,
        why: "the connection broke".to_owned(),
    };
    Box::pin(stream.into_answers())
}

struct UpdateStream {
    ingest: Ingest,
    frames: Frames,
    link: Option<Link>,
    peer: String,
    stalled: watch::Receiver<bool>,
    stopping: watch::Receiver<bool>,
    /// The run of the first message, from then on.
    run: Option<RunId>,
    /// Its place among the open streams, from then on.
    registered: Option<Registered>,
    /// Whether it has closed the run.
    closed: bool,
    declarations: Declarations,
    answered: u64,
    /// Of the messages that were taken in and not answered yet, in their order.
    receipts: FuturesOrdered<Pending<'static, ()>>,
    oddities: u64,
    /// Once no more is read: what comes after the last answer.
    end: Option<End>,
    /// Why it is over, for the log.
    why: String,
}

/// How a stream ends.
enum End {
    /// The client has ended it.
    Read,
    Refuse(Status),
    /// Break the connection, with no answer to the last message.
    Cut,
}

/// What happens next on the stream.
#[allow(
    clippy::large_enum_variant,
    reason = "one lives at a time, for a moment, and every message passes through it"
)]
enum Step {
    Frame(Result<Option<Frame>, Status>),
    /// The same logger has another stream, or begins anew.
    Superseded,
    /// The first message that waits is safe, or cannot become it.
    Receipt(Result<(), StoreError>),
    StallEnded,
    Stopping,
}

impl UpdateStream {
    fn into_answers(self) -> impl Stream<Item = Result<UpdateRunResponse, Status>> + Send {
        stream::unfold(Some(self), |this| async move {
            let mut this = this?;
            match this.next_answer().await {
                Some(Ok(answer)) => Some((Ok(answer), Some(this))),
                Some(Err(status)) => {
                    status.message().clone_into(&mut this.why);
                    Some((Err(status), None))
                }
                None => {
                    "ended by the client".clone_into(&mut this.why);
                    None
                }
            }
        })
    }

    async fn next_answer(&mut self) -> Option<Result<UpdateRunResponse, Status>> {
        loop {
            let stalled = *self.stalled.borrow_and_update();
            if self.receipts.is_empty()
                && let Some(end) = self.end.take()
            {
                match end {
                    End::Read => return None,
                    End::Refuse(status) => return Some(Err(status)),
                    End::Cut => self.cut().await,
                }
            }
            match self.step(stalled).await {
                Step::Frame(Ok(Some(frame))) => self.take_frame(frame).await,
                Step::Frame(Ok(None)) => self.end = Some(End::Read),
                Step::Frame(Err(status)) => self.end = Some(End::Refuse(status)),
                Step::Superseded => {
                    self.end = Some(End::Refuse(Status::aborted("the same logger has begun anew")));
                }
                Step::Receipt(Ok(())) => {
                    // What is to be cut off is everything from the last message's answer on.
                    if matches!(self.end, Some(End::Cut)) && self.receipts.is_empty() {
                        continue;
                    }
                    self.answered += 1;
                    return Some(Ok(UpdateRunResponse {
                        operation_id: self.answered.to_string(),
                        ..UpdateRunResponse::default()
                    }));
                }
                Step::Receipt(Err(error)) => return Some(Err(refusal(&error))),
                Step::StallEnded => {}
                Step::Stopping => return Some(Err(Status::unavailable("the server is shutting down"))),
            }
        }
    }

    async fn step(&mut self, stalled: bool) -> Step {
        let reading = self.end.is_none() && (stalled || self.receipts.len() < WAITING);
        let Self { receipts, stopping, stalled: stall, frames, registered, .. } = self;
        if reading && let Some(registered) = registered {
            registered.waits();
        }
        let superseded = async {
            match registered {
                Some(registered) => registered.until_cut().await,
                None => pending().await,
            }
        };
        let step = tokio::select! {
            biased;
            Some(receipt) = receipts.next(), if !stalled => Step::Receipt(receipt),
            // An error means that whoever could change it is gone, and so is the server.
            _ = stopping.wait_for(|stopping| *stopping) => Step::Stopping,
            _ = stall.changed() => Step::StallEnded,
            () = superseded, if reading => Step::Superseded,
            frame = frames.next(), if reading => Step::Frame(frame),
        };
        if let Some(registered) = registered {
            registered.works();
        }
        step
    }

    async fn take_frame(&mut self, frame: Frame) {
        let now = self.ingest.clock.now_millis();
        let (message, not_kept) = match frame {
            // What it holds of the budget is given back when it is taken in.
            Frame::Message(body, share) => match read(body, now) {
                Ok(message) => {
                    self.take(message).await;
                    drop(share);
                    return;
                }
                Err(Unreadable(why)) => (why, NotKept { unreadable_messages: 1, ..NotKept::default() }),
            },
            Frame::Unreadable(why) => (why, NotKept { unreadable_messages: 1, ..NotKept::default() }),
            Frame::Oversized(length) => (
                format!("it has {length} bytes, and at most {LARGEST_MESSAGE} are taken"),
                NotKept { oversized_messages: 1, ..NotKept::default() },
            ),
            Frame::Crowded(parts) => (
                format!("it has {parts} parts, which take more memory than there is for all messages"),
                NotKept { oversized_messages: 1, ..NotKept::default() },
            ),
        };
        // A status would cost the client all that it has under way. Only without a run there is nobody to count it for.
        let Some(run) = &self.run else {
            self.end =
                Some(End::Refuse(Status::invalid_argument(format!("the first message is none: {message}"))));
            return;
        };
        let update = Update { not_kept, received_at: now, ..Update::default() };
        match self.ingest.store.apply(run, update).await {
            Ok(applied) => self.receipts.push_back(applied.receipt),
            Err(error) => self.end = Some(End::Refuse(refusal(&error))),
        }
        self.note(&Oddity::Unreadable(message));
    }

    async fn take(&mut self, message: Incoming) {
        let stage = match &self.run {
            None => Stage::Hello,
            Some(_) if only_declares(&message) => Stage::Declare,
            Some(_) => Stage::Data,
        };
        let (store, end) = match self.ingest.faults.judge(stage) {
            Verdict::Pass => (true, None),
            Verdict::Refuse(status) => (false, Some(End::Refuse(status))),
            Verdict::Cut { store } => (store, Some(End::Cut)),
        };
        self.end = end;
        if store {
            match self.store(message).await {
                Ok(receipt) => self.receipts.push_back(receipt),
                Err(status) => self.end = Some(End::Refuse(status)),
            }
        }
    }

    /// Takes a message in: whatever it holds, it is acknowledged when it is safe, unless its run does not exist.
    async fn store(&mut self, mut message: Incoming) -> Result<Pending<'static, ()>, Status> {
        let run = match &self.run {
            Some(run) if *run.as_bytes() == message.rest.run_id => run,
            Some(_) => {
                return Err(Status::invalid_argument(
                    "a stream updates one run, the one of its first message",
                ));
            }
            None => {
                let run = RunId::from_bytes(std::mem::take(&mut message.rest.run_id));
                let logger_id = message.rest.logger_id;
                self.ingest.store.begin_stream(&run).await.map_err(|error| refusal(&error))?;
                self.registered = Some(self.ingest.streams.begin(&run, logger_id, self.link.clone()));
                self.run.insert(run)
            }
        };
        let store = &*self.ingest.store;
        let declarations = std::mem::take(&mut message.rest.series_declarations);
        // They count whether or not the message is a duplicate: a client that sends a message again after a break relies
        // on what it declares.
        let declared =
            self.declarations.take(store, run, declarations).await.map_err(|error| refusal(&error))?;
        if only_declares(&message) {
            return Ok(declared.unwrap_or_else(|| Box::pin(ready(Ok(())))));
        }
        let (update, oddity) = sort(message, &|number| self.declarations.find(number));
        let closes = update.close.is_some();
        if self.closed && !closes {
            // It goes on with what it has closed.
            store.begin_stream(run).await.map_err(|error| refusal(&error))?;
        }
        // What was declared with it was taken in before it and is safe no later.
        let applied = store.apply(run, update).await.map_err(|error| refusal(&error))?;
        self.closed = closes;
        if let Some(oddity) = oddity {
            self.note(&oddity);
        }
        if let Applied::Stored { conflict: Some(conflict) } = applied.value {
            self.note(&Oddity::Conflict(conflict));
        }
        Ok(applied.receipt)
    }

    /// Breaks the connection and waits for the break to end this stream.
    async fn cut(&mut self) {
        match &self.link {
            Some(link) => link.cut(),
            None => self.ingest.log.line(format_args!("{}: no connection to cut", self.peer)),
        }
        // A peer that is gone can never be answered; the server's stop is the other end of this.
        let _ = self.stopping.wait_for(|stopping| *stopping).await;
    }

    /// Writes the first odd thing of a stream into the log: a client that is wrong once is wrong a thousand times.
    fn note(&mut self, oddity: &Oddity) {
        self.oddities += 1;
        if self.oddities > 1 {
            return;
        }
        match oddity {
            Oddity::UnknownSeries(number) => self.ingest.log.line(format_args!(
                "{}: points for series {number}, which this stream has not declared, are left out",
                self.peer
            )),
            Oddity::Malformed(why) => {
                self.ingest.log.line(format_args!("{}: something is left out: {why}", self.peer));
            }
            Oddity::Unreadable(why) => {
                self.ingest.log.line(format_args!("{}: a message is left out: {why:?}", self.peer));
            }
            Oddity::Conflict(what) => self.ingest.log.line(format_args!("{}: {what}", self.peer)),
        }
    }
}

/// A stream is over when it is dropped: many clients end theirs by going away.
impl Drop for UpdateStream {
    fn drop(&mut self) {
        if let Some(run) = self.run.as_ref().filter(|_| !self.closed) {
            self.ingest.store.end_stream(run);
        }
        let run = self.run.as_ref().map_or_else(|| "none".to_owned(), RunId::shown);
        self.ingest.log.line(format_args!(
            "{}: stream of run {run} over after {} answers, {} odd things: {:?}",
            self.peer, self.answered, self.oddities, self.why
        ));
    }
}
