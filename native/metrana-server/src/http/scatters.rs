//! `GET /api/v1/runs/{run_id}/series/{id}/scatters`.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Serialize;

use super::Api;
use super::answer::Problem;
use super::json::{Value, Whole};
use super::lists::{self, Range};
use crate::store::{self, lineage};

/// At most, and when not told otherwise.
const SCATTERS: (u64, u64) = (10_000, 1000);

/// Each step once, in the order of the steps, or as they came.
#[derive(Serialize)]
pub(super) struct Listed {
    total: Whole<u64>,
    offset: Whole<u64>,
    scatters: Vec<Scatter>,
    next: String,
    more: bool,
}

#[derive(Serialize)]
struct Scatter {
    step: Whole<u64>,
    timestamp_millis: Whole<i64>,
    xs: Vec<Value>,
    ys: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zs: Option<Vec<Value>>,
}

pub(super) async fn page(
    State(api): State<Api>,
    Path((run, series)): Path<(String, String)>,
    range: Result<Query<Range>, QueryRejection>,
) -> Result<Response, Problem> {
    lists::page(
        &api,
        (&run, &series),
        range,
        SCATTERS,
        lineage::scatters,
        |listed: lists::Listed<Scatter>| Listed {
            total: listed.total,
            offset: listed.offset,
            scatters: listed.items,
            next: listed.next,
            more: listed.more,
        },
    )
    .await
}

impl From<store::Scatter> for Scatter {
    fn from(scatter: store::Scatter) -> Self {
        let values = |values: Vec<f64>| values.into_iter().map(Value).collect();
        Self {
            step: Whole(scatter.step),
            timestamp_millis: Whole(scatter.timestamp),
            xs: values(scatter.xs),
            ys: values(scatter.ys),
            zs: scatter.zs.map(values),
        }
    }
}
