//! A server in this process, and short ways to send what the tests send often.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use metrana_proto::svc::initialize_run_logging_response::Msg;
use metrana_proto::svc::{InitializeRunLoggingRequest, UpdateRunRequest};
use metrana_proto::types::attribute_update::Value;
use metrana_proto::types::{
    AttributeUpdate, CloseRun, HistogramPoint, OrderingMode, PointBatch, RlStepBatch, Run, ScatterPoint,
    SeriesDeclaration, StreamingHistogramSeriesUpdate, StreamingRlSeriesUpdate, StreamingScatterSeriesUpdate,
    StreamingSeriesUpdate,
};
use metrana_server::store::{
    Counts, Durability, FloatPoints, Reading, RunId, Sealing, SeriesInfo, SqliteOptions, SqliteStore,
};
use metrana_server::{Options, RunningServer, Server};
use metrana_testkit::raw::{RawClient, RawStream};
use prost::Message;

pub const LOGGER: u64 = 4242;
pub const SESSION: u64 = 99;
/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub async fn start() -> RunningServer {
    start_with(Options { allow_faults: true, ..Options::default() }).await
}

/// In memory, or, where the suites run on disk, on a database of this test's own that seals what it takes at once: what they
/// say of a server holds for both.
pub async fn start_with(options: Options) -> RunningServer {
    let started = if on_disk() {
        let sealing = Sealing { points: 1, every: Duration::from_millis(20), ..Sealing::default() };
        let settings = SqliteOptions { durability: Durability::Commit, sealing, ..SqliteOptions::default() };
        let store = SqliteStore::open(&directory(), settings).expect("the database opens");
        Server::start(options, Arc::new(store)).await
    } else {
        Server::start_in_memory(options).await
    };
    started.expect("it starts")
}

/// Whether the suites run on disk: `METRANA_TEST_STORE=sqlite`.
pub fn on_disk() -> bool {
    match std::env::var("METRANA_TEST_STORE").as_deref() {
        Err(_) => false,
        Ok("sqlite") => true,
        Ok(other) => panic!("METRANA_TEST_STORE is '{other}'; there is 'sqlite'"),
    }
}

/// Empty. It stays for whoever wants to look into it, until the test runs again.
fn directory() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let program = std::env::current_exe().expect("this program");
    let program = program.file_stem().expect("a name").to_string_lossy().into_owned();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{program}-{number}"));
    match std::fs::remove_dir_all(&directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            panic!("{}: {error}", directory.display())
        }
        _ => directory,
    }
}

/// A program that is killed when its test is over, or has given up on it.
pub struct Started(pub Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for what happens in another thread or program.
pub fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "gave up waiting until {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// Opens a run and gives its id.
pub async fn open_run(server: &RunningServer, run_name: &str) -> Bytes {
    let (created, id) = open(server, &run(run_name)).await;
    assert!(created, "{run_name} is new");
    id
}

pub fn run(run_name: &str) -> Run {
    Run { workspace: "ws".into(), project: "proj".into(), run_name: run_name.into(), ..Run::default() }
}

/// Opens a run: whether it was created, and its id.
pub async fn open(server: &RunningServer, run: &Run) -> (bool, Bytes) {
    open_as(server, run, LOGGER).await
}

/// The same as another logger.
pub async fn open_as(server: &RunningServer, run: &Run, logger_id: u64) -> (bool, Bytes) {
    match handshake_as(server, run, logger_id).await.into_iter().next() {
        Some(Msg::InitializedRun(run)) => (run.created, run.run_id),
        other => panic!("the first answer is {other:?}"),
    }
}

/// What a logger asks for, as every client does by default.
pub fn opening(run: &Run, logger_id: u64) -> InitializeRunLoggingRequest {
    InitializeRunLoggingRequest {
        run: Some(run.clone()),
        logger_id,
        create_project_if_missing: true,
        ..Default::default()
    }
}

pub async fn handshake(server: &RunningServer, run: &Run) -> Vec<Msg> {
    handshake_as(server, run, LOGGER).await
}

pub async fn handshake_as(server: &RunningServer, run: &Run, logger_id: u64) -> Vec<Msg> {
    let mut client = RawClient::connect(server.grpc_addr()).await;
    let request = opening(run, logger_id).encode_to_vec();
    let answers = client.initialize(request.into()).await.expect("the handshake is answered");
    answers.into_iter().map(|answer| answer.msg.expect("an answer says something")).collect()
}

/// Opens an update stream and greets.
pub async fn greeted(server: &RunningServer, run_id: &Bytes) -> RawStream {
    greeted_as(server, run_id, LOGGER).await
}

/// The same as another logger.
pub async fn greeted_as(server: &RunningServer, run_id: &Bytes, logger_id: u64) -> RawStream {
    let mut stream = RawClient::connect(server.grpc_addr()).await.update_stream().await.expect("a stream");
    acked(&mut stream, &UpdateRunRequest { logger_id, ..message(run_id, 0) }).await;
    stream
}

/// Sends a message and waits for its answer.
pub async fn acked(stream: &mut RawStream, message: &UpdateRunRequest) {
    stream.send_message(message);
    let answer = stream.answer().await.expect("the stream lives");
    assert!(!answer.expect("there is an answer").operation_id.is_empty());
}

/// A message that holds nothing. Without a number it is one of an older client, or a greeting.
pub fn message(run_id: &Bytes, number: u64) -> UpdateRunRequest {
    let logger_session_id = if number == 0 { 0 } else { SESSION };
    UpdateRunRequest {
        run_id: run_id.clone(),
        logger_id: LOGGER,
        logger_session_id,
        sequence_number: number,
        ..Default::default()
    }
}

pub fn closing(mut message: UpdateRunRequest) -> UpdateRunRequest {
    message.close_run = Some(CloseRun::default());
    message
}

pub fn declaring(mut message: UpdateRunRequest, declarations: &[SeriesDeclaration]) -> UpdateRunRequest {
    message.series_declarations.extend_from_slice(declarations);
    message
}

pub fn declaration(number: u64, metric: &str) -> SeriesDeclaration {
    SeriesDeclaration {
        metric_name: metric.into(),
        scale: "ML_STEP".into(),
        ordering: OrderingMode::AbsoluteOrdered.into(),
        declaration_id: number,
        ..SeriesDeclaration::default()
    }
}

pub fn with_points(mut message: UpdateRunRequest, series: u64, batch: PointBatch) -> UpdateRunRequest {
    message.series.push(StreamingSeriesUpdate { series_id: series, point_batches: vec![batch] });
    message
}

pub fn batch(first_step: u64, values: &[f64]) -> PointBatch {
    PointBatch {
        values: values.to_vec(),
        first_step: Some(first_step),
        timestamp_millis: Some(7),
        ..PointBatch::default()
    }
}

pub fn with_rl(
    mut message: UpdateRunRequest,
    series: u64,
    environment: &str,
    batches: &[RlStepBatch],
) -> UpdateRunRequest {
    message.rl_series.push(StreamingRlSeriesUpdate {
        series_id: series,
        environment_id: environment.into(),
        rl_step_batches: batches.to_vec(),
    });
    message
}

pub fn rl(rl_step: u64, episode: Option<u64>, first_minor_step: u64, values: &[f64]) -> RlStepBatch {
    RlStepBatch {
        rl_step,
        episode,
        values: values.to_vec(),
        first_minor_step: Some(first_minor_step),
        timestamp_millis: Some(7),
        ..RlStepBatch::default()
    }
}

pub fn with_histograms(
    mut message: UpdateRunRequest,
    series: u64,
    points: &[HistogramPoint],
) -> UpdateRunRequest {
    message
        .histogram_series
        .push(StreamingHistogramSeriesUpdate { series_id: series, points: points.to_vec() });
    message
}

pub fn counted(step: u64, counts: &[u64]) -> HistogramPoint {
    let bin_edges = (0_u32..).map(f64::from).take(counts.len() + 1).collect();
    HistogramPoint {
        step,
        timestamp_millis: Some(7),
        bin_edges,
        counts: counts.to_vec(),
        ..Default::default()
    }
}

pub fn dense(step: u64, densities: &[f64]) -> HistogramPoint {
    let bin_edges = (0_u32..).map(f64::from).take(densities.len() + 1).collect();
    HistogramPoint {
        step,
        timestamp_millis: Some(7),
        bin_edges,
        densities: densities.to_vec(),
        ..Default::default()
    }
}

pub fn with_scatters(
    mut message: UpdateRunRequest,
    series: u64,
    titles: &[(&str, &str)],
    points: &[ScatterPoint],
) -> UpdateRunRequest {
    message.scatter_series.push(StreamingScatterSeriesUpdate {
        series_id: series,
        is_3d: points.iter().any(|point| !point.zs.is_empty()),
        points: points.to_vec(),
        metadata_labels: titles.iter().map(|(key, title)| ((*key).to_owned(), (*title).to_owned())).collect(),
    });
    message
}

pub fn scattered(step: u64, xs: &[f64], zs: &[f64]) -> ScatterPoint {
    ScatterPoint { step, timestamp_millis: Some(7), xs: xs.to_vec(), ys: xs.to_vec(), zs: zs.to_vec() }
}

pub fn attribute(path: &str, value: Option<Value>) -> AttributeUpdate {
    AttributeUpdate { path: path.into(), value }
}

pub fn counts(server: &RunningServer) -> Counts {
    server.store().counts(None).expect("counts")
}

pub fn series(server: &RunningServer, run_id: &Bytes) -> Vec<SeriesInfo> {
    server.store().series(&RunId::from_bytes(run_id.clone())).expect("the run is there")
}

/// All points of the run's series of this metric, as they came.
pub fn points(server: &RunningServer, run_id: &Bytes, metric: &str) -> FloatPoints {
    read(server.store(), run_id, metric)
}

/// Those of them that count.
pub fn merged(server: &RunningServer, run_id: &Bytes, metric: &str) -> FloatPoints {
    read(server.store().merged(), run_id, metric)
}

fn read(store: Reading<'_>, run_id: &Bytes, metric: &str) -> FloatPoints {
    let run = RunId::from_bytes(run_id.clone());
    let series = store.series(&run).expect("the run is there");
    let found = series.iter().find(|series| series.definition.metric == metric).expect("the series is there");
    store.points(&run, found.id, 0, u64::MAX).expect("the series is there")
}
