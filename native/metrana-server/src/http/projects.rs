//! `GET /api/v1/projects`: where there are runs.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::Api;
use super::answer::Problem;
use super::json::Whole;

#[derive(Serialize)]
pub(super) struct Projects {
    projects: Vec<Project>,
}

#[derive(Serialize)]
struct Project {
    organization: Option<String>,
    workspace: String,
    #[serde(rename = "project")]
    name: String,
    runs: Whole<u64>,
    points: Whole<u64>,
    last_created_at_millis: Whole<i64>,
}

/// By their names.
pub(super) async fn list(State(api): State<Api>) -> Result<Response, Problem> {
    let taken = api.room.take_for_list(api.store.how_many_runs()).await?;
    let mut projects: BTreeMap<_, (u64, u64, i64)> = BTreeMap::new();
    for run in api.store.runs().await? {
        let key = run.definition.key;
        let (runs, points, last) =
            projects.entry((key.organization, key.workspace, key.project)).or_insert((0, 0, i64::MIN));
        *runs += 1;
        *points += run.points;
        *last = run.created_at_millis.max(*last);
    }
    let projects =
        projects.into_iter().map(|((organization, workspace, project), (runs, points, last))| Project {
            organization,
            workspace,
            name: project,
            runs: Whole(runs),
            points: Whole(points),
            last_created_at_millis: Whole(last),
        });
    Ok(taken.on(Json(Projects { projects: projects.collect() })))
}
