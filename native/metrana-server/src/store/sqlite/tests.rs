//! The store as a whole: what is acknowledged is there after any end, once, in either kind of store.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::attribute_update::Value;
use metrana_proto::types::{
    AttributeUpdate, CloseRun, HistogramPoint, OrderingMode, PointBatch, RlStepBatch, ScatterPoint,
    StreamingHistogramSeriesUpdate, StreamingRlSeriesUpdate, StreamingScatterSeriesUpdate,
    StreamingSeriesUpdate,
};
use prost::Message;

use super::scratch::Scratch;
use super::{Durability, Sealing, SqliteOptions, SqliteStore, schema};
use crate::ingest::read_again;
use crate::store::reading::wait;
use crate::store::{
    DeclarationId, Health, MemoryStore, Numbers, Opening, Reading, RunDefinition, RunId, RunKey,
    SeriesDefinition, SeriesId, Store, StoreError, View,
};

const PATIENCE: Duration = Duration::from_mins(1);

/// Seals nothing by itself, but what is closed.
pub(super) fn lazy() -> SqliteOptions {
    let sealing = Sealing {
        bytes: u64::MAX,
        points: u64::MAX,
        idle: Duration::from_hours(1),
        every: Duration::from_millis(5),
        join: true,
    };
    SqliteOptions { sealing, ballast_bytes: 0, ..SqliteOptions::default() }
}

/// Seals all it can as soon as it can.
pub(super) fn eager() -> SqliteOptions {
    let sealing = Sealing { bytes: 1, ..lazy().sealing };
    SqliteOptions { sealing, ..lazy() }
}

/// Seals what has many points as soon as it can, and nothing else.
pub(super) fn selective() -> SqliteOptions {
    let sealing = Sealing { points: 200, ..lazy().sealing };
    SqliteOptions { sealing, ..lazy() }
}

pub(super) fn open(path: &Path, options: SqliteOptions) -> SqliteStore {
    SqliteStore::open(path, options).expect("it opens")
}

pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

const SERIES: u64 = 6;

fn definitions() -> Vec<SeriesDefinition> {
    let one = |number: u64| SeriesDefinition {
        metric: format!("m{number}"),
        scale: "s".into(),
        labels: BTreeMap::new(),
        ordering: if number == 1 { OrderingMode::AbsoluteUnordered } else { OrderingMode::AbsoluteOrdered },
    };
    (0..SERIES).map(one).collect()
}

/// A message with a bit of everything; the same one for the same seed.
pub(super) fn message(number: u64, seed: u64) -> UpdateRunRequest {
    let random = &mut Random(seed.wrapping_mul(7919).wrapping_add(number));
    let count = 1 + random.below(200);
    #[allow(clippy::cast_precision_loss)]
    let values: Vec<f64> = (0..count).map(|k| ((number * 1000 + k) as f64).sqrt()).collect();
    let first = number * 1000 + random.below(3) * 200;
    let mut message = UpdateRunRequest {
        logger_id: 7,
        logger_session_id: 9,
        sequence_number: 256 * number,
        series: vec![
            StreamingSeriesUpdate {
                series_id: 1,
                point_batches: vec![PointBatch {
                    values: values.clone(),
                    first_step: Some(first),
                    timestamp_millis: Some(5 + number.cast_signed()),
                    ..PointBatch::default()
                }],
            },
            StreamingSeriesUpdate {
                series_id: 2,
                point_batches: vec![PointBatch {
                    values_f32: vec![0.1, f32::NAN, -0.0],
                    steps: vec![random.below(50), 50 + random.below(50), random.below(100)],
                    timestamps_millis: vec![1, 2, 3],
                    ..PointBatch::default()
                }],
            },
        ],
        ..UpdateRunRequest::default()
    };
    for environment in 0..3 {
        message.rl_series.push(StreamingRlSeriesUpdate {
            series_id: 3,
            environment_id: format!("e{}", (environment + number) % 5),
            rl_step_batches: vec![RlStepBatch {
                rl_step: number,
                episode: Some(number / 3),
                values: values.clone(),
                first_minor_step: Some(0),
                ..RlStepBatch::default()
            }],
        });
    }
    message.histogram_series.push(StreamingHistogramSeriesUpdate {
        series_id: 4,
        points: vec![HistogramPoint {
            step: number,
            bin_edges: vec![0.0, 1.0],
            counts: vec![number],
            ..HistogramPoint::default()
        }],
    });
    message.scatter_series.push(StreamingScatterSeriesUpdate {
        series_id: 5,
        is_3d: false,
        points: vec![ScatterPoint {
            step: number,
            xs: values.clone(),
            ys: values,
            ..ScatterPoint::default()
        }],
        metadata_labels: [("xt".to_owned(), format!("x{number}"))].into(),
    });
    message.attributes.push(AttributeUpdate {
        path: format!("a{}", number % 4),
        value: Some(Value::FloatValue(if number.is_multiple_of(2) { f64::NAN } else { 0.1 })),
    });
    message
}

pub(super) struct Client<'a> {
    store: &'a dyn Store,
    pub(super) run: RunId,
    ids: Vec<DeclarationId>,
}

impl<'a> Client<'a> {
    pub(super) fn begin(store: &'a dyn Store, name: &str) -> Self {
        let key =
            RunKey { workspace: "w".into(), project: "p".into(), run_name: name.into(), ..RunKey::default() };
        let definition = RunDefinition { key, ..RunDefinition::default() };
        let opened = wait(store.open_run(Opening { definition, logger_id: 7, ..Opening::default() }));
        let run = opened.expect("it opens").run.id;
        wait(store.begin_stream(&run)).expect("a stream begins");
        let declared = wait(store.declare(&run, definitions())).expect("it declares");
        wait(declared.receipt).expect("it is safe");
        Self { store, run, ids: declared.value }
    }

    pub(super) fn send(&self, message: &UpdateRunRequest) -> crate::store::Pending<'static, ()> {
        let mut numbers = Numbers::default();
        for (number, id) in (1..).zip(&self.ids) {
            numbers.push(number, *id);
        }
        let update = read_again(Bytes::from(message.encode_to_vec()), 77, &numbers).expect("it is read");
        wait(self.store.apply(&self.run, update)).expect("it is taken in").receipt
    }

    /// Messages with these numbers, acknowledged.
    pub(super) fn send_all(&self, numbers: std::ops::Range<u64>) {
        let receipts: Vec<_> = numbers.map(|number| self.send(&message(number, 1))).collect();
        for receipt in receipts {
            wait(receipt).expect("it is safe");
        }
    }
}

/// Everything that a store tells of a run, in words that are equal when the bits are.
pub(super) fn told(store: &dyn Store, run: &RunId) -> Vec<String> {
    let mut told = Vec::new();
    for series in wait(store.series(run)).expect("its series") {
        told.push(format!("{series:?}"));
        for view in [View::Raw, View::Merged] {
            let id = series.id;
            for (offset, limit) in [(0, u64::MAX), (3, 5), (150, 400), (u64::MAX, 1)] {
                told.push(match series.definition.metric.as_str() {
                    "m0" | "m1" => {
                        let points = wait(store.points(run, id, view, offset, limit)).expect("points");
                        let bits: Vec<u64> = points.values.iter().map(|value| value.to_bits()).collect();
                        format!(
                            "{:?} {:?} {:?} {bits:?} {:?}",
                            points.total, points.steps, points.timestamps, points.widths
                        )
                    }
                    "m2" => {
                        let read = |name| wait(store.rl_points(run, id, name, view, offset, limit));
                        let all: Vec<_> = series.environments.iter().map(|name| read(name)).collect();
                        format!("{all:?}")
                    }
                    "m3" => format!("{:?}", wait(store.histograms(run, id, view, offset, limit, u64::MAX))),
                    "m4" => format!("{:?}", wait(store.scatters(run, id, view, offset, limit, u64::MAX))),
                    _ => String::new(),
                });
            }
        }
    }
    told.push(format!("{:?}", wait(store.attributes(run))));
    told.push(format!("{:?}", wait(store.environments(run))));
    let mut counts = wait(store.counts(Some(run))).expect("counts");
    // Each of the tests' clients begins a stream of its own.
    counts.streams = 0;
    told.push(format!("{counts:?}"));
    told
}

pub(super) fn expect_equal(one: &[String], other: &[String], what: &str) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other, "{what}");
    }
    assert_eq!(one.len(), other.len(), "{what}");
}

/// What a store in memory tells when the same was sent.
pub(super) fn model(messages: u64) -> Vec<String> {
    model_of(std::iter::once(1..messages))
}

/// The same for messages of which some come again.
fn model_of(parts: impl IntoIterator<Item = std::ops::Range<u64>>) -> Vec<String> {
    let store = MemoryStore::default();
    let client = Client::begin(&store, "r");
    for part in parts {
        client.send_all(part);
    }
    told(&store, &client.run)
}

pub(super) fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < until, "{what}: not after {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(super) fn rows(path: &Path, table: &str) -> i64 {
    let db = schema::reader(path).expect("the file opens");
    db.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).expect("it counts")
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart_from_the_journal_alone() {
    let scratch = Scratch::new("journal");
    let run = {
        let store = open(scratch.path(), lazy());
        let client = Client::begin(&store, "r");
        client.send_all(1..30);
        expect_equal(&told(&store, &client.run), &model(30), "before");
        client.run
    };
    let store = open(scratch.path(), lazy());
    assert_eq!(rows(scratch.path(), "chunk"), 0);
    expect_equal(&told(&store, &run), &model(30), "after");
    let info = &Reading::new(&store).runs().expect("runs")[0];
    assert_eq!((info.definition.key.run_name.as_str(), info.series), ("r", SERIES));
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
}

#[test]
fn sealing_changes_nothing_that_a_reader_sees() {
    for durability in [Durability::Full, Durability::Commit] {
        let scratch = Scratch::new("seal");
        let run = {
            let store = open(scratch.path(), SqliteOptions { durability, ..eager() });
            let client = Client::begin(&store, "r");
            client.send_all(1..10);
            wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
            expect_equal(&told(&store, &client.run), &model(10), "sealed once");
            client.send_all(10..30);
            expect_equal(&told(&store, &client.run), &model(30), "sealed in part");
            wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
            expect_equal(&told(&store, &client.run), &model(30), "sealed");
            client.run
        };
        let store = open(scratch.path(), lazy());
        assert!(rows(scratch.path(), "chunk") > 0);
        expect_equal(&told(&store, &run), &model(30), "opened again");
        let client = Client::begin(&store, "r");
        client.send_all(20..40);
        let expected = model_of([1..30, 20..40]);
        expect_equal(&told(&store, &run), &expected, "goes on, and what comes again is known");
        assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
        drop(store);
        let store = open(scratch.path(), lazy());
        expect_equal(&told(&store, &run), &expected, "and again");
    }
}

#[test]
fn sealed_points_leave_the_memory() {
    let scratch = Scratch::new("memory");
    let store = open(scratch.path(), eager());
    let client = Client::begin(&store, "r");
    client.send_all(1..30);
    let unsealed = || -> u64 {
        let handle = store.runs.find(&client.run).expect("the run");
        let state = handle.lock();
        let run = state.run.as_ref().expect("it is in memory");
        run.catalogue().all().map(|(_, series)| series.content.unsealed()).sum()
    };
    wait_until("all is sealed", || unsealed() == 0);
    let handle = store.runs.find(&client.run).expect("the run");
    let state = handle.lock();
    let run = state.run.as_ref().expect("it is in memory");
    for (_, series) in run.catalogue().all() {
        if let crate::store::content::Content::Floats(floats) = &series.content {
            assert_eq!(floats.absent(), floats.len());
        }
    }
}

#[test]
fn a_run_that_is_removed_is_gone_with_its_room() {
    let scratch = Scratch::new("delete");
    let store = open(scratch.path(), eager());
    let kept = Client::begin(&store, "kept");
    kept.send_all(1..5);
    let gone = Client::begin(&store, "gone");
    gone.send_all(1..60);
    wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
    let bytes = |run| wait(store.stored_bytes(run)).expect("it says").expect("it is on disk");
    assert!(bytes(&kept.run) > 0 && bytes(&gone.run) > bytes(&kept.run), "who logs more takes more");
    wait(store.delete_run(&gone.run)).expect("it is removed");
    assert!(matches!(wait(store.stored_bytes(&gone.run)), Err(StoreError::UnknownRun(_))));
    assert!(matches!(wait(store.run(&gone.run)), Err(StoreError::UnknownRun(_))));
    assert!(matches!(wait(store.delete_run(&gone.run)), Err(StoreError::UnknownRun(_))));
    let db = schema::reader(scratch.path()).expect("it opens");
    let free: i64 = db.query_row("pragma freelist_count", [], |row| row.get(0)).expect("it says");
    assert_eq!(free, 0, "no page is kept for later");
    for table in ["chunk", "journal", "series", "environment"] {
        let left: i64 = db
            .query_row(&format!("select count(*) from {table} where run = 2"), [], |row| row.get(0))
            .expect("it counts");
        assert_eq!(left, 0, "{table}");
    }
    expect_equal(&told(&store, &kept.run), &model(5), "the other one is as it was");
    let again = Client::begin(&store, "gone");
    assert_ne!(again.run, gone.run, "the name is free");
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
}

#[test]
fn a_copy_is_made_while_it_goes_on_and_is_a_store_of_its_own() {
    let (scratch, copy) = (Scratch::new("from"), Scratch::new("to"));
    let store = open(scratch.path(), eager());
    let client = Client::begin(&store, "r");
    client.send_all(1..10);
    store.backup(copy.path()).expect("it is copied");
    client.send_all(10..20);
    assert!(store.backup(copy.path()).is_err(), "a copy is not written over");
    let copied = open(copy.path(), lazy());
    expect_equal(&told(&copied, &client.run), &model(10), "the copy");
    drop(copied);
    assert_eq!(SqliteStore::check_directory(copy.path()).expect("it checks"), Vec::<String>::new());
    SqliteStore::compact_directory(copy.path()).expect("it is made smaller");
    expect_equal(&told(&open(copy.path(), lazy()), &client.run), &model(10), "smaller");
    assert!(matches!(SqliteStore::check_directory(scratch.path()), Err(StoreError::Busy(_))), "it is in use");
}

#[test]
fn damage_is_named_and_gives_no_wrong_value() {
    let scratch = Scratch::new("damage");
    let run = {
        let store = open(scratch.path(), eager());
        let client = Client::begin(&store, "r");
        client.send_all(1..20);
        wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
        client.run
    };
    let db = schema::open(scratch.path(), Durability::Full).expect("it opens");
    let chunks: Vec<(i64, Vec<u8>)> = db
        .prepare("select id, body from chunk")
        .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .expect("they are read");
    for (id, mut body) in chunks {
        let place = body.len() / 2;
        body[place] ^= 4;
        db.execute("update chunk set body = ?2 where id = ?1", rusqlite::params![id, body])
            .expect("it is damaged");
    }
    drop(db);
    let store = open(scratch.path(), lazy());
    match wait(store.points(&run, SeriesId(1), View::Raw, 0, 10)) {
        Err(StoreError::Corrupt(what)) => assert!(what.contains("chunk"), "{what}"),
        other => panic!("{other:?}"),
    }
    let findings = store.check().expect("it checks");
    assert!(
        findings.iter().any(|line| line.contains("the table chunk: its checksum is wrong")),
        "{findings:?}"
    );
}

#[test]
fn what_waits_is_bounded() {
    let scratch = Scratch::new("bounded");
    let store = open(scratch.path(), SqliteOptions { queue_bytes: 64 << 10, ..lazy() });
    let client = Client::begin(&store, "r");
    // Far more than there is room for: each waits for what is before it.
    client.send_all(1..200);
    assert_eq!(store.health(), Health::Good);
    expect_equal(&told(&store, &client.run), &model(200), "all of it");
}

#[test]
fn random_scripts_are_told_alike_by_both_stores() {
    for seed in 0..5 {
        let random = &mut Random(seed);
        let scratch = Scratch::new("script");
        let memory = MemoryStore::default();
        let oracle = Client::begin(&memory, "r");
        let mut number = 1;
        let mut store = Some(open(scratch.path(), eager()));
        for _ in 0..12 {
            let current = store.as_ref().expect("it is open");
            let client = Client::begin(current, "r");
            for _ in 0..random.below(6) {
                // Sometimes one that came before.
                let sent = if random.below(5) == 0 { 1 + random.below(number) } else { number };
                let mut sent = message(sent, seed);
                if random.below(12) == 0 {
                    sent.close_run = Some(CloseRun::default());
                }
                wait(client.send(&sent)).expect("it is safe");
                wait(oracle.send(&sent)).expect("it is safe");
                number += 1;
            }
            if random.below(3) == 0 {
                expect_equal(
                    &told(current, &client.run),
                    &told(&memory, &oracle.run),
                    &format!("seed {seed}"),
                );
            }
            if random.below(3) == 0 {
                drop(store.take());
                let options = [eager, lazy, selective][usize::try_from(random.below(3)).expect("an index")];
                store = Some(open(scratch.path(), options()));
            }
        }
        let store = store.expect("it is open");
        let run = Client::begin(&store, "r").run;
        // The ids differ.
        expect_equal(&told(&store, &run), &told(&memory, &oracle.run), &format!("seed {seed}"));
        assert_eq!(store.check().expect("it checks"), Vec::<String>::new(), "seed {seed}");
    }
}
