//! `GET /api/v1/counts` and `GET /api/v1/runs/{run_id}/counts`.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;

use super::Api;
use super::answer::{Answer, run_id};
use super::json::Whole;

#[derive(Serialize)]
pub(super) struct Counts {
    runs: Whole<u64>,
    series: Whole<u64>,
    points: Whole<u64>,
    rl_points: Whole<u64>,
    histograms: Whole<u64>,
    scatters: Whole<u64>,
    attribute_updates: Whole<u64>,
    env_attribute_updates: Whole<u64>,
    conflicting_points: Whole<u64>,
    messages: Whole<u64>,
    duplicate_messages: Whole<u64>,
    streams: Whole<u64>,
    unknown_series_points: Whole<u64>,
    ignored_points: Whole<u64>,
    ignored_attributes: Whole<u64>,
}

pub(super) async fn of_all(State(api): State<Api>) -> Answer<Counts> {
    Ok(Json(api.store.counts(None).await?.into()))
}

pub(super) async fn of_run(State(api): State<Api>, Path(run): Path<String>) -> Answer<Counts> {
    Ok(Json(api.store.counts(Some(&run_id(&run)?)).await?.into()))
}

impl From<crate::store::Counts> for Counts {
    fn from(counts: crate::store::Counts) -> Self {
        Self {
            runs: Whole(counts.runs),
            series: Whole(counts.series),
            points: Whole(counts.points),
            rl_points: Whole(counts.rl_points),
            histograms: Whole(counts.histograms),
            scatters: Whole(counts.scatters),
            attribute_updates: Whole(counts.attribute_updates),
            env_attribute_updates: Whole(counts.env_attribute_updates),
            conflicting_points: Whole(counts.conflicting_points),
            messages: Whole(counts.messages),
            duplicate_messages: Whole(counts.duplicate_messages),
            streams: Whole(counts.streams),
            unknown_series_points: Whole(counts.not_kept.unknown_series_points),
            ignored_points: Whole(counts.not_kept.ignored_points),
            ignored_attributes: Whole(counts.not_kept.ignored_attributes),
        }
    }
}
