//! What tracers send is there to be read.

mod common;

use metrana_proto::common::Attribute;
use metrana_proto::common::attribute::Value as Of;
use metrana_proto::svc::UpdateTracesRequest;
use metrana_proto::types::span_payload::Payload;
use metrana_proto::types::trace_update::Update;
use metrana_proto::types::{
    AttributesSet, SpanClose, SpanKind, SpanOpen, SpanPayload, SpanStatus, TraceClose, TraceIdentity,
    TraceOpen, TraceUpdate,
};
use metrana_server::RunningServer;
use metrana_testkit::http::get;
use metrana_testkit::raw::RawClient;
use prost_types::Timestamp;
use serde_json::{Value, json};

use common::{open_run, start};

fn payload(payload: Payload) -> SpanPayload {
    SpanPayload { data_offset: 3, data_length: 5, truncated: true, payload: Some(payload) }
}

fn sent(number: u64, update: Update) -> UpdateTracesRequest {
    let identity = TraceIdentity {
        run_id: vec![0xab].into(),
        step: Some(u64::MAX),
        client_trace_key: vec![0x0f, 0xf0].into(),
        trace_start_time: Some(Timestamp { seconds: 1_700_000_000, nanos: 123_456_789 }),
    };
    UpdateTracesRequest {
        workspace: "ws".into(),
        project: "proj".into(),
        run_name: Some("traced".into()),
        logger_id: 1,
        logger_session_id: 2,
        sequence_number: number,
        trace_updates: vec![TraceUpdate { identity: Some(identity), update: Some(update) }],
        ..UpdateTracesRequest::default()
    }
}

/// What a project has that names no run is apart from what its runs have.
async fn expect_those_of_no_run(server: &RunningServer) {
    let of_project = "/api/v1/traces?workspace=ws&project=proj";
    let (status, others) = get(server.http_addr(), of_project).await;
    assert_eq!((status, &others["total"], &others["next"]), (200, &json!("1"), &Value::Null), "{others}");
    assert_eq!(others["messages"][0]["sequence_number"], "1280");
    for (place, total) in
        [("workspace=ws&project=other", "0"), ("workspace=ws&project=proj&organization=", "1")]
    {
        let (status, page) = get(server.http_addr(), &format!("/api/v1/traces?{place}")).await;
        assert_eq!((status, &page["total"]), (200, &json!(total)), "{place}: {page}");
    }
    let (status, body) = get(server.http_addr(), "/api/v1/traces?workspace=ws").await;
    assert!(status == 400 && body["error"].is_string(), "{body}");
}

#[tokio::test]
async fn traces_are_read_as_they_were_sent_and_once() {
    let server = start().await;
    let run = open_run(&server, "traced").await;
    let run = run.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
    let path = format!("/api/v1/runs/{run}/traces");
    assert_eq!(
        get(server.http_addr(), &path).await,
        (200, json!({"total": "0", "offset": "0", "next": null, "messages": []}))
    );
    let attributes = vec![
        Attribute { path: "model".into(), value: Some(Of::StringValue("ü".into())) },
        Attribute { path: "count".into(), value: Some(Of::IntValue(i64::MIN)) },
    ];
    let span = SpanOpen {
        span_id: u64::MAX,
        parent_span_id: 7,
        ordinal: 1,
        kind: SpanKind::LlmCall.into(),
        name: "call".into(),
        start_time: Some(Timestamp { seconds: -1, nanos: 1 }),
        payloads: vec![
            payload(Payload::LlmPrompt("fünf".into())),
            payload(Payload::Input(vec![0xff].into())),
        ],
    };
    let close = TraceClose { status: 99, token_count: u64::MAX, span_count: 3, ..TraceClose::default() };
    let set = payload(Payload::Attributes(AttributesSet { attributes }));
    let messages = [
        sent(256, Update::TraceOpen(TraceOpen { name: "answer".into(), payloads: vec![set], kind: 0 })),
        sent(512, Update::SpanOpen(span.clone())),
        sent(512, Update::SpanOpen(span.clone())),
        sent(
            768,
            Update::SpanClose(SpanClose {
                span: Some(span),
                status: SpanStatus::Cancelled.into(),
                ..SpanClose::default()
            }),
        ),
        sent(1024, Update::TraceClose(close)),
        // Of another run.
        UpdateTracesRequest { run_name: None, ..sent(1280, Update::TraceClose(TraceClose::default())) },
    ];
    let mut stream = RawClient::connect(server.grpc_addr()).await.trace_stream().await.expect("a stream");
    for message in &messages {
        stream.send_message(message);
        stream.answer().await.expect("the stream lives").expect("there is an answer");
    }
    let (status, all) = get(server.http_addr(), &path).await;
    assert_eq!((status, &all["total"], &all["next"]), (200, &json!("4"), &Value::Null), "{all}");
    let messages = all["messages"].as_array().unwrap();
    let numbers: Vec<&Value> = messages.iter().map(|message| &message["sequence_number"]).collect();
    assert_eq!(numbers, ["256", "512", "768", "1024"]);
    let update = |place: usize, more: Value| {
        let mut expected = json!({"trace": "0ff0", "run_id": "ab", "step": "18446744073709551615",
                                  "trace_start_nanos": "1700000000123456789"});
        expected.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(messages[place]["updates"], json!([expected]));
    };
    let content = |kind: &str, content: Value| json!({"type": kind, "offset": 3, "length": 5, "truncated": true, "content": content});
    let attributes = json!({"model": {"type": "string", "value": "ü"},
                            "count": {"type": "int", "value": "-9223372036854775808"}});
    let payloads = [content("attributes", attributes)];
    update(0, json!({"type": "trace_open", "name": "answer", "kind": "unspecified", "payloads": payloads}));
    let payloads = [content("llm_prompt", json!("fünf")), content("input", json!({"base64": "/w=="}))];
    let span = json!({"span": "18446744073709551615", "parent_span": "7", "ordinal": 1, "kind": "llm_call",
                      "name": "call", "start_nanos": "-999999999", "payloads": payloads});
    let mut open = span.clone();
    open["type"] = json!("span_open");
    update(1, open);
    let close = json!({"type": "span_close", "open": span, "end_nanos": null, "status": "cancelled",
                       "token_count": "0", "payloads": []});
    update(2, close);
    let close = json!({"type": "trace_close", "end_nanos": null, "status": 99, "span_count": 3,
                       "iteration_count": 0, "token_count": "18446744073709551615", "payloads": [], "open": null});
    update(3, close);

    // Page by page, by bytes and by number.
    for wish in ["bytes=1", "limit=1", "limit=1&bytes=1000"] {
        let mut offset = "0".to_owned();
        for message in messages {
            let (_, page) = get(server.http_addr(), &format!("{path}?{wish}&offset={offset}")).await;
            assert_eq!(page["messages"], json!([message]), "{wish}");
            offset = page["next"].as_str().unwrap_or("none").to_owned();
        }
        assert_eq!(offset, "none");
    }
    expect_those_of_no_run(&server).await;
    let other = format!("/api/v1/runs/{}/traces", "00".repeat(16));
    for (status, path) in
        [(404, other), (400, format!("{path}?bytes=99999999")), (400, format!("{path}?x=1"))]
    {
        let (is, body) = get(server.http_addr(), &path).await;
        assert!(is == status && body["error"].is_string(), "{path}: {is} {body}");
    }
}
