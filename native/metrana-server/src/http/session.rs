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

/// Why a browser may look: it has the key, or a ticket from a program that has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Wish {
    Key(String),
    Ticket(String),
}

pub(super) async fn begin(
    State(api): State<Api>,
    extensions: Extensions,
    body: Bytes,
) -> Result<Response, Problem> {
    let wish: Wish = serde_json::from_slice(&body).map_err(|_| {
        // What came may hold the key, so that it is not repeated.
        Problem::bad_request("write the key like {\"key\": \"...\"}, or a ticket like {\"ticket\": \"...\"}")
    })?;
    let (may, problem) = match wish {
        Wish::Key(key) => (api.gate.admits(&key), "this is not the server's key"),
        Wish::Ticket(ticket) => {
            let is_good = api.gate.is_open() || api.gate.tickets().take(&ticket, Instant::now());
            (is_good, "this ticket was used, or is too old")
        }
    };
    if !may {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, problem));
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, session(&api, &extensions))]).into_response())
}

/// The cookie for a browser that needs no reason, because it belongs to the user whom the server runs as; none where it has
/// one, or is not known to be theirs.
pub(super) async fn unasked(api: &Api, extensions: &Extensions, headers: HeaderMap) -> Option<String> {
    let info = extensions.get::<ConnectionInfo>()?;
    let (peer, local) = info.peer.zip(info.local)?;
    if api.gate.has_session(&headers) {
        return None;
    }
    let gate = Arc::clone(&api.gate);
    // The system's list of sockets may be long.
    let is_user = spawn_blocking(move || gate.is_user(&headers, peer, local)).await.unwrap_or(false);
    is_user.then(|| session(api, extensions))
}

pub(super) async fn end(State(api): State<Api>, extensions: Extensions) -> Response {
    (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie(&api, &extensions, "", 0))]).into_response()
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

fn session(api: &Api, extensions: &Extensions) -> String {
    cookie(api, extensions, &api.gate.tokens().session(), Tokens::SESSION_SECONDS)
}

fn cookie(api: &Api, extensions: &Extensions, value: &str, seconds: i64) -> String {
    let name = api.gate.tokens().cookie_name();
    let secure = if extensions.get::<Encrypted>().is_some() { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}
