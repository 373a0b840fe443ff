//! What the engine sends, byte for byte, when its stream breaks: recorded by a peer that shares no code with it.

use std::time::Duration;

use bytes::Bytes;
use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{Config, Logger, StdFloats, Steps, Timestamps, Values};
use metrana_proto::svc::initialize_run_logging_response::{EnvStatuses, InitializedRun, Msg};
use metrana_proto::svc::{InitializeRunLoggingResponse, UpdateRunRequest};
use metrana_testkit::deadline::Deadline;
use metrana_testkit::peer::{Peer, Reaction, Recorded};
use prost::Message;
use tokio::runtime::{Builder, Runtime};
use tonic::Status;

const RUN_ID: &[u8] = b"a run id";
const PATIENCE: Duration = Duration::from_secs(20);

/// A run that is new, and nothing else: all that a client needs to know.
fn handshake() -> Vec<InitializeRunLoggingResponse> {
    let run =
        InitializedRun { created: true, run_id: Bytes::from_static(RUN_ID), ..InitializedRun::default() };
    let end = EnvStatuses { is_last: true, ..EnvStatuses::default() };
    [Msg::InitializedRun(run), Msg::EnvStatuses(end)]
        .map(|msg| InitializeRunLoggingResponse { msg: Some(msg) })
        .into()
}

fn started(react: impl FnMut(&Recorded) -> Reaction + Send + 'static) -> (Deadline, Runtime, Peer) {
    let deadline = Deadline::start();
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let peer = runtime.block_on(Peer::start(handshake(), react));
    (deadline, runtime, peer)
}

fn open(peer: &Peer) -> Logger {
    let config = Config {
        workspace: "ws".into(),
        project: "proj".into(),
        run_name: "run".into(),
        api_key: "key".into(),
        endpoint: format!("http://{}", peer.address()),
        logger_id: Some(4242),
        backoff_initial: Duration::from_millis(1),
        backoff_max: Duration::from_millis(1),
        max_msg_size: 1000,
        ..Config::default()
    };
    Logger::open(config, EventSink::none()).expect("the run opens")
}

fn log(logger: &Logger, metric: &str, values: &[f64]) {
    let (values, timestamps) = (Values::F64(values), Timestamps::At(1_700_000_000_000));
    let call = StdFloats {
        metric,
        scale: "ML_STEP",
        labels: &[],
        values,
        steps: Steps::Auto,
        timestamps,
        distributed: false,
    };
    logger.log_std_floats(&call).expect("it is taken");
}

fn decoded(message: &Recorded) -> UpdateRunRequest {
    UpdateRunRequest::decode(message.bytes.clone()).expect("it is a message")
}

fn on_stream(messages: &[Recorded], stream: usize) -> Vec<Recorded> {
    messages.iter().filter(|message| message.stream == stream).cloned().collect()
}

#[test]
fn after_a_break_every_series_is_declared_again_and_messages_leave_byte_for_byte_as_before() {
    // The first stream acknowledges its greeting and one data message, takes two more and breaks.
    let (_deadline, _runtime, peer) = started(|message| match (message.stream, message.index) {
        (0, 2) => Reaction::Answers(0),
        (0, 3) => Reaction::Status(Status::unavailable("gone")),
        _ => Reaction::Answers(1),
    });
    let logger = open(&peer);
    let column: Vec<f64> = (0..100).map(f64::from).collect();
    for metric in ["a", "b", "c", "d"] {
        log(&logger, metric, &column);
    }
    logger.close(Some(PATIENCE)).expect("everything arrives");

    let messages = peer.messages();
    let (first, second) = (on_stream(&messages, 0), on_stream(&messages, 1));
    for stream in [&first, &second] {
        let greeting =
            UpdateRunRequest { run_id: RUN_ID.into(), logger_id: 4242, ..UpdateRunRequest::default() };
        assert_eq!(decoded(&stream[0]), greeting);
    }
    let numbers = |messages: &[Recorded]| -> Vec<u64> {
        messages.iter().map(decoded).map(|message| message.sequence_number).collect()
    };
    assert_eq!(numbers(&first), [0, 256, 512, 768]);

    let again = decoded(&second[1]);
    let declared: Vec<&str> =
        again.series_declarations.iter().map(|series| series.metric_name.as_str()).collect();
    // Whatever was declared on the first stream must be known before data goes on.
    assert!(["a", "b", "c"].iter().all(|metric| declared.contains(metric)), "{declared:?}");
    assert_eq!((again.sequence_number, again.logger_session_id), (0, 0));
    assert!(again.series.is_empty() && again.close_run.is_none());

    assert_eq!(numbers(&second[2..4]), [512, 768], "the acknowledged message does not come again");
    for (before, after) in first[2..4].iter().zip(&second[2..4]) {
        assert_eq!(before.bytes, after.bytes);
    }
    let ids = |message: &UpdateRunRequest| -> Vec<(String, u64)> {
        let declarations = message.series_declarations.iter();
        declarations.map(|series| (series.metric_name.clone(), series.declaration_id)).collect()
    };
    for declaration in first.iter().flat_map(|message| ids(&decoded(message))) {
        assert!(ids(&again).contains(&declaration), "a series keeps its number: {declaration:?}");
    }
    let session = decoded(&first[1]).logger_session_id;
    let numbered = second.iter().map(decoded).filter(|message| message.sequence_number != 0);
    assert!(session != 0 && numbered.into_iter().all(|message| message.logger_session_id == session));
    assert!(decoded(second.last().unwrap()).close_run.is_some());
}

#[test]
fn answers_that_nobody_waits_for_change_nothing() {
    let (_deadline, _runtime, peer) =
        started(|message| Reaction::Answers(if message.index == 1 { 3 } else { 1 }));
    let logger = open(&peer);
    for value in 0..20 {
        log(&logger, "a", &[f64::from(value)]);
        logger.flush(Some(PATIENCE)).expect("it arrives");
    }
    logger.close(Some(PATIENCE)).expect("everything arrives");
    let counters = logger.counters();
    assert_eq!((counters.float_points.sent, counters.float_points.pending), (20, 0));
    let numbered = peer.messages().into_iter().filter(|message| decoded(message).sequence_number != 0);
    let bytes: usize = numbered.map(|message| message.bytes.len()).sum();
    assert_eq!(counters.bytes_sent, bytes as u64, "messages are counted without the frames around them");
    let values: Vec<f64> = peer
        .messages()
        .iter()
        .flat_map(|message| decoded(message).series)
        .flat_map(|series| series.point_batches)
        .flat_map(|batch| batch.values)
        .collect();
    assert_eq!(values, (0..20).map(f64::from).collect::<Vec<_>>());
}

#[test]
fn a_stream_that_ends_well_with_messages_unanswered_is_a_break_like_any_other() {
    let (_deadline, _runtime, peer) = started(|message| match (message.stream, message.index) {
        (0, 1) => Reaction::End,
        _ => Reaction::Answers(1),
    });
    let logger = open(&peer);
    log(&logger, "a", &[1.0]);
    logger.close(Some(PATIENCE)).expect("everything arrives");
    let messages = peer.messages();
    let (first, second) = (on_stream(&messages, 0), on_stream(&messages, 1));
    assert_eq!(first[1].bytes, second.last().unwrap().bytes);
}

#[test]
fn the_handshake_names_the_run() {
    let (_deadline, _runtime, peer) = started(|_| Reaction::Answers(1));
    let logger = open(&peer);
    assert_eq!(logger.run_id(), RUN_ID);
    logger.shutdown(Some(PATIENCE)).expect("nothing is left");
    let request =
        metrana_proto::svc::InitializeRunLoggingRequest::decode(peer.handshakes().remove(0)).unwrap();
    let run = request.run.unwrap();
    assert_eq!((run.workspace.as_str(), run.project.as_str(), run.run_name.as_str()), ("ws", "proj", "run"));
    assert_eq!(request.logger_id, 4242);
    let closes = peer.messages().iter().any(|message| decoded(message).close_run.is_some());
    assert!(!closes, "a shutdown does not close the run");
}
