//! The HTTP API: what the server holds, as JSON, and faults on demand; and the page that shows it.
//!
//! Whole numbers of 64 bits are texts, as in the JSON form of protocol buffers: a reader in JavaScript would round them.

mod answer;
mod arrow;
mod attributes;
mod columns;
mod counts;
mod curves;
mod editing;
mod environments;
mod events;
mod export;
mod faults;
#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod histograms;
mod json;
mod lists;
mod measure;
mod metrics;
mod openapi;
mod page;
mod points;
mod points_of_many;
mod projects;
mod removal;
mod rl;
mod room;
mod run_filter;
mod runs;
mod scatters;
mod series;
mod series_filter;
mod series_of_many;
mod server;
mod session;
mod site;
mod tokens;
mod trace_attributes;
mod traces;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::watch;

use crate::faults::Faults;
use crate::gate::{Gate, Refusal};
use crate::store::Store;
use answer::Problem;
pub(crate) use room::Room;

/// Whether the server lives: for whoever watches over it.
pub(crate) const HEALTH: &str = "/healthz";

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) room: Room,
    pub(crate) started_at_millis: i64,
    /// Becomes true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Becomes true when somebody asks for the end of the server.
    pub(crate) stop_asked: watch::Sender<bool>,
}

/// The routes. Without `allow_faults` those of the faults do not exist.
pub(crate) fn router(api: Api, allow_faults: bool, largest_body: usize) -> Router {
    let mut router = site::routes(Router::new())
        .route(HEALTH, get(server::health))
        .route("/api/v1/server", get(server::about))
        .route("/api/v1/server/stop", post(server::stop))
        .route(session::PATH, post(session::begin).delete(session::end))
        .route(session::TICKET, post(session::ticket))
        .route(tokens::EXCHANGE, post(tokens::exchange))
        .route(tokens::REFRESH, post(tokens::refresh))
        .route("/metrics", get(metrics::all))
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/projects", get(projects::list).delete(removal::of_project))
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/points", post(points_of_many::page))
        .route("/api/v1/series", post(series_of_many::list))
        .route("/api/v1/buckets", post(curves::buckets))
        .route("/api/v1/heat-map", post(curves::heat_map))
        .route("/api/v1/bands", post(curves::bands))
        .route("/api/v1/runs", get(runs::list))
        .route("/api/v1/runs/{run_id}", get(runs::one).patch(editing::of_run).delete(removal::of_run))
        .route("/api/v1/runs/{run_id}/attributes", get(attributes::of_run))
        .route("/api/v1/runs/{run_id}/environments", get(environments::list))
        .route("/api/v1/runs/{run_id}/traces", get(traces::of_run))
        .route("/api/v1/traces", get(traces::of_no_run))
        .route("/api/v1/runs/{run_id}/series", get(series::list))
        .route("/api/v1/runs/{run_id}/series/{series_id}/points", get(points::page))
        .route("/api/v1/runs/{run_id}/series/{series_id}/export", get(export::points))
        .route("/api/v1/runs/{run_id}/series/{series_id}/histograms", get(histograms::page))
        .route("/api/v1/runs/{run_id}/series/{series_id}/scatters", get(scatters::page))
        .route("/api/v1/runs/{run_id}/counts", get(counts::of_run))
        .route("/api/v1/counts", get(counts::of_all));
    if allow_faults {
        router = router.route("/api/v1/faults", get(faults::state).post(faults::arm).delete(faults::clear));
    }
    router
        .layer(from_fn_with_state(api.clone(), room::bound))
        .layer(DefaultBodyLimit::max(largest_body))
        .fallback(answer::no_such_path)
        .method_not_allowed_fallback(answer::no_such_method)
        .with_state(api)
}

/// What is answered to somebody who shows no key: what a key is exchanged at, and the page, which holds nothing until
/// its user has given a key.
pub(crate) fn is_public(path: &str) -> bool {
    matches!(path, HEALTH | session::PATH | tokens::EXCHANGE | tokens::REFRESH) || site::has(path)
}

/// A refusal at the gate as an answer.
pub(crate) fn refused(refusal: Refusal) -> Response {
    Problem::new(refusal.status, refusal.text).into_response()
}

/// Something that went wrong before a handler was asked.
pub(crate) fn problem(status: StatusCode, text: &str) -> Response {
    Problem::new(status, text).into_response()
}
