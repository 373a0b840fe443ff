//! Series that aggregation rules make of others.

mod common;

use std::collections::HashMap;

use bytes::Bytes;
use metrana_proto::svc::InitializeRunLoggingRequest;
use metrana_proto::types::{AggregationFn, AggregationRule, OrderingMode, PointBatch, SeriesDeclaration};
use metrana_server::RunningServer;
use metrana_testkit::http::{call, get};
use metrana_testkit::raw::RawClient;
use prost::Message;
use serde_json::{Value, json};

use common::{acked, batch, declaring, greeted, message, opening, rl, run, start, with_points, with_rl};

fn rule(functions: &[AggregationFn], over: &[&str]) -> AggregationRule {
    AggregationRule {
        metric_name: Some("loss".into()),
        source_scale: "ML_STEP".into(),
        output_scale: "ML_STEP".into(),
        fns: functions.iter().map(|function| (*function).into()).collect(),
        aggregate_over_labels: over.iter().map(|&key| key.to_owned()).collect(),
        output_metric_name: None,
        output_name_suffix: Some("/all".into()),
    }
}

fn declared(number: u64, metric: &str, scale: &str, labels: &[(&str, &str)]) -> SeriesDeclaration {
    SeriesDeclaration {
        metric_name: metric.into(),
        scale: scale.into(),
        labels: labels.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
        ordering: OrderingMode::AbsoluteUnordered.into(),
        declaration_id: number,
    }
}

async fn begin(server: &RunningServer, rules: Vec<AggregationRule>) -> Bytes {
    let request = InitializeRunLoggingRequest { aggregation_rules: rules, ..opening(&run("a"), 1) };
    let mut client = RawClient::connect(server.grpc_addr()).await;
    client.initialize(request.encode_to_vec().into()).await.expect("a run");
    server.store().runs().expect("runs").remove(0).id.as_bytes().clone()
}

async fn read(server: &RunningServer, path: &str) -> Value {
    let (status, body) = get(server.http_addr(), path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

async fn post(server: &RunningServer, path: &str, body: &Value) -> Value {
    let (status, answer) = call(server.http_addr(), "POST", path, Some(&body.to_string())).await;
    assert_eq!(status, 200, "{path} {body}: {answer}");
    answer
}

fn path_of(run: &Bytes) -> String {
    let id = run.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
    format!("/api/v1/runs/{id}")
}

/// The series that rules made, by metric and view.
async fn made(server: &RunningServer, run: &str) -> HashMap<(String, String), Value> {
    let listed = read(server, &format!("{run}/series")).await;
    let all = listed["series"].as_array().unwrap();
    assert_eq!(listed["total"], json!(all.len().to_string()));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let made = all.iter().filter(|series| !series["aggregated"].is_null());
    made.map(|series| ((text(&series["metric"]), text(&series["aggregated"]["view"])), series.clone()))
        .collect()
}

fn timed(steps: &[u64], time: i64, values: &[f64]) -> PointBatch {
    PointBatch {
        values: values.to_vec(),
        steps: steps.to_vec(),
        timestamp_millis: Some(time),
        ..PointBatch::default()
    }
}

#[tokio::test]
async fn ordinary_series_become_one_a_step_and_a_group() {
    use AggregationFn::{Count, Max, Mean, Min, StdDev, Sum};
    let server = start().await;
    let bytes = begin(&server, vec![rule(&[Mean, Max, Sum, Min, StdDev, Count, Mean], &["seed"])]).await;
    let declarations = [
        declared(1, "loss", "ML_STEP", &[("seed", "0"), ("env", "cart")]),
        declared(2, "loss", "ML_STEP", &[("seed", "1"), ("env", "cart")]),
        declared(3, "loss", "ML_STEP", &[("seed", "0"), ("env", "pole")]),
        declared(4, "loss", "EPOCH", &[("seed", "0"), ("env", "cart")]),
        declared(5, "other", "ML_STEP", &[("seed", "0"), ("env", "cart")]),
        declared(6, "loss", "ML_STEP", &[("env", "cart")]),
    ];
    let mut data = declaring(message(&bytes, 256), &declarations);
    data = with_points(data, 1, timed(&[0, 2, 3, 9], 7, &[1.0, 3.0, -0.5, f64::NAN]));
    data = with_points(data, 2, timed(&[2, 3, 4], 8, &[5.0, 0.25, 10.0]));
    for number in 3..=6 {
        data = with_points(data, number, batch(0, &[100.0]));
    }
    let mut stream = greeted(&server, &bytes).await;
    acked(&mut stream, &data).await;
    let run = path_of(&bytes);
    let series = made(&server, &run).await;
    assert_eq!(series.len(), 6, "the two groups have one name: {series:?}");
    let listed = read(&server, &format!("{run}/series?labels=env=cart&prefix=loss/all")).await;
    assert_eq!(listed["total"], "6");
    let mean = &listed["series"][0];
    assert_eq!(
        (&mean["scale"], &mean["labels"], &mean["world"], &mean["kind"], &mean["last_step"]),
        (&json!("ML_STEP"), &json!({"env": "cart"}), &json!("std"), &json!("float"), &json!("9"))
    );
    assert_eq!(mean["aggregated"], json!({"view": "mean", "over": ["seed"], "sources": ["1", "2"]}));
    let golden = [
        ("mean", json!([1.0, 4.0, -0.125, 10.0, "NaN"])),
        ("max", json!([1.0, 5.0, 0.25, 10.0, "NaN"])),
        ("sum", json!([1.0, 8.0, -0.25, 10.0, "NaN"])),
        ("min", json!([1.0, 3.0, -0.5, 10.0, "NaN"])),
        ("std_dev", json!([0.0, 1.0, 0.375, 0.0, "NaN"])),
        ("count", json!([1.0, 2.0, 2.0, 1.0, 0.0])),
    ];
    for (place, (view, values)) in golden.iter().enumerate() {
        let one = &listed["series"][place];
        assert_eq!(one["aggregated"]["view"], json!(view));
        let path = format!("{run}/series/{}", one["id"].as_str().unwrap());
        let all = read(&server, &format!("{path}/points")).await;
        assert_eq!(all["values"], *values, "{view}");
        assert_eq!(
            (&all["steps"], &all["timestamps_millis"], &all["total"], &all["more"]),
            (
                &json!(["0", "2", "3", "4", "9"]),
                &json!(["7", "8", "8", "8", "7"]),
                &json!("5"),
                &json!(false)
            )
        );
        // Page by page, and behind a step.
        let page = read(&server, &format!("{path}/points?limit=2&offset=1")).await;
        assert_eq!((&page["steps"], &page["more"]), (&json!(["2", "3"]), &json!(true)));
        let next = page["next"].as_str().unwrap();
        assert_eq!(read(&server, &format!("{path}/points?cursor={next}")).await["steps"], json!(["4", "9"]));
        assert_eq!(read(&server, &format!("{path}/points?cursor=2")).await["steps"], json!(["3", "4", "9"]));
    }
    // As a curve, among others, and as text.
    let (id, plain) = (mean["id"].as_str().unwrap(), run.rsplit('/').next().unwrap());
    let wish = json!({"buckets": 2, "series": [{"run": plain, "series": id}, {"run": plain, "series": "1"}]});
    let curves = post(&server, "/api/v1/buckets", &wish).await;
    let curve = &curves["series"][0];
    assert_eq!((&curve["count"], &curve["flags"]), (&json!([4, 0]), &json!([0, 1])), "{curve}");
    assert_eq!(
        (&curve["first"][0], &curve["max"][0], &curve["sum"][0]),
        (&json!(1.0), &json!(10.0), &json!(14.875))
    );
    let wish = json!({"series": [{"run": plain, "series": id}], "limit": 3});
    assert_eq!(
        post(&server, "/api/v1/points", &wish).await["series"][0]["values"],
        json!([1.0, 4.0, -0.125])
    );
    let held = post(&server, "/api/v1/series", &json!({"runs": [plain]})).await;
    assert_eq!(held["runs"][0]["series"].as_array().unwrap().len(), 6 + 12);

    // What comes again changes nothing; what takes the place of another does.
    acked(&mut stream, &data).await;
    data.sequence_number = 0;
    data.logger_session_id = 0;
    acked(&mut stream, &data).await;
    let values = |view: &Value| view["values"].clone();
    assert_eq!(values(&read(&server, &format!("{run}/series/{id}/points")).await), golden[0].1, "once");
    let more = with_points(message(&bytes, 512), 2, timed(&[0, 2, 11], 9, &[2.0, 7.0, 6.0]));
    acked(&mut stream, &more).await;
    let after = read(&server, &format!("{run}/series/{id}/points")).await;
    assert_eq!(after["steps"], json!(["0", "2", "3", "4", "9", "11"]));
    assert_eq!(values(&after), json!([1.5, 5.0, -0.125, 10.0, "NaN", 6.0]));
    let (status, _) = get(server.http_addr(), &format!("{run}/series/{}/points", u64::MAX)).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn environments_become_one_a_step_of_the_training_or_an_episode() {
    let server = start().await;
    let by = |output_scale: &str, name: &str| AggregationRule {
        metric_name: None,
        source_scale: "ENVIRONMENT_STEP".into(),
        output_scale: output_scale.into(),
        output_metric_name: Some(name.into()),
        output_name_suffix: None,
        ..rule(&[AggregationFn::Sum, AggregationFn::Count], &[])
    };
    let bytes = begin(&server, vec![by("RL_STEP", "by_step"), by("EPISODE", "by_episode")]).await;
    let mut data = declaring(message(&bytes, 256), &[declared(1, "reward", "ENVIRONMENT_STEP", &[])]);
    let first = [
        rl(1, Some(0), 0, &[1.0, 2.0]),
        rl(2, Some(0), 2, &[4.0]),
        rl(2, Some(1), 0, &[8.0]),
        rl(4, None, 0, &[100.0]),
    ];
    data = with_rl(data, 1, "e0", &first);
    data = with_rl(data, 1, "e1", &[rl(2, Some(5), 0, &[16.0, 32.0]), rl(3, Some(1), 0, &[64.0])]);
    acked(&mut greeted(&server, &bytes).await, &data).await;
    let run = path_of(&bytes);
    let series = made(&server, &run).await;
    assert_eq!(series.len(), 4);
    for (name, view, steps, values) in [
        ("by_step", "sum", json!(["1", "2", "3", "4"]), json!([3.0, 60.0, 64.0, 100.0])),
        ("by_step", "count", json!(["1", "2", "3", "4"]), json!([2.0, 4.0, 1.0, 1.0])),
        ("by_episode", "sum", json!(["0", "1", "5"]), json!([7.0, 72.0, 48.0])),
        ("by_episode", "count", json!(["0", "1", "5"]), json!([3.0, 2.0, 2.0])),
    ] {
        let one = &series[&(name.to_owned(), view.to_owned())];
        let points = read(&server, &format!("{run}/series/{}/points", one["id"].as_str().unwrap())).await;
        assert_eq!((&points["steps"], &points["values"]), (&steps, &values), "{name} {view}");
    }
}
