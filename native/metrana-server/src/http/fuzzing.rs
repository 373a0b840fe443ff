//! Questions as readers write them, for fuzzers.

use axum::extract::Query;
use axum::http::Uri;
use bytes::Bytes;
use metrana_proto::svc::UpdateTracesRequest;
use metrana_proto::types::span_payload::Payload;
use metrana_proto::types::trace_update::Update;
use metrana_proto::types::{
    SpanClose, SpanOpen, SpanPayload, TraceClose, TraceIdentity, TraceOpen, TraceUpdate,
};
use prost::Message;
use prost_types::Timestamp;
use serde::de::DeserializeOwned;

use super::{
    curves, editing, events, export, faults, lists, points, points_of_many, run_filter, series_filter,
    series_of_many, tokens, traces,
};
use crate::read::Position;
use crate::store::TraceMessage;

/// Some that make sense.
pub(crate) const QUERIES: [&str; 11] = [
    "organization=&workspace=w&project=p&run_name=r&experiment=e&tag=t&hidden=true&pinned=false&search=s&order=points",
    "order=created_last&offset=1&limit=2",
    "prefix=lo&regex=%5E(a%7Cb)%2B%24&scale=s&labels=env%3Dcart,seed%3D3&offset=0&limit=5",
    "environment=e%201&raw=true&cursor=12:3:499@60000&limit=100&bytes=65536",
    "format=csv&environment=e&offset=3",
    "every=8&cursor=1999",
    "12:-:499@60000",
    "1f3a-42",
    r#"{"name": null, "notes": "n", "add_tags": ["a"], "remove_tags": ["b"], "hidden": true}"#,
    r#"{"fault": "status", "stage": "data", "code": "UNAVAILABLE", "message": "m", "times": 2}"#,
    "grant_type=refresh_token&refresh_token=t",
];

/// Reads a text as the query of each request, as a cursor, and as the body of a question.
pub(crate) fn query(text: &str) {
    if let Ok(position) = text.parse::<Position>() {
        assert_eq!(position.to_string().parse::<Position>().ok(), Some(position));
    }
    let _ = events::cursor(text);
    let body = text.as_bytes();
    let _ = serde_json::from_slice::<curves::Curves>(body);
    let _ = serde_json::from_slice::<points_of_many::Wish>(body);
    let _ = serde_json::from_slice::<series_of_many::Asked>(body);
    let _ = serde_json::from_slice::<editing::Wish>(body).map(editing::Wish::edit);
    let _ = serde_json::from_slice::<faults::Wish>(body).map(faults::Wish::fault);
    let _ = serde_json::from_slice::<tokens::Wish>(body);
    let _ = serde_urlencoded::from_bytes::<tokens::Renewal>(body);
    let Ok(uri) = format!("/?{text}").parse::<Uri>() else { return };
    if let Some(filter) = read::<run_filter::Filter>(&uri) {
        let _ = filter.select(Vec::new());
    }
    if let Some(filter) = read::<series_filter::Filter>(&uri) {
        let _ = filter.select(Vec::new());
    }
    let _ = read::<points::Range>(&uri);
    let _ = read::<lists::Range>(&uri);
    let _ = read::<export::Wish>(&uri);
    let _ = read::<traces::Place>(&uri);
    let _ = read::<events::From>(&uri);
}

fn read<T: DeserializeOwned>(uri: &Uri) -> Option<T> {
    Query::<T>::try_from_uri(uri).ok().map(|Query(read)| read)
}

/// Tells a message of a tracer as a reader gets it.
pub(crate) fn traces(body: &[u8]) {
    let Ok(sent) = UpdateTracesRequest::decode(body) else { return };
    let message = TraceMessage {
        message: crate::store::MessageKey::default(),
        updates: sent.trace_updates.len() as u64,
        received_at: 7,
        body: Bytes::copy_from_slice(body),
    };
    let told = serde_json::to_vec(&traces::message(message)).expect("it is written");
    let told: serde_json::Value = serde_json::from_slice(&told).expect("it is JSON");
    assert_eq!(told["updates"].as_array().map(Vec::len), Some(sent.trace_updates.len()));
}

/// Some messages of tracers.
pub(crate) fn tracers() -> Vec<Vec<u8>> {
    let payload = |payload| SpanPayload { data_length: 3, payload: Some(payload), ..SpanPayload::default() };
    let payloads = vec![
        payload(Payload::Thought(Bytes::from_static(b"why"))),
        payload(Payload::ToolOutput(Bytes::from_static(&[0xff, 0, 1]))),
    ];
    let time = |seconds| Some(Timestamp { seconds, nanos: 5 });
    let trace = TraceOpen { name: "t".into(), payloads: payloads.clone(), ..TraceOpen::default() };
    let span = SpanOpen {
        span_id: 2,
        name: "s".into(),
        start_time: time(2),
        payloads: payloads.clone(),
        ..SpanOpen::default()
    };
    let updates = [
        Update::TraceOpen(trace.clone()),
        Update::SpanOpen(span.clone()),
        Update::SpanClose(SpanClose {
            span: Some(span),
            end_time: time(3),
            payloads: payloads.clone(),
            ..SpanClose::default()
        }),
        Update::TraceClose(TraceClose {
            open: Some(trace),
            end_time: time(4),
            payloads,
            ..TraceClose::default()
        }),
    ];
    let identity = TraceIdentity { step: Some(4), trace_start_time: time(1), ..TraceIdentity::default() };
    let trace_updates =
        updates.map(|update| TraceUpdate { identity: Some(identity.clone()), update: Some(update) }).to_vec();
    let message = UpdateTracesRequest {
        workspace: "w".into(),
        project: "p".into(),
        logger_id: 1,
        trace_updates,
        ..UpdateTracesRequest::default()
    };
    vec![message.encode_to_vec()]
}
