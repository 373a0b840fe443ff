//! What the published engines sent, replayed byte for byte, gives the points that they were asked to log.

mod common;

use bytes::{Bytes, BytesMut};
use metrana_proto::svc::InitializeRunLoggingRequest;
use metrana_proto::svc::initialize_run_logging_response::Msg;
use metrana_proto::types::{RlStepBatch, SeriesDeclaration, StreamingRlSeriesUpdate};
use metrana_server::RunningServer;
use metrana_server::store::RunInfo;
use metrana_testkit::model::{Arrived, Model};
use metrana_testkit::raw::RawClient;
use metrana_testkit::stored;
use metrana_testkit::vectors::{self, CAPTURED_RUN_ID, Vector};
use prost::Message;

use common::{acked, batch, declaration, declaring, greeted, message, start, with_points};

#[tokio::test]
async fn engine_0_0_4() {
    let groups = [("std", 20), ("distributed", 4), ("rl", 25), ("attributes", 25)];
    replay_all("0.0.4", &groups, false).await;
}

#[tokio::test]
async fn engine_0_12_0() {
    replay_all("0.12.0", &NEWEST, false).await;
}

#[tokio::test]
async fn compressed() {
    replay_all("0.12.0", &NEWEST, true).await;
}

const NEWEST: [(&str, usize); 6] =
    [("std", 25), ("distributed", 4), ("rl", 29), ("attributes", 25), ("histogram", 6), ("scatter", 4)];

/// Replays every vector of some groups, each into a server of its own, and looks how many there are.
async fn replay_all(engine: &str, groups: &[(&str, usize)], compressed: bool) {
    for &(group, count) in groups {
        let vectors = vectors::read(group, engine);
        assert_eq!(vectors.len(), count, "{group}");
        for vector in &vectors {
            assert_eq!(vector.engine, engine);
            replay(vector, compressed).await;
        }
    }
}

async fn replay(vector: &Vector, compressed: bool) {
    let server = start().await;
    prepare(&server, vector).await;
    let resumed = !vector.seeds.is_empty() || !vector.environments.is_empty();
    if resumed {
        leave_behind(&server, vector).await;
    }
    let before = stored(&server);
    let mut model = Model::default();
    for seed in &vector.seeds {
        model.seed(seed.series(), seed.last_step);
    }

    let mut client = RawClient::connect(server.grpc_addr()).await;
    let answers = client.initialize(vector.handshake.clone()).await.expect("the handshake is answered");
    let Some(Msg::InitializedRun(run)) = &answers[0].msg else { panic!("{answers:?}") };
    assert_eq!(run.created, !resumed, "{}", vector.name);
    if compressed {
        client = client.with_zstd();
    }
    let mut stream = client.update_stream().await.expect("a stream");
    for captured in &vector.messages {
        stream.send(with_run_id(captured, &run.run_id));
        stream.answer().await.expect("the stream lives").expect("every message is answered");
    }
    stream.end();
    let surplus = stream.answer().await.expect("a good end");
    assert_eq!(surplus, None, "{}: more answers than messages", vector.name);

    vector.calls.iter().for_each(|call| model.call(call));
    let mut after = stored(&server);
    after.take_away(&before);
    if let Some(difference) = model.arrived().difference(&after) {
        panic!("{}: {difference}", vector.name);
    }
    let counts = common::counts(&server);
    let not_kept = counts.not_kept.unknown_series_points
        + counts.not_kept.malformed_points
        + counts.not_kept.other_kind_points
        + counts.not_kept.surplus_points
        + counts.not_kept.ignored_attributes;
    assert_eq!((not_kept, counts.duplicate_messages), (0, 0), "{}", vector.name);
    assert!(
        own(server.store().runs().expect("runs")).expect("the run is there").closed,
        "{}: the last message closes the run",
        vector.name
    );
    again(vector, &server, &run.run_id, &after, &before).await;
}

/// What is numbered is a duplicate when it comes again; the oldest engine's messages have no numbers.
async fn again(vector: &Vector, server: &RunningServer, run_id: &Bytes, after: &Arrived, before: &Arrived) {
    if vector.engine == "0.0.4" {
        return;
    }
    let mut stream = RawClient::connect(server.grpc_addr()).await.update_stream().await.expect("a stream");
    for captured in &vector.messages {
        stream.send(with_run_id(captured, run_id));
        stream.answer().await.expect("the stream lives").expect("a duplicate is answered, too");
    }
    let mut stored = stored(server);
    stored.take_away(before);
    assert_eq!(after.difference(&stored), None, "{}", vector.name);
    assert!(common::counts(server).duplicate_messages > 0, "{}", vector.name);
}

/// What the handshake takes for granted: its project, and the run that it branches off from.
async fn prepare(server: &RunningServer, vector: &Vector) {
    let request = InitializeRunLoggingRequest::decode(vector.handshake.clone()).expect("it is a handshake");
    if !request.create_project_if_missing {
        common::open_run(server, "another").await;
    }
    if let Some(fork) = request.run.and_then(|run| run.fork_point) {
        common::open_run(server, &fork.parent_run_name).await;
    }
}

/// The run of the vector.
fn own(runs: Vec<RunInfo>) -> Option<RunInfo> {
    runs.into_iter().find(|run| run.definition.key.run_name == "run1")
}

/// The run as an earlier logger left it.
async fn leave_behind(server: &RunningServer, vector: &Vector) {
    let run_id = common::open_run(server, "run1").await;
    let mut stream = greeted(server, &run_id).await;
    for (number, seed) in (1..).zip(&vector.seeds) {
        let labels = seed.series().labels.into_iter().collect();
        let declaration =
            SeriesDeclaration { scale: seed.scale.clone(), labels, ..declaration(number, &seed.metric) };
        let message = declaring(message(&run_id, 256 * number), &[declaration]);
        acked(&mut stream, &with_points(message, number, batch(seed.last_step, &[0.5]))).await;
    }
    for (environment, rl_step, episode) in &vector.environments {
        let reward = SeriesDeclaration { scale: "ENVIRONMENT_STEP".into(), ..declaration(90, "reward") };
        let mut message = declaring(message(&run_id, 256 * 90), &[reward]);
        let batch = RlStepBatch {
            rl_step: *rl_step,
            episode: Some(*episode),
            values: vec![0.5],
            first_minor_step: Some(0),
            ..RlStepBatch::default()
        };
        message.rl_series.push(StreamingRlSeriesUpdate {
            series_id: 90,
            environment_id: environment.clone(),
            rl_step_batches: vec![batch],
        });
        acked(&mut stream, &message).await;
    }
}

/// The captured bytes with the run id of this server in the place of the captured one, which has the same length.
fn with_run_id(captured: &Bytes, run_id: &Bytes) -> Bytes {
    assert_eq!(captured[..2], [0x0a, 16], "a message begins with its run id");
    assert_eq!(captured[2..18], CAPTURED_RUN_ID);
    let mut bytes = BytesMut::from(&captured[..]);
    bytes[2..18].copy_from_slice(run_id);
    bytes.freeze()
}

fn stored(server: &RunningServer) -> Arrived {
    let run = own(server.store().runs().expect("runs"));
    run.map_or_else(Arrived::default, |run| stored::read(server.store(), &run.id))
}
