//! Which messages are kept for what, and what readers are told.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::FutureExt;
use metrana_proto::types::OrderingMode;

use super::MemoryStore;
use crate::store::{
    AttributeChange, AttributeValue, Change, DeclarationId, FloatBatch, NameRange, Opening, RlBatch, RlHead,
    RlUpdate, RunId, SeriesDefinition, SeriesId, Steps, Store, Timestamps, Update, Values, Width,
};

const LENGTH: usize = 100_000;

fn store() -> (MemoryStore, RunId, DeclarationId) {
    let store = MemoryStore::default();
    let opened = store.open_run(Opening::default()).now_or_never().expect("it does not wait");
    let run = opened.expect("it opens").run.id;
    let series = SeriesDefinition {
        metric: "m".into(),
        scale: "s".into(),
        labels: BTreeMap::new(),
        ordering: OrderingMode::AbsoluteOrdered,
    };
    let declared = store.declare(&run, vec![series]).now_or_never();
    let declaration = declared.expect("it does not wait").expect("it declares").value.remove(0);
    (store, run, declaration)
}

/// Batches of so many points each, whose values are slices of a message.
fn batches(message: &Bytes, points: usize, count: usize) -> impl Iterator<Item = FloatBatch> + '_ {
    (0..count).map(move |place| FloatBatch {
        values: Values::new(Width::F64, message.slice(place * points * 8..(place + 1) * points * 8)),
        steps: Steps::From(0),
        timestamps: Timestamps::At(0),
    })
}

/// Whether the message is still in memory when the store has taken in batches of it, half of them of each world.
fn is_kept(length: usize, points: usize, count: usize) -> bool {
    let (store, run, declaration) = store();
    let message = Bytes::from(vec![1_u8; length]);
    let (head, environment) =
        (RlHead { rl_step: 1, episode: None, flat: false, from_one: false }, NameRange::default());
    let rl = |floats| RlUpdate { declaration, environment, batch: RlBatch { head, floats } };
    let update = Update {
        body: message.clone(),
        floats: batches(&message, points, count / 2).map(|batch| (declaration, batch)).collect(),
        rl: batches(&message, points, count - count / 2).map(rl).collect(),
        ..Update::default()
    };
    store.apply(&run, update).now_or_never().expect("it does not wait").expect("it is taken in");
    let series = store.series(&run).now_or_never().expect("it does not wait").expect("the run is there");
    assert_eq!(series.iter().map(|series| series.raw_points).sum::<u64>(), (points * count) as u64);
    !message.is_unique()
}

#[test]
fn a_message_is_kept_for_its_values_when_it_is_next_to_nothing_else() {
    assert!(is_kept(LENGTH, 100, 124));
    assert!(is_kept(LENGTH, 100, 110));
    assert!(!is_kept(LENGTH, 100, 109), "more than an eighth of it is something else");
    assert!(!is_kept(LENGTH, 100, 1));
    assert!(!is_kept(8000, 1000, 1), "a small one may lie in the memory of a large one");
}

#[test]
fn no_message_is_kept_for_batches_of_one_point() {
    assert!(!is_kept(LENGTH, 1, LENGTH / 8));
    // The longest message that a client of ours sends, and more of such batches than it can hold.
    assert!(!is_kept(1 << 20, 1, 100_000));
}

#[test]
fn a_reader_is_told_which_series_of_which_run_changed() {
    let (store, run, declaration) = store();
    let changes = |since| store.changes(since).now_or_never().expect("it does not wait").expect("it tells");
    let begin = changes(None);
    assert!(begin.reset && begin.runs.is_empty());
    let body = Bytes::from(1.0_f64.to_le_bytes().to_vec());
    let apply =
        |update| store.apply(&run, update).now_or_never().expect("it does not wait").expect("it is taken in");
    apply(Update {
        floats: vec![(declaration, batches(&body, 1, 1).next().expect("one"))],
        ..Update::default()
    });
    let points = changes(Some(begin.cursor));
    assert_eq!(points.runs.len(), 1);
    let seen = &points.runs[0];
    assert_eq!((&seen.run, seen.series.as_slice(), seen.attributes), (&run, [SeriesId(1)].as_slice(), false));
    assert_eq!(seen.revision, points.cursor.revision);
    assert_eq!(changes(Some(points.cursor)).runs, []);
    let set = AttributeChange { path: "a".into(), change: Change::Set(AttributeValue::Null) };
    apply(Update { attributes: vec![set], ..Update::default() });
    let attributes = changes(Some(points.cursor));
    assert!(attributes.runs[0].attributes && attributes.runs[0].series.is_empty());
    assert_eq!(changes(Some(begin.cursor)).runs[0].series, [SeriesId(1)], "a slower reader sees both");
    store.delete_run(&run).now_or_never().expect("it does not wait").expect("it is removed");
    assert_eq!(changes(Some(attributes.cursor)).deleted, std::slice::from_ref(&run));
    assert!(store.run(&run).now_or_never().expect("it does not wait").is_err());
}
