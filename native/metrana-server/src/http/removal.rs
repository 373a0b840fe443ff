//! `DELETE /api/v1/runs/{run_id}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::Api;
use super::answer::{Problem, run_id};

pub(super) async fn of_run(State(api): State<Api>, Path(run): Path<String>) -> Result<StatusCode, Problem> {
    api.store.delete_run(&run_id(&run)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
