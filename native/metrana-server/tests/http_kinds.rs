//! The HTTP API over every kind of data, read as any reader would.

mod common;

use metrana_proto::common::StringSet;
use metrana_proto::svc::InitializeRunLoggingRequest;
use metrana_proto::types::attribute_update::Value;
use metrana_proto::types::histogram_point::HistogramStats;
use metrana_proto::types::{AggregationFn, AggregationRule, EnvAttrUpdates, HistogramPoint, RlStepBatch};
use metrana_server::RunningServer;
use metrana_testkit::http::{call, get};
use metrana_testkit::raw::RawClient;
use prost::Message;
use prost_types::Timestamp;
use serde_json::json;

use common::{
    acked, attribute, counted, declaration, declaring, dense, greeted, message, rl, run, scattered, start,
    with_histograms, with_rl, with_scatters,
};

/// A server with one run that holds some of everything, and the path of the run.
async fn filled() -> (RunningServer, String) {
    let server = start().await;
    let rule = AggregationRule {
        metric_name: Some("reward".into()),
        source_scale: "ENVIRONMENT_STEP".into(),
        output_scale: "EPISODE".into(),
        fns: vec![AggregationFn::Mean.into(), AggregationFn::StdDev.into(), 99],
        aggregate_over_labels: vec!["seed".into()],
        output_metric_name: None,
        output_name_suffix: Some("/agg".into()),
    };
    let request = InitializeRunLoggingRequest {
        run: Some(run("a")),
        aggregation_rules: vec![rule, AggregationRule::default()],
        create_project_if_missing: true,
        ..InitializeRunLoggingRequest::default()
    };
    let mut client = RawClient::connect(server.grpc_addr()).await;
    client.initialize(request.encode_to_vec().into()).await.expect("a run");
    let run = server.store().runs().expect("runs").remove(0).id;
    let names = ["reward", "h", "d", "s", "s3"];
    let declarations: Vec<_> = (1..).zip(names).map(|(number, name)| declaration(number, name)).collect();
    let mut data = declaring(message(run.as_bytes(), 256), &declarations);
    let flat = RlStepBatch {
        values: vec![],
        values_f32: vec![f32::INFINITY],
        treat_minors_as_flat_steps: true,
        env_steps_from_one: true,
        ..rl(u64::MAX, Some(4), 1 << 60, &[])
    };
    data = with_rl(data, 1, "e0", &[rl(42, None, 0, &[1.5, f64::NAN]), flat]);
    data = with_rl(data, 1, "e/1 ü", &[rl(1, Some(2), 3, &[-0.0])]);
    let stats = HistogramStats { min: -0.5, max: 2.5, sum: f64::INFINITY, sum_of_squares: 4.0 };
    data = with_histograms(
        data,
        2,
        &[HistogramPoint { stats: Some(stats), ..counted(3, &[0, u64::MAX]) }, counted(9, &[7])],
    );
    data = with_histograms(data, 3, &[dense(1 << 60, &[0.25, f64::NAN])]);
    data = with_scatters(data, 4, &[("xt", "Zeit"), ("other", "?")], &[scattered(3, &[1.0, -0.0], &[])]);
    data = with_scatters(data, 5, &[], &[scattered(4, &[1.0], &[f64::NEG_INFINITY])]);
    let texts = StringSet { values: vec!["b".into(), "a".into()] };
    data.attributes = vec![
        attribute("bool", Some(Value::BoolValue(true))),
        attribute("float", Some(Value::FloatValue(f64::NAN))),
        attribute("int", Some(Value::IntValue(i64::MIN))),
        attribute("null", None),
        attribute("set", Some(Value::StringSetValue(texts))),
        attribute("text", Some(Value::StringValue("ü".into()))),
        attribute("time", Some(Value::TimestampValue(Timestamp { seconds: -1, nanos: 5_000_000 }))),
    ];
    let of = |episode, value| EnvAttrUpdates {
        environment_id: "e0".into(),
        episode,
        attributes: vec![attribute("gravity", Some(Value::FloatValue(value)))],
    };
    data.env_attr_updates = vec![of(None, 9.8), of(Some(4), 1.6)];
    acked(&mut greeted(&server, run.as_bytes()).await, &data).await;
    (server, format!("/api/v1/runs/{run}"))
}

async fn read(server: &RunningServer, path: &str) -> serde_json::Value {
    let (status, body) = get(server.http_addr(), path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

#[tokio::test]
async fn a_run_is_told_with_its_aggregation_rules() {
    let (server, run) = filled().await;
    let told = read(&server, &run).await;
    assert_eq!(
        (&told["run_name"], &told["series"], &told["points"]),
        (&json!("a"), &json!("5"), &json!("9"))
    );
    let rules = json!([
        {"metric_name": "reward", "source_scale": "ENVIRONMENT_STEP", "output_scale": "EPISODE",
         "functions": ["mean", "std_dev"], "aggregate_over_labels": ["seed"], "output_metric_name": null,
         "output_name_suffix": "/agg"},
        {"metric_name": null, "source_scale": "", "output_scale": "", "functions": [], "aggregate_over_labels": [],
         "output_metric_name": null, "output_name_suffix": null},
    ]);
    assert_eq!(told["aggregation_rules"], rules);
}

#[tokio::test]
async fn series_are_told_with_world_and_kind() {
    let (server, run) = filled().await;
    let entry = |id: &str, metric: &str, world: &str, kind: &str, points: &str, last: &str| {
        json!({"id": id, "metric": metric, "scale": "ML_STEP", "labels": {}, "ordering": "absolute_ordered",
               "world": world, "kind": kind, "points": points, "raw_points": points, "last_step": last,
               "stale_points": "0", "replaced_points": "0", "other_ordering_points": "0",
               "other_kind_points": "0"})
    };
    let mut expected = [
        entry("1", "reward", "rl", "float", "4", "18446744073709551615"),
        entry("2", "h", "std", "histogram", "2", "9"),
        entry("3", "d", "std", "density_histogram", "1", "1152921504606846976"),
        entry("4", "s", "std", "scatter", "1", "3"),
        entry("5", "s3", "std", "scatter_3d", "1", "4"),
    ];
    expected[0]["environments"] = json!(["e0", "e/1 ü"]);
    expected[0]["episodic"] = json!(false);
    expected[3]["titles"] = json!({"x": "Zeit", "other": "?"});
    expected[4]["titles"] = json!({});
    assert_eq!(read(&server, &format!("{run}/series")).await["series"], json!(expected));
}

#[tokio::test]
async fn points_of_an_environment_are_read() {
    let (server, run) = filled().await;
    let expected = json!({
        "total": "3", "offset": "0", "environment": "e0",
        "rl_steps": ["42", "42", "18446744073709551615"], "episodes": [null, null, "4"],
        "env_steps": ["0", "1", "1152921504606846976"], "flat": [false, false, true],
        "from_one": [false, false, true], "timestamps_millis": ["7", "7", "7"],
        "values": [1.5, "NaN", "Infinity"], "value_width": [64, 64, 32],
        "next": "18446744073709551615:4:1152921504606846976@3", "more": false,
    });
    assert_eq!(read(&server, &format!("{run}/series/1/points?environment=e0")).await, expected);
    let page = read(&server, &format!("{run}/series/1/points?environment=e0&offset=1&limit=1")).await;
    assert_eq!(
        (&page["total"], &page["rl_steps"], &page["env_steps"]),
        (&json!("3"), &json!(["42"]), &json!(["1"]))
    );
    let other = read(&server, &format!("{run}/series/1/points?environment=e%2F1+%C3%BC")).await;
    assert_eq!((&other["episodes"], &other["env_steps"]), (&json!(["2"]), &json!(["3"])));
    assert!(other["values"][0].as_f64().unwrap().is_sign_negative());
}

#[tokio::test]
async fn histograms_are_read() {
    let (server, run) = filled().await;
    let stats = json!({"min": -0.5, "max": 2.5, "sum": "Infinity", "sum_of_squares": 4.0});
    let all = json!({"total": "2", "offset": "0", "next": "9@2", "more": false, "histograms": [
        {"step": "3", "timestamp_millis": "7", "bin_edges": [0.0, 1.0, 2.0],
         "counts": ["0", "18446744073709551615"], "stats": stats},
        {"step": "9", "timestamp_millis": "7", "bin_edges": [0.0, 1.0], "counts": ["7"], "stats": null},
    ]});
    assert_eq!(read(&server, &format!("{run}/series/2/histograms")).await, all);
    let page = read(&server, &format!("{run}/series/2/histograms?offset=1&limit=5")).await;
    let last = json!({"total": "2", "offset": "1", "next": "9@2", "more": false,
                      "histograms": [all["histograms"][1]]});
    assert_eq!(page, last);
    assert_eq!(read(&server, &format!("{run}/series/2/histograms?cursor=3@1")).await, last);
    let first = read(&server, &format!("{run}/series/2/histograms?limit=1")).await;
    assert_eq!((&first["next"], &first["more"]), (&json!("3@1"), &json!(true)));
    let thinned = read(&server, &format!("{run}/series/2/histograms?every=2&limit=5")).await;
    assert_eq!((&thinned["histograms"], &thinned["more"]), (&json!([all["histograms"][0]]), &json!(false)));
    let (code, refusal) = get(server.http_addr(), &format!("{run}/series/2/histograms?every=0")).await;
    assert_eq!(code, 400, "{refusal}");
    let densities = json!([{"step": "1152921504606846976", "timestamp_millis": "7", "bin_edges": [0.0, 1.0, 2.0],
                            "densities": [0.25, "NaN"], "stats": null}]);
    assert_eq!(read(&server, &format!("{run}/series/3/histograms")).await["histograms"], densities);
}

#[tokio::test]
async fn which_histograms_are_kept_does_not_depend_on_where_pages_end() {
    let (server, run) = filled().await;
    let id = server.store().runs().expect("runs").remove(0).id;
    let mut data = declaring(message(id.as_bytes(), 512), &[declaration(1, "long")]);
    let lengths = (1..=7).cycle();
    let points: Vec<_> =
        (0..40).zip(lengths).map(|(step, length)| counted(step, &vec![step; 20 * length])).collect();
    data = with_histograms(data, 1, &points);
    acked(&mut greeted(&server, id.as_bytes()).await, &data).await;
    let path = format!("{run}/series/6/histograms");
    let steps = |page: &serde_json::Value| -> Vec<u64> {
        let points = page["histograms"].as_array().unwrap().iter();
        points.map(|point| point["step"].as_str().unwrap().parse().unwrap()).collect()
    };
    let kept: Vec<u64> = (0..40).step_by(3).collect();
    assert_eq!(steps(&read(&server, &format!("{path}?every=3")).await), kept);
    for (bound, most) in [("bytes=65536", 6), ("bytes=65536&limit=2", 20), ("limit=1", 20)] {
        let (mut cursor, mut told, mut pages) = ("@0".to_owned(), Vec::new(), 0);
        loop {
            let page = read(&server, &format!("{path}?every=3&{bound}&cursor={cursor}")).await;
            told.extend(steps(&page));
            cursor = page["next"].as_str().unwrap().to_owned();
            pages += 1;
            if page["more"] == json!(false) {
                break;
            }
        }
        assert_eq!(told, kept, "{bound}");
        assert!((2..=most).contains(&pages), "{bound}: {pages} pages");
    }
    // From any place on.
    assert_eq!(steps(&read(&server, &format!("{path}?every=3&offset=7&limit=2")).await), [9, 12]);
}

#[tokio::test]
async fn scatters_are_read() {
    let (server, run) = filled().await;
    let flat = json!({"total": "1", "offset": "0", "next": "3@1", "more": false, "scatters": [
        {"step": "3", "timestamp_millis": "7", "xs": [1.0, -0.0], "ys": [1.0, -0.0]},
    ]});
    assert_eq!(read(&server, &format!("{run}/series/4/scatters")).await, flat);
    let deep = json!([{"step": "4", "timestamp_millis": "7", "xs": [1.0], "ys": [1.0], "zs": ["-Infinity"]}]);
    assert_eq!(read(&server, &format!("{run}/series/5/scatters")).await["scatters"], deep);
}

#[tokio::test]
async fn attributes_are_read_with_their_types() {
    let (server, run) = filled().await;
    let expected = json!({"attributes": {
        "bool": {"type": "bool", "value": true},
        "float": {"type": "float", "value": "NaN"},
        "int": {"type": "int", "value": "-9223372036854775808"},
        "null": {"type": "null"},
        "set": {"type": "string_set", "value": ["b", "a"]},
        "text": {"type": "string", "value": "ü"},
        "time": {"type": "timestamp", "value_millis": "-995", "nanos": 5_000_000},
    }});
    assert_eq!(read(&server, &format!("{run}/attributes")).await, expected);
    let gravity = |value: f64| json!({"gravity": {"type": "float", "value": value}});
    let expected = json!({"environments": [
        {"name": "e0", "last_rl_step": "18446744073709551615", "last_episode": "4", "attributes": gravity(9.8),
         "episodes": [{"episode": "4", "attributes": gravity(1.6)}]},
        {"name": "e/1 ü", "last_rl_step": "1", "last_episode": "2", "attributes": {}, "episodes": []},
    ]});
    assert_eq!(read(&server, &format!("{run}/environments")).await, expected);
}

#[tokio::test]
async fn every_kind_is_counted() {
    let (server, run) = filled().await;
    let counts = read(&server, &format!("{run}/counts")).await;
    for (name, count) in [
        ("points", "0"),
        ("rl_points", "4"),
        ("histograms", "3"),
        ("scatters", "2"),
        ("attribute_updates", "7"),
        ("env_attribute_updates", "2"),
        ("conflicting_points", "2"),
        ("ignored_points", "0"),
    ] {
        assert_eq!(counts[name], count, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_makes_no_sense_is_told_in_json() {
    let (server, run) = filled().await;
    let other = format!("/api/v1/runs/{}", "00".repeat(16));
    for (status, path) in [
        (404, other.clone()),
        (404, format!("{other}/attributes")),
        (404, format!("{other}/environments")),
        (404, format!("{other}/series/1/histograms")),
        (404, format!("{run}/series/6/histograms")),
        (404, format!("{run}/series/6/scatters")),
        (404, format!("{run}/series/6/points?environment=e0")),
        (404, format!("{run}/series/1/points?environment=e9")),
        (400, format!("{run}/series/1/points")),
        (400, format!("{run}/series/2/points")),
        (400, format!("{run}/series/2/points?environment=e0")),
        (400, format!("{run}/series/2/scatters")),
        (400, format!("{run}/series/1/histograms")),
        (400, format!("{run}/series/2/histograms?limit=100001")),
        (400, format!("{run}/series/2/histograms?environment=e0")),
        (400, format!("{run}/series/4/scatters?limit=10001")),
        (400, format!("{run}/series/4/scatters?offset=-1")),
        (400, format!("{run}/series/4/scatters?cursor=1:2:3@4")),
        (400, format!("{run}/series/4/scatters?raw=true&cursor=3@1")),
        (400, format!("{run}/series/2/histograms?cursor=3@1&offset=1")),
        (400, format!("{run}/series/2/histograms?bytes=1000")),
    ] {
        let (is, body) = get(server.http_addr(), &path).await;
        assert_eq!(is, status, "{path}: {body}");
        assert!(body["error"].is_string(), "{path}: {body}");
    }
}

#[tokio::test]
async fn what_many_runs_hold_is_one_answer() {
    let (server, run) = filled().await;
    let id = run.rsplit('/').next().expect("an id");
    let body = json!({"runs": ["00ff", id], "attributes": true}).to_string();
    let (status, told) = call(server.http_addr(), "POST", "/api/v1/series", Some(&body)).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["next"], json!(null));
    let [only] = told["runs"].as_array().expect("runs").as_slice() else {
        panic!("the one that is there: {told}")
    };
    assert_eq!(only["run"], json!(id));
    assert_eq!(only["series"], read(&server, &format!("{run}/series")).await["series"]);
    assert_eq!(only["attributes"], read(&server, &format!("{run}/attributes")).await["attributes"]);
    let body = json!({"runs": [id], "attribute": true}).to_string();
    let (status, refusal) = call(server.http_addr(), "POST", "/api/v1/series", Some(&body)).await;
    assert_eq!(status, 400, "{refusal}");
}
