//! What programs and pages draw from: buckets, heat maps, bands, exports and the feed of changes.

mod common;

use std::io::Read;
use std::net::SocketAddr;

use bytes::Bytes;
use flate2::read::GzDecoder;
use metrana_proto::types::{PointBatch, SeriesDeclaration};
use metrana_server::RunningServer;
use metrana_testkit::http::{call, get};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use common::{
    PATIENCE, acked, batch, counts, declaration, declaring, greeted, message, open_run, rl, with_points,
    with_rl,
};

const COLUMNS: &str = "application/vnd.metrana.columns";

/// A server with a run of three series: `loss` of 1,000 points, `odd` with values that are no numbers, and `reward` of
/// three environments.
async fn filled() -> (RunningServer, String, Bytes) {
    let server = common::start().await;
    let run = open_run(&server, "curves").await;
    let mut data = declaring(
        message(&run, 256),
        &[declaration(1, "loss"), declaration(2, "odd"), declaration(3, "reward")],
    );
    let loss: Vec<f64> = (0..1000).map(|step| f64::from(step % 100)).collect();
    data = with_points(data, 1, batch(0, &loss));
    let odd = PointBatch {
        values: vec![f64::NAN, 1.0, f64::INFINITY, f64::NEG_INFINITY],
        steps: vec![0, 1, 2, 999],
        timestamps_millis: vec![10, 20, 30, 40],
        ..PointBatch::default()
    };
    data = with_points(data, 2, odd);
    for (environment, offset) in [("a", 0.0), ("b", 10.0), ("c, \"d\"", 50.0)] {
        let batches: Vec<_> = (0..10_u32)
            .map(|step| {
                rl(step.into(), Some(7), 0, &[f64::from(step) + offset, f64::from(step) + offset + 2.0])
            })
            .collect();
        data = with_rl(data, 3, environment, &batches);
    }
    acked(&mut greeted(&server, &run).await, &data).await;
    let id = run.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
    (server, id, run)
}

async fn post(server: &RunningServer, path: &str, body: &Value) -> Value {
    let (status, answer) = call(server.http_addr(), "POST", path, Some(&body.to_string())).await;
    assert_eq!(status, 200, "{path} {body}: {answer}");
    answer
}

/// The bytes of a whole answer, chunks put together.
async fn bytes(server: SocketAddr, request: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(server).await.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("it takes the request");
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it answers").expect("to the end");
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_ascii_lowercase();
    let mut body = answer.split_off(end + 4);
    if head.contains("transfer-encoding: chunked") {
        let mut whole = Vec::new();
        while let Some(end) = body.windows(2).position(|part| part == b"\r\n") {
            let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
            whole.extend_from_slice(&body[end + 2..end + 2 + size]);
            body.drain(..end + 4 + size);
            if size == 0 {
                break;
            }
        }
        return (head, whole);
    }
    (head, body)
}

async fn read(
    server: &RunningServer,
    method: &str,
    path: &str,
    accept: &str,
    body: &str,
) -> (String, Vec<u8>) {
    let address = server.http_addr();
    let length = body.len();
    bytes(
        address,
        &format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\naccept: {accept}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        ),
    )
    .await
}

/// A column of doubles, out of columns.
fn doubles(whole: &[u8], name: &str) -> Vec<f64> {
    let (head, data) = split(whole);
    let column =
        head["columns"].as_array().unwrap().iter().find(|column| column["name"] == name).expect("the column");
    assert_eq!(column["type"], "f64");
    let at = |field: &str| usize::try_from(column[field].as_u64().unwrap()).unwrap();
    let bytes = &data[at("offset")..at("offset") + at("count") * 8];
    bytes.chunks(8).map(|value| f64::from_le_bytes(value.try_into().unwrap())).collect()
}

fn split(whole: &[u8]) -> (Value, &[u8]) {
    assert_eq!(&whole[..8], b"MTRCOLS1");
    let length = u32::from_le_bytes(whole[8..12].try_into().unwrap()) as usize;
    (serde_json::from_slice(&whole[16..16 + length]).unwrap(), &whole[16 + length..])
}

#[tokio::test]
async fn series_lie_on_one_grid_and_keep_their_peaks() {
    let (server, run, _) = filled().await;
    let wish = json!({"buckets": 10, "series": [{"run": run, "series": "1"}, {"run": run, "series": "2"}]});
    let answer = post(&server, "/api/v1/buckets", &wish).await;
    assert_eq!((&answer["from"], &answer["to"]), (&json!(0.0), &json!(999.0)));
    let loss = &answer["series"][0];
    let sum =
        |column: &Value| column.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).sum::<f64>();
    assert_eq!((sum(&loss["count"]), sum(&loss["sum"])), (1000.0, 49_500.0));
    assert_eq!(
        (&loss["min"][0], &loss["max"][0], &loss["first"][0], &loss["last"][0]),
        (&json!(0.0), &json!(99.0), &json!(0.0), &json!(99.0))
    );
    let odd = &answer["series"][1];
    assert_eq!(odd["flags"], json!([3, 0, 0, 0, 0, 0, 0, 0, 0, 4]));
    assert_eq!((&odd["count"][0], &odd["last"][0], &odd["last"][9]), (&json!(1), &json!(1.0), &Value::Null));

    let part = json!({"buckets": 2, "from": 100, "to": 199, "series": [{"run": run, "series": "1"}]});
    let part = post(&server, "/api/v1/buckets", &part).await;
    assert_eq!(part["series"][0]["count"], json!([50, 50]));
    assert_eq!(part["starts"], json!([100.0, 149.5]));

    let (head, columns) = read(&server, "POST", "/api/v1/buckets", COLUMNS, &wish.to_string()).await;
    assert!(head.contains(COLUMNS), "{head}");
    let (about, _) = split(&columns);
    assert_eq!(about["rows"], json!([{"run": run, "series": "1"}, {"run": run, "series": "2"}]));
    let sums = doubles(&columns, "sum");
    assert_eq!((sums.len(), sums[..10].iter().sum::<f64>()), (20, 49_500.0));
    assert!(sums[19].is_nan(), "there is no number");

    let gzip = format!("{COLUMNS}\r\naccept-encoding: gzip");
    let (head, packed) = read(&server, "POST", "/api/v1/buckets", &gzip, &wish.to_string()).await;
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).expect("it is packed");
    assert_eq!(unpacked, columns);
    let mut bare = wish.clone();
    bare["rows"] = json!(false);
    let (_, bare) = read(&server, "POST", "/api/v1/buckets", COLUMNS, &bare.to_string()).await;
    assert_eq!(split(&bare).0.get("rows"), None, "they are in the order of the question");
}

#[tokio::test]
async fn time_and_episodes_are_axes_too() {
    let (server, run, _) = filled().await;
    let on = async |x: &str, series: &str| {
        let wish = json!({"x": x, "buckets": 3, "series": [{"run": run, "series": series}]});
        post(&server, "/api/v1/buckets", &wish).await
    };
    let wall = on("wall_time", "2").await;
    assert_eq!((&wall["from"], &wall["to"]), (&json!(10.0), &json!(40.0)));
    let created = get(server.http_addr(), &format!("/api/v1/runs/{run}")).await.1["created_at_millis"]
        .as_str()
        .unwrap()
        .parse::<f64>()
        .unwrap();
    assert_eq!(on("relative_time", "2").await["from"].as_f64(), Some(10.0 - created));
    assert_eq!(on("episode", "3").await["series"][0]["count"], json!([60, 0, 0]));
    assert_eq!(on("episode", "1").await["series"][0]["count"], json!([0, 0, 0]), "it has no episodes");
    let pooled = on("rl_step", "3").await;
    assert_eq!(pooled["series"][0]["count"], json!([18, 18, 24]));
    let one =
        json!({"x": "rl_step", "buckets": 1, "series": [{"run": run, "series": "3", "environments": ["b"]}]});
    assert_eq!(post(&server, "/api/v1/buckets", &one).await["series"][0]["count"], json!([20]));
}

#[tokio::test]
async fn steps_are_episodes_where_there_is_a_point_for_each() {
    let server = common::start().await;
    let run = open_run(&server, "returns").await;
    let of_episodes =
        |id, metric| SeriesDeclaration { scale: "EPISODE".to_owned(), ..declaration(id, metric) };
    let mut data = declaring(message(&run, 256), &[of_episodes(1, "return"), of_episodes(2, "score")]);
    for (step, episode) in [(3, 0), (8, 1), (9, 2)] {
        data = with_rl(data, 1, "a", &[rl(step, None, episode, &[1.0])]);
    }
    data = with_points(data, 2, batch(4, &[1.0, 2.0]));
    acked(&mut greeted(&server, &run).await, &data).await;
    let id = run.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
    let on = async |series: &str| {
        let wish = json!({"x": "episode", "buckets": 3, "series": [{"run": id, "series": series}]});
        post(&server, "/api/v1/buckets", &wish).await
    };
    let returns = on("1").await;
    assert_eq!(
        (&returns["from"], &returns["to"], &returns["x"]),
        (&json!(0.0), &json!(2.0), &json!("episode"))
    );
    assert_eq!(returns["series"][0]["count"], json!([1, 1, 1]));
    let scores = on("2").await;
    assert_eq!((&scores["from"], &scores["to"]), (&json!(4.0), &json!(5.0)));
    assert_eq!(scores["series"][0]["count"], json!([1, 0, 1]));
}

#[tokio::test]
async fn environments_make_a_heat_map_and_bands() {
    let (server, run, _) = filled().await;
    let wish = json!({"run": run, "series": "3", "buckets": 10});
    let map = post(&server, "/api/v1/heat-map", &wish).await;
    assert_eq!(map["environments"], json!(["a", "b", "c, \"d\""]));
    assert_eq!(map["cells"][1], json!([11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0]));
    let (_, columns) = read(&server, "POST", "/api/v1/heat-map", COLUMNS, &wish.to_string()).await;
    let cells = doubles(&columns, "cells");
    assert_eq!((cells.len(), cells[0], cells[29]), (30, 1.0, 60.0));
    let counts = json!({"run": run, "series": "3", "buckets": 2, "measure": "count", "environments": ["a"]});
    assert_eq!(post(&server, "/api/v1/heat-map", &counts).await["cells"], json!([[10.0, 10.0]]));

    let bands =
        json!({"run": run, "series": "3", "buckets": 1, "x": "rl_step", "percentiles": [0, 50, 75, 100]});
    let bands = post(&server, "/api/v1/bands", &bands).await;
    assert_eq!(bands["environments"], json!([3]));
    assert_eq!(bands["curves"], json!([[5.5], [15.5], [35.5], [55.5]]));
}

#[tokio::test]
async fn all_points_leave_as_text_and_as_columns() {
    let (server, run, _) = filled().await;
    let export =
        |series: &str, more: &str| format!("/api/v1/runs/{run}/series/{series}/export?format={more}");
    let text =
        async |path: String| String::from_utf8(read(&server, "GET", &path, "*/*", "").await.1).unwrap();
    let loss = text(export("1", "csv")).await;
    assert_eq!(loss.lines().count(), 1001);
    assert!(loss.starts_with("step,timestamp_millis,value\n0,7,0.0\n1,7,1.0\n"), "{loss:.80}");
    let odd = text(export("2", "jsonl")).await;
    let values: Vec<Value> =
        odd.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["value"].take()).collect();
    assert_eq!(values, [json!("NaN"), json!(1.0), json!("Infinity"), json!("-Infinity")]);
    let reward = text(export("3", "csv")).await;
    assert!(reward.contains("\n\"c, \"\"d\"\"\",9,7,1,7,61.0\n"), "{reward}");
    assert_eq!(reward.lines().count(), 61);
    assert_eq!(text(export("3", "jsonl&environment=b")).await.lines().count(), 20);

    let (_, whole) = read(&server, "GET", &export("1", "columns&offset=10&limit=5"), "*/*", "").await;
    assert_eq!(doubles(&whole, "value"), [10.0, 11.0, 12.0, 13.0, 14.0]);
    assert_eq!(split(&whole).0["next"], 15);
    let (_, last) = read(&server, "GET", &export("3", "columns&environment=a"), "*/*", "").await;
    assert_eq!((doubles(&last, "value").len(), &split(&last).0["next"]), (20, &Value::Null));
}

#[tokio::test]
async fn what_makes_no_sense_is_told() {
    let (server, run, _) = filled().await;
    for (path, wish, status) in [
        ("/api/v1/buckets", json!({"series": [{"run": run, "series": "9"}]}), 404),
        ("/api/v1/buckets", json!({"series": [{"run": "00", "series": "1"}]}), 404),
        ("/api/v1/buckets", json!({"x": "sideways", "series": []}), 400),
        ("/api/v1/buckets", json!({"buckets": 0, "series": []}), 400),
        ("/api/v1/buckets", json!({"buckets": 1_000_000, "series": []}), 400),
        ("/api/v1/buckets", json!({"from": 2, "to": 1, "series": [{"run": run, "series": "1"}]}), 400),
        (
            "/api/v1/buckets",
            json!({"buckets": 10_000, "series": vec![json!({"run": run, "series": "1"}); 50]}),
            400,
        ),
        ("/api/v1/heat-map", json!({"run": run, "series": "1"}), 400),
        ("/api/v1/heat-map", json!({"run": run, "series": "3", "environments": ["nobody"]}), 404),
        ("/api/v1/bands", json!({"run": run, "series": "3", "percentiles": [101]}), 400),
    ] {
        let (is, answer) = call(server.http_addr(), "POST", path, Some(&wish.to_string())).await;
        assert!(is == status && answer["error"].is_string(), "{path} {wish}: {is} {answer}");
    }
    for (query, status) in [
        ("series?regex=(", 400),
        ("series?regex=(a{1000}){1000}", 400),
        ("series?labels=x", 400),
        ("series/1/export?format=xml", 400),
        ("series/1/export", 400),
        ("series/1/export?format=csv&limit=1", 400),
        ("series/3/export?format=columns", 400),
        ("series/3/export?format=csv&environment=nobody", 404),
    ] {
        let (is, answer) = get(server.http_addr(), &format!("/api/v1/runs/{run}/{query}")).await;
        assert!(is == status && answer["error"].is_string(), "{query}: {is} {answer}");
    }
}

#[tokio::test]
async fn lists_are_filtered_ordered_and_cut_into_pages() {
    let (server, run, _) = filled().await;
    open_run(&server, "another").await;
    let names = async |query: &str| {
        let answer = get(server.http_addr(), &format!("/api/v1/runs?{query}")).await.1;
        let runs = answer["runs"].as_array().unwrap().iter();
        (
            runs.map(|run| run["run_name"].as_str().unwrap().to_owned()).collect::<Vec<_>>(),
            answer["total"].clone(),
        )
    };
    assert_eq!(names("order=name").await, (vec!["another".into(), "curves".into()], json!("2")));
    assert_eq!(names("order=points&limit=1").await, (vec!["curves".into()], json!("2")));
    assert_eq!(names("search=oth").await, (vec!["another".into()], json!("1")));
    assert_eq!(names("organization=&offset=1").await, (vec!["another".into()], json!("2")));
    let metrics = async |query: &str| {
        let answer = get(server.http_addr(), &format!("/api/v1/runs/{run}/series?{query}")).await.1;
        let series = answer["series"].as_array().unwrap().iter();
        series.map(|series| series["metric"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(metrics("prefix=lo").await, ["loss"]);
    assert_eq!(metrics("regex=%5E(odd%7Creward)%24").await, ["odd", "reward"]);
    assert_eq!(metrics("offset=1&limit=1").await, ["odd"]);
    assert!(metrics("labels=a=b").await.is_empty());
    let projects = get(server.http_addr(), "/api/v1/projects").await.1;
    assert_eq!(
        (&projects["projects"][0]["runs"], &projects["projects"][0]["project"]),
        (&json!("2"), &json!("proj"))
    );
}

#[tokio::test]
async fn a_removed_run_is_gone() {
    let (server, run, _) = filled().await;
    let address = server.http_addr();
    let (head, _) = read(&server, "DELETE", &format!("/api/v1/runs/{run}"), "*/*", "").await;
    assert!(head.starts_with("http/1.1 204"), "{head}");
    assert_eq!(get(address, &format!("/api/v1/runs/{run}")).await.0, 404);
    assert_eq!(counts(&server).runs, 0);
    let (head, text) = read(&server, "GET", "/metrics", "*/*", "").await;
    let text = String::from_utf8(text).unwrap();
    assert!(head.contains("text/plain") && text.contains("\nmetrana_runs 0\n"), "{text}");
}

/// Reads the feed until an event has come that fits.
async fn event(stream: &mut TcpStream, fits: impl Fn(&Value) -> bool) -> Value {
    let mut text = String::new();
    let mut part = [0; 4096];
    let wait = async {
        loop {
            let length = stream.read(&mut part).await.expect("the feed stays open");
            assert!(length > 0, "the feed has ended: {text}");
            text += &String::from_utf8_lossy(&part[..length]);
            let events = text.lines().filter_map(|line| line.strip_prefix("data: "));
            if let Some(event) = events.filter_map(|data| serde_json::from_str(data).ok()).find(&fits) {
                return event;
            }
        }
    };
    timeout(PATIENCE, wait).await.expect("the event comes")
}

async fn follow(server: &RunningServer, since: &str) -> TcpStream {
    let address = server.http_addr();
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET /api/v1/events{since} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it takes the request");
    stream
}

#[tokio::test]
async fn the_feed_tells_what_changed_and_only_that() {
    let (server, id, run) = filled().await;
    let mut feed = follow(&server, "").await;
    let first = event(&mut feed, |_| true).await;
    assert_eq!(first["reset"], true);
    let mut stream = greeted(&server, &run).await;
    acked(
        &mut stream,
        &with_points(declaring(message(&run, 512), &[declaration(1, "loss")]), 1, batch(1000, &[1.0])),
    )
    .await;
    let next = event(&mut feed, |event| event["runs"][0]["series"] != json!([])).await;
    assert_eq!(
        (&next["reset"], &next["runs"][0]["run"], &next["runs"][0]["series"]),
        (&json!(false), &json!(id), &json!(["1"]))
    );

    let since = format!("?since={}", first["cursor"].as_str().unwrap());
    let again =
        event(&mut follow(&server, &since).await, |event| event["runs"][0]["series"] != json!([])).await;
    assert_eq!(again["runs"][0]["series"], json!(["1"]), "a reader that comes back has missed nothing");
    let (status, _) = get(server.http_addr(), "/api/v1/events?since=nonsense").await;
    assert_eq!(status, 400);
    server.shutdown().await.expect("readers of the feed do not hold it up");
    assert_eq!(feed.read(&mut [0; 64]).await.map_or(0, |_| 0), 0);
}
