//! The service as the transport sees it: `UpdateRunStream` with a codec of its own, every other method as generated.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use metrana_proto::svc::UpdateRunResponse;
use metrana_proto::svc::ingest_service_server::{IngestServiceServer, SERVICE_NAME};
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, StreamingService};
use tonic::{Request, Response, Status, Streaming};

use super::codec::{Incoming, UpdateCodec};
use super::{Answers, Ingest, stream};

/// The largest message that is taken. The usual 4 MiB would be answered with a status that clients take for a passing
/// trouble, so that they would send the same message again for ever; and published clients send a call of any length
/// as one message. 256 MiB are some thirty million points.
const LARGEST_MESSAGE: usize = 256 << 20;

/// Leads calls to where they are served.
#[derive(Clone)]
pub(crate) struct Front {
    ingest: Ingest,
    generated: IngestServiceServer<Ingest>,
}

impl Front {
    pub(super) fn new(ingest: Ingest) -> Self {
        let generated = IngestServiceServer::new(ingest.clone())
            .max_decoding_message_size(LARGEST_MESSAGE)
            .accept_compressed(CompressionEncoding::Zstd);
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
        if method != Some("/UpdateRunStream") {
            return self.generated.call(request);
        }
        let updates = Updates(self.ingest.clone());
        let mut grpc = Grpc::new(UpdateCodec)
            .max_decoding_message_size(LARGEST_MESSAGE)
            .accept_compressed(CompressionEncoding::Zstd);
        Box::pin(async move { Ok(grpc.streaming(updates, request).await) })
    }
}

/// `UpdateRunStream`.
struct Updates(Ingest);

impl StreamingService<Incoming> for Updates {
    type Response = UpdateRunResponse;
    type ResponseStream = Answers<UpdateRunResponse>;
    type Future = Ready<Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<Streaming<Incoming>>) -> Self::Future {
        ready(Ok(Response::new(stream::answers(self.0.clone(), request))))
    }
}
