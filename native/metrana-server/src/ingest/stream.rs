//! `UpdateRunStream`: one answer for each message, in order.
//!
//! A message is taken in as soon as it is read, and answered when the store says that it is safe. So everything that a
//! client has under way can become safe in one commit, and the answers follow in the order of the messages.

use std::future::ready;

use futures_util::stream::FuturesOrdered;
use futures_util::{Stream, StreamExt, stream};
use metrana_proto::svc::UpdateRunResponse;
use tokio::sync::watch;
use tonic::{Code, Request, Status, Streaming};

use super::codec::Incoming;
use super::content::{only_declares, sort};
use super::declarations::Declarations;
use super::sorted::Oddity;
use super::{Answers, Ingest, refusal};
use crate::connection::{ConnectionInfo, Link};
use crate::faults::{Stage, Verdict};
use crate::store::{Applied, Pending, RunId, StoreError};

/// As many messages of a stream wait for the store at once; the next is read when the first of them is safe. A client
/// has far fewer under way.
const WAITING: usize = 1024;

/// The answers to the messages of one stream. They are made where they are asked for: a message is read, taken in and
/// answered by the task that serves the stream.
pub(super) fn answers(ingest: Ingest, request: Request<Streaming<Incoming>>) -> Answers<UpdateRunResponse> {
    let info = request.extensions().get::<ConnectionInfo>().cloned();
    let peer =
        info.as_ref().and_then(|info| info.peer).map_or_else(|| "?".to_owned(), |peer| peer.to_string());
    let stream = UpdateStream {
        stalled: ingest.faults.stalled(),
        stopping: ingest.stopping.clone(),
        ingest,
        messages: request.into_inner(),
        link: info.map(|info| info.link),
        peer,
        run: None,
        declarations: Declarations::default(),
        answered: 0,
        receipts: FuturesOrdered::new(),
        oddities: 0,
        end: None,
    };
    Box::pin(stream.into_answers())
}

struct UpdateStream {
    ingest: Ingest,
    messages: Streaming<Incoming>,
    link: Option<Link>,
    peer: String,
    stalled: watch::Receiver<bool>,
    stopping: watch::Receiver<bool>,
    /// The run of the first message, from then on.
    run: Option<RunId>,
    declarations: Declarations,
    answered: u64,
    /// Of the messages that were taken in and not answered yet, in their order.
    receipts: FuturesOrdered<Pending<'static, ()>>,
    oddities: u64,
    /// Once no more is read: what comes after the last answer.
    end: Option<End>,
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
    Message(Result<Option<Incoming>, Status>),
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
                    this.log_end(status.message());
                    Some((Err(status), None))
                }
                None => {
                    this.log_end("ended by the client");
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
                Step::Message(Ok(Some(message))) => self.take(message).await,
                Step::Message(Ok(None)) => self.end = Some(End::Read),
                Step::Message(Err(status)) => self.end = Some(End::Refuse(unreadable(status))),
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
        tokio::select! {
            biased;
            Some(receipt) = self.receipts.next(), if !stalled => Step::Receipt(receipt),
            // An error means that whoever could change it is gone, and so is the server.
            _ = self.stopping.wait_for(|stopping| *stopping) => Step::Stopping,
            _ = self.stalled.changed() => Step::StallEnded,
            message = self.messages.message(), if reading => Step::Message(message),
        }
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
                self.ingest.store.begin_stream(&run).await.map_err(|error| refusal(&error))?;
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
        // What was declared with it was taken in before it and is safe no later.
        let applied = store.apply(run, update).await.map_err(|error| refusal(&error))?;
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
            Oddity::Conflict(what) => self.ingest.log.line(format_args!("{}: {what}", self.peer)),
        }
    }

    fn log_end(&self, why: &str) {
        let run = self.run.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        self.ingest.log.line(format_args!(
            "{}: stream of run {run} over after {} answers, {} odd things: {why:?}",
            self.peer, self.answered, self.oddities
        ));
    }
}

/// What a client is told about a message that cannot be read. The usual codes for a message that is garbage or too large
/// mean a passing trouble to clients: they would send it again for ever.
fn unreadable(status: Status) -> Status {
    match status.code() {
        Code::Internal | Code::OutOfRange => Status::invalid_argument(status.message()),
        _ => status,
    }
}
