use std::time::{Duration, Instant};

use super::*;
use crate::names::Names;
use prost::Message as _;

const ORDERED: Nature = Nature::STD;

fn key<'l, 'a: 'l>(
    room: &'l mut LabelRoom<'a>,
    metric: &'a str,
    scale: &'a str,
    labels: &'l [(&'a str, &'a str)],
) -> Key<'l> {
    Key::new(World::Std, metric, scale, labels, room)
}

#[test]
fn labels_in_any_order_are_one_series_and_the_last_of_a_key_counts() {
    let mut registry = Registry::default();
    let id = registry.add(&key(&mut LabelRoom::new(), "m", "S", &[("b", "2"), ("a", "1")]), ORDERED, None);
    assert_eq!(
        registry.find(&key(&mut LabelRoom::new(), "m", "S", &[("a", "0"), ("b", "2"), ("a", "1")])),
        Some(id)
    );
    assert_eq!(registry.find(&key(&mut LabelRoom::new(), "m", "S", &[("a", "0"), ("b", "2")])), None);
    assert_eq!(registry.find(&key(&mut LabelRoom::new(), "m", "S", &[])), None);
}

#[test]
fn a_family_pins_its_label_keys_before_labels_are_looked_at() {
    let mut registry = Registry::default();
    registry.add(&key(&mut LabelRoom::new(), "m", "S", &[("a", "1")]), ORDERED, None);
    let refused = registry
        .check_new(&key(&mut LabelRoom::new(), "m", "S", &[(":b", "1")]), ORDERED)
        .expect_err("refused");
    assert_eq!(
        refused.message,
        "invalid points: (m/S): label keys [:b] do not match the already-declared [a]"
    );
    assert!(registry.check_new(&key(&mut LabelRoom::new(), "m", "T", &[("b", "1")]), ORDERED).is_ok());
    let refused = registry
        .check_new(&key(&mut LabelRoom::new(), "m", "S", &[("a", "2")]), Nature::DISTRIBUTED)
        .expect_err("refused");
    assert!(refused.message.contains("(m/S) was already declared as AbsoluteOrdered"), "{}", refused.message);
}

#[test]
fn kept_declarations_are_cut_below_the_limit_and_none_is_left_out() {
    let mut names = Names::new(4096);
    for n in 0..1000 {
        let name = format!("metric-{n}");
        names.registry.add(&key(&mut LabelRoom::new(), &name, "S", &[("k", "v")]), ORDERED, None);
    }
    names.keep_declarations(0);
    names.keep_declarations(0);
    names.declare(SeriesId::from_index(3), &mut Vec::new());
    let pieces = names.declarations.pieces();
    assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() <= 4096));
    let mut ids = Vec::new();
    for piece in pieces {
        let request = metrana_proto::svc::UpdateRunRequest::decode(piece).expect("valid");
        ids.extend(request.series_declarations.iter().map(|one| one.declaration_id));
    }
    assert_eq!(ids, (1..=1000).collect::<Vec<u64>>());
}

/// What is planned and put back leaves everything as it was, and costs nothing where nothing is put back.
#[test]
fn series_that_are_put_back_take_no_family_of_others_with_them() {
    let mut registry = Registry::default();
    registry.pin(World::Std, "told", "S", "", ORDERED);
    registry.add(&key(&mut LabelRoom::new(), "old", "S", &[]), ORDERED, None);
    let savepoint = registry.savepoint();
    registry.roll_back(savepoint);
    for metric in ["new", "told"] {
        registry.add(&key(&mut LabelRoom::new(), metric, "S", &[]), ORDERED, None);
    }
    registry.add(&key(&mut LabelRoom::new(), "old", "S", &[]), ORDERED, None);
    registry.roll_back(savepoint);
    assert_eq!(registry.len(), 1);
    for (metric, pinned) in [("old", true), ("told", true), ("new", false)] {
        let other = registry.check_new(&key(&mut LabelRoom::new(), metric, "S", &[("k", "")]), ORDERED);
        assert_eq!(other.is_err(), pinned, "{metric}");
    }
    assert_eq!(registry.find(&key(&mut LabelRoom::new(), "new", "S", &[])), None);
}

/// A walk through all metrics each time would take minutes.
#[test]
fn to_put_nothing_back_costs_nothing_however_many_metrics_there_are() {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut registry = Registry::default();
    for n in 0..30_000 {
        let metric = format!("metric-{n}");
        registry.add(&key(&mut LabelRoom::new(), &metric, "S", &[]), ORDERED, None);
    }
    for batch in 0..1_000_000 {
        let savepoint = registry.savepoint();
        registry.roll_back(savepoint);
        assert!(batch % 1000 != 0 || Instant::now() < deadline, "out of time after {batch} batches");
    }
    assert_eq!(registry.len(), 30_000);
}
