//! Answers as Apache Arrow, read back by Arrow's own reader and held against the JSON answers.

mod common;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMillisecondType, UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use metrana_proto::types::PointBatch;
use metrana_server::RunningServer;
use metrana_testkit::http::call;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use common::{
    PATIENCE, acked, batch, declaration, declaring, greeted, message, open_run, rl, start, with_points,
    with_rl,
};

/// A server with a run: plain numbers, what is none, an empty series, and an environment with and without episodes.
async fn filled() -> (RunningServer, String) {
    let server = start().await;
    let run = open_run(&server, "arrow").await;
    let names = ["loss", "odd", "unused", "reward"];
    let declarations: Vec<_> = (1..).zip(names).map(|(number, name)| declaration(number, name)).collect();
    let mut data = declaring(message(&run, 256), &declarations);
    data = with_points(data, 1, batch(0, &[0.5, 0.25, 1e300, 1e300]));
    let odd = PointBatch {
        values_f32: vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 0.1],
        steps: vec![1, 2, 3, 40, 1 << 60],
        timestamps_millis: vec![-1, 0, 1, 2, i64::MAX],
        ..PointBatch::default()
    };
    data = with_points(data, 2, odd);
    data = with_rl(data, 4, "e", &[rl(1, None, 0, &[1.0, 2.0]), rl(2, Some(7), 0, &[3.0])]);
    acked(&mut greeted(&server, &run).await, &data).await;
    (server, run.iter().fold(String::new(), |id, byte| format!("{id}{byte:02x}")))
}

/// The answer as JSON, and as Arrow with what stands beside its table.
async fn both(server: &RunningServer, path: &str, wish: &Value) -> (Value, RecordBatch, Value) {
    let wish = wish.to_string();
    let (status, told) = call(server.http_addr(), "POST", path, Some(&wish)).await;
    assert_eq!(status, 200, "{told}");
    let address = server.http_addr();
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\naccept: application/vnd.apache.arrow.stream\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{wish}",
        wish.len()
    );
    stream.write_all(request.as_bytes()).await.expect("it takes the request");
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it answers").expect("to the end");
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    assert!(head.contains("content-type: application/vnd.apache.arrow.stream"), "{head}");
    let mut reader = StreamReader::try_new(&answer[end + 4..], None).expect("a stream");
    let about = serde_json::from_str(&reader.schema().metadata()["metrana"]).expect("JSON");
    let table = reader.next().expect("a batch").expect("it is whole");
    assert!(reader.next().is_none());
    (told, table, about)
}

fn wholes(table: &RecordBatch, name: &str) -> Vec<Option<u64>> {
    table[name].as_primitive::<UInt64Type>().iter().collect()
}

fn numbers(table: &RecordBatch, name: &str) -> Vec<Option<f64>> {
    table[name].as_primitive::<Float64Type>().iter().collect()
}

/// A number as the JSON answers have it.
fn as_told(value: f64) -> Value {
    if value.is_finite() {
        json!(value)
    } else if value.is_nan() {
        json!("NaN")
    } else {
        json!(if value > 0.0 { "Infinity" } else { "-Infinity" })
    }
}

/// The column of all series in JSON, one behind the other; null where a series has no such column.
fn column(told: &Value, name: &str) -> Vec<Value> {
    let of = |series: &Value| -> Vec<Value> {
        let points = series["values"].as_array().unwrap().len();
        series.get(name).map_or(vec![Value::Null; points], |column| column.as_array().unwrap().clone())
    };
    told["series"].as_array().unwrap().iter().flat_map(of).collect()
}

#[tokio::test]
async fn points_are_those_of_the_json_answer() {
    let (server, run) = filled().await;
    let wish = json!({"series": [
        {"run": run, "series": "1"}, {"run": run, "series": "2"}, {"run": run, "series": "3"},
        {"run": run, "series": "4", "environment": "e"}, {"run": run, "series": "1", "cursor": "1"},
    ]});
    let (told, table, about) = both(&server, "/api/v1/points", &wish).await;
    let text = |value: Option<u64>| value.map_or(Value::Null, |value| json!(value.to_string()));
    let texts = |name: &str| wholes(&table, name).into_iter().map(text).collect::<Vec<_>>();
    let mut steps = column(&told, "steps");
    let environment = column(&told, "env_steps");
    // A series has one or the other.
    steps.iter_mut().zip(environment).filter(|(step, _)| step.is_null()).for_each(|(step, is)| *step = is);
    assert_eq!(texts("step"), steps);
    assert_eq!(texts("rl_step"), column(&told, "rl_steps"));
    assert_eq!(texts("episode"), column(&told, "episodes"));
    let values: Vec<Value> =
        numbers(&table, "value").into_iter().map(|value| as_told(value.unwrap())).collect();
    assert_eq!(values, column(&told, "values"));
    assert_eq!(values[7].as_f64().unwrap().to_bits(), (-0.0_f64).to_bits());
    let times: Vec<Value> = table["timestamp"]
        .as_primitive::<TimestampMillisecondType>()
        .values()
        .iter()
        .map(|time| json!(time.to_string()))
        .collect();
    assert_eq!(times, column(&told, "timestamps_millis"));
    let widths: Vec<Value> =
        table["width"].as_primitive::<UInt8Type>().values().iter().map(|width| json!(width)).collect();
    assert_eq!(widths, column(&told, "value_width"));
    let places = [0, 0, 0, 0, 1, 1, 1, 1, 1, 3, 3, 3, 4, 4];
    assert_eq!(table["place"].as_primitive::<UInt32Type>().values(), &places);
    for (place, (series, about)) in
        (0_u32..).zip(told["series"].as_array().unwrap().iter().zip(about["series"].as_array().unwrap()))
    {
        assert_eq!((&series["next"], &series["more"]), (&about["next"], &about["more"]));
        assert_eq!(about["count"], json!(places.iter().filter(|is| **is == place).count()));
    }
}

#[tokio::test]
async fn buckets_are_those_of_the_json_answer() {
    let (server, run) = filled().await;
    let wish = json!({"buckets": 7, "from": 0, "to": 50, "series": [
        {"run": run, "series": "1"}, {"run": run, "series": "2"}, {"run": run, "series": "3"}, {"run": run, "series": "4"},
    ]});
    let (told, table, about) = both(&server, "/api/v1/buckets", &wish).await;
    let column = |name: &str| -> Vec<Value> {
        let of = |series: &Value| series[name].as_array().unwrap().clone();
        told["series"].as_array().unwrap().iter().flat_map(of).collect()
    };
    let mut nulls = 0;
    for name in ["first_x", "last_x", "first", "last", "min", "max", "sum"] {
        let is: Vec<Value> = numbers(&table, name).into_iter().map(|value| json!(value)).collect();
        assert_eq!(is, column(name), "{name}");
        nulls += table[name].null_count();
    }
    assert!(nulls > 7, "there are some");
    let counts: Vec<Value> = wholes(&table, "count").into_iter().map(|count| json!(count)).collect();
    assert_eq!(counts, column("count"));
    let flags: Vec<Value> =
        table["flags"].as_primitive::<UInt8Type>().values().iter().map(|flags| json!(flags)).collect();
    assert_eq!(flags, column("flags"));
    let starts = told["starts"].as_array().unwrap();
    let is: Vec<Value> = numbers(&table, "start").into_iter().map(|start| json!(start)).collect();
    assert_eq!(is, std::iter::repeat_n(starts.clone(), 4).flatten().collect::<Vec<_>>());
    let places: Vec<u32> = (0..4).flat_map(|place| [place; 7]).collect();
    assert_eq!(table["place"].as_primitive::<UInt32Type>().values(), places.as_slice());
    assert_eq!((&about["from"], &about["buckets"]), (&told["from"], &told["buckets"]));
    assert_eq!(about["rows"][3], json!({"run": run, "series": "4"}));
}
