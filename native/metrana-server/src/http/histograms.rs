//! `GET /api/v1/runs/{run_id}/series/{id}/histograms`.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Serialize;

use super::Api;
use super::answer::Problem;
use super::json::{Value, Whole};
use super::lists::{self, Range};
use crate::store::{self, Bins, lineage};

/// At most, and when not told otherwise.
const HISTOGRAMS: (u64, u64) = (100_000, 10_000);

/// Each step once, in the order of the steps, or as they came.
#[derive(Serialize)]
pub(super) struct Listed {
    total: Whole<u64>,
    offset: Whole<u64>,
    histograms: Vec<Histogram>,
    next: String,
    more: bool,
}

#[derive(Serialize)]
struct Histogram {
    step: Whole<u64>,
    timestamp_millis: Whole<i64>,
    bin_edges: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Vec<Whole<u64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    densities: Option<Vec<Value>>,
    stats: Option<Stats>,
}

#[derive(Serialize)]
struct Stats {
    min: Value,
    max: Value,
    sum: Value,
    sum_of_squares: Value,
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
        HISTOGRAMS,
        lineage::histograms,
        |listed: lists::Listed<Histogram>| Listed {
            total: listed.total,
            offset: listed.offset,
            histograms: listed.items,
            next: listed.next,
            more: listed.more,
        },
    )
    .await
}

impl From<store::Histogram> for Histogram {
    fn from(histogram: store::Histogram) -> Self {
        let (counts, densities) = match histogram.bins {
            Bins::Counts(counts) => (Some(counts.into_iter().map(Whole).collect()), None),
            Bins::Densities(densities) => (None, Some(densities.into_iter().map(Value).collect())),
        };
        let stats = |stats: store::Stats| Stats {
            min: Value(stats.min),
            max: Value(stats.max),
            sum: Value(stats.sum),
            sum_of_squares: Value(stats.sum_of_squares),
        };
        Self {
            step: Whole(histogram.step),
            timestamp_millis: Whole(histogram.timestamp),
            bin_edges: histogram.edges.into_iter().map(Value).collect(),
            counts,
            densities,
            stats: histogram.stats.map(stats),
        }
    }
}
