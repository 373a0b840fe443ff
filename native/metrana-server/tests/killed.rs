//! The program is killed again and again under a logger that goes on: what was logged is there once, to the bit.

#![cfg(unix)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "steps and places of a test are small"
)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{
    Config, Environments, Logger, RlFloats, Spread, StdFloats, StepStrategy, Steps, Timestamps, Values,
};
use metrana_server::store::{FloatPoints, Reading, RunStatus, SqliteOptions, SqliteStore};
use metrana_testkit::deadline::Deadline;
use metrana_testkit::random::Random;

use common::{PATIENCE, Started, wait_for};

const PROGRAM: &str = env!("CARGO_BIN_EXE_metrana-server");

/// How often the program is killed, where nobody asks for more. `METRANA_KILL_ROUNDS` does.
const ROUNDS: u64 = 6;

const ENVIRONMENTS: [&str; 2] = ["left", "right"];
const ROW: usize = 32;

fn start(address: SocketAddr, directory: &Path) -> Started {
    let mut child = Command::new(PROGRAM)
        .arg("--data")
        .arg(directory)
        .args(["--open", "--listen", &address.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("it says where");
    assert!(line.contains("grpc"), "{line}");
    Started(child)
}

/// A directory of its own, empty.
fn directory() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("killed");
    let _ = fs::remove_dir_all(&directory);
    directory
}

/// An address that was free a moment ago.
fn address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr()).expect("a port")
}

#[test]
fn whatever_was_logged_while_the_program_was_killed_is_there_once() {
    let _deadline = Deadline::start();
    let rounds =
        std::env::var("METRANA_KILL_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().expect("a number"));
    let (directory, address) = (directory(), address());
    let first = start(address, &directory);
    let logger = Logger::open(config(address), EventSink::none()).expect("it opens");
    let enough = AtomicBool::new(false);
    let steps = thread::scope(|scope| {
        let loop_of_training = scope.spawn(|| train(&logger, &enough));
        let random = &mut Random::new(rounds);
        let mut server = first;
        for round in 0..rounds {
            // Somewhere after something of this server was acknowledged, or, now and then, before.
            if round % 3 != 2 {
                let before = logger.counters().float_points.sent;
                wait_for("something is acknowledged", || logger.counters().float_points.sent > before);
            }
            thread::park_timeout(Duration::from_micros(random.below(300_000)));
            drop(server);
            server = start(address, &directory);
        }
        enough.store(true, Ordering::Release);
        let steps = loop_of_training.join().expect("the loop goes on whatever happens to the service");
        logger.close(Some(PATIENCE)).expect("everything is delivered");
        drop(server);
        steps
    });
    let counters = logger.counters();
    assert!(counters.kinds().iter().all(|kind| kind.balanced() && kind.pending == 0), "{counters:?}");
    assert_eq!(counters.float_points.sent, steps);

    assert_eq!(SqliteStore::check_directory(&directory).expect("it checks"), Vec::<String>::new());
    let store = SqliteStore::open(&directory, SqliteOptions::default()).expect("it opens");
    let reading = Reading::new(&store);
    let run = reading.runs().expect("runs").pop().expect("the run");
    assert_eq!(run.status, RunStatus::Finished);
    for series in reading.series(&run.id).expect("series") {
        let rewards = series.definition.metric == "reward";
        for view in [reading, reading.merged()] {
            if rewards {
                for (place, environment) in ENVIRONMENTS.iter().enumerate() {
                    let points =
                        view.rl_points(&run.id, series.id, environment, 0, u64::MAX).expect("points");
                    let rows: Vec<u64> = points.heads.iter().map(|head| head.rl_step).collect();
                    let expected: Vec<u64> = (0..steps).flat_map(|step| [step; ROW]).collect();
                    assert_eq!(rows, expected, "{environment}");
                    let value = |index| reward(index / ROW as u64, place, (index % ROW as u64) as usize);
                    assert_values(&points.floats, steps * ROW as u64, value);
                }
            } else {
                let points = view.points(&run.id, series.id, 0, u64::MAX).expect("points");
                assert_eq!(points.steps, (0..steps).collect::<Vec<_>>());
                assert_values(&points, steps, loss);
            }
        }
    }
    drop(store);
    fs::remove_dir_all(directory).expect("it is given back");
}

fn config(address: SocketAddr) -> Config {
    Config {
        api_key: "key".to_owned(),
        workspace: "ws".to_owned(),
        project: "proj".to_owned(),
        run_name: "run".to_owned(),
        endpoint: format!("http://{address}"),
        // Small messages: a kill comes between many of them.
        max_msg_size: 4096,
        queue_bytes: 1 << 20,
        msg_max_retries: None,
        backoff_initial: Duration::from_millis(1),
        backoff_max: Duration::from_millis(20),
        ..Config::default()
    }
}

/// Logs until told to stop, waiting where the queue is full, and says for how many steps.
fn train(logger: &Logger, enough: &AtomicBool) -> u64 {
    let mut step = 0;
    while !enough.load(Ordering::Acquire) {
        let floats = StdFloats {
            metric: "loss",
            scale: "ML_STEP",
            labels: &[],
            values: Values::F64(&[loss(step)]),
            steps: Steps::Auto,
            timestamps: Timestamps::Now,
            distributed: false,
        };
        logger.log_std_floats(&floats).expect("it is taken");
        let row = |place| (0..ROW).map(move |index| reward(step, place, index));
        let rewards: Vec<f64> = (0..ENVIRONMENTS.len()).flat_map(row).collect();
        logger
            .log_rl_floats(&RlFloats {
                metric: "reward",
                scale: "ENVIRONMENT_STEP",
                labels: &[],
                rl_step: step,
                environments: Environments::Names(&ENVIRONMENTS),
                values: Values::F64(&rewards),
                episodes: Spread::None,
                steps: Spread::None,
                timestamps: Spread::None,
                strategy: StepStrategy::WithinRlStep,
                ordered: true,
            })
            .expect("it is taken");
        step += 1;
    }
    step
}

fn loss(step: u64) -> f64 {
    (step as f64).sqrt()
}

fn reward(rl_step: u64, environment: usize, index: usize) -> f64 {
    rl_step as f64 + 0.1 * index as f64 - environment as f64
}

fn assert_values(points: &FloatPoints, count: u64, value: impl Fn(u64) -> f64) {
    assert_eq!((points.total, points.values.len() as u64), (count, count));
    for (index, found) in (0..).zip(&points.values) {
        assert_eq!(found.to_bits(), value(index).to_bits(), "point {index}");
    }
}
