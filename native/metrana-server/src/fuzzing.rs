//! What comes from outside, for fuzzers: each function takes any bytes, and panics when what became of them is not right.
//! It is there only in builds of fuzzers, and in tests, which feed it with the seeds.
#![allow(clippy::missing_panics_doc, reason = "the whole module is there to panic")]

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::FutureExt;
use metrana_proto::types::OrderingMode;

use crate::gate;
use crate::http;
use crate::ingest;
use crate::store::{
    Applied, MemoryStore, Numbers, Opening, Reading, RunDefinition, RunId, RunKey, SeriesDefinition,
    SeriesId, SeriesInfo, SeriesKind, Store, World, fuzzing as stored,
};

pub use ingest::fuzzing::frames;

/// Takes any bytes.
pub type Decoder = fn(&[u8]);

/// The decoders by their names.
pub const DECODERS: &[(&str, Decoder)] = &[
    ("message", message),
    ("frames", frames),
    ("handshake", handshake),
    ("traces", traces),
    ("tile", tile),
    ("journal", journal),
    ("state", state),
    ("query", query),
    ("key", key),
];

const SERIES: u64 = 8;

/// A run of a store in memory with some series, and the numbers that a stream has given to them.
fn begun(definition: RunDefinition) -> (MemoryStore, RunId, Numbers) {
    let store = MemoryStore::default();
    let opening = Opening { definition, logger_id: 1, ..Opening::default() };
    let run = store.open_run(opening).now_or_never().expect("it does not wait").expect("a run").run.id;
    let one = |number: u64| SeriesDefinition {
        metric: format!("m{number}"),
        scale: String::new(),
        labels: BTreeMap::new(),
        ordering: if number.is_multiple_of(2) {
            OrderingMode::AbsoluteOrdered
        } else {
            OrderingMode::AbsoluteUnordered
        },
    };
    let declared = store.declare(&run, (0..SERIES).map(one).collect());
    let ids = declared.now_or_never().expect("it does not wait").expect("they are declared").value;
    let mut numbers = Numbers::default();
    for (number, id) in (1..).zip(ids) {
        numbers.push(number, id);
    }
    (store, run, numbers)
}

fn unnamed() -> RunDefinition {
    RunDefinition { key: RunKey { run_name: "r".into(), ..RunKey::default() }, ..RunDefinition::default() }
}

/// A message of an update stream: what it holds is read as often as it is said to be there.
pub fn message(data: &[u8]) {
    let (store, run, numbers) = begun(unnamed());
    let body = Bytes::copy_from_slice(data);
    let Ok(update) = ingest::read_again(body.clone(), 1_700_000_000_000, &numbers) else { return };
    let again = ingest::read_again(body, 1_700_000_000_000, &numbers).expect("it was read before");
    assert_eq!(format!("{update:?}"), format!("{again:?}"), "it is read alike each time");
    let numbered = update.message.sequence_number != 0;
    let apply = |update| store.apply(&run, update).now_or_never().expect("it does not wait");
    if apply(update).is_ok() && numbered {
        assert!(matches!(apply(again).expect("it was taken before").value, Applied::Duplicate));
    }
    read_all(&store, &run);
}

fn read_all(store: &MemoryStore, run: &RunId) {
    let (raw, merged) = (Reading::new(store), Reading::new(store).merged());
    for info in raw.series(run).expect("its series") {
        match (info.world, info.kind) {
            (None, _) => {}
            (Some(World::Std), SeriesKind::Float) => {
                for (reading, count) in [(raw, info.raw_points), (merged, info.points)] {
                    let points = reading.points(run, info.id, 0, u64::MAX).expect("points");
                    let length = points.values.len();
                    assert_eq!((points.total, length as u64), (count, count));
                    let columns = [points.steps.len(), points.timestamps.len(), points.widths.len()];
                    assert_eq!(columns, [length; 3]);
                }
                let points = merged.points(run, info.id, 0, u64::MAX).expect("points");
                assert!(points.steps.is_sorted_by(|a, b| a < b), "each step once");
                assert_eq!(points.steps.last().copied(), info.last_step);
            }
            (Some(World::Rl), _) => {
                for (reading, count) in [(raw, info.raw_points), (merged, info.points)] {
                    let read = |name: &String| reading.rl_points(run, info.id, name, 0, u64::MAX);
                    let all: usize =
                        info.environments.iter().map(|name| read(name).expect("points").heads.len()).sum();
                    assert_eq!(all as u64, count);
                }
            }
            (_, SeriesKind::Histogram | SeriesKind::DensityHistogram) => {
                for (reading, count) in [(raw, info.raw_points), (merged, info.points)] {
                    let page = reading.histograms(run, info.id, 0, u64::MAX).expect("histograms");
                    assert_eq!((page.total, page.items.len() as u64), (count, count));
                }
            }
            _ => {
                for (reading, count) in [(raw, info.raw_points), (merged, info.points)] {
                    let page = reading.scatters(run, info.id, 0, u64::MAX).expect("scatters");
                    assert_eq!((page.total, page.items.len() as u64), (count, count));
                }
            }
        }
    }
    raw.attributes(run).expect("attributes");
    raw.environments(run).expect("environments");
}

/// The request that opens a run: what it says is kept as text, and is the same when it is read back.
pub fn handshake(data: &[u8]) {
    let Some(definition) = ingest::fuzzing::definition(data) else { return };
    let text = serde_json::to_string(&definition).expect("it is written");
    let back: RunDefinition = serde_json::from_str(&text).expect("it is read back");
    assert_eq!(format!("{definition:?}"), format!("{back:?}"));
    let (store, run, _) = begun(definition);
    let reading = Reading::new(&store);
    let info = reading.run(&run).expect("the run");
    crate::read::made(&info.definition.aggregation_rules, &sources(&info.definition.aggregation_rules));
}

/// Series that rules apply to.
fn sources(rules: &[metrana_proto::types::AggregationRule]) -> Vec<SeriesInfo> {
    let store = MemoryStore::default();
    let opening = Opening { definition: unnamed(), ..Opening::default() };
    let run = store.open_run(opening).now_or_never().expect("it does not wait").expect("a run").run.id;
    let one = |rule: &metrana_proto::types::AggregationRule| SeriesDefinition {
        metric: rule.metric_name.clone().unwrap_or_default(),
        scale: rule.source_scale.clone(),
        labels: rule.aggregate_over_labels.iter().map(|key| (key.clone(), "1".to_owned())).collect(),
        ordering: OrderingMode::AbsoluteOrdered,
    };
    let _ = store.declare(&run, rules.iter().map(one).collect()).now_or_never();
    let mut series = Reading::new(&store).series(&run).expect("its series");
    for info in &mut series {
        (info.world, info.kind) = (Some(World::Std), SeriesKind::Float);
    }
    series.retain(|info| info.id != SeriesId(0));
    series
}

/// A sealed row of points.
pub fn tile(data: &[u8]) {
    stored::tile(data);
}

/// A row of the journal.
pub fn journal(data: &[u8]) {
    stored::journal(data);
}

/// What the file has of a run and of its series, line by line.
pub fn state(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        stored::state(text);
    }
}

/// A message of a tracer, as it is told to readers.
pub fn traces(data: &[u8]) {
    http::fuzzing::traces(data);
}

/// What a reader asks for: the query of a request, a cursor in it, or a body.
pub fn query(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        http::fuzzing::query(text);
    }
}

/// A key, a token, or a cookie.
pub fn key(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        gate::fuzzing::key(text);
    }
}

/// What the fuzzers begin with that is in no capture.
#[must_use]
pub fn seeds() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let texts = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    vec![
        ("frames", ingest::fuzzing::compressed()),
        ("traces", http::fuzzing::tracers()),
        ("journal", vec![stored::journal_row(&[0x58, 5])]),
        ("tile", stored::tiles()),
        ("state", stored::states().into_iter().map(String::into_bytes).collect()),
        ("query", texts(&http::fuzzing::QUERIES)),
        ("key", gate::fuzzing::keys().into_iter().map(String::into_bytes).collect()),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{DECODERS, seeds};

    #[test]
    fn every_seed_is_taken_as_it_should_be() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
        let samples = seeds();
        for (name, decoder) in DECODERS {
            let kept = fs::read_dir(folder.join(name)).expect("there are seeds");
            let mut kept: Vec<_> = kept.map(|entry| entry.expect("it can be listed").path()).collect();
            kept.sort();
            assert!(!kept.is_empty(), "{name} has no seeds");
            for seed in kept {
                eprintln!("{}", seed.display());
                decoder(&fs::read(seed).expect("it can be read"));
            }
            let made = samples.iter().filter(|(of, _)| of == name);
            made.flat_map(|(_, made)| made).for_each(|sample| decoder(sample));
        }
    }
}
