//! What the published engines sent, replayed byte for byte, gives the points that they were asked to log.

mod common;

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use metrana_proto::svc::initialize_run_logging_response::Msg;
use metrana_proto::types::SeriesDeclaration;
use metrana_server::RunningServer;
use metrana_server::store::RunId;
use metrana_testkit::model::{Model, Point};
use metrana_testkit::program::{Call, SeriesName};
use metrana_testkit::raw::RawClient;
use metrana_testkit::vectors::{self, CAPTURED_RUN_ID, Seed, Vector};

use common::{acked, batch, declaration, declaring, greeted, message, start, with_points};

#[tokio::test]
async fn engine_0_0_4() {
    assert_eq!(replay_all("0.0.4", false).await, 20);
}

#[tokio::test]
async fn engine_0_12_0() {
    assert_eq!(replay_all("0.12.0", false).await, 25);
}

#[tokio::test]
async fn compressed() {
    assert_eq!(replay_all("0.12.0", true).await, 25);
}

/// Replays every vector of one engine, each into a server of its own, and says how many there were.
async fn replay_all(engine: &str, compressed: bool) -> usize {
    let vectors = vectors::read("std", engine);
    for vector in &vectors {
        assert_eq!(vector.engine, engine);
        replay(vector, compressed).await;
    }
    vectors.len()
}

async fn replay(vector: &Vector, compressed: bool) {
    let server = start().await;
    let mut model = Model::default();
    if !vector.seeds.is_empty() {
        leave_behind(&server, &vector.seeds).await;
    }
    let before = stored(&server);
    for seed in &vector.seeds {
        model.seed(name(seed), seed.last_step);
    }

    let mut client = RawClient::connect(server.grpc_addr()).await;
    let answers = client.initialize(vector.handshake.clone()).await.expect("the handshake is answered");
    let Some(Msg::InitializedRun(run)) = &answers[0].msg else { panic!("{answers:?}") };
    assert_eq!(run.created, vector.seeds.is_empty(), "{}", vector.name);
    if compressed {
        client = client.with_zstd();
    }
    let mut stream = client.update_stream().await.expect("a stream");
    for captured in &vector.messages {
        stream.send(with_run_id(captured, &run.run_id));
        stream.answer().await.expect("the stream lives").expect("every message is answered");
    }
    stream.end();
    assert_eq!(
        stream.answer().await.expect("a good end"),
        None,
        "{}: more answers than messages",
        vector.name
    );

    vector.calls.iter().for_each(|call| model.call(call));
    let mut after = stored(&server);
    for (series, points) in &mut after {
        points.drain(..before.get(series).map_or(0, Vec::len));
    }
    after.retain(|_, points| !points.is_empty());
    assert_same(&vector.name, model.points(), &after);
    let counts = common::counts(&server);
    let at_most =
        counts.not_kept.unknown_series_points + counts.not_kept.ignored_points + counts.duplicate_messages;
    assert_eq!(at_most, 0, "{}", vector.name);
    assert!(server.store().runs()[0].closed, "{}: the last message closes the run", vector.name);
    assert!(vector.calls.iter().all(|call| matches!(call, Call::StdFloats(_))));
}

/// The run as an earlier logger left it.
async fn leave_behind(server: &RunningServer, seeds: &[Seed]) {
    let run_id = common::open_run(server, "run1").await;
    let mut stream = greeted(server, &run_id).await;
    for (number, seed) in (1..).zip(seeds) {
        let labels = name(seed).labels.into_iter().collect();
        let declaration =
            SeriesDeclaration { scale: seed.scale.clone(), labels, ..declaration(number, &seed.metric) };
        let message = declaring(message(&run_id, 256 * number), &[declaration]);
        acked(&mut stream, &with_points(message, number, batch(seed.last_step, &[0.5]))).await;
    }
}

/// The series that the engine took a seed for. The captures hold labels that are malformed on purpose (`:a:1:`), in which
/// the engine found none; of two seeds of one series it took the last.
fn name(seed: &Seed) -> SeriesName {
    let labels = seed.flat_labels.split('&').filter_map(|pair| pair.split_once('='));
    let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    SeriesName { metric: seed.metric.clone(), scale: seed.scale.clone(), labels }
}

/// The captured bytes with the run id of this server in the place of the captured one, which has the same length.
fn with_run_id(captured: &Bytes, run_id: &Bytes) -> Bytes {
    assert_eq!(captured[..2], [0x0a, 16], "a message begins with its run id");
    assert_eq!(captured[2..18], CAPTURED_RUN_ID);
    let mut bytes = BytesMut::from(&captured[..]);
    bytes[2..18].copy_from_slice(run_id);
    bytes.freeze()
}

type Stored = BTreeMap<SeriesName, Vec<Point>>;

fn stored(server: &RunningServer) -> Stored {
    let Some(run) = server.store().runs().into_iter().next() else { return Stored::new() };
    let run_id: RunId = run.id;
    let series = server.store().series(&run_id).expect("the run is there");
    let read = |series: metrana_server::store::SeriesInfo| {
        let definition = series.definition;
        let points = server.store().points(&run_id, series.id, 0, u64::MAX).expect("the series is there");
        let name = SeriesName {
            metric: definition.metric,
            scale: definition.scale,
            labels: definition.labels.into_iter().collect(),
        };
        let point = |index: usize| Point {
            step: points.steps[index],
            time: Some(points.timestamps[index]),
            value: points.values[index].to_bits(),
            width: points.widths[index],
        };
        (name, (0..points.steps.len()).map(point).collect())
    };
    series.into_iter().map(read).collect()
}

/// The same points. A time that the call left to the clock of the capture is only looked at for plausibility.
fn assert_same(name: &str, expected: &Stored, stored: &Stored) {
    assert_eq!(expected.keys().collect::<Vec<_>>(), stored.keys().collect::<Vec<_>>(), "{name}");
    for (series, expected) in expected {
        let stored = &stored[series];
        assert_eq!(expected.len(), stored.len(), "{name} {series:?}");
        for (expected, stored) in expected.iter().zip(stored) {
            let mut expected = expected.clone();
            if expected.time.is_none() {
                let time = stored.time.expect("a stored point has a time");
                assert!((1_600_000_000_000..2_000_000_000_000).contains(&time), "{name}: {time}");
                expected.time = stored.time;
            }
            assert_eq!(&expected, stored, "{name} {series:?}");
        }
    }
}
