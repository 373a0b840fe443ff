//! `/api/v1/faults`: `GET` tells how many are armed and how many happened, `POST` arms one, `DELETE` disarms them all.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tonic::Code;

use super::Api;
use super::answer::{Answer, Problem};
use super::json::Whole;
use crate::faults::{Fault, Stage};

/// A fault as it is asked for.
#[derive(Deserialize)]
#[serde(tag = "fault", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Wish {
    Status {
        stage: StageName,
        code: String,
        #[serde(default)]
        message: String,
        #[serde(default = "once")]
        times: u64,
        #[serde(default)]
        after: u64,
    },
    Reset {
        #[serde(default = "once")]
        after: u64,
        #[serde(default)]
        store_last: bool,
        #[serde(default = "once")]
        times: u64,
    },
    Stall {},
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StageName {
    Init,
    Hello,
    Declare,
    Data,
}

#[derive(Serialize)]
pub(super) struct Standing {
    armed: Whole<u64>,
    fired: Whole<u64>,
}

pub(super) async fn state(State(api): State<Api>) -> Json<Standing> {
    Json(Standing { armed: Whole(api.faults.armed()), fired: Whole(api.faults.fired()) })
}

/// Whatever the request calls its content: this is for hands at a shell as well.
pub(super) async fn arm(api: State<Api>, body: Bytes) -> Answer<Standing> {
    let wish: Wish =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(error.to_string()))?;
    api.faults.arm(wish.fault()?);
    Ok(state(api).await)
}

pub(super) async fn clear(api: State<Api>) -> Json<Standing> {
    api.faults.clear();
    state(api).await
}

fn once() -> u64 {
    1
}

impl Wish {
    pub(super) fn fault(self) -> Result<Fault, Problem> {
        Ok(match self {
            Self::Status { times: 0, .. } | Self::Reset { times: 0, .. } => {
                return Err(Problem::bad_request("times is 0: such a fault never happens"));
            }
            Self::Reset { after: 0, .. } => {
                return Err(Problem::bad_request("after is 0: data messages are counted from 1"));
            }
            Self::Status { stage, code, message, times, after } => {
                Fault::Status { stage: stage.into(), code: status_code(&code)?, message, times, after }
            }
            Self::Reset { after, store_last, times } => Fault::Reset { after, store_last, times },
            Self::Stall {} => Fault::Stall,
        })
    }
}

impl From<StageName> for Stage {
    fn from(name: StageName) -> Self {
        match name {
            StageName::Init => Self::Init,
            StageName::Hello => Self::Hello,
            StageName::Declare => Self::Declare,
            StageName::Data => Self::Data,
        }
    }
}

fn status_code(name: &str) -> Result<Code, Problem> {
    Ok(match name {
        "CANCELLED" => Code::Cancelled,
        "UNKNOWN" => Code::Unknown,
        "INVALID_ARGUMENT" => Code::InvalidArgument,
        "DEADLINE_EXCEEDED" => Code::DeadlineExceeded,
        "NOT_FOUND" => Code::NotFound,
        "ALREADY_EXISTS" => Code::AlreadyExists,
        "PERMISSION_DENIED" => Code::PermissionDenied,
        "RESOURCE_EXHAUSTED" => Code::ResourceExhausted,
        "FAILED_PRECONDITION" => Code::FailedPrecondition,
        "ABORTED" => Code::Aborted,
        "OUT_OF_RANGE" => Code::OutOfRange,
        "UNIMPLEMENTED" => Code::Unimplemented,
        "INTERNAL" => Code::Internal,
        "UNAVAILABLE" => Code::Unavailable,
        "DATA_LOSS" => Code::DataLoss,
        "UNAUTHENTICATED" => Code::Unauthenticated,
        _ => {
            return Err(Problem::bad_request(format!(
                "{name:?} is no gRPC status; write it like UNAVAILABLE"
            )));
        }
    })
}
