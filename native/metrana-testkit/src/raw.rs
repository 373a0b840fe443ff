//! A client of the ingestion service that sends bytes as they are.

use std::net::SocketAddr;

use bytes::Bytes;
use metrana_proto::svc::{InitializeRunLoggingResponse, UpdateRunResponse};
use prost::Message;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::client::Grpc;
use tonic::codec::CompressionEncoding;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};

use crate::codec::RawCodec;

const INITIALIZE: &str = "/metrana_protobuf.ingestion.v1.svc.IngestService/InitializeRunLogging";
const UPDATE: &str = "/metrana_protobuf.ingestion.v1.svc.IngestService/UpdateRunStream";
const TRACES: &str = "/metrana_protobuf.ingestion.v1.svc.IngestService/UpdateTracesStream";

/// A connection to a server.
#[derive(Clone, Debug)]
pub struct RawClient {
    grpc: Grpc<Channel>,
    /// What it shows with every call.
    authorization: Option<MetadataValue<Ascii>>,
}

/// An update stream: messages out, answers in.
#[derive(Debug)]
pub struct RawStream {
    messages: Option<mpsc::UnboundedSender<Bytes>>,
    answers: Streaming<Bytes>,
}

impl RawClient {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address is a URI");
        let channel = endpoint.connect().await.expect("the server listens");
        Self::over(channel)
    }

    /// Takes a connection that stands.
    #[must_use]
    pub fn over(channel: Channel) -> Self {
        Self { grpc: Grpc::new(channel), authorization: None }
    }

    /// Shows this key.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        let authorization = format!("Bearer {key}").parse().expect("a key is plain text");
        Self { authorization: Some(authorization), ..self }
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        request
    }

    /// Compresses what it sends, as the published engines do when they are told to.
    #[must_use]
    pub fn with_zstd(self) -> Self {
        Self { grpc: self.grpc.send_compressed(CompressionEncoding::Zstd), ..self }
    }

    /// Sends the bytes of an `InitializeRunLoggingRequest` and reads the answers to their end.
    pub async fn initialize(&mut self, request: Bytes) -> Result<Vec<InitializeRunLoggingResponse>, Status> {
        let request = self.request(request);
        self.grpc.ready().await.expect("the connection stands");
        let path = PathAndQuery::from_static(INITIALIZE);
        let mut answers = self.grpc.server_streaming(request, path, RawCodec).await?.into_inner();
        let mut read = Vec::new();
        while let Some(answer) = answers.message().await? {
            read.push(InitializeRunLoggingResponse::decode(answer).expect("an answer is a message"));
        }
        Ok(read)
    }

    /// Opens an update stream.
    pub async fn update_stream(&mut self) -> Result<RawStream, Status> {
        self.stream(UPDATE).await
    }

    /// Opens a stream of traces. Its answers look like those of an update stream.
    pub async fn trace_stream(&mut self) -> Result<RawStream, Status> {
        self.stream(TRACES).await
    }

    async fn stream(&mut self, path: &'static str) -> Result<RawStream, Status> {
        self.grpc.ready().await.expect("the connection stands");
        let (messages, sent) = mpsc::unbounded_channel();
        let path = PathAndQuery::from_static(path);
        let request = self.request(UnboundedReceiverStream::new(sent));
        let answers = self.grpc.streaming(request, path, RawCodec).await?.into_inner();
        Ok(RawStream { messages: Some(messages), answers })
    }
}

impl RawStream {
    /// Sends the bytes of an `UpdateRunRequest`, or of what else the stream takes.
    pub fn send(&self, message: Bytes) {
        // A stream that is broken says so where answers are read.
        let _ = self.messages.as_ref().expect("no message follows the end").send(message);
    }

    /// Sends a message.
    pub fn send_message(&self, message: &impl Message) {
        self.send(message.encode_to_vec().into());
    }

    /// Waits for the next answer. None: the server has ended the stream in good order.
    pub async fn answer(&mut self) -> Result<Option<UpdateRunResponse>, Status> {
        let answer = self.answers.message().await?;
        Ok(answer.map(|answer| UpdateRunResponse::decode(answer).expect("an answer is a message")))
    }

    /// Says that no message follows.
    pub fn end(&mut self) {
        self.messages = None;
    }
}
