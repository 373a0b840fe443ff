//! Pages of histograms and scatters.

use std::num::NonZeroU64;

use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::Api;
use super::answer::{Problem, run_id, series_id};
use super::json::Whole;
use super::measure::{Form, Measure, around};
use super::page::{limit, view};
use super::points::begin;
use super::room::Making;
use crate::read::{Lists, Read, Space};
use crate::store::AtStep;

/// As text a number has at most three times the bytes that it has in memory, and what is around it no more than that.
const TEXT: u64 = 4;
/// While an answer is made, its objects are there twice, and its text.
const MADE: u64 = 2 + TEXT;

/// Which objects.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    /// All as they came, and not those that count.
    #[serde(default)]
    raw: bool,
    offset: Option<u64>,
    /// Where an answer said that the next one begins.
    cursor: Option<String>,
    limit: Option<u64>,
    bytes: Option<u64>,
    /// Only each so manieth, for those who draw a long series.
    every: Option<NonZeroU64>,
}

/// Each step once, in the order of the steps, or as they came.
pub(super) struct Listed<T> {
    pub(super) total: Whole<u64>,
    pub(super) offset: Whole<u64>,
    pub(super) items: Vec<T>,
    pub(super) next: String,
    pub(super) more: bool,
}

impl Space for Making<'_> {
    type Error = Problem;

    async fn hold(&mut self, bytes: u64) -> Result<(), Problem> {
        self.grow(usize::try_from(bytes.saturating_mul(MADE)).unwrap_or(usize::MAX)).await
    }
}

/// Reads a page, and writes it as `shape` says.
pub(super) async fn page<T, A, S>(
    api: &Api,
    (run, series): (&str, &str),
    range: Result<Query<Range>, QueryRejection>,
    bounds: (u64, u64),
    read: Read<T>,
    shape: impl FnOnce(Listed<A>) -> S,
) -> Result<Response, Problem>
where
    T: AtStep + Clone + Send + Sync,
    A: From<T>,
    S: Serialize,
{
    let Query(range) = range?;
    let limit = limit(range.limit, bounds)?;
    let mut measure = Measure::new(Form::Json, range.bytes)?;
    measure.set_aside(around(run, series, None))?;
    let begin = begin(range.cursor.as_deref(), range.offset)?;
    let lists = Lists {
        run: run_id(run)?,
        series: series_id(series)?,
        view: view(range.raw),
        every: range.every.map_or(1, NonZeroU64::get),
        read,
    };
    if !begin.suits(false, lists.view) {
        return Err(Problem::bad_request(format!("cursor is {begin}, which is of other points")));
    }
    let mut making = api.room.begin();
    let bounds = (limit, measure.bytes() / TEXT);
    let page = lists.page(&*api.store, begin, bounds, &mut making).await?;
    let listed = Listed {
        total: Whole(page.points.total),
        offset: Whole(page.points.offset),
        items: page.points.items.into_iter().map(A::from).collect(),
        next: page.next.to_string(),
        more: page.more,
    };
    Ok(making.done().on(Json(shape(listed))))
}
