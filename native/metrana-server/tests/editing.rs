//! What a page writes: names, notes, tags, and what it removes.

mod common;

use metrana_proto::common::StringSet;
use metrana_proto::types::Run;
use metrana_proto::types::attribute_update::Value as Typed;
use metrana_server::RunningServer;
use metrana_testkit::http::{call, get};
use serde_json::{Value, json};

use common::{acked, attribute, greeted, message, open, open_run, run, start};

async fn patch(server: &RunningServer, id: &str, body: &Value) -> (u16, Value) {
    call(server.http_addr(), "PATCH", &format!("/api/v1/runs/{id}"), Some(&body.to_string())).await
}

async fn names(server: &RunningServer, query: &str) -> Vec<String> {
    let (status, body) = get(server.http_addr(), &format!("/api/v1/runs?{query}")).await;
    assert_eq!(status, 200, "{body}");
    let runs = body["runs"].as_array().expect("runs");
    runs.iter().map(|run| run["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_run_is_named_described_tagged_hidden_and_pinned() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    open_run(&server, "b").await;
    let id = server.store().runs().expect("runs")[0].id.to_string();
    let tags = Typed::StringSetValue(StringSet { values: vec!["logged".into()] });
    let mut tagged = message(&run_id, 256);
    tagged.attributes.push(attribute("sys/tags", Some(tags)));
    let mut stream = greeted(&server, &run_id).await;
    acked(&mut stream, &tagged).await;

    let edit =
        json!({"name": "z", "notes": "new\nlines", "add_tags": ["seen"], "hidden": true, "pinned": true});
    let (status, answer) = patch(&server, &id, &edit).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer, get(server.http_addr(), &format!("/api/v1/runs/{id}")).await.1);
    for (field, expected) in [
        ("run_name", json!("a")),
        ("name", json!("z")),
        ("notes", json!("new\nlines")),
        ("tags", json!(["logged", "seen"])),
        ("hidden", json!(true)),
        ("pinned", json!(true)),
    ] {
        assert_eq!(answer[field], expected, "{field}");
    }
    let (_, attributes) = get(server.http_addr(), &format!("/api/v1/runs/{id}/attributes")).await;
    assert_eq!(attributes["attributes"]["sys/tags"]["value"], json!(["logged", "seen"]));
    assert_eq!(names(&server, "order=name").await, ["b", "z"]);
    assert_eq!(names(&server, "search=z").await, ["z"]);
    assert_eq!(names(&server, "search=a").await, ["z"], "by the name that loggers use as well");
    assert_eq!(names(&server, "hidden=false").await, ["b"]);
    assert_eq!(names(&server, "pinned=true").await, ["z"]);
    assert_eq!(names(&server, "tag=seen").await, ["z"]);
    assert!(names(&server, "tag=see").await.is_empty());
    assert!(!open(&server, &run("a")).await.0, "loggers find it by their name");
    assert!(open(&server, &run("z")).await.0, "and the new name is free for another run");

    let (_, answer) = patch(&server, &id, &json!({"name": null, "notes": null, "tags": []})).await;
    assert_eq!((&answer["name"], &answer["notes"], &answer["tags"]), (&json!("a"), &json!(""), &json!([])));
    assert_eq!(answer["hidden"], json!(true), "what is not said stays");
}

#[tokio::test]
async fn an_edit_that_makes_no_sense_changes_nothing() {
    let server = start().await;
    open_run(&server, "a").await;
    let id = server.store().runs().expect("runs")[0].id.to_string();
    let long = "x".repeat(300 << 10);
    for (bad, said) in [
        (json!({"nmae": "x"}), "nmae"),
        (json!({"name": " "}), "a name has more in it"),
        (json!({"name": "a\u{0}b"}), "NUL"),
        (json!({"name": long}), "at most 4096"),
        (json!({"notes": long}), "at most 262144"),
        (json!({"tags": ["a", ""]}), "a tag has something in it"),
        (json!({"add_tags": ["x".repeat(20_000)], "remove_tags": ["x".repeat(20_000)]}), "32768"),
        (json!({"tags": "a"}), "sequence"),
        (json!({"hidden": "yes"}), "boolean"),
        (json!([1]), "expected"),
    ] {
        let (status, answer) = patch(&server, &id, &bad).await;
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(status == 400 && error.contains(said), "{said}: {status} {answer}");
    }
    assert_eq!(patch(&server, "00", &json!({"name": "x"})).await.0, 404);
    assert_eq!(names(&server, "").await, ["a"]);
}

#[tokio::test]
async fn a_project_is_removed_with_its_runs() {
    let server = start().await;
    open_run(&server, "a").await;
    open_run(&server, "b").await;
    open(&server, &Run { organization: Some("o".into()), ..run("c") }).await;
    open(&server, &Run { project: "other & more".into(), ..run("d") }).await;
    let delete = async |query: &str| {
        call(server.http_addr(), "DELETE", &format!("/api/v1/projects?{query}"), None).await
    };
    assert_eq!(delete("workspace=ws").await.0, 400);
    assert_eq!(delete("workspace=ws&project=proj&x=1").await.0, 400);
    assert_eq!(delete("workspace=ws&project=pro").await.0, 404);
    assert_eq!(delete("workspace=ws&project=proj").await, (200, json!({"runs": "2"})));
    assert_eq!(delete("workspace=ws&project=proj").await.0, 404);
    assert_eq!(names(&server, "").await, ["c", "d"]);
    assert_eq!(delete("workspace=ws&project=other+%26+more").await, (200, json!({"runs": "1"})));
    assert_eq!(delete("organization=o&workspace=ws&project=proj").await, (200, json!({"runs": "1"})));
    assert!(names(&server, "").await.is_empty());
}
