//! `GET /api/v1/runs/{run_id}/traces` and `GET /api/v1/traces`: what tracers sent for a run, or for a project without naming
//! one, message by message.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use metrana_proto::svc::UpdateTracesRequest;
use metrana_proto::types::span_payload::Payload as Content;
use metrana_proto::types::trace_update::Update;
use metrana_proto::types::{
    SpanClose, SpanKind, SpanOpen, SpanPayload, SpanStatus, TraceClose, TraceIdentity, TraceOpen, TraceUpdate,
};
use prost::Message as _;
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Api;
use super::answer::{Problem, run_id};
use super::json::Whole;
use super::page::limit;
use super::trace_attributes::attributes;
use crate::ingest::parts::TRACES;
use crate::store::{TraceMessage, TraceTarget};

/// Messages: at most, and when not told otherwise.
const MESSAGES: (u64, u64) = (10_000, 1000);
/// Their bytes as they came: at most, and when not told otherwise.
const BYTES: (u64, u64) = (32 << 20, 4 << 20);
/// What JSON makes of a byte, at most, and what it takes to write it.
const WRITTEN: u64 = 8;
/// What each part of them takes beside that while it is told.
const PART_TOLD: usize = 1 << 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    offset: Option<u64>,
    limit: Option<u64>,
    bytes: Option<u64>,
}

/// Of traces that name no run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    organization: Option<String>,
    workspace: String,
    project: String,
    offset: Option<u64>,
    limit: Option<u64>,
    bytes: Option<u64>,
}

#[derive(Serialize)]
struct Listed {
    /// Messages in all.
    total: Whole<u64>,
    offset: Whole<u64>,
    /// The offset of the next page, if there is one by now.
    next: Option<Whole<u64>>,
    messages: Vec<Message>,
}

#[derive(Serialize)]
pub(super) struct Message {
    received_at_millis: Whole<i64>,
    logger_id: Whole<u64>,
    session_id: Whole<u64>,
    sequence_number: Whole<u64>,
    updates: Vec<Value>,
}

pub(super) async fn of_run(
    State(api): State<Api>,
    Path(run): Path<String>,
    range: Result<Query<Range>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(range) = range?;
    let target = TraceTarget::of_run(&api.store.run(&run_id(&run)?).await?.definition.key);
    page(&api, &target, &range).await
}

pub(super) async fn of_no_run(
    State(api): State<Api>,
    place: Result<Query<Place>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(Place { organization, workspace, project, offset, limit, bytes }) = place?;
    let organization = organization.filter(|organization| !organization.is_empty());
    let target = TraceTarget { organization, workspace, project, run_name: None };
    page(&api, &target, &Range { offset, limit, bytes }).await
}

async fn page(api: &Api, target: &TraceTarget, range: &Range) -> Result<Response, Problem> {
    let (offset, count) = (range.offset.unwrap_or(0), limit(range.limit, MESSAGES)?);
    let bytes = range.bytes.unwrap_or(BYTES.1);
    if bytes > BYTES.0 {
        return Err(Problem::bad_request(format!(
            "bytes is {bytes}; at most {} of messages are given at once",
            BYTES.0
        )));
    }
    let read = usize::try_from(WRITTEN * bytes).unwrap_or(usize::MAX);
    let mut making = api.room.begin();
    making.grow(read).await?;
    let page = api.store.traces(target, offset, count, bytes).await?;
    let parts: usize = page.items.iter().map(|message| TRACES.parts(&message.body)).sum();
    making.grow(read.saturating_add(parts.saturating_mul(PART_TOLD))).await?;
    let taken = making.done();
    let next = offset.saturating_add(page.items.len() as u64);
    Ok(taken.on(Json(Listed {
        total: Whole(page.total),
        offset: Whole(page.offset),
        next: (next < page.total).then_some(Whole(next)),
        messages: page.items.into_iter().map(message).collect(),
    })))
}

pub(super) fn message(message: TraceMessage) -> Message {
    let TraceMessage { message: key, received_at, body, .. } = message;
    // It could be read when it came.
    let updates = UpdateTracesRequest::decode(body).map(|message| message.trace_updates).unwrap_or_default();
    Message {
        received_at_millis: Whole(received_at),
        logger_id: Whole(key.logger_id),
        session_id: Whole(key.session_id),
        sequence_number: Whole(key.sequence_number),
        updates: updates.into_iter().map(update).collect(),
    }
}

fn update(TraceUpdate { identity, update }: TraceUpdate) -> Value {
    let TraceIdentity { run_id, step, client_trace_key, trace_start_time } = identity.unwrap_or_default();
    let mut told = Map::new();
    told.insert("trace".to_owned(), json!(digits(&client_trace_key)));
    told.insert("run_id".to_owned(), json!(digits(&run_id)));
    told.insert("step".to_owned(), json!(step.map(Whole)));
    told.insert("trace_start_nanos".to_owned(), nanos(trace_start_time));
    let (kind, what) = match update {
        None => ("nothing", Map::new()),
        Some(Update::TraceOpen(open)) => ("trace_open", trace_open(open)),
        Some(Update::SpanOpen(open)) => ("span_open", span_open(open)),
        Some(Update::SpanClose(close)) => ("span_close", span_close(close)),
        Some(Update::TraceClose(close)) => ("trace_close", trace_close(close)),
    };
    told.insert("type".to_owned(), json!(kind));
    told.extend(what);
    Value::Object(told)
}

fn trace_open(TraceOpen { name, payloads: of, kind: number }: TraceOpen) -> Map<String, Value> {
    object([("name", json!(name)), ("kind", kind(number)), ("payloads", payloads(of))])
}

fn trace_close(close: TraceClose) -> Map<String, Value> {
    object([
        ("end_nanos", nanos(close.end_time)),
        ("status", status(close.status)),
        ("span_count", json!(close.span_count)),
        ("iteration_count", json!(close.iteration_count)),
        ("token_count", json!(Whole(close.token_count))),
        ("payloads", payloads(close.payloads)),
        ("open", json!(close.open.map(trace_open))),
    ])
}

fn span_open(open: SpanOpen) -> Map<String, Value> {
    object([
        ("span", json!(Whole(open.span_id))),
        ("parent_span", json!(Whole(open.parent_span_id))),
        ("ordinal", json!(open.ordinal)),
        ("kind", kind(open.kind)),
        ("name", json!(open.name)),
        ("start_nanos", nanos(open.start_time)),
        ("payloads", payloads(open.payloads)),
    ])
}

fn span_close(close: SpanClose) -> Map<String, Value> {
    object([
        ("open", json!(close.span.map(span_open))),
        ("end_nanos", nanos(close.end_time)),
        ("status", status(close.status)),
        ("token_count", json!(Whole(close.token_count))),
        ("payloads", payloads(close.payloads)),
    ])
}

fn payloads(of: Vec<SpanPayload>) -> Value {
    of.into_iter().map(payload).collect()
}

fn payload(SpanPayload { data_offset, data_length, truncated, payload }: SpanPayload) -> Value {
    let (kind, content) = match payload {
        None => ("nothing", Value::Null),
        Some(Content::Attributes(set)) => ("attributes", json!(attributes(set.attributes))),
        Some(Content::Thought(bytes)) => ("thought", content(&bytes)),
        Some(Content::ToolInput(bytes)) => ("tool_input", content(&bytes)),
        Some(Content::ToolOutput(bytes)) => ("tool_output", content(&bytes)),
        Some(Content::LlmPrompt(bytes)) => ("llm_prompt", content(&bytes)),
        Some(Content::LlmCompletion(bytes)) => ("llm_completion", content(&bytes)),
        Some(Content::TaskInput(bytes)) => ("task_input", content(&bytes)),
        Some(Content::FinalOutput(bytes)) => ("final_output", content(&bytes)),
        Some(Content::Input(bytes)) => ("input", content(&bytes)),
        Some(Content::Output(bytes)) => ("output", content(&bytes)),
    };
    json!({"type": kind, "offset": data_offset, "length": data_length, "truncated": truncated, "content": content})
}

/// A text, or bytes that are none.
fn content(bytes: &Bytes) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!({"base64": STANDARD.encode(bytes)}),
    }
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn digits(bytes: &Bytes) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Nanoseconds since 1970.
fn nanos(time: Option<Timestamp>) -> Value {
    let nanos = |time: Timestamp| i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    json!(time.map(|time| Whole(nanos(time))))
}

fn kind(number: i32) -> Value {
    named("SPAN_KIND_", SpanKind::try_from(number).map(|kind| kind.as_str_name()).ok(), number)
}

fn status(number: i32) -> Value {
    named("SPAN_STATUS_", SpanStatus::try_from(number).map(|status| status.as_str_name()).ok(), number)
}

/// The protocol's name; a number of a later protocol stays one.
fn named(prefix: &str, name: Option<&str>, number: i32) -> Value {
    match name.and_then(|name| name.strip_prefix(prefix)) {
        Some(name) => json!(name.to_ascii_lowercase()),
        None => json!(number),
    }
}
