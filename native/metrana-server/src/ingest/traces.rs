//! `UpdateTracesStream`: the messages of tracers, kept as they came.

use futures_util::stream;
use metrana_proto::svc::{UpdateTracesRequest, UpdateTracesResponse};
use prost::Message;
use tonic::Status;

use super::frames::{Frame, Frames};
use super::{Answers, Ingest, refusal};
use crate::connection::ConnectionInfo;
use crate::store::{MessageKey, TraceTarget, Traces};

/// The answers to the messages of one stream: one for each, in order, each when its message is safe.
pub(super) fn answers(
    ingest: Ingest,
    info: Option<ConnectionInfo>,
    frames: Frames,
) -> Answers<UpdateTracesResponse> {
    let peer = info.and_then(|info| info.peer).map_or_else(|| "?".to_owned(), |peer| peer.to_string());
    let stream = TraceStream { ingest, frames, peer, answered: 0, left_out: 0, end: "dropped".to_owned() };
    Box::pin(stream::unfold(Some(stream), |stream| async move {
        let mut stream = stream?;
        match stream.next_answer().await {
            Ok(Some(answer)) => Some((Ok(answer), Some(stream))),
            Ok(None) => {
                "ended by the client".clone_into(&mut stream.end);
                None
            }
            Err(status) => {
                status.message().clone_into(&mut stream.end);
                Some((Err(status), None))
            }
        }
    }))
}

struct TraceStream {
    ingest: Ingest,
    frames: Frames,
    peer: String,
    answered: u64,
    left_out: u64,
    end: String,
}

impl TraceStream {
    async fn next_answer(&mut self) -> Result<Option<UpdateTracesResponse>, Status> {
        let mut stopping = self.ingest.stopping.clone();
        let frame = tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => {
                return Err(Status::unavailable("the server is shutting down"));
            }
            frame = self.frames.next() => frame?,
        };
        match frame {
            None => return Ok(None),
            // There is no status for one message: it would cost the client all that it has under way.
            Some(Frame::Oversized(_) | Frame::Crowded(_) | Frame::Unreadable(_)) => self.left_out += 1,
            Some(Frame::Message(body, _share)) => match UpdateTracesRequest::decode(body.clone()) {
                Err(_) => self.left_out += 1,
                Ok(message) if message.trace_updates.is_empty() => {}
                Ok(message) => {
                    let traces = Traces {
                        target: TraceTarget {
                            organization: message.organization.filter(|name| !name.is_empty()),
                            workspace: message.workspace,
                            project: message.project,
                            run_name: message.run_name,
                        },
                        message: MessageKey {
                            logger_id: message.logger_id,
                            session_id: message.logger_session_id,
                            sequence_number: message.sequence_number,
                        },
                        updates: message.trace_updates.len() as u64,
                        body,
                        received_at: self.ingest.clock.now_millis(),
                    };
                    let taken =
                        self.ingest.store.append_traces(traces).await.map_err(|error| refusal(&error))?;
                    taken.receipt.await.map_err(|error| refusal(&error))?;
                }
            },
        }
        self.answered += 1;
        Ok(Some(UpdateTracesResponse {
            operation_id: self.answered.to_string(),
            ..UpdateTracesResponse::default()
        }))
    }
}

impl Drop for TraceStream {
    fn drop(&mut self) {
        self.ingest.log.line(format_args!(
            "{}: stream of traces over after {} answers, {} messages left out: {:?}",
            self.peer, self.answered, self.left_out, self.end
        ));
    }
}
