//! `GET /api/v1/runs/{run_id}/series`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use metrana_proto::types::OrderingMode;
use serde::Serialize;

use super::Api;
use super::answer::{Problem, run_id};
use super::json::Whole;
use super::runs::function;
use super::series_filter::Filter;
use crate::read;
use crate::store::{SeriesInfo, SeriesKind, World};

#[derive(Serialize)]
pub(super) struct AllSeries {
    /// How many fit; those here may be a page of them.
    total: Whole<u64>,
    series: Vec<Series>,
}

#[derive(Serialize)]
pub(super) struct Series {
    id: Whole<u64>,
    metric: String,
    scale: String,
    labels: BTreeMap<String, String>,
    ordering: &'static str,
    world: &'static str,
    kind: &'static str,
    /// Those that count.
    points: Whole<u64>,
    /// Those among them that are read from the run that its own run branched off from.
    #[serde(skip_serializing_if = "Option::is_none")]
    inherited_points: Option<Whole<u64>>,
    /// All that came and are kept.
    raw_points: Whole<u64>,
    /// Those that came and do not count.
    stale_points: Whole<u64>,
    replaced_points: Whole<u64>,
    other_ordering_points: Whole<u64>,
    other_kind_points: Whole<u64>,
    last_step: Option<Whole<u64>>,
    /// Of the axes of a scatter.
    #[serde(skip_serializing_if = "Option::is_none")]
    titles: Option<BTreeMap<String, String>>,
    /// Of reinforcement learning.
    #[serde(skip_serializing_if = "Option::is_none")]
    environments: Option<Vec<String>>,
    /// Of reinforcement learning.
    #[serde(skip_serializing_if = "Option::is_none")]
    episodic: Option<bool>,
    /// Of one that an aggregation rule makes of others.
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregated: Option<Aggregated>,
}

#[derive(Serialize)]
struct Aggregated {
    /// What becomes of the values of one step.
    view: &'static str,
    over: Vec<String>,
    /// The ids of the series that it is made of.
    sources: Vec<Whole<u64>>,
}

pub(super) async fn list(
    State(api): State<Api>,
    Path(run): Path<String>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(filter) = filter?;
    let run = run_id(&run)?;
    let taken = api.room.take_for_list(api.store.run(&run).await?.series).await?;
    let (series, total) = filter.select(read::all_series(&*api.store, &run).await?)?;
    let series = series.into_iter().map(Series::from).collect();
    Ok(taken.on(Json(AllSeries { total: Whole(total), series })))
}

impl From<SeriesInfo> for Series {
    fn from(info: SeriesInfo) -> Self {
        let is_rl = info.world == Some(World::Rl);
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
            world: match info.world {
                // The first points of a series settle what it is.
                None => "undefined",
                Some(World::Std) => "std",
                Some(World::Rl) => "rl",
            },
            kind: match info.kind {
                SeriesKind::Undefined => "undefined",
                SeriesKind::Float => "float",
                SeriesKind::Histogram => "histogram",
                SeriesKind::DensityHistogram => "density_histogram",
                SeriesKind::Scatter => "scatter",
                SeriesKind::Scatter3d => "scatter_3d",
            },
            points: Whole(info.points),
            inherited_points: info.inherited.map(|inherited| Whole(inherited.points)),
            raw_points: Whole(info.raw_points),
            stale_points: Whole(info.not_kept.stale_points),
            replaced_points: Whole(info.not_kept.replaced_points),
            other_ordering_points: Whole(info.not_kept.other_ordering_points),
            other_kind_points: Whole(info.not_kept.other_kind_points),
            last_step: info.last_step.map(Whole),
            titles: matches!(info.kind, SeriesKind::Scatter | SeriesKind::Scatter3d)
                .then(|| info.titles.into_iter().map(|(name, title)| (axis(name), title)).collect()),
            environments: is_rl.then_some(info.environments),
            episodic: is_rl.then_some(info.episodic),
            aggregated: info.aggregate.map(|is| Aggregated {
                view: function(is.function),
                over: is.over,
                sources: is.sources.into_iter().map(|(id, _)| Whole(id.0)).collect(),
            }),
        }
    }
}

/// The axis that a title came for. Whatever else came with the titles keeps its name.
fn axis(name: String) -> String {
    match name.as_str() {
        "xt" => "x".to_owned(),
        "yt" => "y".to_owned(),
        "zt" => "z".to_owned(),
        _ => name,
    }
}
