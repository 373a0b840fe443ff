//! One update stream, from hello to its end.
//!
//! Every request is answered once, in order, and that is all that tells which one an answer belongs to: the hello is
//! acknowledged before anything follows, declarations before data, and then the n-th answer ends the n-th message.

use std::future::{Future, pending};
use std::time::Duration;

use metrana_proto::svc::UpdateRunResponse;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use crate::connect::transport::{self, Broken, Exchange, Outbox};
use crate::deliver::sender::{Over, Sender, Work};

/// How a stream ended.
pub(crate) enum Ended {
    /// Everything is through, and the logger is closing.
    Complete,
    /// Before its time.
    Broken(Broken),
}

/// How long a service may take to end its half of a stream that is complete.
const PARTING: Duration = Duration::from_secs(1);

/// Runs a stream. `first`: no stream of this logger was open before.
pub(crate) async fn run(sender: &mut Sender, first: bool) -> Result<Ended, Over> {
    let (outbox, mut call) = match greet(sender).await {
        Ok(open) => open,
        Err(broken) => return Ok(Ended::Broken(broken)),
    };
    if !first || sender.seeded {
        let declarations = sender.declarations()?;
        let stall = sender.shared.config.ack_stall_timeout;
        for fields in &declarations {
            drop(outbox.send(sender.identity.unnumbered(fields)));
        }
        for _ in &declarations {
            if let Err(broken) = acknowledgement(&mut call, stall).await {
                return Ok(Ended::Broken(broken));
            }
        }
    }
    if let Some(broken) = deliver(sender, &outbox, &mut call).await? {
        return Ok(Ended::Broken(broken));
    }
    drop(outbox);
    // It is only polite to wait for the other half; everything is acknowledged.
    drop(timeout(PARTING, call.answers.message()).await);
    Ok(Ended::Complete)
}

/// Opens a stream and says hello.
async fn greet(sender: &Sender) -> Result<(Outbox, Exchange<UpdateRunResponse>), Broken> {
    let stall = sender.shared.config.ack_stall_timeout;
    let connection = sender.connector.connect().await?;
    let (outbox, outgoing) = mpsc::unbounded_channel();
    drop(outbox.send(sender.identity.unnumbered(&[])));
    let opening = sender.connector.call(connection, transport::UPDATE, outgoing);
    let mut call = patiently(stall, "the hello was not answered", opening).await?;
    acknowledgement(&mut call, stall).await?;
    Ok((outbox, call))
}

/// Waits for one answer.
async fn acknowledgement(
    call: &mut Exchange<UpdateRunResponse>,
    stall: Option<Duration>,
) -> Result<(), Broken> {
    let answer = async { ended_early(call.answers.message().await) };
    patiently(stall, "the service acknowledged nothing", answer).await
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

/// Sends what has no end yet and what the stage gives. None: everything is through.
async fn deliver(
    sender: &mut Sender,
    outbox: &Outbox,
    call: &mut Exchange<UpdateRunResponse>,
) -> Result<Option<Broken>, Over> {
    let mut under_way = 0;
    let mut progress = Instant::now();
    let stall = sender.shared.config.ack_stall_timeout;
    loop {
        let mut next_look = None;
        while under_way < sender.window() {
            if under_way == sender.unacked.len() {
                match sender.next_message()? {
                    Work::Message => {}
                    Work::Wait(until) => {
                        next_look = until;
                        break;
                    }
                    Work::Done if under_way == 0 => return Ok(None),
                    Work::Done => break,
                }
            }
            if under_way == 0 {
                progress = Instant::now();
            }
            // A closed outbox is no verdict: the answers tell why.
            drop(outbox.send(sender.unacked[under_way].outgoing.clone()));
            under_way += 1;
        }
        let stalled = stall.filter(|_| under_way > 0).map(|stall| progress + stall);
        tokio::select! {
            biased;
            answer = call.answers.message() => {
                if let Err(broken) = ended_early(answer) {
                    return Ok(Some(broken));
                }
                // An answer too many belongs to nothing.
                if under_way > 0 {
                    under_way -= 1;
                    progress = Instant::now();
                    sender.acknowledged()?;
                }
            }
            () = sender.shared.slot.wake.notified() => {}
            () = at(next_look.map(Instant::from_std)) => {}
            () = at(stalled) => {
                let text = format!("no ack progress for {:?} with requests in flight", stall.unwrap_or_default());
                return Ok(Some(Broken::Transport(text)));
            }
        }
    }
}

/// Resolves at a time, or never.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}
