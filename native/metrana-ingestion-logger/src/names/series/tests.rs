use super::*;
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
fn declarations_are_cut_below_the_limit_and_none_is_left_out() {
    let mut registry = Registry::default();
    for n in 0..1000 {
        let name = format!("metric-{n}");
        registry.add(&key(&mut LabelRoom::new(), &name, "S", &[("k", "v")]), ORDERED, None);
    }
    let pieces = registry.all_declarations(4096);
    assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() <= 4096));
    let mut ids = Vec::new();
    for piece in pieces {
        let request = metrana_proto::svc::UpdateRunRequest::decode(piece.as_slice()).expect("valid");
        ids.extend(request.series_declarations.iter().map(|one| one.declaration_id));
    }
    assert_eq!(ids, (1..=1000).collect::<Vec<u64>>());
}
