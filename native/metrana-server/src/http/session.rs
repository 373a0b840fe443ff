//! `/api/v1/session`: a browser gives a key once and keeps a cookie for it, which scripts cannot read.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Api;
use super::answer::Problem;
use crate::gate::Tokens;
use crate::serve::Encrypted;

pub(crate) const PATH: &str = "/api/v1/session";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    key: String,
}

pub(super) async fn begin(
    State(api): State<Api>,
    extensions: Extensions,
    body: Bytes,
) -> Result<Response, Problem> {
    let wish: Wish = serde_json::from_slice(&body).map_err(|_| {
        // What came may hold the key, so that it is not repeated.
        Problem::bad_request("write the key like {\"key\": \"...\"}")
    })?;
    if !api.gate.admits(&wish.key) {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "this is not the server's key"));
    }
    Ok(with_cookie(&api, &extensions, &api.gate.tokens().session(), Tokens::SESSION_SECONDS))
}

pub(super) async fn end(State(api): State<Api>, extensions: Extensions) -> Response {
    with_cookie(&api, &extensions, "", 0)
}

fn with_cookie(api: &Api, extensions: &Extensions, value: &str, seconds: i64) -> Response {
    let name = api.gate.tokens().cookie_name();
    let secure = if extensions.get::<Encrypted>().is_some() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    (StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response()
}
