//! `GET /api/v1/runs/{run_id}/series/{id}/export`: points for programs. As CSV or lines of JSON all of them, in a stream
//! that its reader may take as slowly as it likes; as columns a page.

use std::collections::VecDeque;
use std::fmt::Write;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Api;
use super::answer::{Problem, run_id, series_id};
use super::columns::Columns;
use super::measure::{Form, Measure, around};
use super::page::limit;
use super::points::{begin, check};
use crate::read::{self, Source};
use crate::store::{
    FloatPoints, RlHead, RlPoints, RunId, SeriesId, SeriesInfo, SeriesKind, StoreError, View, World, lineage,
};

/// Points of a part of the stream: some hundred kilobytes of text.
const AT_ONCE: u64 = 8192;
/// Points of a page of columns: at most, and when not told otherwise.
const PAGE: (u64, u64) = (1_000_000, 1_000_000);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    format: Format,
    environment: Option<String>,
    offset: Option<u64>,
    cursor: Option<String>,
    limit: Option<u64>,
    bytes: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Csv,
    Jsonl,
    Columns,
}

pub(super) async fn points(
    State(api): State<Api>,
    Path((run, series)): Path<(String, String)>,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(wish) = wish?;
    let (run, series) = (run_id(&run)?, series_id(&series)?);
    let info = read::one_series(&*api.store, &run, series).await?;
    if !matches!(info.kind, SeriesKind::Float | SeriesKind::Undefined) {
        return Err(Problem::bad_request(format!("series {series} holds no numbers; read it as JSON")));
    }
    let environments = match (info.world, &wish.environment) {
        (Some(World::Rl), Some(name)) if info.environments.contains(name) => Some(vec![name.clone()]),
        (Some(World::Rl), Some(name)) => return Err(StoreError::UnknownEnvironment(name.clone()).into()),
        (Some(World::Rl), None) => Some(info.environments.clone()),
        (_, Some(_)) => return Err(Problem::bad_request("the series has no environments")),
        (_, None) => None,
    };
    if wish.format == Format::Columns {
        return page(&api, &run, &info, environments, &wish).await;
    }
    if wish.offset.is_some() || wish.limit.is_some() || wish.cursor.is_some() || wish.bytes.is_some() {
        return Err(Problem::bad_request(
            "offset, cursor, limit and bytes are for columns; CSV and JSON lines hold all points",
        ));
    }
    let is_rl = environments.is_some();
    let sources = environments.map_or_else(|| [None].into(), |names| names.into_iter().map(Some).collect());
    let head = if wish.format == Format::Csv { csv_head(is_rl) } else { "" };
    let text = Text { api, run, series, sources, offset: 0, format: wish.format, head: Some(head) };
    let parts = stream::try_unfold(text, |mut text| async move {
        Ok::<_, StoreError>(text.next().await?.map(|part| (part, text)))
    });
    let kind = if wish.format == Format::Csv { "text/csv; charset=utf-8" } else { "application/jsonl" };
    Ok(([(CONTENT_TYPE, kind)], Body::from_stream(parts)).into_response())
}

async fn page(
    api: &Api,
    run: &RunId,
    info: &SeriesInfo,
    environments: Option<Vec<String>>,
    wish: &Wish,
) -> Result<Response, Problem> {
    let limit = limit(wish.limit, PAGE)?;
    let mut measure = Measure::new(Form::Columns, wish.bytes)?;
    measure.set_aside(around("", "", None))?;
    let environment = match environments.map(<[String; 1]>::try_from) {
        None => None,
        Some(Ok([only])) => Some(only),
        Some(Err(_)) => return Err(Problem::bad_request("columns are of one environment: say which")),
    };
    let begin = begin(wish.cursor.as_deref(), wish.offset)?;
    let source = Source { run: run.clone(), series: info.id, environment, view: View::Merged };
    check(begin, &source)?;
    let is_rl = source.environment.is_some();
    let taken = api.room.take(measure.memory_of(info, limit, is_rl)).await?;
    let page = source.page(&*api.store, begin, limit.min(measure.points(is_rl))).await?;
    let RlPoints { heads, floats } = page.points;
    let mut columns = Columns::default();
    if is_rl {
        columns.wholes("rl_step", heads.iter().map(|head| head.rl_step));
        columns.wholes("episode", heads.iter().map(|head| head.episode.unwrap_or(u64::MAX)));
    }
    let next = floats.offset + floats.values.len() as u64;
    let mut about = Map::new();
    about.insert("total".to_owned(), Value::from(floats.total));
    about.insert("offset".to_owned(), Value::from(floats.offset));
    about.insert("next".to_owned(), if page.more { Value::from(next) } else { Value::Null });
    about.insert("cursor".to_owned(), Value::from(page.next.to_string()));
    columns.wholes("step", floats.steps);
    columns.signed("timestamp_millis", floats.timestamps);
    columns.doubles("value", floats.values);
    columns.bytes("width", floats.widths);
    Ok(taken.on(columns.into_response(about)))
}

/// The text that is still to be written.
struct Text {
    api: Api,
    run: RunId,
    series: SeriesId,
    /// Environments, or once none.
    sources: VecDeque<Option<String>>,
    offset: u64,
    format: Format,
    head: Option<&'static str>,
}

impl Text {
    async fn next(&mut self) -> Result<Option<String>, StoreError> {
        if let Some(head) = self.head.take().filter(|head| !head.is_empty()) {
            return Ok(Some(head.to_owned()));
        }
        while let Some(source) = self.sources.front() {
            let mut part = String::new();
            let floats = match source {
                None => {
                    let points = read::points(
                        &*self.api.store,
                        &self.run,
                        self.series,
                        View::Merged,
                        self.offset,
                        AT_ONCE,
                    )
                    .await?;
                    self.format.lines(&points, None, &mut part);
                    points
                }
                Some(name) => {
                    let RlPoints { heads, floats } = lineage::rl_points(
                        &*self.api.store,
                        &self.run,
                        self.series,
                        name,
                        View::Merged,
                        self.offset,
                        AT_ONCE,
                    )
                    .await?;
                    self.format.lines(&floats, Some((name, &heads)), &mut part);
                    floats
                }
            };
            self.offset += floats.values.len() as u64;
            if floats.values.is_empty() || self.offset >= floats.total {
                self.sources.pop_front();
                self.offset = 0;
            }
            if !part.is_empty() {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }
}

fn csv_head(is_rl: bool) -> &'static str {
    if is_rl {
        "environment,rl_step,episode,env_step,timestamp_millis,value\n"
    } else {
        "step,timestamp_millis,value\n"
    }
}

impl Format {
    fn lines(self, floats: &FloatPoints, rl: Option<(&str, &[RlHead])>, out: &mut String) {
        let name = rl.map(|(name, _)| if self == Self::Csv { quoted(name) } else { json!(name).to_string() });
        let points = floats.steps.iter().zip(&floats.timestamps).zip(&floats.values);
        for (index, ((step, time), value)) in points.enumerate() {
            let head = rl.and_then(|(_, heads)| heads.get(index));
            // Writing to a text cannot fail.
            let _ = match (self, &name, head) {
                (Self::Csv, Some(name), Some(head)) => {
                    let episode = head.episode.map(|episode| episode.to_string()).unwrap_or_default();
                    writeln!(out, "{name},{},{episode},{step},{time},{}", head.rl_step, text(*value, ""))
                }
                (Self::Csv, ..) => writeln!(out, "{step},{time},{}", text(*value, "")),
                (_, Some(name), Some(head)) => {
                    let episode =
                        head.episode.map_or_else(|| "null".to_owned(), |episode| episode.to_string());
                    writeln!(
                        out,
                        "{{\"environment\":{name},\"rl_step\":{},\"episode\":{episode},\"env_step\":{step},\"timestamp_millis\":{time},\"value\":{}}}",
                        head.rl_step,
                        text(*value, "\"")
                    )
                }
                _ => writeln!(
                    out,
                    "{{\"step\":{step},\"timestamp_millis\":{time},\"value\":{}}}",
                    text(*value, "\"")
                ),
            };
        }
    }
}

/// The shortest text that is read back as the same value.
fn text(value: f64, quote: &str) -> String {
    match value {
        _ if value.is_finite() => Value::from(value).to_string(),
        _ if value.is_nan() => format!("{quote}NaN{quote}"),
        _ if value > 0.0 => format!("{quote}Infinity{quote}"),
        _ => format!("{quote}-Infinity{quote}"),
    }
}

/// A field of CSV. What a spreadsheet would take for a formula is left as it is: it is a name.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, text};

    #[test]
    fn every_value_is_read_back_bit_by_bit() {
        for value in [0.0, -0.0, 0.1, 1e300, -1.5e-310, f64::MAX, f64::MIN_POSITIVE] {
            assert_eq!(text(value, "").parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        assert_eq!(
            (text(f64::NAN, "\""), text(f64::NEG_INFINITY, "")),
            ("\"NaN\"".into(), "-Infinity".into())
        );
    }

    #[test]
    fn a_name_is_one_field_whatever_is_in_it() {
        assert_eq!(quoted("env/1"), "env/1");
        assert_eq!(quoted("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
    }
}
