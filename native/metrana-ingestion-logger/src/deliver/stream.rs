//! One update stream: hello, declarations, data, and who answers what.
//!
//! Every request is answered once, in order, and that is all that tells which one an answer belongs to: the hello is
//! acknowledged before anything follows, declarations before data, and then the n-th answer ends the n-th message.

use std::future::{Future, pending, ready};
use std::time::Duration;

use metrana_proto::svc::UpdateRunResponse;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use crate::connect::transport::{self, Broken, Connector, Exchange, Outbox, Outgoing};
use crate::deliver::retry::Place;

/// A stream ended before its time.
#[derive(Debug)]
pub(crate) struct Break {
    pub at: Place,
    pub why: Broken,
}

/// How long a service may take to end its half of a stream that is complete.
const PARTING: Duration = Duration::from_secs(1);

pub(crate) struct Stream {
    outbox: Outbox,
    exchange: Exchange<UpdateRunResponse>,
    /// How long the service may take for an answer.
    stall: Option<Duration>,
    /// Messages without an answer, and when the last answer came, or the first of them left.
    under_way: usize,
    progress: Instant,
}

impl Stream {
    /// Opens a stream and says hello.
    pub(crate) async fn open(
        connector: &Connector,
        hello: Outgoing,
        stall: Option<Duration>,
    ) -> Result<Self, Break> {
        let connection = connector.connect().await.map_err(|why| Break { at: Place::Connect, why })?;
        let at_hello = |why| Break { at: Place::Hello, why };
        let (outbox, outgoing) = mpsc::unbounded_channel();
        drop(outbox.send(hello));
        let opening = connector.call(connection, transport::UPDATE, outgoing);
        let exchange = patiently(stall, "the hello was not answered", opening).await.map_err(at_hello)?;
        let mut stream = Self { outbox, exchange, stall, under_way: 0, progress: Instant::now() };
        stream.answer().await.map_err(at_hello)?;
        Ok(stream)
    }

    /// Declares series, and waits until all pieces are acknowledged.
    pub(crate) async fn declare(
        &mut self,
        pieces: impl ExactSizeIterator<Item = Outgoing>,
    ) -> Result<(), Break> {
        let count = pieces.len();
        self.leave_out_surplus().await.map_err(|why| Break { at: Place::Idle, why })?;
        for piece in pieces {
            drop(self.outbox.send(piece));
        }
        for piece in 0..count {
            self.answer().await.map_err(|why| Break { at: Place::Declaring(piece), why })?;
        }
        Ok(())
    }

    /// How many messages have no answer.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way
    }

    /// Sends a message behind the others.
    pub(crate) async fn send(&mut self, message: Outgoing) -> Result<(), Break> {
        if self.under_way == 0 {
            self.leave_out_surplus().await.map_err(|why| Break { at: Place::Idle, why })?;
            self.progress = Instant::now();
        }
        // A closed outbox is no verdict: the answers tell why.
        drop(self.outbox.send(message));
        self.under_way += 1;
        Ok(())
    }

    /// Waits until the oldest message under way is acknowledged. May be given up and begun again at any time.
    pub(crate) async fn acknowledged(&mut self) -> Result<(), Break> {
        loop {
            let under_way = self.under_way > 0;
            let at = if under_way { Place::Data } else { Place::Idle };
            let stall = self.stall.filter(|_| under_way);
            // A time that no clock will show never comes.
            let stalled = stall.and_then(|stall| self.progress.checked_add(stall));
            tokio::select! {
                biased;
                answer = self.exchange.answers.message() => {
                    ended_early(answer).map_err(|why| Break { at, why })?;
                    // An answer too many belongs to nothing.
                    if under_way {
                        self.under_way -= 1;
                        self.progress = Instant::now();
                        return Ok(());
                    }
                }
                () = until(stalled) => {
                    let stall = stall.unwrap_or_default();
                    let text = format!("no acknowledgement for {stall:?} with messages under way");
                    return Err(Break { at, why: Broken::Transport(text) });
                }
            }
        }
    }

    /// Ends a stream on which everything is acknowledged. It is only polite to wait for the other half.
    pub(crate) async fn part(self) {
        let Self { outbox, mut exchange, .. } = self;
        drop(outbox);
        drop(timeout(PARTING, exchange.answers.message()).await);
    }

    /// Waits for one answer.
    async fn answer(&mut self) -> Result<(), Broken> {
        let answer = async { ended_early(self.exchange.answers.message().await) };
        patiently(self.stall, "the service acknowledged nothing", answer).await
    }

    /// Reads the answers that are there while nothing is under way. They belong to nothing, and left where they are they
    /// would be taken for answers to what is sent next.
    async fn leave_out_surplus(&mut self) -> Result<(), Broken> {
        loop {
            tokio::select! {
                biased;
                answer = self.exchange.answers.message() => ended_early(answer)?,
                () = ready(()) => return Ok(()),
            }
        }
    }
}

async fn patiently<T>(
    limit: Option<Duration>,
    what: &str,
    wait: impl Future<Output = Result<T, Broken>>,
) -> Result<T, Broken> {
    match limit {
        None => wait.await,
        Some(limit) => timeout(limit, wait)
            .await
            .unwrap_or_else(|_| Err(Broken::Transport(format!("{what} within {limit:?}")))),
    }
}

fn ended_early(answer: Result<Option<UpdateRunResponse>, Broken>) -> Result<(), Broken> {
    match answer {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(Broken::Transport("the service ended the stream".to_owned())),
        Err(broken) => Err(broken),
    }
}

/// Resolves at a time, or never.
pub(crate) async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}
