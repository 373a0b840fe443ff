//! The HTTP API, read as any reader would.

mod common;

use metrana_proto::types::{ForkPoint, OrderingMode, PointBatch, Run, SeriesDeclaration};
use metrana_server::{Options, RunningServer};
use metrana_testkit::http::{call, get};
use serde_json::{Value, json};

use common::{
    acked, batch, closing, declaration, declaring, greeted, message, on_disk, open, run, start, start_with,
    with_points,
};

/// A server with one run of each sort, and the id of the first as digits.
async fn filled() -> (RunningServer, String) {
    let server = start().await;
    let described = Run {
        experiment: Some("exp".into()),
        orchestration_identifier: Some("job".into()),
        organization: Some("acme".into()),
        fork_point: Some(ForkPoint { parent_run_name: "parent".into(), fork_step: u64::MAX }),
        ..run("first")
    };
    open(&server, &Run { organization: described.organization.clone(), ..run("parent") }).await;
    let (_, run_id) = open(&server, &described).await;
    open(&server, &Run { workspace: "elsewhere".into(), ..run("second") }).await;
    let labels = [("env".to_owned(), "é & ü".to_owned())].into();
    let declarations = [
        declaration(1, "loss"),
        SeriesDeclaration {
            labels,
            ordering: OrderingMode::AbsoluteUnordered.into(),
            ..declaration(2, "wild")
        },
        declaration(3, "unused"),
    ];
    let mut data = declaring(message(&run_id, 256), &declarations);
    data = with_points(data, 1, batch(0, &[0.5, 0.25, 0.1]));
    let wild = PointBatch {
        values_f32: vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.1],
        steps: vec![5, 4, 3, 2, 1 << 60],
        timestamps_millis: vec![-1, 0, 1, 2, i64::MAX],
        ..PointBatch::default()
    };
    acked(&mut greeted(&server, &run_id).await, &closing(with_points(data, 2, wild))).await;
    let digits = server.store().runs().expect("runs")[1].id.to_string();
    (server, digits)
}

async fn read(server: &RunningServer, path: &str) -> Value {
    let (status, body) = get(server.http_addr(), path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

#[tokio::test]
async fn runs_are_listed_and_filtered() {
    let (server, id) = filled().await;
    let mut all = read(&server, "/api/v1/runs").await;
    let parent = all["runs"][0]["run_id"].clone();
    for time in ["created_at_millis", "last_contact_millis", "closed_at_millis"] {
        let time = all["runs"][1][time].take();
        assert!(time.as_str().unwrap().parse::<i64>().unwrap() > 1_600_000_000_000);
    }
    let expected = json!({
        "run_id": id, "workspace": "ws", "project": "proj", "run_name": "first", "organization": "acme",
        "experiment": "exp", "orchestration_id": "job",
        "fork_point": {"parent_run_name": "parent", "parent_run_id": parent,
                       "fork_step": "18446744073709551615"},
        "created_at_millis": null, "status": "finished", "close_message": null, "closed_at_millis": null,
        "last_contact_millis": null, "closed": true, "series": "3", "points": "8",
        "name": "first", "notes": "", "tags": [], "hidden": false, "pinned": false,
    });
    assert_eq!(all["runs"][1], expected);
    let plain = &all["runs"][2];
    for absent in ["organization", "experiment", "orchestration_id", "fork_point"] {
        assert!(plain[absent].is_null(), "{absent}");
    }
    assert_eq!(plain["closed"], false);

    for (filter, names) in [
        ("workspace=ws", &["parent", "first"][..]),
        ("workspace=elsewhere&project=proj", &["second"]),
        ("run_name=second", &["second"]),
        ("run_name=second&workspace=ws", &[]),
        ("project=proj", &["parent", "first", "second"]),
        ("organization=acme", &["parent", "first"]),
        ("organization=", &["second"]),
    ] {
        let found = read(&server, &format!("/api/v1/runs?{filter}")).await;
        let found: Vec<&Value> =
            found["runs"].as_array().unwrap().iter().map(|run| &run["run_name"]).collect();
        assert_eq!(found, names, "{filter}");
    }
}

#[tokio::test]
async fn series_are_listed() {
    let (server, id) = filled().await;
    let expected = json!({"total": "3", "series": [
        {"id": "1", "metric": "loss", "scale": "ML_STEP", "labels": {}, "ordering": "absolute_ordered",
         "world": "std", "kind": "float", "points": "3", "raw_points": "3",
         "stale_points": "0", "replaced_points": "0", "other_ordering_points": "0", "other_kind_points": "0", "last_step": "2"},
        {"id": "2", "metric": "wild", "scale": "ML_STEP", "labels": {"env": "é & ü"}, "ordering": "absolute_unordered",
         "world": "std", "kind": "float", "points": "5", "raw_points": "5",
         "stale_points": "0", "replaced_points": "0", "other_ordering_points": "0", "other_kind_points": "0", "last_step": "1152921504606846976"},
        {"id": "3", "metric": "unused", "scale": "ML_STEP", "labels": {}, "ordering": "absolute_ordered",
         "world": "undefined", "kind": "undefined", "points": "0", "raw_points": "0",
         "stale_points": "0", "replaced_points": "0", "other_ordering_points": "0", "other_kind_points": "0", "last_step": null},
    ]});
    assert_eq!(read(&server, &format!("/api/v1/runs/{id}/series")).await, expected);
}

#[tokio::test]
async fn points_are_read_raw_in_order_and_in_pages() {
    let (server, id) = filled().await;
    let loss = json!({
        "total": "3", "offset": "0", "steps": ["0", "1", "2"], "timestamps_millis": ["7", "7", "7"],
        "values": [0.5, 0.25, 0.1], "value_width": [64, 64, 64], "next": "2@3", "more": false,
    });
    assert_eq!(read(&server, &format!("/api/v1/runs/{id}/series/1/points")).await, loss);
    let wild =
        read(&server, &format!("/api/v1/runs/{id}/series/2/points?raw=true&offset=0&limit=1000000")).await;
    assert_eq!(wild["steps"], json!(["5", "4", "3", "2", "1152921504606846976"]));
    assert_eq!(wild["timestamps_millis"], json!(["-1", "0", "1", "2", "9223372036854775807"]));
    assert_eq!(wild["values"], json!(["NaN", "Infinity", "-Infinity", -0.0, f64::from(0.1_f32)]));
    assert!(wild["values"][3].as_f64().unwrap().is_sign_negative());
    assert_eq!(wild["value_width"], json!([32, 32, 32, 32, 32]));
    let page = read(&server, &format!("/api/v1/runs/{id}/series/2/points?raw=true&offset=1&limit=2")).await;
    assert_eq!(
        (&page["total"], &page["offset"], &page["steps"]),
        (&json!("5"), &json!("1"), &json!(["4", "3"]))
    );
    let merged = read(&server, &format!("/api/v1/runs/{id}/series/2/points?offset=1&limit=3")).await;
    assert_eq!(
        (&merged["total"], &merged["steps"], &merged["value_width"]),
        (&json!("5"), &json!(["3", "4", "5"]), &json!([32, 32, 32]))
    );
    let beyond =
        read(&server, &format!("/api/v1/runs/{id}/series/2/points?offset=18446744073709551615")).await;
    assert_eq!((&beyond["total"], &beyond["steps"]), (&json!("5"), &json!([])));
    let unused = read(&server, &format!("/api/v1/runs/{id}/series/3/points")).await;
    assert_eq!(unused["total"], "0");
}

#[tokio::test]
async fn counts_are_told_for_a_run_and_for_all() {
    let (server, id) = filled().await;
    let of_run = json!({
        "runs": "1", "series": "3", "points": "8", "messages": "1", "duplicate_messages": "0", "streams": "1",
        "unknown_series_points": "0", "ignored_points": "0", "ignored_attributes": "0", "rl_points": "0",
        "histograms": "0", "scatters": "0", "attribute_updates": "0", "env_attribute_updates": "0",
        "conflicting_points": "0", "trace_updates": "0",
        "ignored": {
            "malformed_points": "0", "stale_points": "0", "replaced_points": "0", "other_ordering_points": "0",
            "other_kind_points": "0", "surplus_points": "0", "surplus_attributes": "0",
            "unreadable_messages": "0", "oversized_messages": "0",
        },
    });
    let mut counts = read(&server, &format!("/api/v1/runs/{id}/counts")).await;
    let stored = counts.as_object_mut().and_then(|counts| counts.remove("stored_bytes")).expect("it is told");
    assert_eq!(stored.is_string(), on_disk(), "{stored}");
    assert_eq!(counts, of_run);
    let mut of_all = of_run;
    of_all["runs"] = json!("3");
    assert_eq!(read(&server, "/api/v1/counts").await, of_all);
}

#[tokio::test]
async fn what_is_not_there_and_what_makes_no_sense_is_told_in_json() {
    let (server, id) = filled().await;
    let other = "00".repeat(16);
    for (status, path) in [
        (404, format!("/api/v1/runs/{other}/series")),
        (404, format!("/api/v1/runs/{other}/counts")),
        (404, format!("/api/v1/runs/{other}/series/1/points")),
        (404, "/api/v1/runs/xyz/series".into()),
        (404, format!("/api/v1/runs/{id}/series/0/points")),
        (404, format!("/api/v1/runs/{id}/series/4/points")),
        (404, format!("/api/v1/runs/{id}/series/18446744073709551615/points")),
        (404, format!("/api/v1/runs/{id}/series/one/points")),
        (404, "/nothing".into()),
        (404, "/api/v1/nothing".into()),
        (400, format!("/api/v1/runs/{id}/series/1/points?limit=many")),
        (400, format!("/api/v1/runs/{id}/series/1/points?limit=-1")),
        (400, format!("/api/v1/runs/{id}/series/1/points?limit=1000001")),
        (400, format!("/api/v1/runs/{id}/series/1/points?offset=18446744073709551616")),
        (400, format!("/api/v1/runs/{id}/series/1/points?ofset=1")),
        (400, "/api/v1/runs?name=x".into()),
    ] {
        let (is, body) = get(server.http_addr(), &path).await;
        assert_eq!(is, status, "{path}: {body}");
        assert!(body["error"].is_string(), "{path}: {body}");
    }
    let (status, body) = call(server.http_addr(), "DELETE", "/api/v1/runs", None).await;
    assert!(status == 405 && body["error"].is_string(), "{status} {body}");
}

#[tokio::test]
async fn faults_are_armed_and_cleared() {
    let server = start().await;
    let faults = "/api/v1/faults";
    let post = async |body: &str| call(server.http_addr(), "POST", faults, Some(body)).await;
    let armed = |count: &str| (200, json!({"armed": count, "fired": "0"}));
    let status =
        r#"{"fault":"status","stage":"data","code":"UNAVAILABLE","message":"later","times":1,"after":0}"#;
    assert_eq!(post(status).await, armed("1"));
    assert_eq!(post(r#"{"fault":"status","stage":"init","code":"NOT_FOUND"}"#).await, armed("2"));
    assert_eq!(post(r#"{"fault":"reset","after":3,"store_last":true,"times":1}"#).await, armed("3"));
    assert_eq!(post(r#"{"fault":"stall"}"#).await, armed("4"));
    assert_eq!(get(server.http_addr(), faults).await, armed("4"));
    assert_eq!(call(server.http_addr(), "DELETE", faults, None).await, armed("0"));
    for wrong in [
        "",
        "{}",
        r#"{"fault":"earthquake"}"#,
        r#"{"fault":"status","stage":"data","code":"TEAPOT"}"#,
        r#"{"fault":"status","stage":"later","code":"UNKNOWN"}"#,
        r#"{"fault":"status","stage":"data","code":"UNKNOWN","times":0}"#,
        r#"{"fault":"status","stage":"data","code":"UNKNOWN","often":1}"#,
        r#"{"fault":"reset","after":0}"#,
        r#"{"fault":"reset","after":-1}"#,
        r#"{"fault":"stall","times":2}"#,
    ] {
        let (is, body) = post(wrong).await;
        assert!(is == 400 && body["error"].is_string(), "{wrong}: {is} {body}");
    }
    assert_eq!(get(server.http_addr(), faults).await, armed("0"));
}

#[tokio::test]
async fn a_fault_that_is_armed_over_http_happens() {
    let (server, _) = filled().await;
    let body = r#"{"fault":"status","stage":"init","code":"PERMISSION_DENIED"}"#;
    call(server.http_addr(), "POST", "/api/v1/faults", Some(body)).await;
    let mut client = metrana_testkit::raw::RawClient::connect(server.grpc_addr()).await;
    let status = client.initialize(Vec::new().into()).await.unwrap_err();
    assert_eq!(status.code(), metrana_server::Code::PermissionDenied);
}

#[tokio::test]
async fn without_leave_there_are_no_faults() {
    let server = start_with(Options::default()).await;
    for method in ["GET", "POST", "DELETE"] {
        let (status, _) =
            call(server.http_addr(), method, "/api/v1/faults", Some(r#"{"fault":"stall"}"#)).await;
        assert_eq!(status, 404, "{method}");
    }
    assert_eq!(server.faults().armed(), 0);
}
