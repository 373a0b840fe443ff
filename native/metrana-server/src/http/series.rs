//! `GET /api/v1/runs/{run_id}/series`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use metrana_proto::types::OrderingMode;
use serde::Serialize;

use super::Api;
use super::answer::{Answer, run_id};
use super::json::Whole;
use crate::store::SeriesInfo;

#[derive(Serialize)]
pub(super) struct AllSeries {
    series: Vec<Series>,
}

#[derive(Serialize)]
struct Series {
    id: Whole<u64>,
    metric: String,
    scale: String,
    labels: BTreeMap<String, String>,
    ordering: &'static str,
    kind: &'static str,
    points: Whole<u64>,
    last_step: Option<Whole<u64>>,
}

pub(super) async fn list(State(api): State<Api>, Path(run): Path<String>) -> Answer<AllSeries> {
    let series = api.store.series(&run_id(&run)?)?;
    Ok(Json(AllSeries { series: series.into_iter().map(Series::from).collect() }))
}

impl From<SeriesInfo> for Series {
    fn from(info: SeriesInfo) -> Self {
        Self {
            id: Whole(info.id.0),
            metric: info.definition.metric,
            scale: info.definition.scale,
            labels: info.definition.labels,
            ordering: match info.definition.ordering {
                OrderingMode::Undefined => "undefined",
                OrderingMode::RelativeOrdered => "relative_ordered",
                OrderingMode::AbsoluteUnordered => "absolute_unordered",
                OrderingMode::AbsoluteOrdered => "absolute_ordered",
            },
            // The first points of a series settle its kind.
            kind: if info.points > 0 { "float" } else { "undefined" },
            points: Whole(info.points),
            last_step: info.last_step.map(Whole),
        }
    }
}
