//! `GET /api/v1/runs` and `GET /api/v1/runs/{run_id}`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use metrana_proto::types::{AggregationFn, AggregationRule};
use serde::Serialize;

use super::Api;
use super::answer::{Answer, Problem, run_id};
use super::json::Whole;
use super::run_filter::Filter;
use crate::store::{RunInfo, RunStatus};

#[derive(Serialize)]
pub(super) struct Runs {
    /// How many fit; those here may be a page of them.
    total: Whole<u64>,
    runs: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    run_id: String,
    workspace: String,
    project: String,
    run_name: String,
    /// What people call it.
    name: String,
    organization: Option<String>,
    experiment: Option<String>,
    orchestration_id: Option<String>,
    fork_point: Option<ForkPoint>,
    created_at_millis: Whole<i64>,
    status: &'static str,
    /// What was said when it was closed.
    close_message: Option<String>,
    closed_at_millis: Option<Whole<i64>>,
    last_contact_millis: Whole<i64>,
    closed: bool,
    notes: String,
    tags: Vec<String>,
    hidden: bool,
    pinned: bool,
    series: Whole<u64>,
    points: Whole<u64>,
}

#[derive(Serialize)]
struct ForkPoint {
    parent_run_name: String,
    parent_run_id: Option<String>,
    fork_step: Whole<u64>,
}

pub(super) async fn list(
    State(api): State<Api>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(filter) = filter?;
    // All of them are read, whichever are asked for.
    let taken = api.room.take_for_list(api.store.how_many_runs()).await?;
    let (runs, total) = filter.select(api.store.runs().await?)?;
    let runs = runs.into_iter().map(Listed::from).collect();
    Ok(taken.on(Json(Runs { total: Whole(total), runs })))
}

/// A run with what only one at a time is asked for.
#[derive(Serialize)]
pub(super) struct Described {
    #[serde(flatten)]
    run: Listed,
    aggregation_rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    metric_name: Option<String>,
    source_scale: String,
    output_scale: String,
    functions: Vec<&'static str>,
    aggregate_over_labels: Vec<String>,
    output_metric_name: Option<String>,
    output_name_suffix: Option<String>,
}

pub(super) async fn one(State(api): State<Api>, Path(run): Path<String>) -> Answer<Described> {
    Ok(Json(described(api.store.run(&run_id(&run)?).await?)))
}

pub(super) fn described(mut run: RunInfo) -> Described {
    let rules = std::mem::take(&mut run.definition.aggregation_rules);
    Described { run: run.into(), aggregation_rules: rules.into_iter().map(Rule::from).collect() }
}

impl From<AggregationRule> for Rule {
    fn from(rule: AggregationRule) -> Self {
        Self {
            functions: rule.fns().map(function).collect(),
            metric_name: rule.metric_name,
            source_scale: rule.source_scale,
            output_scale: rule.output_scale,
            aggregate_over_labels: rule.aggregate_over_labels,
            output_metric_name: rule.output_metric_name,
            output_name_suffix: rule.output_name_suffix,
        }
    }
}

pub(super) fn function(function: AggregationFn) -> &'static str {
    match function {
        AggregationFn::Unspecified => "unspecified",
        AggregationFn::Mean => "mean",
        AggregationFn::Max => "max",
        AggregationFn::Sum => "sum",
        AggregationFn::Min => "min",
        AggregationFn::StdDev => "std_dev",
        AggregationFn::Count => "count",
    }
}

impl From<RunInfo> for Listed {
    fn from(info: RunInfo) -> Self {
        let name = info.name().to_owned();
        let definition = info.definition;
        let (closed_at, close_message) =
            info.ending.map_or((None, None), |ending| (Some(ending.at_millis), ending.message));
        Self {
            run_id: info.id.to_string(),
            workspace: definition.key.workspace,
            project: definition.key.project,
            run_name: definition.key.run_name,
            name,
            organization: definition.key.organization,
            experiment: definition.experiment,
            orchestration_id: definition.orchestration_id,
            fork_point: definition.fork_point.map(|fork| ForkPoint {
                parent_run_name: fork.parent_run_name,
                parent_run_id: info.parent.as_ref().map(ToString::to_string),
                fork_step: Whole(fork.fork_step),
            }),
            created_at_millis: Whole(info.created_at_millis),
            status: match info.status {
                RunStatus::Running => "running",
                RunStatus::Finished => "finished",
                RunStatus::Failed => "failed",
                RunStatus::Aborted => "aborted",
                RunStatus::LostContact => "lost_contact",
            },
            close_message,
            closed_at_millis: closed_at.map(Whole),
            last_contact_millis: Whole(info.last_contact_millis),
            closed: info.closed,
            notes: info.marks.notes,
            tags: info.tags,
            hidden: info.marks.hidden,
            pinned: info.marks.pinned,
            series: Whole(info.series),
            points: Whole(info.points),
        }
    }
}
