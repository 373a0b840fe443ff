//! The service as the transport sees it: the two streams of updates with a reader of their own,
//! every other method as generated.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use metrana_proto::svc::ingest_service_server::{IngestServiceServer, SERVICE_NAME};
use metrana_proto::svc::{UpdateRunResponse, UpdateTracesResponse};
use tonic::body::Body;
use tonic::codec::{Codec, CompressionEncoding};
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, StreamingService};
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use super::frames::{Encoding, Frames};
use super::parts::{TRACES, UPDATE};
use super::{Answers, Ingest, stream, traces};
use crate::connection::ConnectionInfo;

/// The largest message of a call that is no stream of updates: all of them are small.
const LARGEST_REQUEST: usize = 4 << 20;

/// Leads calls to where they are served.
#[derive(Clone)]
pub(crate) struct Front {
    ingest: Ingest,
    generated: IngestServiceServer<Ingest>,
}

impl Front {
    pub(super) fn new(ingest: Ingest) -> Self {
        let generated = IngestServiceServer::new(ingest.clone())
            .max_decoding_message_size(LARGEST_REQUEST)
            .accept_compressed(CompressionEncoding::Zstd)
            .accept_compressed(CompressionEncoding::Gzip);
        Self { ingest, generated }
    }
}

impl NamedService for Front {
    const NAME: &'static str = SERVICE_NAME;
}

impl Service<http::Request<Body>> for Front {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = request.uri().path().strip_prefix('/').and_then(|path| path.strip_prefix(SERVICE_NAME));
        let traces = method == Some("/UpdateTracesStream");
        if method != Some("/UpdateRunStream") && !traces {
            return self.generated.call(request);
        }
        // The transport answers; what comes is read from the body here.
        let (parts, body) = request.into_parts();
        let shape = if traces { &TRACES } else { &UPDATE };
        let (encoding, budget) = (Encoding::of(&parts.headers), self.ingest.budget.clone());
        let frames = Frames::new(body, encoding, shape, budget, self.ingest.pace);
        let request = http::Request::from_parts(parts, Body::empty());
        let ingest = self.ingest.clone();
        Box::pin(async move {
            Ok(if traces {
                server(ProstCodec::default()).streaming(TraceStream(ingest, Some(frames)), request).await
            } else {
                server(ProstCodec::default()).streaming(Updates(ingest, Some(frames)), request).await
            })
        })
    }
}

fn server<C: Codec>(codec: C) -> Grpc<C> {
    Grpc::new(codec).accept_compressed(CompressionEncoding::Zstd).accept_compressed(CompressionEncoding::Gzip)
}

/// `UpdateRunStream`.
struct Updates(Ingest, Option<Frames>);

impl StreamingService<()> for Updates {
    type Response = UpdateRunResponse;
    type ResponseStream = Answers<UpdateRunResponse>;
    type Future = Ready<Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<Streaming<()>>) -> Self::Future {
        let info = request.extensions().get::<ConnectionInfo>().cloned();
        ready(match self.1.take() {
            Some(frames) => Ok(Response::new(stream::answers(self.0.clone(), info, frames))),
            None => Err(Status::internal("a stream is served once")),
        })
    }
}

/// `UpdateTracesStream`.
struct TraceStream(Ingest, Option<Frames>);

impl StreamingService<()> for TraceStream {
    type Response = UpdateTracesResponse;
    type ResponseStream = Answers<UpdateTracesResponse>;
    type Future = Ready<Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<Streaming<()>>) -> Self::Future {
        let info = request.extensions().get::<ConnectionInfo>().cloned();
        ready(match self.1.take() {
            Some(frames) => Ok(Response::new(traces::answers(self.0.clone(), info, frames))),
            None => Err(Status::internal("a stream is served once")),
        })
    }
}
