//! What goes wrong in a call: at the boundary, or inside the engine.

use metrana_ingestion_logger::Error;

use crate::status::metrana_status;

/// Why a call failed. The engine knows nothing of pointers and lengths, so the boundary has an error of its own, which
/// an error of the engine turns into.
#[derive(Debug)]
pub(crate) struct Failure {
    pub status: metrana_status,
    /// The gRPC code that the service answered with, where that was the cause.
    pub grpc: Option<i32>,
    /// For a person.
    pub message: String,
}

impl Failure {
    pub(crate) fn new(status: metrana_status, message: impl Into<String>) -> Self {
        Self { status, grpc: None, message: message.into() }
    }
}

impl From<Error> for Failure {
    #[cold]
    fn from(Error { status, grpc, message }: Error) -> Self {
        Self { status: status.into(), grpc, message }
    }
}
