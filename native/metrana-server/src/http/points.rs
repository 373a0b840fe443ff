//! `GET /api/v1/runs/{run_id}/series/{id}/points`: the float points of an ordinary series, or of one environment of a
//! series of reinforcement learning.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::Api;
use super::answer::{Problem, run_id, series_id};
use super::json::{Value, Whole};
use super::measure::{Form, Measure, around};
use super::page::{limit, view};
use super::rl::RlPoints;
use crate::read::{self, Position, Source};
use crate::store::{self, FloatPoints, SeriesInfo, View, World};

/// At most, and when not told otherwise.
pub(super) const POINTS: (u64, u64) = (1_000_000, 100_000);

/// Which points.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    environment: Option<String>,
    /// All points as they came, and not those that count.
    #[serde(default)]
    raw: bool,
    offset: Option<u64>,
    /// Where an answer said that the next one begins.
    cursor: Option<String>,
    limit: Option<u64>,
    bytes: Option<u64>,
}

/// A page of JSON, and where the next one begins.
#[derive(Serialize)]
pub(super) struct Page {
    #[serde(flatten)]
    points: AnyPoints,
    next: String,
    more: bool,
}

/// Of one world or the other.
#[derive(Serialize)]
#[serde(untagged)]
enum AnyPoints {
    Std(Points),
    Rl(RlPoints),
}

/// Columns of one length: each step once, in the order of the steps, or as they came.
#[derive(Serialize)]
struct Points {
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
) -> Result<Response, Problem> {
    let Query(range) = range?;
    let limit = limit(range.limit, POINTS)?;
    let mut measure = Measure::new(Form::Json, range.bytes)?;
    measure.set_aside(around(&run, &series, range.environment.as_deref()))?;
    let begin = begin(range.cursor.as_deref(), range.offset)?;
    let (source, info) = find(&api, &run, &series, range.environment, view(range.raw)).await?;
    check(begin, &source)?;
    let is_rl = source.environment.is_some();
    let taken = api.room.take(measure.memory_of(&info, limit, is_rl)).await?;
    let page = source.page(&*api.store, begin, limit.min(measure.points(is_rl))).await?;
    Ok(taken.on(Json(Page::new(source.environment.clone(), page, is_rl))))
}

/// A series, or one environment of it, with points that are numbers.
pub(super) async fn find(
    api: &Api,
    run: &str,
    series: &str,
    environment: Option<String>,
    view: View,
) -> Result<(Source, SeriesInfo), Problem> {
    let (run, series) = (run_id(run)?, series_id(series)?);
    let info = read::one_series(&*api.store, &run, series).await?;
    match (info.world, &environment) {
        (Some(World::Rl), None) => {
            return Err(Problem::bad_request(format!(
                "series {series} is of reinforcement learning: say which environment"
            )));
        }
        (Some(World::Rl), Some(_)) | (_, None) => {}
        (_, Some(_)) => return Err(Problem::bad_request(format!("series {series} has no environments"))),
    }
    Ok((Source { run, series, environment, view }, info))
}

/// Where a page begins.
pub(super) fn begin(cursor: Option<&str>, offset: Option<u64>) -> Result<Position, Problem> {
    match (cursor, offset) {
        (Some(_), Some(_)) => Err(Problem::bad_request("a page begins at a cursor or at an offset, not at both")),
        (Some(cursor), None) => cursor.parse().map_err(|_| {
            Problem::bad_request(format!(
                "cursor is {cursor:?}; it is what an answer gave as next, or a step: the page begins behind it"
            ))
        }),
        (None, offset) => Ok(Position::at(offset.unwrap_or(0))),
    }
}

/// Whether a page of these points can begin there.
pub(super) fn check(begin: Position, source: &Source) -> Result<(), Problem> {
    if begin.suits(source.environment.is_some(), source.view) {
        return Ok(());
    }
    Err(Problem::bad_request(format!(
        "cursor is {begin}, which is of other points: those of a series that count have a step, those of an environment \
         like 12:3:499, and raw ones only a place, like @500"
    )))
}

impl Page {
    /// `environment` is told in it, where it is not told beside it.
    pub(super) fn new(environment: Option<String>, page: read::Page, is_rl: bool) -> Self {
        let read::Page { points, next, more } = page;
        let points = if is_rl {
            AnyPoints::Rl(RlPoints::new(environment, points))
        } else {
            let store::RlPoints { floats, .. } = points;
            AnyPoints::Std(floats.into())
        };
        Self { points, next: next.to_string(), more }
    }
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
