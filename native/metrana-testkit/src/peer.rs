//! A server of the ingestion service that records what it is sent, byte for byte, and answers by script.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use metrana_proto::svc::{InitializeRunLoggingResponse, UpdateRunResponse};
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tonic::codegen::{Body, BoxFuture, Service, StdError, http};
use tonic::server::{Grpc, NamedService};
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};

use crate::codec::RawCodec;

/// What the peer does about a message.
#[derive(Clone, Debug)]
pub enum Reaction {
    /// So many answers: one is what the protocol asks for.
    Answers(usize),
    /// This status, which ends the stream.
    Status(Status),
    /// One answer, so much later. What came behind the message waits as well.
    Late(Duration),
    /// The end of the stream, in good order.
    End,
    /// These bytes in the place of an answer.
    Raw(Bytes),
    /// No answer, and nothing more is read from this stream. The connection lives on.
    Silence,
    /// One answer, and then nothing any more: no answer, and no end, whatever the client does.
    LastAnswer,
}

/// A message as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The number of its stream, from 0.
    pub stream: usize,
    /// Its number on the stream, from 0.
    pub index: usize,
    /// Its bytes.
    pub bytes: Bytes,
}

/// How long the peer takes to end a stream after its client.
const PARTING: Duration = Duration::from_millis(20);

type React = Box<dyn FnMut(&Recorded) -> Reaction + Send>;

/// A gateway before the peer: with which HTTP status it answers a call of this method in the peer's place.
type Gateway = Box<dyn FnMut(&str) -> Option<u16> + Send>;

/// A peer that listens, until it is dropped.
#[derive(Debug)]
pub struct Peer {
    address: SocketAddr,
    record: Arc<Record>,
    serving: JoinHandle<()>,
}

struct Record {
    handshake: Vec<InitializeRunLoggingResponse>,
    react: Mutex<React>,
    gateway: Mutex<Gateway>,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    handshakes: Vec<Bytes>,
    streams: usize,
    messages: Vec<Recorded>,
    ended: Vec<usize>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.log.fmt(f)
    }
}

impl Record {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Peer {
    /// Answers every handshake with `handshake` and every message of an update stream as `react` says.
    pub async fn start(
        handshake: Vec<InitializeRunLoggingResponse>,
        react: impl FnMut(&Recorded) -> Reaction + Send + 'static,
    ) -> Self {
        Self::behind(|_| None, handshake, react).await
    }

    /// The same behind a gateway, which is asked first about every call, by the name of its method.
    pub async fn behind(
        gateway: impl FnMut(&str) -> Option<u16> + Send + 'static,
        handshake: Vec<InitializeRunLoggingResponse>,
        react: impl FnMut(&Recorded) -> Reaction + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let record = Arc::new(Record {
            handshake,
            react: Mutex::new(Box::new(react)),
            gateway: Mutex::new(Box::new(gateway)),
            log: Mutex::default(),
        });
        let service = PeerService(Arc::clone(&record));
        let serving = tonic::transport::Server::builder()
            .add_service(service)
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
        let serving = tokio::spawn(async move { serving.await.expect("it serves") });
        Self { address, record, serving }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests of the handshakes so far.
    #[must_use]
    pub fn handshakes(&self) -> Vec<Bytes> {
        self.record.log().handshakes.clone()
    }

    /// The messages of all update streams so far, in the order they came.
    #[must_use]
    pub fn messages(&self) -> Vec<Recorded> {
        self.record.log().messages.clone()
    }

    /// The streams that their client ended in good order, and whose end it then waited for.
    #[must_use]
    pub fn ended(&self) -> Vec<usize> {
        self.record.log().ended.clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Clone)]
struct PeerService(Arc<Record>);

impl NamedService for PeerService {
    const NAME: &'static str = "metrana_protobuf.ingestion.v1.svc.IngestService";
}

impl<B> Service<http::Request<B>> for PeerService
where
    B: Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let record = Arc::clone(&self.0);
        Box::pin(async move {
            let method = request.uri().path().rsplit('/').next().map(str::to_owned);
            if let Some(code) = method.as_deref().and_then(|method| record.at_the_gateway(method)) {
                let mut answer = http::Response::new(tonic::body::Body::empty());
                *answer.status_mut() = http::StatusCode::from_u16(code).expect("a status of HTTP");
                return Ok(answer);
            }
            let mut grpc = Grpc::new(RawCodec);
            Ok(match method.as_deref() {
                Some("InitializeRunLogging") => grpc.server_streaming(Handshake(record), request).await,
                Some("UpdateRunStream") => grpc.streaming(Updates(record), request).await,
                _ => Status::unimplemented("the peer plays two methods").into_http(),
            })
        })
    }
}

type Answers = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;
type Answered = Ready<Result<Response<Answers>, Status>>;

struct Handshake(Arc<Record>);

impl Service<Request<Bytes>> for Handshake {
    type Response = Response<Answers>;
    type Error = Status;
    type Future = Answered;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Answered {
        self.0.log().handshakes.push(request.into_inner());
        let answers: Vec<_> = self.0.handshake.iter().map(|part| Ok(part.encode_to_vec().into())).collect();
        ready(Ok(Response::new(Box::pin(stream::iter(answers)))))
    }
}

struct Updates(Arc<Record>);

impl Service<Request<Streaming<Bytes>>> for Updates {
    type Response = Response<Answers>;
    type Error = Status;
    type Future = Answered;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Answered {
        let record = Arc::clone(&self.0);
        let number = {
            let mut log = record.log();
            log.streams += 1;
            log.streams - 1
        };
        let reacting = Arc::clone(&record);
        let reactions = request.into_inner().enumerate().map(move |(index, message)| {
            message.map(|bytes| reacting.note(Recorded { stream: number, index, bytes }))
        });
        let end = stream::once(async move {
            // A client that is gone by then has not waited, and this is never reached.
            tokio::time::sleep(PARTING).await;
            record.log().ended.push(number);
            Ok(Reaction::End)
        });
        let answers = reactions.chain(end).flat_map(|reaction| match reaction {
            Ok(Reaction::Answers(count)) => stream::iter(vec![Some(Ok(answer())); count]).left_stream(),
            Ok(Reaction::Status(status)) | Err(status) => {
                stream::iter(vec![Some(Err(status)), None]).left_stream()
            }
            Ok(Reaction::End) => stream::iter(vec![None]).left_stream(),
            Ok(Reaction::Raw(bytes)) => stream::iter(vec![Some(Ok(bytes))]).left_stream(),
            Ok(Reaction::LastAnswer) => {
                stream::iter(vec![Some(Ok(answer()))]).chain(stream::pending()).boxed().right_stream()
            }
            Ok(Reaction::Late(pause)) => stream::once(async move {
                tokio::time::sleep(pause).await;
                Some(Ok(answer()))
            })
            .boxed()
            .right_stream(),
            Ok(Reaction::Silence) => stream::pending().boxed().right_stream(),
        });
        let until_the_end = answers.take_while(|answer| ready(answer.is_some())).filter_map(ready);
        ready(Ok(Response::new(Box::pin(until_the_end))))
    }
}

impl Record {
    fn at_the_gateway(&self, method: &str) -> Option<u16> {
        let mut gateway = self.gateway.lock().unwrap_or_else(PoisonError::into_inner);
        gateway(method)
    }

    fn note(&self, message: Recorded) -> Reaction {
        let mut react = self.react.lock().unwrap_or_else(PoisonError::into_inner);
        let reaction = react(&message);
        self.log().messages.push(message);
        reaction
    }
}

fn answer() -> Bytes {
    UpdateRunResponse::default().encode_to_vec().into()
}
