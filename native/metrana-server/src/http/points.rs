//! `GET /api/v1/runs/{run_id}/series/{id}/points`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

use super::Api;
use super::answer::{Answer, Problem, run_id, series_id};
use super::json::{Value, Whole};

const USUAL: u64 = 100_000;
const MOST: u64 = 1_000_000;

/// Which points.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    offset: Option<u64>,
    limit: Option<u64>,
}

/// Columns of one length, in the order of arrival.
#[derive(Serialize)]
pub(super) struct Points {
    total: Whole<u64>,
    offset: Whole<u64>,
    steps: Vec<Whole<u64>>,
    timestamps_millis: Vec<Whole<i64>>,
    values: Vec<Value>,
    /// The width in bits that each value was sent in.
    value_width: Vec<u8>,
}

pub(super) async fn page(
    State(api): State<Api>,
    Path((run, series)): Path<(String, String)>,
    range: Result<Query<Range>, QueryRejection>,
) -> Answer<Points> {
    let Query(range) = range?;
    let limit = range.limit.unwrap_or(USUAL);
    if limit > MOST {
        return Err(Problem::bad_request(format!(
            "limit is {limit}; at most {MOST} points are given at once"
        )));
    }
    let points = api.store.points(&run_id(&run)?, series_id(&series)?, range.offset.unwrap_or(0), limit)?;
    Ok(Json(Points {
        total: Whole(points.total),
        offset: Whole(points.offset),
        steps: points.steps.into_iter().map(Whole).collect(),
        timestamps_millis: points.timestamps.into_iter().map(Whole).collect(),
        values: points.values.into_iter().map(Value).collect(),
        value_width: points.widths,
    }))
}
