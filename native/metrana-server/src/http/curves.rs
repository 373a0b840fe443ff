//! `/api/v1/buckets`, `/api/v1/heat-map` and `/api/v1/bands`: what a page draws. They are asked for by `POST`, because
//! what is asked for may be long; nothing is changed by them.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::available_parallelism;

use arrow_array::{Float64Array, UInt8Array, UInt32Array, UInt64Array};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::task::{JoinSet, yield_now};

use super::Api;
use super::answer::{Problem, run_id, series_id};
use super::arrow::{self, Table};
use super::columns::{self, Columns};
use crate::read::{self, Along, Axis, Bucket, Grid, Line, Measure};
use crate::store::{EPISODE, RunId, SeriesInfo, SeriesKind, Store, World};

/// Of one request: lines, buckets of each, and of all together, which are fewer where they become text.
const LINES: usize = 4096;
const BUCKETS: usize = 10_000;
const CELLS: usize = 4_000_000;
const CELLS_AS_TEXT: usize = 400_000;
const PERCENTILES: usize = 32;
/// So few series are not worth a task of their own.
const LEAST_APART: usize = 64;
/// Numbers of a bucket in an answer, with its place and its start in a table.
const OF_A_BUCKET: usize = 11;

/// How wide the numbers of an answer in columns are.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Numbers {
    #[default]
    F64,
    F32,
}

/// A series, or some of its environments as one.
#[derive(Deserialize)]
struct Asked {
    run: String,
    series: String,
    environments: Option<Vec<String>>,
}

/// Where the curves lie.
#[derive(Deserialize)]
struct Place {
    #[serde(default = "step")]
    x: Axis,
    #[serde(default = "some")]
    buckets: usize,
    from: Option<f64>,
    to: Option<f64>,
    #[serde(default)]
    numbers: Numbers,
}

#[derive(Deserialize)]
pub(super) struct Curves {
    #[serde(flatten)]
    place: Place,
    series: Vec<Asked>,
    /// Whether the head of columns says which row is of which series, though they are in the order of the question.
    #[serde(default = "yes")]
    rows: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct OneSeries<T> {
    #[serde(flatten)]
    place: Place,
    #[serde(flatten)]
    of: Asked,
    #[serde(flatten)]
    more: T,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    measure: Measure,
}

#[derive(Deserialize)]
struct Percentiles {
    #[serde(default = "usual_percentiles")]
    percentiles: Vec<f64>,
}

fn step() -> Axis {
    Axis::Step
}

fn some() -> usize {
    300
}

fn usual_percentiles() -> Vec<f64> {
    vec![5.0, 25.0, 50.0, 75.0, 95.0]
}

/// A curve as text: columns of one length, a place for each bucket. Where there is no number there is null.
#[derive(Serialize)]
struct Curve {
    run: String,
    series: String,
    count: Vec<u64>,
    flags: Vec<u8>,
    first_x: Vec<Option<f64>>,
    first: Vec<Option<f64>>,
    last_x: Vec<Option<f64>>,
    last: Vec<Option<f64>>,
    min: Vec<Option<f64>>,
    max: Vec<Option<f64>>,
    sum: Vec<Option<f64>>,
}

/// What was asked for, found.
struct Found {
    asked: Asked,
    run: RunId,
    info: SeriesInfo,
    environments: Vec<String>,
    along: Along,
}

impl Found {
    fn line(&self) -> Line<'_> {
        Line {
            run: &self.run,
            series: self.info.id,
            environments: self.environments.clone(),
            along: self.along,
        }
    }

    /// An environment series that has no environments has no points either; without this it would be read as another
    /// kind of series.
    fn has_nothing(&self) -> bool {
        self.info.world == Some(World::Rl) && self.environments.is_empty()
    }
}

fn read_wish<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::bad_request(error.to_string()))
}

async fn find(api: &Api, asked: Asked, axis: Axis) -> Result<Found, Problem> {
    let run = run_id(&asked.run)?;
    let info = read::one_series(&*api.store, &run, series_id(&asked.series)?).await?;
    if !matches!(info.kind, SeriesKind::Float | SeriesKind::Undefined) {
        return Err(Problem::bad_request(format!("series {} holds no numbers to draw", asked.series)));
    }
    let environments = read::environments_of(&info, asked.environments.clone());
    let axis =
        if axis == Axis::Episode && !info.episodic && info.definition.scale.eq_ignore_ascii_case(EPISODE) {
            Axis::OwnStep
        } else {
            axis
        };
    let began_at_millis =
        if axis == Axis::RelativeTime { api.store.run(&run).await?.created_at_millis } else { 0 };
    Ok(Found { asked, run, info, environments, along: Along { axis, began_at_millis } })
}

/// The grid for all of them: from the first point to the last, where nothing else is asked for.
async fn grid(
    api: &Api,
    place: &Place,
    found: &[Found],
    lines: usize,
    as_text: bool,
) -> Result<Grid, Problem> {
    let most = if as_text { CELLS_AS_TEXT } else { CELLS };
    if place.buckets == 0 || place.buckets > BUCKETS {
        return Err(Problem::bad_request(format!(
            "buckets is {}; there can be 1 to {BUCKETS}",
            place.buckets
        )));
    }
    if place.buckets * lines > most {
        return Err(Problem::bad_request(format!(
            "{lines} lines of {} buckets are more than the {most} that are given at once; ask for fewer{}",
            place.buckets,
            if as_text { ", or for columns, which may be more" } else { "" },
        )));
    }
    let known = |end: Option<f64>| end.is_none_or(f64::is_finite);
    if !known(place.from) || !known(place.to) {
        return Err(Problem::bad_request("from and to are numbers"));
    }
    let (mut from, mut to) = (f64::INFINITY, f64::NEG_INFINITY);
    if place.from.is_none() || place.to.is_none() {
        for found in found.iter().filter(|found| !found.has_nothing()) {
            if let Some((first, last)) = read::extent(&*api.store, &found.line()).await? {
                (from, to) = (from.min(first), to.max(last));
            }
        }
        if from > to {
            (from, to) = (0.0, 0.0);
        }
    }
    let (from, to) = (place.from.unwrap_or(from), place.to.unwrap_or(to));
    if from > to && place.from.is_some() && place.to.is_some() {
        return Err(Problem::bad_request(format!("from is {from} and to is {to}: that is nothing")));
    }
    Ok(Grid::new(from, to, place.buckets))
}

/// What it takes to make an answer of so many numbers, each so often, out of buckets of which so many are there at once.
fn memory(numbers: usize, buckets: usize, as_text: bool) -> usize {
    // A number is a value of its own before it is text; in a column it is there twice.
    let number = if as_text { 32 + 25 } else { 16 };
    numbers.saturating_mul(number).saturating_add(buckets.saturating_mul(size_of::<Bucket>()))
}

fn about(place: &Place, grid: Grid) -> Map<String, Value> {
    let about = json!({"x": place.x, "from": grid.from, "to": grid.to, "buckets": grid.buckets});
    if let Value::Object(about) = about { about } else { Map::new() }
}

fn numbers(columns: &mut Columns, width: Numbers, name: &str, values: impl IntoIterator<Item = f64>) {
    match width {
        Numbers::F64 => columns.doubles(name, values),
        Numbers::F32 => columns.singles(name, values),
    }
}

pub(super) async fn buckets(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Curves { place, series, rows: with_rows } = read_wish(&body)?;
    if series.len() > LINES {
        return Err(Problem::bad_request(format!(
            "{} series are asked for; at most {LINES} at once",
            series.len()
        )));
    }
    let as_arrow = arrow::is_wanted(&headers);
    let as_columns = as_arrow || columns::are_wanted(&headers);
    let mut found = Vec::with_capacity(series.len());
    for asked in series {
        found.push(find(&api, asked, place.x).await?);
    }
    let grid = grid(&api, &place, &found, found.len(), !as_columns).await?;
    let cells = found.len() * grid.buckets;
    let taken = api.room.take(memory(OF_A_BUCKET * cells, cells + grid.buckets, !as_columns)).await?;
    let found = Arc::new(found);
    let rows = rows(&api.store, &found, grid).await?;
    let mut about = about(&place, grid);
    let curves = found.iter().zip(rows);
    if !as_columns {
        let curves: Vec<_> = curves.map(|(found, row)| curve(&found.asked, &row)).collect();
        about.insert("starts".to_owned(), json!(grid.starts()));
        about.insert("series".to_owned(), json!(curves));
        return Ok(taken.on(Json(Value::Object(about))));
    }
    let (titles, rows): (Vec<_>, Vec<_>) = curves
        .map(|(found, row)| (json!({"run": found.asked.run, "series": found.asked.series}), row))
        .unzip();
    if with_rows || as_arrow {
        about.insert("rows".to_owned(), Value::Array(titles));
    }
    if as_arrow {
        return Ok(taken.on(table(grid, &rows).into_response(about)?));
    }
    let all = || rows.iter().flatten();
    let mut columns = Columns::default();
    columns.doubles("starts", grid.starts());
    columns.wholes("count", all().map(|bucket| bucket.count));
    columns.bytes("flags", all().map(|bucket| bucket.flags.0));
    columns.doubles("first_x", all().map(|bucket| number(bucket, bucket.first_x)));
    columns.doubles("last_x", all().map(|bucket| number(bucket, bucket.last_x)));
    for (name, of) in PARTS {
        numbers(&mut columns, place.numbers, name, all().map(|bucket| number(bucket, of(bucket))));
    }
    Ok(taken.on(columns.into_short_response(about, &headers)))
}

/// The buckets of each of them, drawn side by side on all processors.
async fn rows(
    store: &Arc<dyn Store>,
    found: &Arc<Vec<Found>>,
    grid: Grid,
) -> Result<Vec<Vec<Bucket>>, Problem> {
    let processors = available_parallelism().map_or(1, NonZero::get);
    let piece = found.len().div_ceil(processors).max(LEAST_APART);
    let mut drawing = JoinSet::new();
    for begin in (0..found.len()).step_by(piece) {
        let (store, found) = (store.clone(), found.clone());
        drawing.spawn(async move {
            let mut rows = Vec::with_capacity(piece);
            for found in found.iter().skip(begin).take(piece) {
                rows.push(if found.has_nothing() {
                    vec![Bucket::default(); grid.buckets]
                } else {
                    read::row(&*store, &found.line(), grid).await?
                });
                // Loggers need the processors, too.
                yield_now().await;
            }
            Ok::<_, Problem>((begin, rows))
        });
    }
    let mut pieces = Vec::with_capacity(drawing.len());
    while let Some(drawn) = drawing.join_next().await {
        pieces.push(drawn.unwrap_or_else(|error| resume_unwind(error.into_panic()))?);
    }
    pieces.sort_unstable_by_key(|(begin, _)| *begin);
    Ok(pieces.into_iter().flat_map(|(_, rows)| rows).collect())
}

/// A row for each bucket of each series. Where there is no number there is none.
fn table(grid: Grid, rows: &[Vec<Bucket>]) -> Table {
    let all = || rows.iter().flatten();
    let some = |of: fn(&Bucket) -> f64| {
        let number =
            move |bucket: &Bucket| (bucket.count > 0).then(|| of(bucket)).filter(|value| value.is_finite());
        all().map(number).collect::<Float64Array>()
    };
    let places = (0_u32..).zip(rows).flat_map(|(place, row)| row.iter().map(move |_| place));
    let mut table = Table::default();
    table.column("place", UInt32Array::from_iter_values(places));
    table.column("start", Float64Array::from_iter_values(rows.iter().flat_map(|_| grid.starts())));
    table.column("count", UInt64Array::from_iter_values(all().map(|bucket| bucket.count)));
    table.column("flags", UInt8Array::from_iter_values(all().map(|bucket| bucket.flags.0)));
    table.nullable("first_x", some(|bucket| bucket.first_x));
    table.nullable("last_x", some(|bucket| bucket.last_x));
    for (name, of) in PARTS {
        table.nullable(name, some(of));
    }
    table
}

/// A column by its name, and what of a bucket stands in it.
type Part = (&'static str, fn(&Bucket) -> f64);

const PARTS: [Part; 5] = [
    ("first", |bucket| bucket.first),
    ("last", |bucket| bucket.last),
    ("min", |bucket| bucket.min),
    ("max", |bucket| bucket.max),
    ("sum", |bucket| bucket.sum),
];

/// Something of a bucket; NaN where it has no number.
fn number(bucket: &Bucket, value: f64) -> f64 {
    if bucket.count == 0 { f64::NAN } else { value }
}

fn curve(asked: &Asked, row: &[Bucket]) -> Curve {
    let column = |of: fn(&Bucket) -> f64| {
        row.iter()
            .map(|bucket| (bucket.count > 0).then(|| of(bucket)).filter(|value| value.is_finite()))
            .collect()
    };
    Curve {
        run: asked.run.clone(),
        series: asked.series.clone(),
        count: row.iter().map(|bucket| bucket.count).collect(),
        flags: row.iter().map(|bucket| bucket.flags.0).collect(),
        first_x: column(|bucket| bucket.first_x),
        first: column(|bucket| bucket.first),
        last_x: column(|bucket| bucket.last_x),
        last: column(|bucket| bucket.last),
        min: column(|bucket| bucket.min),
        max: column(|bucket| bucket.max),
        sum: column(|bucket| bucket.sum),
    }
}

/// A series of reinforcement learning, for what only such a one has.
async fn find_environments(api: &Api, of: Asked, axis: Axis) -> Result<Found, Problem> {
    let found = find(api, of, axis).await?;
    if found.info.world == Some(World::Std) {
        return Err(Problem::bad_request(format!("series {} has no environments", found.asked.series)));
    }
    Ok(found)
}

pub(super) async fn heat_map(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let OneSeries { mut place, of, more: Shown { measure } } = read_wish(&body)?;
    place.x = Axis::RlStep;
    let as_columns = columns::are_wanted(&headers);
    let found = [find_environments(&api, of, place.x).await?];
    let [only] = &found;
    let grid = grid(&api, &place, &found, only.environments.len(), !as_columns).await?;
    let cells = only.environments.len() * grid.buckets;
    let taken = api.room.take(memory(2 * cells, cells.min(read::AT_ONCE), !as_columns)).await?;
    let map = read::heat_map(&*api.store, only.line(), grid, measure).await?;
    let mut about = about(&place, map.grid);
    about.insert("measure".to_owned(), json!(measure));
    about.insert("environments".to_owned(), json!(map.environments));
    if as_columns {
        let mut columns = Columns::default();
        columns.doubles("starts", map.grid.starts());
        numbers(&mut columns, place.numbers, "cells", map.cells);
        return Ok(taken.on(columns.into_response(about)));
    }
    let rows: Vec<Vec<Option<f64>>> = map
        .cells
        .chunks(map.grid.buckets)
        .map(|row| row.iter().map(|cell| Some(*cell).filter(|cell| cell.is_finite())).collect())
        .collect();
    about.insert("starts".to_owned(), json!(map.grid.starts()));
    about.insert("cells".to_owned(), json!(rows));
    Ok(taken.on(Json(Value::Object(about))))
}

pub(super) async fn bands(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let OneSeries { place, of, more: Percentiles { percentiles } } = read_wish(&body)?;
    if percentiles.len() > PERCENTILES
        || percentiles.iter().any(|percentile| !(0.0..=100.0).contains(percentile))
    {
        return Err(Problem::bad_request(format!(
            "percentiles are at most {PERCENTILES} numbers from 0 to 100"
        )));
    }
    let as_columns = columns::are_wanted(&headers);
    let found = [find_environments(&api, of, place.x).await?];
    let [only] = &found;
    let grid = grid(&api, &place, &found, percentiles.len(), !as_columns).await?;
    // Of each environment its mean in each bucket is there, until the percentiles are known.
    let cells = only.environments.len() * grid.buckets;
    let curves = percentiles.len() * grid.buckets;
    let taken = api.room.take(memory(cells + 2 * curves, cells.min(read::AT_ONCE), !as_columns)).await?;
    let bands = read::bands(&*api.store, &only.line(), grid, &percentiles).await?;
    let mut about = about(&place, bands.grid);
    about.insert("percentiles".to_owned(), json!(percentiles));
    if as_columns {
        let mut columns = Columns::default();
        columns.doubles("starts", bands.grid.starts());
        columns.wholes("environments", bands.environments);
        numbers(&mut columns, place.numbers, "curves", bands.curves);
        return Ok(taken.on(columns.into_response(about)));
    }
    let curves: Vec<Vec<Option<f64>>> = bands
        .curves
        .chunks(bands.grid.buckets)
        .map(|curve| curve.iter().map(|value| Some(*value).filter(|value| value.is_finite())).collect())
        .collect();
    about.insert("starts".to_owned(), json!(bands.grid.starts()));
    about.insert("environments".to_owned(), json!(bands.environments));
    about.insert("curves".to_owned(), json!(curves));
    Ok(taken.on(Json(Value::Object(about))))
}
