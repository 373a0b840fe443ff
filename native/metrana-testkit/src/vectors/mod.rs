//! Golden vectors: what the published engines were asked to log, and the bytes that they sent for it.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde_json::Value;

use crate::program::{Call, SeriesName};
use json::{labels_of_text, list, text};

mod attributes;
mod calls;
mod json;
mod objects;
mod rl;

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
    /// Environments with their last step of the training and episode.
    pub environments: Vec<(String, u64, u64)>,
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
    let accepted = calls.filter(|(_, result)| *result == "ok").map(|(call, _)| calls::call(call));
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
        environments: line["init_response"]["envs"]
            .as_array()
            .map_or_else(Vec::new, |environments| environments.iter().map(environment).collect()),
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

fn environment(environment: &Value) -> (String, u64, u64) {
    let [name, rl_step, episode] = list(environment) else { panic!("an environment is {environment}") };
    (text(name).to_owned(), rl_step.as_u64().expect("a step"), episode.as_u64().expect("an episode"))
}

impl Seed {
    /// The series that the engine took it for. The captures hold labels that are malformed on purpose (`:a:1:`), in which the
    /// engine found none; of two seeds of one series it took the last.
    #[must_use]
    pub fn series(&self) -> SeriesName {
        SeriesName {
            metric: self.metric.clone(),
            scale: self.scale.clone(),
            labels: labels_of_text(&self.flat_labels),
        }
    }
}

fn bytes(hex: &str) -> Bytes {
    let digit = |digit: u8| {
        char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).expect("a digit")
    };
    let (pairs, odd) = hex.as_bytes().as_chunks::<2>();
    assert!(odd.is_empty(), "half a byte");
    pairs.iter().map(|&[high, low]| digit(high) << 4 | digit(low)).collect()
}
