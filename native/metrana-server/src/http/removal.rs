//! `DELETE /api/v1/runs/{run_id}` and `DELETE /api/v1/projects`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Api;
use super::answer::{Answer, Problem, run_id};
use super::json::Whole;
use crate::store::ProjectKey;

pub(super) async fn of_run(State(api): State<Api>, Path(run): Path<String>) -> Result<StatusCode, Problem> {
    api.store.delete_run(&run_id(&run)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which project. What removes so much is named in full.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    #[serde(default)]
    organization: String,
    workspace: String,
    project: String,
}

#[derive(Serialize)]
pub(super) struct Removed {
    runs: Whole<u64>,
}

pub(super) async fn of_project(
    State(api): State<Api>,
    which: Result<Query<Which>, QueryRejection>,
) -> Answer<Removed> {
    let Query(Which { organization, workspace, project }) = which?;
    let organization = Some(organization).filter(|name| !name.is_empty());
    let runs = api.store.delete_project(&ProjectKey { organization, workspace, project }).await?;
    Ok(Json(Removed { runs: Whole(runs) }))
}
