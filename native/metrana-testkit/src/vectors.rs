//! Golden vectors: what the published engines were asked to log, and the bytes that they sent for it.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::program::{Call, SeriesName, StdFloats, Steps, Timestamps, Values};

/// One capture.
#[derive(Clone, Debug)]
pub struct Vector {
    /// What it shows.
    pub name: String,
    /// The version of the engine.
    pub engine: String,
    /// The calls that the engine accepted, in order.
    pub calls: Vec<Call>,
    /// What the server had told at the handshake: series with their last steps.
    pub seeds: Vec<Seed>,
    /// The bytes of the handshake's request.
    pub handshake: Bytes,
    /// The bytes of the messages on the update stream.
    pub messages: Vec<Bytes>,
}

/// Where a series stood before the first call.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The metric.
    pub metric: String,
    /// The scale.
    pub scale: String,
    /// The labels as the capture has them, which is not always how they ought to be.
    pub flat_labels: String,
    /// The last step.
    pub last_step: u64,
}

/// The run id that stands in every captured message.
pub const CAPTURED_RUN_ID: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Reads the vectors of a group for one version of the engine, those aside that turn on a type of Python's.
#[must_use]
pub fn read(group: &str, engine: &str) -> Vec<Vector> {
    let path = directory().join(format!("{group}.engine-{engine}.jsonl"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON"));
    lines.filter(|line: &Value| line["python_only"] != true).map(|line| vector(&line)).collect()
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

fn vector(line: &Value) -> Vector {
    let calls = list(&line["calls"]).iter().zip(list(&line["results"]));
    let accepted = calls.filter(|(_, result)| *result == "ok").map(|(call, _)| std_floats(call));
    let requests = list(&line["requests"]);
    let bytes = |request: &Value| bytes(text(&request["hex"]));
    let (handshakes, messages): (Vec<&Value>, Vec<&Value>) =
        requests.iter().partition(|request| request["rpc"] == "InitializeRunLogging");
    Vector {
        name: text(&line["name"]).to_owned(),
        engine: text(&line["engine"]).to_owned(),
        calls: accepted.collect(),
        seeds: line["init_response"]["series"]
            .as_array()
            .map_or_else(Vec::new, |seeds| seeds.iter().map(seed).collect()),
        handshake: handshakes
            .first()
            .map(|request| bytes(request))
            .expect("a capture begins with a handshake"),
        messages: messages.into_iter().map(bytes).collect(),
    }
}

fn seed(seed: &Value) -> Seed {
    let [metric, scale, flat_labels, _, last_step, ..] = list(seed) else { panic!("a seed is {seed}") };
    Seed {
        metric: text(metric).to_owned(),
        scale: text(scale).to_owned(),
        flat_labels: text(flat_labels).to_owned(),
        last_step: last_step.as_u64().expect("a step"),
    }
}

fn std_floats(call: &Value) -> Call {
    assert_eq!(call["method"], "log_std_floats");
    let [metric, scale, values, rest @ ..] = list(&call["args"]) else {
        panic!("arguments missing in {call}")
    };
    let kwargs = call["kwargs"].as_object().expect("keywords");
    for key in kwargs.keys() {
        let known = ["labels", "steps", "first_step", "timestamps_millis", "timestamp_millis", "dtype"];
        assert!(known.contains(&key.as_str()), "unknown keyword {key}");
    }
    Call::StdFloats(StdFloats {
        series: SeriesName {
            metric: text(metric).to_owned(),
            scale: text(scale).to_owned(),
            labels: rest.first().or_else(|| kwargs.get("labels")).map_or_else(Vec::new, labels),
        },
        values: column(values, kwargs.get("dtype").map(text)),
        steps: steps(kwargs),
        timestamps: timestamps(kwargs),
    })
}

fn steps(kwargs: &Map<String, Value>) -> Steps {
    match (kwargs.get("first_step"), kwargs.get("steps")) {
        (Some(first), _) => Steps::From(first.as_u64().expect("a step")),
        (None, Some(steps)) => {
            Steps::Each(numbers(steps).map(|step| step.as_u64().expect("a step")).collect())
        }
        (None, None) => Steps::Auto,
    }
}

fn timestamps(kwargs: &Map<String, Value>) -> Timestamps {
    match (kwargs.get("timestamp_millis"), kwargs.get("timestamps_millis")) {
        (Some(time), _) => Timestamps::At(time.as_i64().expect("a time")),
        (None, Some(times)) => {
            Timestamps::Each(numbers(times).map(|time| time.as_i64().expect("a time")).collect())
        }
        (None, None) => Timestamps::Now,
    }
}

/// Values as the call's `dtype` makes them: without one they are 64 bits wide, whatever the array says.
#[allow(clippy::cast_possible_truncation, reason = "that is what was asked for")]
fn column(values: &Value, dtype: Option<&str>) -> Values {
    let values: Vec<f64> = numbers(values).map(float).collect();
    match dtype {
        None | Some("float64") => Values::F64(values),
        Some("float32") => Values::F32(values.into_iter().map(|value| value as f32).collect()),
        Some("float16") => Values::F32(values.into_iter().map(half).collect()),
        Some("int32" | "int64") => Values::F64(values.into_iter().map(f64::trunc).collect()),
        Some(other) => panic!("unknown dtype {other}"),
    }
}

/// The nearest number of 16 bits, ties to even.
#[allow(clippy::cast_possible_truncation, reason = "every such number fits")]
fn half(value: f64) -> f32 {
    if value == 0.0 || !value.is_finite() {
        return value as f32;
    }
    let exponent = value.abs().log2().floor().max(-14.0);
    let unit = (exponent - 10.0).exp2();
    let rounded = (value / unit).round_ties_even() * unit;
    if rounded.abs() > 65504.0 { f32::INFINITY.copysign(rounded as f32) } else { rounded as f32 }
}

/// The entries of an array, of a list, or of a single number.
fn numbers(value: &Value) -> impl Iterator<Item = &Value> {
    let data = value.get("data").unwrap_or(value);
    data.as_array().map_or_else(|| std::slice::from_ref(data), Vec::as_slice).iter()
}

fn float(value: &Value) -> f64 {
    match value.get("float").map(text) {
        None => value.as_f64().unwrap_or_else(|| panic!("{value} is no number")),
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        Some(other) => panic!("unknown float {other}"),
    }
}

/// Labels sorted by key, the last of equal keys.
fn labels(value: &Value) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), text(value).to_owned())).collect(),
        pairs => list(pairs)
            .iter()
            .map(|pair| {
                let [key, value] = list(&pair["tuple"]) else { panic!("{pair} is no pair") };
                (text(key).to_owned(), text(value).to_owned())
            })
            .collect(),
    };
    let sorted: std::collections::BTreeMap<String, String> = pairs.into_iter().collect();
    sorted.into_iter().collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn bytes(hex: &str) -> Bytes {
    let digit = |digit: u8| {
        char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).expect("a digit")
    };
    let (pairs, odd) = hex.as_bytes().as_chunks::<2>();
    assert!(odd.is_empty(), "half a byte");
    pairs.iter().map(|&[high, low]| digit(high) << 4 | digit(low)).collect()
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves_are_rounded_to_the_nearest() {
        let cases = [
            (0.1, 0.099_975_586_f32),
            (1.0, 1.0),
            (65504.0, 65504.0),
            (65519.9, 65504.0),
            (65520.0, f32::INFINITY),
            (-1e9, f32::NEG_INFINITY),
            (2048.0 + 1.0, 2048.0),
            (2048.0 + 3.0, 2052.0),
            (5.960_464_477_539_063e-8, 5.960_464_5e-8),
            (2e-8, 0.0),
        ];
        for (value, expected) in cases {
            assert_eq!(half(value).to_bits(), expected.to_bits(), "{value}");
        }
        assert_eq!(half(-0.0).to_bits(), (-0.0_f32).to_bits());
    }
}
