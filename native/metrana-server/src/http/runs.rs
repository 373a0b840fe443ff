//! `GET /api/v1/runs`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};

use super::Api;
use super::answer::Answer;
use super::json::Whole;
use crate::store::RunInfo;

/// Which runs; what is absent does not matter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    workspace: Option<String>,
    project: Option<String>,
    run_name: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Runs {
    runs: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    run_id: String,
    workspace: String,
    project: String,
    run_name: String,
    organization: Option<String>,
    experiment: Option<String>,
    orchestration_id: Option<String>,
    fork_point: Option<ForkPoint>,
    created_at_millis: Whole<i64>,
    closed: bool,
    series: Whole<u64>,
    points: Whole<u64>,
}

#[derive(Serialize)]
struct ForkPoint {
    parent_run_name: String,
    fork_step: Whole<u64>,
}

pub(super) async fn list(
    State(api): State<Api>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Answer<Runs> {
    let Query(filter) = filter?;
    let runs = api.store.runs().into_iter().filter(|run| filter.fits(run)).map(Listed::from).collect();
    Ok(Json(Runs { runs }))
}

impl Filter {
    fn fits(&self, run: &RunInfo) -> bool {
        let key = &run.definition.key;
        let fits = |wanted: &Option<String>, is: &String| wanted.as_ref().is_none_or(|wanted| wanted == is);
        fits(&self.workspace, &key.workspace)
            && fits(&self.project, &key.project)
            && fits(&self.run_name, &key.run_name)
    }
}

impl From<RunInfo> for Listed {
    fn from(info: RunInfo) -> Self {
        let definition = info.definition;
        Self {
            run_id: info.id.to_string(),
            workspace: definition.key.workspace,
            project: definition.key.project,
            run_name: definition.key.run_name,
            organization: definition.key.organization,
            experiment: definition.experiment,
            orchestration_id: definition.orchestration_id,
            fork_point: definition.fork_point.map(|fork| ForkPoint {
                parent_run_name: fork.parent_run_name,
                fork_step: Whole(fork.fork_step),
            }),
            created_at_millis: Whole(info.created_at_millis),
            closed: info.closed,
            series: Whole(info.series),
            points: Whole(info.points),
        }
    }
}
