//! Points that come in any order, read page by page from tiles, journal and memory, against a plain map.

use std::collections::BTreeMap;

use bytes::Bytes;
use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::{
    HistogramPoint, OrderingMode, PointBatch, RlStepBatch, StreamingHistogramSeriesUpdate,
    StreamingRlSeriesUpdate, StreamingSeriesUpdate,
};
use prost::Message;

use super::scratch::Scratch;
use super::tests::{Random, eager, lazy, open, rows, wait_until};
use crate::ingest::read_again;
use crate::store::reading::wait;
use crate::store::{
    Bins, DeclarationId, MemoryStore, Numbers, Opening, RunDefinition, RunId, RunKey, SeriesDefinition,
    SeriesId, Store, View,
};

const STEPS: u64 = 6000;

type RlKey = (u64, Option<u64>, u64);

/// What ought to be there.
#[derive(Default)]
struct Plain {
    floats: BTreeMap<u64, (i64, u64, u8)>,
    rl: BTreeMap<RlKey, (i64, u64)>,
    histograms: BTreeMap<u64, u64>,
    sent: u64,
}

struct Logger<'a> {
    store: &'a dyn Store,
    run: RunId,
    ids: Vec<DeclarationId>,
}

impl<'a> Logger<'a> {
    fn begin(store: &'a dyn Store) -> Self {
        let key = RunKey { workspace: "w".into(), run_name: "r".into(), ..RunKey::default() };
        let definition = RunDefinition { key, ..RunDefinition::default() };
        let opening = Opening { definition, logger_id: 7, ..Opening::default() };
        let run = wait(store.open_run(opening)).expect("it opens").run.id;
        wait(store.begin_stream(&run)).expect("a stream begins");
        let series = |metric: &str, ordering| SeriesDefinition {
            metric: metric.to_owned(),
            scale: "s".into(),
            labels: BTreeMap::new(),
            ordering,
        };
        let all = vec![
            series("floats", OrderingMode::AbsoluteUnordered),
            series("rl", OrderingMode::AbsoluteUnordered),
            series("histograms", OrderingMode::AbsoluteUnordered),
            // Points under another ordering are kept, but do not count.
            series("floats", OrderingMode::AbsoluteOrdered),
        ];
        let declared = wait(store.declare(&run, all)).expect("it declares");
        wait(declared.receipt).expect("it is safe");
        Self { store, run, ids: declared.value }
    }

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn send(&self, random: &mut Random, plain: &mut Plain) {
        plain.sent += 1;
        let number = plain.sent;
        let mut message = UpdateRunRequest {
            logger_id: 7,
            logger_session_id: 9,
            sequence_number: 256 * number,
            ..UpdateRunRequest::default()
        };
        let count = 1 + random.below(2500);
        let time = number.cast_signed() * 10;
        let steps: Vec<u64> = if random.below(2) == 0 {
            let first = random.below(STEPS);
            (first..first + count).collect()
        } else {
            (0..count).map(|_| random.below(STEPS)).collect()
        };
        let narrow = random.below(3) == 0;
        let values: Vec<f64> = (0..count).map(|at| (number * 10_000 + at) as f32).map(f64::from).collect();
        let (bits, others) = if narrow { (32, vec![]) } else { (64, values.clone()) };
        for (step, value) in steps.iter().zip(&values) {
            plain.floats.insert(*step, (time, value.to_bits(), bits));
        }
        message.series.push(StreamingSeriesUpdate {
            series_id: 1,
            point_batches: vec![PointBatch {
                values: others,
                values_f32: if narrow { values.iter().map(|value| *value as f32).collect() } else { vec![] },
                steps,
                timestamp_millis: Some(time),
                ..PointBatch::default()
            }],
        });
        if random.below(2) == 0 {
            message.series.push(StreamingSeriesUpdate {
                series_id: 4,
                point_batches: vec![PointBatch {
                    values: vec![-1.0; 40],
                    first_step: Some(random.below(STEPS)),
                    ..PointBatch::default()
                }],
            });
        }
        for _ in 0..3 {
            let (rl_step, episode) = (random.below(12), Some(random.below(4)).filter(|episode| *episode > 0));
            let (first, count) = (random.below(300), 1 + random.below(400));
            let values: Vec<f64> = (0..count).map(|at| (number * 7919 + at) as f64).collect();
            for (step, value) in (first..).zip(&values) {
                plain.rl.insert((rl_step, episode, step), (time, value.to_bits()));
            }
            message.rl_series.push(StreamingRlSeriesUpdate {
                series_id: 2,
                environment_id: "e".into(),
                rl_step_batches: vec![RlStepBatch {
                    rl_step,
                    episode,
                    values,
                    first_minor_step: Some(first),
                    timestamp_millis: Some(time),
                    ..RlStepBatch::default()
                }],
            });
        }
        let points = (0..random.below(30)).map(|_| {
            let step = random.below(80);
            plain.histograms.insert(step, number);
            HistogramPoint {
                step,
                bin_edges: vec![0.0, 1.0],
                counts: vec![number],
                ..HistogramPoint::default()
            }
        });
        let points = points.collect();
        message.histogram_series.push(StreamingHistogramSeriesUpdate { series_id: 3, points });
        let mut numbers = Numbers::default();
        for (number, id) in (1..).zip(&self.ids) {
            numbers.push(number, *id);
        }
        let update = read_again(Bytes::from(message.encode_to_vec()), 77, &numbers).expect("it is read");
        let receipt = wait(self.store.apply(&self.run, update)).expect("it is taken in").receipt;
        wait(receipt).expect("it is safe");
    }

    fn expect(&self, plain: &Plain, random: &mut Random, what: &str) {
        let (store, run) = (self.store, &self.run);
        let page = |total: usize, random: &mut Random| {
            let offset = random.below(total as u64 + 2);
            (offset, if random.below(4) == 0 { u64::MAX } else { random.below(900) })
        };
        let part = |(offset, limit): (u64, u64)| {
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            (place(offset), place(limit))
        };
        for _ in 0..12 {
            let (offset, limit) = page(plain.floats.len(), random);
            let (skip, take) = part((offset, limit));
            let what = format!("{what}: {limit} from {offset}");
            let read = wait(store.points(run, SeriesId(1), View::Merged, offset, limit)).expect("points");
            assert_eq!((read.total, read.offset), (plain.floats.len() as u64, offset), "{what}");
            let columns = read.steps.iter().zip(&read.timestamps).zip(&read.values).zip(&read.widths);
            let is = columns.map(|(((step, at), value), width)| (*step, (*at, value.to_bits(), *width)));
            let expected = plain.floats.iter().map(|(step, point)| (*step, *point)).skip(skip).take(take);
            assert!(is.eq(expected), "{what}: floats");

            let (offset, limit) = page(plain.rl.len(), random);
            let (skip, take) = part((offset, limit));
            let read = wait(store.rl_points(run, SeriesId(2), "e", View::Merged, offset, limit));
            let read = read.expect("points");
            assert_eq!(
                (read.floats.total, read.heads.len()),
                (plain.rl.len() as u64, read.floats.values.len())
            );
            let columns = read.heads.iter().zip(&read.floats.steps).zip(&read.floats.timestamps);
            let is = columns.zip(&read.floats.values).map(|(((head, step), at), value)| {
                ((head.rl_step, head.episode, *step), (*at, value.to_bits()))
            });
            let expected = plain.rl.iter().map(|(key, point)| (*key, *point)).skip(skip).take(take);
            assert!(is.eq(expected), "{what}: environments");

            let (offset, limit) = page(plain.histograms.len(), random);
            let (skip, take) = part((offset, limit));
            let bytes = if random.below(2) == 0 { u64::MAX } else { random.below(3000) };
            let read = wait(store.histograms(run, SeriesId(3), View::Merged, offset, limit, bytes));
            let read = read.expect("histograms");
            let is: Vec<(u64, u64)> = read
                .items
                .iter()
                .map(|one| match &one.bins {
                    Bins::Counts(counts) => (one.step, counts[0]),
                    Bins::Densities(_) => panic!("they are counts"),
                })
                .collect();
            let expected: Vec<(u64, u64)> =
                plain.histograms.iter().map(|(step, count)| (*step, *count)).skip(skip).take(take).collect();
            // Of one size each, so that their bytes say how many there are.
            let size = 80 + 24;
            let fit = usize::try_from((bytes / size).max(1)).unwrap_or(usize::MAX);
            assert_eq!(read.total, plain.histograms.len() as u64);
            assert_eq!(is, expected[..fit.min(expected.len())], "{what}: histograms of {bytes} bytes");
        }
    }
}

#[test]
fn any_page_of_an_unordered_series_is_what_a_plain_map_gives() {
    for seed in [1, 2] {
        eprintln!("seed {seed}");
        let random = &mut Random(seed);
        let mut plain = Plain::default();
        let scratch = Scratch::new("unordered");
        {
            let store = open(scratch.path(), eager());
            let logger = Logger::begin(&store);
            for _ in 0..5 {
                (0..2).for_each(|_| logger.send(random, &mut plain));
                wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
                logger.expect(&plain, random, &format!("seed {seed}, sealed"));
            }
        }
        let store = open(scratch.path(), lazy());
        let logger = Logger::begin(&store);
        logger.expect(&plain, random, &format!("seed {seed}, opened again"));
        for _ in 0..5 {
            logger.send(random, &mut plain);
            logger.expect(&plain, random, &format!("seed {seed}, in part"));
        }
        drop(store);
        let store = open(scratch.path(), lazy());
        let logger = Logger::begin(&store);
        logger.expect(&plain, random, &format!("seed {seed}, from the journal"));
    }
}

#[test]
fn in_memory_any_page_of_an_unordered_series_is_what_a_plain_map_gives() {
    let random = &mut Random(3);
    let (mut plain, store) = (Plain::default(), MemoryStore::default());
    let logger = Logger::begin(&store);
    for _ in 0..8 {
        logger.send(random, &mut plain);
        logger.expect(&plain, random, "in memory");
    }
}
