//! The HTTP API: what the server holds, as JSON, and faults on demand.
//!
//! Whole numbers of 64 bits are texts, as in the JSON form of protocol buffers: a reader in JavaScript would round them.

mod answer;
mod attributes;
mod counts;
mod environments;
mod faults;
mod histograms;
mod json;
mod page;
mod points;
mod rl;
mod runs;
mod scatters;
mod series;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::faults::Faults;
use crate::store::Store;

/// What the handlers share.
#[derive(Clone)]
struct Api {
    store: Arc<dyn Store>,
    faults: Arc<Faults>,
}

/// The routes. Without `allow_faults` those of the faults do not exist.
pub(crate) fn router(store: Arc<dyn Store>, faults: Arc<Faults>, allow_faults: bool) -> Router {
    let mut router = Router::new()
        .route("/api/v1/runs", get(runs::list))
        .route("/api/v1/runs/{run_id}", get(runs::one))
        .route("/api/v1/runs/{run_id}/attributes", get(attributes::of_run))
        .route("/api/v1/runs/{run_id}/environments", get(environments::list))
        .route("/api/v1/runs/{run_id}/series", get(series::list))
        .route("/api/v1/runs/{run_id}/series/{series_id}/points", get(points::page))
        .route("/api/v1/runs/{run_id}/series/{series_id}/histograms", get(histograms::page))
        .route("/api/v1/runs/{run_id}/series/{series_id}/scatters", get(scatters::page))
        .route("/api/v1/runs/{run_id}/counts", get(counts::of_run))
        .route("/api/v1/counts", get(counts::of_all));
    if allow_faults {
        router = router
            .route("/api/v1/faults", get(faults::state).post(faults::arm).delete(faults::clear))
            .layer(axum::extract::DefaultBodyLimit::max(64 << 10));
    }
    router
        .fallback(answer::no_such_path)
        .method_not_allowed_fallback(answer::no_such_method)
        .with_state(Api { store, faults })
}
