//! `UpdateRunStream`: one answer for each message, in order.

use futures_util::{Stream, stream};
use metrana_proto::svc::UpdateRunResponse;
use tokio::sync::watch;
use tonic::{Code, Request, Status, Streaming};

use super::codec::Incoming;
use super::content::{Oddity, only_declares, sort};
use super::declarations::Declarations;
use super::{Answers, Ingest, refusal};
use crate::connection::{ConnectionInfo, Link};
use crate::faults::{Stage, Verdict};
use crate::store::{Applied, RunId};

/// The answers to the messages of one stream. They are made where they are asked for: a message is read, taken in and
/// answered by the task that serves the stream, so that none waits in a queue between.
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
        unanswered: 0,
        oddities: 0,
        read_to_end: false,
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
    /// Messages that were taken in and not answered yet: more than one only while answers are stalled.
    unanswered: u64,
    oddities: u64,
    read_to_end: bool,
}

/// What became of a message.
enum Outcome {
    Answer,
    Refuse(Status),
    /// Break the connection, with no answer.
    Cut,
}

/// What happens next on the stream.
#[allow(
    clippy::large_enum_variant,
    reason = "one lives at a time, for a moment, and every message passes through it"
)]
enum Step {
    Message(Result<Option<Incoming>, Status>),
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
            if self.unanswered > 0 && !stalled {
                self.unanswered -= 1;
                self.answered += 1;
                return Some(Ok(UpdateRunResponse {
                    operation_id: self.answered.to_string(),
                    ..UpdateRunResponse::default()
                }));
            }
            if self.read_to_end && self.unanswered == 0 {
                return None;
            }
            match self.step().await {
                Step::Message(Ok(Some(message))) => match self.take(message).await {
                    Outcome::Answer => self.unanswered += 1,
                    Outcome::Refuse(status) => return Some(Err(status)),
                    Outcome::Cut => self.cut().await,
                },
                Step::Message(Ok(None)) => self.read_to_end = true,
                Step::Message(Err(status)) => return Some(Err(unreadable(status))),
                Step::StallEnded => {}
                Step::Stopping => return Some(Err(Status::unavailable("the server is shutting down"))),
            }
        }
    }

    async fn step(&mut self) -> Step {
        tokio::select! {
            biased;
            // An error means that whoever could change it is gone, and so is the server.
            _ = self.stopping.wait_for(|stopping| *stopping) => Step::Stopping,
            _ = self.stalled.changed() => Step::StallEnded,
            message = self.messages.message(), if !self.read_to_end => Step::Message(message),
        }
    }

    async fn take(&mut self, message: Incoming) -> Outcome {
        let stage = match &self.run {
            None => Stage::Hello,
            Some(_) if only_declares(&message) => Stage::Declare,
            Some(_) => Stage::Data,
        };
        match self.ingest.faults.judge(stage) {
            Verdict::Pass => self.store(message).await.map_or_else(Outcome::Refuse, |()| Outcome::Answer),
            Verdict::Refuse(status) => Outcome::Refuse(status),
            Verdict::Cut { store: false } => Outcome::Cut,
            Verdict::Cut { store: true } => {
                self.store(message).await.map_or_else(Outcome::Refuse, |()| Outcome::Cut)
            }
        }
    }

    /// Takes a message in: whatever it holds, it is acknowledged, unless its run does not exist.
    async fn store(&mut self, mut message: Incoming) -> Result<(), Status> {
        let run = match &self.run {
            Some(run) if *run.as_bytes() == message.rest.run_id => run,
            Some(_) => {
                return Err(Status::invalid_argument(
                    "a stream updates one run, the one of its first message",
                ));
            }
            None => {
                let run = RunId::from_bytes(std::mem::take(&mut message.rest.run_id));
                self.ingest.store.begin_stream(&run).map_err(|error| refusal(&error))?;
                self.run.insert(run)
            }
        };
        let store = &*self.ingest.store;
        let declarations = std::mem::take(&mut message.rest.series_declarations);
        // They count whether or not the message is a duplicate: a client that sends a message again after a break relies
        // on what it declares.
        self.declarations.take(store, run, declarations).await.map_err(|error| refusal(&error))?;
        if only_declares(&message) {
            return Ok(());
        }
        let (update, oddity) = sort(message, &self.declarations);
        let applied = store.apply(run, update).await.map_err(|error| refusal(&error))?;
        if let Some(oddity) = oddity {
            self.note(&oddity);
        }
        if let Applied::Stored { conflict: Some(conflict) } = applied {
            self.note(&Oddity::Conflict(conflict));
        }
        Ok(())
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
