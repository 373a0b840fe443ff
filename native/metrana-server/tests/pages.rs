//! Raw points page by page: a reader goes on where it was, no page is longer than its bound, many series come at once, and
//! a reader that takes nothing holds up nobody for long.

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use arrow_ipc::reader::StreamReader;
use bytes::Bytes;
use metrana_proto::types::{OrderingMode, PointBatch, SeriesDeclaration};
use metrana_server::{Limits, Options, RunningServer};
use metrana_testkit::http::{call, get};
use metrana_testkit::random::Random;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

use common::{
    PATIENCE, acked, batch, counted, declaration, declaring, greeted, message, open_run, rl, start,
    start_with, with_histograms, with_points, with_rl,
};

const COLUMNS: &str = "application/vnd.metrana.columns";
const ARROW: &str = "application/vnd.apache.arrow.stream";

fn id(run: &Bytes) -> String {
    run.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}"))
}

async fn read(server: &RunningServer, path: &str) -> Value {
    let (status, body) = get(server.http_addr(), path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

async fn post(server: &RunningServer, wish: &Value) -> Value {
    let (status, body) = call(server.http_addr(), "POST", "/api/v1/points", Some(&wish.to_string())).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// The body of an answer as it is.
async fn body(server: &RunningServer, method: &str, path: &str, accept: &str, wish: &str) -> Vec<u8> {
    let address = server.http_addr();
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\naccept: {accept}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{wish}",
        wish.len()
    );
    stream.write_all(request.as_bytes()).await.expect("it takes the request");
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it answers").expect("to the end");
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(&answer[..answer.len().min(500)])
    );
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").expect("a head");
    answer.split_off(end + 4)
}

fn split(whole: &[u8]) -> (Value, &[u8]) {
    assert_eq!(&whole[..8], b"MTRCOLS1");
    let length = u32::from_le_bytes(whole[8..12].try_into().unwrap()) as usize;
    (serde_json::from_slice(&whole[16..16 + length]).unwrap(), &whole[16 + length..])
}

/// A column of eight bytes each, out of columns.
fn column(whole: &[u8], name: &str) -> Vec<u64> {
    let (head, data) = split(whole);
    let columns = head["columns"].as_array().unwrap();
    let column = columns.iter().find(|column| column["name"] == name).expect("the column");
    let at = |field: &str| usize::try_from(column[field].as_u64().unwrap()).unwrap();
    let bytes = &data[at("offset")..at("offset") + at("count") * 8];
    bytes.chunks(8).map(|value| u64::from_le_bytes(value.try_into().unwrap())).collect()
}

fn texts(column: &Value) -> Vec<String> {
    column.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn unordered(number: u64, metric: &str) -> SeriesDeclaration {
    SeriesDeclaration { ordering: OrderingMode::AbsoluteUnordered.into(), ..declaration(number, metric) }
}

fn at_steps(steps: &[u64]) -> PointBatch {
    PointBatch {
        values: vec![0.5; steps.len()],
        steps: steps.to_vec(),
        timestamp_millis: Some(7),
        ..PointBatch::default()
    }
}

#[tokio::test]
async fn a_reader_of_an_ordered_series_goes_on_while_points_arrive() {
    let server = start().await;
    let run = open_run(&server, "ordered").await;
    let mut stream = greeted(&server, &run).await;
    let path = format!("/api/v1/runs/{}/series/1/points?limit=7", id(&run));
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for number in 1..=20 {
        let data = declaring(message(&run, number * 256), &[declaration(1, "m")]);
        acked(&mut stream, &with_points(data, 1, batch(number * 10, &[0.5; 10]))).await;
        let page = read(&server, &format!("{path}{cursor}")).await;
        seen.extend(texts(&page["steps"]));
        assert_eq!(page["more"], true);
        cursor = format!("&cursor={}", page["next"].as_str().unwrap());
    }
    loop {
        let page = read(&server, &format!("{path}{cursor}")).await;
        seen.extend(texts(&page["steps"]));
        cursor = format!("&cursor={}", page["next"].as_str().unwrap());
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(seen, (10..210).map(|step| step.to_string()).collect::<Vec<_>>());
    let page = read(&server, &format!("{path}{cursor}")).await;
    assert_eq!((&page["steps"], &page["more"]), (&json!([]), &json!(false)), "there is nothing more yet");
    let data = with_points(declaring(message(&run, 1 << 20), &[declaration(1, "m")]), 1, batch(500, &[0.5]));
    acked(&mut stream, &data).await;
    assert_eq!(read(&server, &format!("{path}{cursor}")).await["steps"], json!(["500"]));
    let page = read(&server, &format!("{path}&cursor=207")).await;
    assert_eq!(page["steps"], json!(["208", "209", "500"]), "a step alone is a cursor");
}

#[tokio::test]
async fn a_reader_of_an_unordered_series_sees_each_step_once_and_none_is_missing() {
    let server = start().await;
    let run = open_run(&server, "unordered").await;
    let mut stream = greeted(&server, &run).await;
    let path = format!("/api/v1/runs/{}/series/1/points?limit=9", id(&run));
    let mut random = Random::new(11);
    let (mut seen, mut cursor) = (Vec::<u64>::new(), String::new());
    let mut all = std::collections::BTreeMap::new();
    for number in 1..200 {
        if number <= 60 {
            let steps: Vec<u64> = (0..6).map(|_| random.below(2000)).collect();
            let behind = seen.last().copied();
            for step in &steps {
                // A step in front of the reader must come; one behind it cannot.
                let first = all.entry(*step).or_insert(behind);
                *first = (*first).min(behind);
            }
            let data = declaring(message(&run, number * 256), &[unordered(1, "m")]);
            acked(&mut stream, &with_points(data, 1, at_steps(&steps))).await;
        }
        let page = read(&server, &format!("{path}{cursor}")).await;
        seen.extend(texts(&page["steps"]).iter().map(|step| step.parse::<u64>().unwrap()));
        cursor = format!("&cursor={}", page["next"].as_str().unwrap());
        if page["more"] == false && number > 60 {
            break;
        }
    }
    assert!(seen.is_sorted_by(|one, next| one < next), "each step once, in order: {seen:?}");
    for (step, behind) in all {
        if behind.is_none_or(|behind| step > behind) {
            assert!(seen.contains(&step), "step {step} is missing");
        }
    }
}

#[tokio::test]
async fn a_reader_of_an_environment_goes_on_within_a_step_of_the_training() {
    let server = start().await;
    let run = open_run(&server, "rl").await;
    let mut stream = greeted(&server, &run).await;
    let path = format!("/api/v1/runs/{}/series/1/points?environment=e&limit=3", id(&run));
    // Episodes take turns: the order is that in which they came.
    let parts =
        [(1, Some(5), 0), (1, Some(4), 7), (1, Some(5), 2), (2, None, 0), (2, Some(6), 0), (2, Some(6), 2)];
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for (number, (rl_step, episode, first)) in (1..).zip(parts) {
        let data = declaring(message(&run, number * 256), &[declaration(1, "m")]);
        acked(&mut stream, &with_rl(data, 1, "e", &[rl(rl_step, episode, first, &[0.5, 0.25])])).await;
        let page = read(&server, &format!("{path}{cursor}")).await;
        seen.extend(texts(&page["env_steps"]));
        cursor = format!("&cursor={}", page["next"].as_str().unwrap());
    }
    assert_eq!(seen, ["0", "1", "7", "8", "2", "3", "0", "1", "0", "1", "2", "3"]);
    // The point alone is found again, although episodes are not in order.
    for (cursor, expected) in [
        ("1:4:8", json!(["2", "3", "0"])),
        ("1:5:3", json!(["0", "1", "0"])),
        ("2:-:0@1", json!(["1", "0", "1"])),
        ("2:6:3", json!([])),
        ("0:9:9", json!(["0", "1", "7"])),
    ] {
        assert_eq!(
            read(&server, &format!("{path}&cursor={cursor}")).await["env_steps"],
            expected,
            "{cursor}"
        );
    }
    for (status, wrong) in [
        (400, "cursor=7"),
        (400, "cursor=1:2:3&raw=true"),
        (400, "cursor=a"),
        (400, "cursor=@1&offset=1"),
        (400, "bytes=100"),
        (400, "bytes=1000000000"),
    ] {
        let (is, body) = get(server.http_addr(), &format!("{path}&{wrong}")).await;
        assert_eq!(is, status, "{wrong}: {body}");
        assert!(body["error"].is_string(), "{body}");
    }
}

/// A series whose points are as long as points can be.
async fn long_points(server: &RunningServer, count: u64) -> Bytes {
    let run = open_run(server, "long").await;
    let first = u64::MAX - count;
    let steps: Vec<u64> = (first..first + count).collect();
    let long = PointBatch {
        values: steps.iter().map(|step| f64::from_bits(0x8010_1234_5678_9abc + (step & 0xfff))).collect(),
        timestamps_millis: steps.iter().map(|step| i64::MIN + (step & 0xff).cast_signed()).collect(),
        steps,
        ..PointBatch::default()
    };
    let data = declaring(message(&run, 256), &[declaration(1, "m"), declaration(2, "r")]);
    let episode = Some(u64::MAX - 1);
    let data = with_rl(data, 2, "e\u{1}\"", &[rl(u64::MAX - 1, episode, first, &long.values)]);
    acked(&mut greeted(server, &run).await, &with_points(data, 1, long)).await;
    run
}

#[tokio::test]
async fn no_page_is_longer_than_its_bound() {
    let (server, count) = (start().await, 5000);
    let run = long_points(&server, count).await;
    let run = id(&run);
    let bytes = 70_000;
    for environment in ["", "&environment=e%01%22"] {
        let series = if environment.is_empty() { 1 } else { 2 };
        let path = format!("/api/v1/runs/{run}/series/{series}/points?bytes={bytes}{environment}");
        let (mut read, mut cursor) = (0, String::new());
        loop {
            let page = body(&server, "GET", &format!("{path}{cursor}"), "*/*", "").await;
            assert!(page.len() <= bytes, "{} bytes", page.len());
            let page: Value = serde_json::from_slice(&page).unwrap();
            let here = page["values"].as_array().unwrap().len() as u64;
            assert!(here > 0);
            read += here;
            cursor = format!("&cursor={}", page["next"].as_str().unwrap());
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(read, count);
        let path =
            format!("/api/v1/runs/{run}/series/{series}/export?format=columns&bytes={bytes}{environment}");
        let (mut steps, mut offset) = (Vec::new(), String::new());
        loop {
            let page = body(&server, "GET", &format!("{path}{offset}"), "*/*", "").await;
            assert!(page.len() <= bytes, "{} bytes", page.len());
            steps.extend(column(&page, "step"));
            let (head, _) = split(&page);
            let Some(next) = head["next"].as_u64() else { break };
            offset = format!("&offset={next}");
        }
        assert_eq!(steps, (u64::MAX - count..u64::MAX).collect::<Vec<_>>());
    }
    // Of many series, all together.
    for accept in ["application/json", COLUMNS, ARROW] {
        let mut cursors = [json!("@0"), json!("@0"), json!("@0")];
        let mut read = [0; 3];
        let mut rounds = 0;
        while read.iter().sum::<u64>() < 3 * count {
            let wish = json!({"bytes": bytes, "series": [
                {"run": run, "series": "1", "cursor": cursors[0]},
                {"run": run, "series": "2", "environment": "e\u{1}\"", "cursor": cursors[1]},
                {"run": run, "series": "1", "cursor": cursors[2]},
            ]});
            let page = body(&server, "POST", "/api/v1/points", accept, &wish.to_string()).await;
            assert!(page.len() <= bytes, "{} bytes", page.len());
            let head: Value = if accept == ARROW {
                let reader = StreamReader::try_new(page.as_slice(), None).unwrap();
                serde_json::from_str(&reader.schema().metadata()["metrana"]).unwrap()
            } else if accept == COLUMNS {
                split(&page).0
            } else {
                serde_json::from_slice(&page).unwrap()
            };
            for (at, series) in head["series"].as_array().unwrap().iter().enumerate() {
                let here = series["count"].as_u64();
                let here = here.unwrap_or_else(|| series["values"].as_array().unwrap().len() as u64);
                read[at] += here;
                assert_eq!(series["more"], read[at] < count, "{series}");
                cursors[at] = series["next"].clone();
            }
            rounds += 1;
            assert!(rounds < 100, "it gets on");
        }
        assert_eq!(read, [count; 3]);
    }
}

#[tokio::test]
async fn a_thousand_series_come_in_one_answer() {
    let server = start().await;
    let run = open_run(&server, "many").await;
    let count = 1000_u32;
    let declarations: Vec<_> = (1..=count).map(|k| declaration(k.into(), &format!("m{k}"))).collect();
    let mut data = declaring(message(&run, 256), &declarations);
    for k in 1..=count {
        let values: Vec<f64> = (0..k % 7).map(|step| f64::from(k) + f64::from(step) / 8.0).collect();
        data = with_points(data, k.into(), batch(k.into(), &values));
    }
    acked(&mut greeted(&server, &run).await, &data).await;
    let run = id(&run);
    let asked: Vec<_> = (1..=count).map(|k| json!({"run": run, "series": k.to_string()})).collect();
    let wish = json!({"series": asked});
    let answer = post(&server, &wish).await;
    let columns = body(&server, "POST", "/api/v1/points", COLUMNS, &wish.to_string()).await;
    let (head, _) = split(&columns);
    let (steps, values) = (column(&columns, "step"), column(&columns, "value"));
    let mut first = 0;
    for k in 1..=count {
        let place = usize::try_from(k - 1).unwrap();
        let points = u64::from(k % 7);
        let one = &answer["series"][place];
        assert_eq!((&one["run"], &one["series"]), (&json!(run), &json!(k.to_string())));
        let expected: Vec<f64> = (0..k % 7).map(|step| f64::from(k) + f64::from(step) / 8.0).collect();
        assert_eq!(one["values"], json!(expected));
        let expected_steps: Vec<u64> = (u64::from(k)..).take(expected.len()).collect();
        assert_eq!(texts(&one["steps"]), expected_steps.iter().map(u64::to_string).collect::<Vec<_>>());
        let about = &head["series"][place];
        assert_eq!(
            (&about["first"], &about["count"], &about["more"]),
            (&json!(first), &json!(points), &json!(false))
        );
        let here = first..first + expected.len();
        assert_eq!(steps[here.clone()], expected_steps);
        let bits: Vec<u64> = expected.iter().map(|value| value.to_bits()).collect();
        assert_eq!(values[here.clone()], bits);
        first = here.end;
    }
    assert_eq!(steps.len(), first);
    for (status, wrong) in [
        (400, json!({"series": vec![json!({"run": run, "series": "1"}); 5000]})),
        (400, json!({"series": [{"run": run, "series": "1", "environment": "e"}]})),
        (400, json!({"series": [{"run": run, "series": "1", "offset": 3}]})),
        (400, json!({"series": asked, "bytes": 100_000})),
        (404, json!({"series": [{"run": run, "series": "5000"}]})),
    ] {
        let (is, answer) = call(server.http_addr(), "POST", "/api/v1/points", Some(&wrong.to_string())).await;
        assert!(is == status && answer["error"].is_string(), "{is} {answer}");
    }
}

/// Asks for all points of the series, and takes nothing of what comes.
async fn stuck(address: SocketAddr, run: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let request =
        format!("GET /api/v1/runs/{run}/series/1/export?format=columns HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    // The answer has begun.
    let mut first = [0; 12];
    timeout(PATIENCE, stream.read_exact(&mut first)).await.expect("it answers").unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    stream
}

/// A server with room for one answer, and a run with one that does not fit in the buffers of any system.
async fn narrow(stall: Duration) -> (RunningServer, String) {
    let limits = Limits {
        // Half of it is for answers.
        under_way: 60 << 20,
        room: Duration::from_millis(300),
        stall,
        ..Limits::default()
    };
    let options = Options { limits, ..Options::default() };
    let server = start_with(options).await;
    let run = open_run(&server, "large").await;
    let data = declaring(message(&run, 256), &[declaration(1, "m")]);
    acked(&mut greeted(&server, &run).await, &with_points(data, 1, batch(0, &vec![0.5; 800_000]))).await;
    (server, id(&run))
}

#[tokio::test]
async fn what_answers_hold_is_bounded_until_they_are_sent() {
    let (server, run) = narrow(Duration::from_mins(5)).await;
    let page = format!("/api/v1/runs/{run}/series/1/export?format=columns&limit=500000");
    assert_eq!(column(&body(&server, "GET", &page, "*/*", "").await, "step").len(), 500_000);
    let reader = stuck(server.http_addr(), &run).await;
    let (status, problem) = get(server.http_addr(), &page).await;
    assert_eq!(status, 503, "{problem}");
    assert!(problem["error"].as_str().unwrap().contains("no room"), "{problem}");
    assert_eq!(get(server.http_addr(), "/api/v1/runs").await.0, 200, "what is small is answered");
    drop(reader);
    let deadline = Instant::now() + PATIENCE;
    while get_status(&server, &page).await != 200 {
        assert!(Instant::now() < deadline, "what a reader held that is gone is given back");
    }
}

/// A refusal comes only when there was no room for as long as the server waits.
async fn get_status(server: &RunningServer, path: &str) -> u16 {
    let address = server.http_addr();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it answers").unwrap();
    std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_cut_and_the_next_one_is_served() {
    let (server, run) = narrow(Duration::from_millis(200)).await;
    let mut reader = stuck(server.http_addr(), &run).await;
    let page = format!("/api/v1/runs/{run}/series/1/export?format=columns&limit=500000");
    let deadline = Instant::now() + PATIENCE;
    while get_status(&server, &page).await != 200 {
        assert!(Instant::now() < deadline, "the reader is cut");
    }
    let mut rest = Vec::new();
    // What lies in the buffers of the system still comes, and then the end, or its breaking off.
    let _ = timeout(PATIENCE, reader.read_to_end(&mut rest)).await.expect("the connection is over");
    assert!(rest.len() < 20_000_000, "it did not get all: {}", rest.len());
}

#[tokio::test]
async fn histograms_come_page_by_page_within_their_bytes() {
    let server = start().await;
    let run = open_run(&server, "histograms").await;
    let mut random = Random::new(5);
    let ordering = OrderingMode::AbsoluteUnordered.into();
    let series = SeriesDeclaration { ordering, ..declaration(1, "h") };
    let mut client = greeted(&server, &run).await;
    let mut expected = std::collections::BTreeMap::new();
    for part in 0..4_u64 {
        let mut data = message(&run, 256 * (part + 1));
        if part == 0 {
            data = declaring(data, std::slice::from_ref(&series));
        }
        let some: Vec<_> = (0..60_u64)
            .map(|at| {
                // One of them is longer by itself than the bound of a page.
                let bins =
                    if part == 1 && at == 7 { 9000 } else { 1 + usize::try_from(random.below(300)).unwrap() };
                let step = if bins == 9000 { 500 } else { random.below(160) };
                expected.insert(step, bins);
                counted(step, &vec![part; bins])
            })
            .collect();
        acked(&mut client, &with_histograms(data, 1, &some)).await;
    }
    let path = format!("/api/v1/runs/{}/series/1/histograms", id(&run));
    let mut listed = Vec::new();
    let mut query = "bytes=65536".to_owned();
    let mut pages = 0;
    loop {
        let whole = body(&server, "GET", &format!("{path}?{query}"), "*/*", "").await;
        let page: Value = serde_json::from_slice(&whole).unwrap();
        let here = page["histograms"].as_array().unwrap();
        assert!(whole.len() <= 65536 || here.len() == 1, "{} bytes", whole.len());
        assert_eq!(page["total"], json!(expected.len().to_string()));
        assert!(!here.is_empty());
        listed.extend(here.iter().map(|one| {
            let step = one["step"].as_str().unwrap().parse::<u64>().unwrap();
            (step, one["counts"].as_array().unwrap().len())
        }));
        pages += 1;
        if page["more"] == json!(false) {
            break;
        }
        query = format!("bytes=65536&cursor={}", page["next"].as_str().unwrap());
    }
    assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
    assert!(pages > 5, "{pages} pages");
}

#[tokio::test]
async fn what_is_drawn_or_listed_waits_for_room_before_it_is_made() {
    let (server, run) = narrow(Duration::from_mins(5)).await;
    let reader = stuck(server.http_addr(), &run).await;
    // Their answers are a few bytes; what it takes to make them is not there.
    let series: Vec<Value> = (0..1000).map(|_| json!({"run": run, "series": "1"})).collect();
    let wish = json!({"buckets": 400, "from": 0, "to": 1, "series": series}).to_string();
    let (status, problem) = call(server.http_addr(), "POST", "/api/v1/buckets", Some(&wish)).await;
    assert_eq!(status, 503, "{problem}");
    let wish = json!({"buckets": 40, "series": [{"run": run, "series": "1"}]}).to_string();
    assert_eq!(call(server.http_addr(), "POST", "/api/v1/buckets", Some(&wish)).await.0, 200);
    let many = open_run(&server, "many").await;
    let declarations: Vec<_> = (1..=100).map(|number| declaration(number, &format!("m{number}"))).collect();
    let mut data = declaring(message(&many, 256), &declarations);
    for number in 1..=100 {
        data = with_points(data, number, batch(0, &[0.5]));
    }
    acked(&mut greeted(&server, &many).await, &data).await;
    let wish = |times| json!({"runs": vec![id(&many); times]}).to_string();
    let (status, problem) = call(server.http_addr(), "POST", "/api/v1/series", Some(&wish(200))).await;
    assert_eq!(status, 503, "{problem}");
    assert_eq!(call(server.http_addr(), "POST", "/api/v1/series", Some(&wish(2))).await.0, 200);
    drop(reader);
}

#[tokio::test]
async fn a_small_page_of_a_long_unordered_series_takes_little_room() {
    let (server, run) = narrow(Duration::from_mins(5)).await;
    let other = open_run(&server, "unordered").await;
    let ordering = OrderingMode::AbsoluteUnordered.into();
    let series = SeriesDeclaration { ordering, ..declaration(1, "m") };
    let mut data = declaring(message(&other, 256), &[series]);
    data = with_points(data, 1, batch(400_000, &vec![0.5; 400_000]));
    data = with_points(data, 1, batch(0, &vec![1.5; 400_001]));
    acked(&mut greeted(&server, &other).await, &data).await;
    let reader = stuck(server.http_addr(), &run).await;
    let path = format!("/api/v1/runs/{}/series/1/points?offset=399999&limit=3", id(&other));
    let page = read(&server, &path).await;
    assert_eq!((&page["total"], &page["steps"]), (&json!("800000"), &json!(["399999", "400000", "400001"])));
    assert_eq!(page["values"], json!([1.5, 1.5, 0.5]), "the last value of a step counts");
    drop(reader);
}
