//! `POST /api/v1/points`: points of many series, bounded together. It is asked for by `POST` because the question may be
//! long; nothing is changed by it.

use arrow_array::{Float64Array, TimestampMillisecondArray, UInt8Array, UInt32Array, UInt64Array};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Api;
use super::answer::Problem;
use super::arrow::{self, Table};
use super::columns::{self, Columns};
use super::measure::{Form, Measure, around};
use super::page::{limit, view};
use super::points::{self, Page, begin, check};
use crate::read::{self, Position, Source};
use crate::store::{SeriesInfo, SeriesKind};

/// Series of one request.
const SERIES: usize = 4096;
/// Points of each: at most, which is also the usual.
const POINTS: (u64, u64) = (1_000_000, 1_000_000);
/// What an answer has around its columns, at most.
const TABLE: usize = 8 << 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    series: Vec<Asked>,
    /// Points of each series.
    limit: Option<u64>,
    /// Of the whole answer.
    bytes: Option<u64>,
    /// All points as they came, and not those that count.
    #[serde(default)]
    raw: bool,
}

/// What is asked for of one series.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    run: String,
    series: String,
    environment: Option<String>,
    /// Where an answer said that the next one begins.
    cursor: Option<String>,
}

struct Found {
    asked: Asked,
    source: Source,
    begin: Position,
    info: SeriesInfo,
}

impl Found {
    fn is_rl(&self) -> bool {
        self.source.environment.is_some()
    }
}

#[derive(Serialize)]
struct Answer {
    series: Vec<One>,
}

#[derive(Serialize)]
struct One {
    run: String,
    series: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    #[serde(flatten)]
    page: Page,
}

pub(super) async fn page(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let wish: Wish =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(error.to_string()))?;
    if wish.series.len() > SERIES {
        return Err(Problem::bad_request(format!(
            "{} series are asked for; at most {SERIES} at once",
            wish.series.len()
        )));
    }
    let limit = limit(wish.limit, POINTS)?;
    let form = form(&headers);
    let mut measure = Measure::new(form, wish.bytes)?;
    measure.set_aside(TABLE + around("", "", None))?;
    let mut found = Vec::with_capacity(wish.series.len());
    for asked in wish.series {
        measure.set_aside(around(&asked.run, &asked.series, asked.environment.as_deref()))?;
        found.push(find(&api, asked, wish.raw).await?);
    }
    let any_rl = found.iter().any(Found::is_rl);
    // Columns are those of all series.
    let is_long = |found: &Found| if form == Form::Json { found.is_rl() } else { any_rl };
    let memory = found
        .iter()
        .map(|found| measure.memory_of(&found.info, limit, is_long(found)))
        .fold(0, usize::saturating_add);
    let taken = api.room.take(memory.min(largest(measure))).await?;
    let mut pages = Vec::with_capacity(found.len());
    for found in &found {
        let most = limit.min(measure.points(is_long(found)));
        let page = found.source.page(&*api.store, found.begin, most).await?;
        measure.use_up(page.points.floats.values.len(), is_long(found));
        pages.push(page);
    }
    let answer = match form {
        Form::Json => as_json(found, pages).into_response(),
        Form::Columns => as_columns(&found, &pages, any_rl),
        Form::Arrow => as_arrow(&found, &pages)?,
    };
    Ok(taken.on(answer))
}

fn form(headers: &HeaderMap) -> Form {
    if arrow::is_wanted(headers) {
        Form::Arrow
    } else if columns::are_wanted(headers) {
        Form::Columns
    } else {
        Form::Json
    }
}

async fn find(api: &Api, asked: Asked, raw: bool) -> Result<Found, Problem> {
    let begin = begin(asked.cursor.as_deref(), None)?;
    let environment = asked.environment.clone();
    let (source, info) = points::find(api, &asked.run, &asked.series, environment, view(raw)).await?;
    if !matches!(info.kind, SeriesKind::Float | SeriesKind::Undefined) {
        return Err(Problem::bad_request(format!("series {} holds no numbers", asked.series)));
    }
    check(begin, &source)?;
    Ok(Found { asked, source, begin, info })
}

/// What the answer takes in memory when all of its bytes are used.
fn largest(measure: Measure) -> usize {
    let full = |is_rl| measure.memory(measure.points(is_rl), is_rl);
    full(true).max(full(false))
}

fn as_json(found: Vec<Found>, pages: Vec<read::Page>) -> Json<Answer> {
    let one = |(found, page): (Found, read::Page)| {
        let is_rl = found.is_rl();
        let Asked { run, series, environment, .. } = found.asked;
        One { run, series, environment, page: Page::new(None, page, is_rl) }
    };
    Json(Answer { series: found.into_iter().zip(pages).map(one).collect() })
}

/// What the points of each series are, which lie one behind the other.
fn about(found: &[Found], pages: &[read::Page]) -> Map<String, Value> {
    let mut first = 0;
    let mut series = Vec::with_capacity(pages.len());
    for (Found { asked, .. }, page) in found.iter().zip(pages) {
        let floats = &page.points.floats;
        let mut one = Map::new();
        one.insert("run".to_owned(), json!(asked.run));
        one.insert("series".to_owned(), json!(asked.series));
        if let Some(environment) = &asked.environment {
            one.insert("environment".to_owned(), json!(environment));
        }
        one.insert("first".to_owned(), json!(first));
        one.insert("count".to_owned(), json!(floats.values.len()));
        one.insert("total".to_owned(), json!(floats.total));
        one.insert("next".to_owned(), json!(page.next.to_string()));
        one.insert("more".to_owned(), json!(page.more));
        series.push(Value::Object(one));
        first += floats.values.len();
    }
    Map::from_iter([("series".to_owned(), Value::Array(series))])
}

/// The points of all series one behind the other; the head tells which are whose.
fn as_columns(found: &[Found], pages: &[read::Page], any_rl: bool) -> Response {
    let all = || pages.iter().map(|page| &page.points);
    let mut columns = Columns::default();
    columns.wholes("step", all().flat_map(|points| points.floats.steps.iter().copied()));
    columns.signed("timestamp_millis", all().flat_map(|points| points.floats.timestamps.iter().copied()));
    columns.doubles("value", all().flat_map(|points| points.floats.values.iter().copied()));
    columns.bytes("width", all().flat_map(|points| points.floats.widths.iter().copied()));
    if any_rl {
        let none = u64::MAX;
        let rl_steps =
            all().flat_map(|points| heads(points).map(|head| head.map_or(none, |head| head.rl_step)));
        columns.wholes("rl_step", rl_steps);
        let episodes = all()
            .flat_map(|points| heads(points).map(|head| head.and_then(|head| head.episode).unwrap_or(none)));
        columns.wholes("episode", episodes);
    }
    columns.into_response(about(found, pages))
}

/// A table with a row for each point.
fn as_arrow(found: &[Found], pages: &[read::Page]) -> Result<Response, Problem> {
    let all = || pages.iter().map(|page| &page.points);
    let numbers =
        (0_u32..).zip(pages).flat_map(|(number, page)| page.points.floats.values.iter().map(move |_| number));
    let mut table = Table::default();
    table.column("place", UInt32Array::from_iter_values(numbers));
    let steps = all().flat_map(|points| points.floats.steps.iter().copied());
    table.column("step", UInt64Array::from_iter_values(steps));
    let times = all().flat_map(|points| points.floats.timestamps.iter().copied());
    table.column("timestamp", TimestampMillisecondArray::from_iter_values(times).with_timezone("UTC"));
    let values = all().flat_map(|points| points.floats.values.iter().copied());
    table.column("value", Float64Array::from_iter_values(values));
    let widths = all().flat_map(|points| points.floats.widths.iter().copied());
    table.column("width", UInt8Array::from_iter_values(widths));
    let rl_steps = all().flat_map(|points| heads(points).map(|head| head.map(|head| head.rl_step)));
    table.nullable("rl_step", rl_steps.collect::<UInt64Array>());
    let episodes = all().flat_map(|points| heads(points).map(|head| head.and_then(|head| head.episode)));
    table.nullable("episode", episodes.collect::<UInt64Array>());
    table.into_response(about(found, pages))
}

/// A head for each point. Those of an ordinary series have none.
fn heads(points: &crate::store::RlPoints) -> impl Iterator<Item = Option<&crate::store::RlHead>> {
    (0..points.floats.values.len()).map(|at| points.heads.get(at))
}
