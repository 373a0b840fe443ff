//! `GET /api/v1/counts` and `GET /api/v1/runs/{run_id}/counts`.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;

use super::Api;
use super::answer::{Answer, run_id};
use super::json::Whole;
use crate::store::NotKept;

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
    trace_updates: Whole<u64>,
    unknown_series_points: Whole<u64>,
    ignored_points: Whole<u64>,
    ignored_attributes: Whole<u64>,
    ignored: Ignored,
}

/// What came and does not count, by reason.
#[derive(Serialize)]
pub(super) struct Ignored {
    malformed_points: Whole<u64>,
    stale_points: Whole<u64>,
    replaced_points: Whole<u64>,
    other_ordering_points: Whole<u64>,
    other_kind_points: Whole<u64>,
    surplus_points: Whole<u64>,
    surplus_attributes: Whole<u64>,
    unreadable_messages: Whole<u64>,
    oversized_messages: Whole<u64>,
}

impl From<NotKept> for Ignored {
    fn from(not_kept: NotKept) -> Self {
        Self {
            malformed_points: Whole(not_kept.malformed_points),
            stale_points: Whole(not_kept.stale_points),
            replaced_points: Whole(not_kept.replaced_points),
            other_ordering_points: Whole(not_kept.other_ordering_points),
            other_kind_points: Whole(not_kept.other_kind_points),
            surplus_points: Whole(not_kept.surplus_points),
            surplus_attributes: Whole(not_kept.surplus_attributes),
            unreadable_messages: Whole(not_kept.unreadable_messages),
            oversized_messages: Whole(not_kept.oversized_messages),
        }
    }
}

pub(super) async fn of_all(State(api): State<Api>) -> Answer<Counts> {
    Ok(Json(api.store.counts(None).await?.into()))
}

/// Of one run, and how much of the disk it takes.
#[derive(Serialize)]
pub(super) struct OfRun {
    #[serde(flatten)]
    counts: Counts,
    /// None where nothing is on disk.
    stored_bytes: Option<Whole<u64>>,
}

pub(super) async fn of_run(State(api): State<Api>, Path(run): Path<String>) -> Answer<OfRun> {
    let run = run_id(&run)?;
    let counts = api.store.counts(Some(&run)).await?.into();
    Ok(Json(OfRun { counts, stored_bytes: api.store.stored_bytes(&run).await?.map(Whole) }))
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
            trace_updates: Whole(counts.trace_updates),
            unknown_series_points: Whole(counts.not_kept.unknown_series_points),
            ignored_points: Whole(counts.not_kept.ignored_points()),
            ignored_attributes: Whole(counts.not_kept.ignored_attributes),
            ignored: counts.not_kept.into(),
        }
    }
}
