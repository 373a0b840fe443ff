//! `GET /api/v1/runs/{run_id}/series/{id}/points`: the float points of an ordinary series, or of one environment of a
//! series of reinforcement learning.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};

use super::Api;
use super::answer::{Answer, Problem, run_id, series_id};
use super::json::{Value, Whole};
use super::page::{limit, view};
use super::rl::RlPoints;
use crate::store::{FloatPoints, World, lineage};

/// At most, and when not told otherwise.
const POINTS: (u64, u64) = (1_000_000, 100_000);

/// Which points.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    environment: Option<String>,
    /// All points as they came, and not those that count.
    #[serde(default)]
    raw: bool,
    offset: Option<u64>,
    limit: Option<u64>,
}

/// Of one world or the other.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum AnyPoints {
    Std(Points),
    Rl(RlPoints),
}

/// Columns of one length: each step once, in the order of the steps, or as they came.
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
) -> Answer<AnyPoints> {
    let Query(range) = range?;
    let (offset, limit) = (range.offset.unwrap_or(0), limit(range.limit, POINTS)?);
    let (run, series) = (run_id(&run)?, series_id(&series)?);
    let view = view(range.raw);
    let world = api.store.one_series(&run, series).await?.world;
    let points = match (world, range.environment) {
        (Some(World::Rl), None) => {
            return Err(Problem::bad_request(
                "the series is of reinforcement learning: say which environment",
            ));
        }
        (Some(World::Rl), Some(name)) => {
            let points = lineage::rl_points(&*api.store, &run, series, &name, view, offset, limit).await?;
            AnyPoints::Rl(RlPoints::new(name, points))
        }
        (_, Some(_)) => return Err(Problem::bad_request("the series has no environments")),
        (_, None) => {
            AnyPoints::Std(lineage::points(&*api.store, &run, series, view, offset, limit).await?.into())
        }
    };
    Ok(Json(points))
}

impl From<FloatPoints> for Points {
    fn from(points: FloatPoints) -> Self {
        Self {
            total: Whole(points.total),
            offset: Whole(points.offset),
            steps: points.steps.into_iter().map(Whole).collect(),
            timestamps_millis: points.timestamps.into_iter().map(Whole).collect(),
            values: points.values.into_iter().map(Value).collect(),
            value_width: points.widths,
        }
    }
}
