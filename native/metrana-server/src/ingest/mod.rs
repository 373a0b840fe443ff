//! The ingestion service: takes the protocol in, and turns it into what a store understands.

mod attributes;
mod codec;
mod columns;
mod content;
mod declarations;
mod floats;
mod frames;
mod front;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod handshake;
mod histograms;
pub(crate) mod parts;
mod rl;
mod scatters;
mod sorted;
mod stream;
mod streams;
mod traces;

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use metrana_proto::svc::ingest_service_server::IngestService;
use metrana_proto::svc::{
    CheckOpStatusesRequest, CheckOpStatusesResponse, CreateRunRequest, CreateRunResponse,
    InitializeRunLoggingRequest, InitializeRunLoggingResponse, UpdateRunRequest, UpdateRunResponse,
    UpdateRunsRequest, UpdateRunsResponse, UpdateTracesRequest, UpdateTracesResponse,
};
use tokio::sync::watch;
use tonic::{Request, Response, Status, Streaming, async_trait};

pub(crate) use frames::Pace;
use front::Front;
pub(crate) use streams::Streams;

use crate::budget::Budget;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::log::Log;
use crate::store::{Numbers, Store, StoreError, Update};

/// The service with all that its calls share.
#[derive(Clone)]
pub(crate) struct Ingest {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) log: Log,
    pub(crate) clock: Clock,
    /// The streams that are open.
    pub(crate) streams: Streams,
    /// For what messages hold while they are under way.
    pub(crate) budget: Budget,
    pub(crate) pace: Pace,
    /// Becomes true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Ingest {
    pub(crate) fn into_service(self) -> Front {
        Front::new(self)
    }
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[async_trait]
impl IngestService for Ingest {
    type InitializeRunLoggingStream = Answers<InitializeRunLoggingResponse>;
    type UpdateRunStreamStream = Answers<UpdateRunResponse>;
    type UpdateTracesStreamStream = Answers<UpdateTracesResponse>;

    async fn initialize_run_logging(
        &self,
        request: Request<InitializeRunLoggingRequest>,
    ) -> Result<Response<Self::InitializeRunLoggingStream>, Status> {
        handshake::answer(self, request.into_inner()).await
    }

    async fn update_run_stream(
        &self,
        _: Request<Streaming<UpdateRunRequest>>,
    ) -> Result<Response<Self::UpdateRunStreamStream>, Status> {
        // `Front` serves it, from messages of another type.
        Err(Status::internal("an update stream has lost its way"))
    }

    async fn create_run(&self, _: Request<CreateRunRequest>) -> Result<Response<CreateRunResponse>, Status> {
        Err(not_served("CreateRun", "InitializeRunLogging"))
    }

    async fn update_runs(
        &self,
        _: Request<UpdateRunsRequest>,
    ) -> Result<Response<UpdateRunsResponse>, Status> {
        Err(not_served("UpdateRuns", "UpdateRunStream"))
    }

    async fn update_traces(
        &self,
        _: Request<UpdateTracesRequest>,
    ) -> Result<Response<UpdateTracesResponse>, Status> {
        Err(not_served("UpdateTraces", "UpdateTracesStream"))
    }

    async fn update_traces_stream(
        &self,
        _: Request<Streaming<UpdateTracesRequest>>,
    ) -> Result<Response<Self::UpdateTracesStreamStream>, Status> {
        // As above.
        Err(Status::internal("a stream of traces has lost its way"))
    }

    async fn check_op_statuses(
        &self,
        _: Request<CheckOpStatusesRequest>,
    ) -> Result<Response<CheckOpStatusesResponse>, Status> {
        Err(Status::unimplemented("this server keeps no operations: what is acknowledged is stored"))
    }
}

/// Reads a message again that a store has kept, as it was read when it came.
pub(crate) fn read_again(body: Bytes, received_at: i64, numbers: &Numbers) -> Result<Update, String> {
    let mut incoming = codec::read(body, received_at).map_err(|unreadable| unreadable.0)?;
    // They were taken in apart from it.
    incoming.rest.series_declarations.clear();
    Ok(content::sort(incoming, &|number| numbers.find(number)).0)
}

fn not_served(method: &str, instead: &str) -> Status {
    Status::unimplemented(format!("this server does not serve {method}; use {instead}"))
}

/// The status that tells a client what its store error means for it.
fn refusal(error: &StoreError) -> Status {
    match error {
        StoreError::UnknownRun(_)
        | StoreError::UnknownProject(_)
        | StoreError::UnknownSeries(_)
        | StoreError::UnknownDeclaration(_)
        | StoreError::UnknownEnvironment(_) => Status::not_found(error.to_string()),
        StoreError::OtherKind(_) => Status::invalid_argument(error.to_string()),
        StoreError::TooManyGaps | StoreError::Full(_) => Status::resource_exhausted(error.to_string()),
        StoreError::Busy(_) | StoreError::Io(_) => Status::unavailable(error.to_string()),
        StoreError::NoRandomness(_) | StoreError::Corrupt(_) => Status::internal(error.to_string()),
    }
}
