//! The program with a certificate, and the engine that trusts it.

#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{Config, Logger, StdFloats, Steps, Timestamps, Values};
use metrana_server::store::{Reading, SqliteOptions, SqliteStore};
use serde_json::Value;

use common::{PATIENCE, Started};

const KEY: &str = "a-key-of-eight";
/// How long it is tried to open a run that cannot be opened.
const SHORT: Duration = Duration::from_secs(2);

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// A directory that is removed with what is in it.
struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn start(directory: &Path) -> (Started, String) {
    let keys = directory.join("keys");
    std::fs::write(&keys, KEY).expect("the keys are written");
    let mut child = Command::new(env!("CARGO_BIN_EXE_metrana-server"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(directory.join("data"))
        .arg("--api-key-file")
        .arg(&keys)
        .arg("--tls-cert")
        .arg(file("cert.pem"))
        .arg("--tls-key")
        .arg(file("key.pem"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    stdout.read_line(&mut line).expect("it says where it listens");
    let ready: Value = serde_json::from_str(&line).expect("the first line is JSON");
    (Started(child), ready["grpc"].as_str().expect("an address").to_owned())
}

fn config(endpoint: &str, key: &str, trusted: bool) -> Config {
    let certificate = std::fs::read_to_string(file("cert.pem")).expect("the certificate is read");
    Config {
        api_key: key.into(),
        workspace: "ws".into(),
        project: "proj".into(),
        run_name: "run".into(),
        endpoint: endpoint.into(),
        extra_ca_pem: trusted.then_some(certificate),
        init_timeout: if trusted && key == KEY { PATIENCE } else { SHORT },
        ..Config::default()
    }
}

#[test]
fn the_engine_logs_to_the_program_over_tls() {
    let directory = std::env::temp_dir().join(format!("metrana-encrypted-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let directory = Directory(directory);
    let (mut server, endpoint) = start(&directory.0);
    assert!(endpoint.starts_with("https://127.0.0.1:"), "{endpoint}");

    let distrusts = Logger::open(config(&endpoint, KEY, false), EventSink::none());
    let why = distrusts.expect_err("nobody vouches for the certificate").to_string();
    assert!(why.contains("certificate"), "{why}");
    let stranger = Logger::open(config(&endpoint, "another-key", true), EventSink::none());
    assert!(stranger.is_err(), "it is not the key");

    let logger = Logger::open(config(&endpoint, KEY, true), EventSink::none()).expect("the run opens");
    let values: Vec<f64> = (0..5000_u32).map(|step| f64::from(step).sqrt()).collect();
    for part in values.chunks(500) {
        let call = StdFloats {
            metric: "loss",
            scale: "ML_STEP",
            labels: &[],
            values: Values::F64(part),
            steps: Steps::Auto,
            timestamps: Timestamps::At(7),
            distributed: false,
        };
        logger.log_std_floats(&call).expect("it is taken");
    }
    logger.close(Some(PATIENCE)).expect("everything arrives");
    let stopped = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status();
    assert!(stopped.expect("kill is there").success());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(server.0.wait()));
    assert!(told.recv_timeout(PATIENCE).expect("it ends in time").expect("it ends").success());

    let data = directory.0.join("data");
    assert_eq!(SqliteStore::check_directory(&data).expect("it checks"), Vec::<String>::new());
    let store = SqliteStore::open(&data, SqliteOptions::default()).expect("it opens");
    let runs = Reading::new(&store).runs().expect("runs");
    assert_eq!(runs.len(), 1, "who was turned away has made none");
    let series = Reading::new(&store).series(&runs[0].id).expect("its series");
    let points = Reading::new(&store).points(&runs[0].id, series[0].id, 0, u64::MAX).expect("points");
    assert_eq!(points.values, values);
    assert_eq!(points.steps, (0..5000).collect::<Vec<u64>>());
}
