//! `/api/v1/server`: which server this is; and its end, when somebody with a key asks for it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::Api;
use super::json::Whole;
use crate::store::Health;

#[derive(Serialize)]
pub(super) struct About {
    version: &'static str,
    /// A reader compares it with the one that it found beside the address: another program may have got the port.
    pid: u32,
    started_at_millis: Whole<i64>,
    health: Condition,
}

/// Whether it can take in more.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Condition {
    Good,
    Full { since_millis: Whole<i64> },
    Failing { since_millis: Whole<i64>, why: String },
}

pub(super) async fn about(State(api): State<Api>) -> Json<About> {
    Json(About {
        version: env!("CARGO_PKG_VERSION"),
        pid: std::process::id(),
        started_at_millis: Whole(api.started_at_millis),
        health: api.store.health().into(),
    })
}

/// For whoever watches over the server. It answers requests in any case, so that the status tells what the words tell.
pub(super) async fn health(State(api): State<Api>) -> (StatusCode, Json<Condition>) {
    let health = api.store.health();
    let status = if health == Health::Good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health.into()))
}

pub(super) async fn stop(State(api): State<Api>) -> StatusCode {
    api.stop_asked.send_replace(true);
    StatusCode::ACCEPTED
}

impl From<Health> for Condition {
    fn from(health: Health) -> Self {
        match health {
            Health::Good => Self::Good,
            Health::Full { since_millis } => Self::Full { since_millis: Whole(since_millis) },
            Health::Failing { since_millis, why } => Self::Failing { since_millis: Whole(since_millis), why },
        }
    }
}
