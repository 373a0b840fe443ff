//! `/api/v1/session`: a browser says once why it may look, and keeps a cookie for it, which scripts cannot read.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::Api;
use super::answer::{Answer, Problem};
use crate::connection::ConnectionInfo;
use crate::gate::{Tickets, Tokens};
use crate::serve::Encrypted;

pub(crate) const PATH: &str = "/api/v1/session";
pub(crate) const TICKET: &str = "/api/v1/session/ticket";

/// Why a browser may look: it has the key, or a ticket from a program that has it, or neither, and its user is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    key: Option<String>,
    ticket: Option<String>,
}

pub(super) async fn begin(
    State(api): State<Api>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let wish: Wish = serde_json::from_slice(&body).map_err(|_| {
        // What came may hold the key, so that it is not repeated.
        Problem::bad_request("write {\"key\": \"...\"}, {\"ticket\": \"...\"}, or {}")
    })?;
    let (may, problem) = match (wish.key, wish.ticket) {
        (Some(_), Some(_)) => return Err(Problem::bad_request("show a key or a ticket, not both")),
        (Some(key), None) => (api.gate.admits(&key), "this is not the server's key"),
        (None, Some(ticket)) => (
            api.gate.is_open() || api.gate.tickets().take(&ticket, Instant::now()),
            "this ticket was used, or is too old",
        ),
        (None, None) => (
            api.gate.is_open() || is_user(&api, &extensions, headers).await,
            "this browser is not known to belong to the server's user: show the key",
        ),
    };
    if !may {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, problem));
    }
    Ok(with_cookie(&api, &extensions, &api.gate.tokens().session(), Tokens::SESSION_SECONDS))
}

async fn is_user(api: &Api, extensions: &Extensions, headers: HeaderMap) -> bool {
    let info = extensions.get::<ConnectionInfo>();
    let Some((peer, local)) = info.and_then(|info| info.peer.zip(info.local)) else { return false };
    let gate = Arc::clone(&api.gate);
    // The system's list of sockets may be long.
    spawn_blocking(move || gate.is_user(&headers, peer, local)).await.unwrap_or(false)
}

pub(super) async fn end(State(api): State<Api>, extensions: Extensions) -> Response {
    with_cookie(&api, &extensions, "", 0)
}

#[derive(Serialize)]
pub(super) struct Given {
    ticket: String,
    seconds: u64,
}

/// A ticket for a browser, for whoever has shown the key.
pub(super) async fn ticket(State(api): State<Api>) -> Answer<Given> {
    let ticket = api.gate.tickets().give(Instant::now()).map_err(|error| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("there is no randomness for a ticket: {error}"),
        )
    })?;
    Ok(Json(Given { ticket, seconds: Tickets::LIFE.as_secs() }))
}

fn with_cookie(api: &Api, extensions: &Extensions, value: &str, seconds: i64) -> Response {
    let name = api.gate.tokens().cookie_name();
    let secure = if extensions.get::<Encrypted>().is_some() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response()
}
