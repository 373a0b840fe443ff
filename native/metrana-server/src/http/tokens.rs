//! What published clients ask for with a key that has this server's address in it: a token, and later the next one.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Api;
use super::answer::{Answer, Problem};
use crate::gate::Tokens;

pub(crate) const EXCHANGE: &str = "/api/management/v1/tokens/exchange";
pub(crate) const REFRESH: &str = "/auth/realms/metrana/protocol/openid-connect/token";

#[derive(Deserialize)]
pub(super) struct Wish {
    api_token: String,
}

#[derive(Deserialize)]
pub(super) struct Renewal {
    grant_type: String,
    refresh_token: String,
}

#[derive(Serialize)]
pub(super) struct Pair {
    access_token: String,
    refresh_token: String,
    token_type: &'static str,
    expires_in: i64,
}

pub(super) async fn exchange(State(api): State<Api>, body: Bytes) -> Answer<Pair> {
    let wish: Wish = serde_json::from_slice(&body)
        .map_err(|_| Problem::bad_request("write the key like {\"api_token\": \"...\"}"))?;
    if !api.gate.admits(&wish.api_token) {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "this is not the server's key"));
    }
    Ok(pair(&api))
}

pub(super) async fn refresh(State(api): State<Api>, body: Bytes) -> Answer<Pair> {
    let renewal: Renewal = serde_urlencoded::from_bytes(&body)
        .map_err(|_| Problem::bad_request("a form with grant_type and refresh_token is expected"))?;
    if renewal.grant_type != "refresh_token" {
        return Err(Problem::bad_request("only refresh_token is a grant type here"));
    }
    if !api.gate.is_open() && !api.gate.tokens().is_refresh(&renewal.refresh_token) {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "the refresh token is not of this server, or too old",
        ));
    }
    Ok(pair(&api))
}

fn pair(api: &Api) -> Json<Pair> {
    let (access_token, refresh_token) = api.gate.tokens().pair();
    Json(Pair { access_token, refresh_token, token_type: "Bearer", expires_in: Tokens::ACCESS_SECONDS })
}
