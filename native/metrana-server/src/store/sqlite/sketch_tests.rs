//! Curves drawn from summaries against curves drawn point by point.

use std::collections::BTreeMap;

use bytes::Bytes;
use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::{
    OrderingMode, PointBatch, RlStepBatch, StreamingRlSeriesUpdate, StreamingSeriesUpdate,
};
use prost::Message;

use super::scratch::Scratch;
use super::tests::{Random, eager, lazy, open, rows, wait_until};
use super::{SqliteStore, schema};
use crate::ingest::read_again;
use crate::read::{self, Line, Measure};
use crate::store::reading::wait;
use crate::store::{
    Along, Axis, Bucket, DeclarationId, Grid, Inheritance, MemoryStore, Numbers, Opening, RunDefinition,
    RunId, RunKey, SeriesDefinition, SeriesId, Store, StoreError, View, lineage,
};

const ENVIRONMENTS: u64 = 5;
const AXES: [Axis; 6] =
    [Axis::Step, Axis::RlStep, Axis::Episode, Axis::OwnStep, Axis::WallTime, Axis::RelativeTime];
/// The series: one in order, one in any order that comes in order, one that does not, and two of environments.
const ORDERED: u64 = 1;
const LAST_ORDINARY: u64 = 3;
const ALL: u64 = 5;

struct Logger<'a> {
    store: &'a dyn Store,
    run: RunId,
    ids: Vec<DeclarationId>,
    random: Random,
    step: u64,
    time: i64,
    sent: u64,
}

impl<'a> Logger<'a> {
    fn begin(store: &'a dyn Store, name: &str, inherited: Inheritance, seed: u64, step: u64) -> Self {
        let key = RunKey { workspace: "w".into(), run_name: name.into(), ..RunKey::default() };
        let definition = RunDefinition { key, ..RunDefinition::default() };
        let opening = Opening { definition, logger_id: 7, inherited };
        let run = wait(store.open_run(opening)).expect("it opens").run.id;
        wait(store.begin_stream(&run)).expect("a stream begins");
        let series = (1..=ALL).map(|number| SeriesDefinition {
            metric: format!("m{number}"),
            scale: "s".into(),
            labels: BTreeMap::new(),
            ordering: match number {
                ORDERED | 4 => OrderingMode::AbsoluteOrdered,
                _ => OrderingMode::AbsoluteUnordered,
            },
        });
        let declared = wait(store.declare(&run, series.collect())).expect("it declares");
        wait(declared.receipt).expect("it is safe");
        Self { store, run, ids: declared.value, random: Random(seed), step, time: 1_000, sent: 0 }
    }

    /// Halves, whose sums are the same in any order, and sometimes what is no number.
    fn values(&mut self, count: u64) -> Vec<f64> {
        let odd = self.random.below(3) == 0;
        let value = |random: &mut Random| match random.below(if odd { 300 } else { 1_000_000 }) {
            0 => f64::NAN,
            1 => f64::INFINITY,
            2 => f64::NEG_INFINITY,
            _ => f64::from(i32::try_from(random.below(2000)).expect("a number") - 1000) * 0.5,
        };
        (0..count).map(|_| value(&mut self.random)).collect()
    }

    fn times(&mut self, count: u64) -> Vec<i64> {
        let back = self.random.below(4) == 0;
        (0..count)
            .map(|_| {
                self.time += self.random.below(9).cast_signed() - if back { 4 } else { 0 };
                self.time
            })
            .collect()
    }

    fn ordinary(&mut self, series: u64) -> StreamingSeriesUpdate {
        let count = 1 + self.random.below(1400);
        let mut batch = PointBatch { values: self.values(count), ..PointBatch::default() };
        if series == LAST_ORDINARY || self.random.below(3) == 0 {
            let stretch = if series == LAST_ORDINARY { 2 * count } else { 1 };
            let mut step = self.step;
            batch.steps = (0..count)
                .map(|_| {
                    step += 1 + self.random.below(3);
                    // In the last one steps come out of order, and again.
                    if stretch > 1 { self.step + self.random.below(stretch) } else { step }
                })
                .collect();
            batch.timestamps_millis = self.times(count);
        } else {
            // What comes again does not count.
            batch.first_step = Some(self.step.saturating_sub(self.random.below(50)));
            batch.timestamp_millis = Some(self.time);
        }
        StreamingSeriesUpdate { series_id: series, point_batches: vec![batch] }
    }

    fn rl(&mut self, series: u64, environment: u64, rl_step: u64) -> StreamingRlSeriesUpdate {
        let parts = 1 + self.random.below(3);
        let rl_step_batches = (0..parts)
            .map(|part| {
                let count = 1 + self.random.below(300);
                let shared = self.random.below(2) == 0;
                RlStepBatch {
                    rl_step: rl_step + part,
                    episode: Some(rl_step / 3).filter(|_| self.random.below(5) > 0),
                    values: self.values(count),
                    first_minor_step: Some(self.random.below(2)),
                    timestamp_millis: Some(self.time).filter(|_| shared),
                    timestamps_millis: if shared { Vec::new() } else { self.times(count) },
                    ..RlStepBatch::default()
                }
            })
            .collect();
        StreamingRlSeriesUpdate {
            series_id: series,
            environment_id: format!("e{environment}"),
            rl_step_batches,
        }
    }

    fn send(&mut self) {
        self.sent += 1;
        let rl_step = self.step / 500;
        let mut message = UpdateRunRequest {
            logger_id: 7,
            logger_session_id: 9,
            sequence_number: 256 * self.sent,
            series: (1..=LAST_ORDINARY).map(|series| self.ordinary(series)).collect(),
            ..UpdateRunRequest::default()
        };
        for series in LAST_ORDINARY + 1..=ALL {
            for environment in 0..ENVIRONMENTS {
                if self.random.below(4) > 0 {
                    let back = if series == ALL { self.random.below(3) } else { 0 };
                    let rl_step = rl_step.saturating_sub(back);
                    message.rl_series.push(self.rl(series, environment, rl_step));
                }
            }
        }
        self.step += 1800 + self.random.below(3) * 100;
        let mut numbers = Numbers::default();
        for (number, id) in (1..).zip(&self.ids) {
            numbers.push(number, *id);
        }
        let update = read_again(Bytes::from(message.encode_to_vec()), 77, &numbers).expect("it is read");
        let receipt = wait(self.store.apply(&self.run, update)).expect("it is taken in").receipt;
        wait(receipt).expect("it is safe");
    }
}

/// The points of a line one by one, as they are read, on an axis; apart for each environment.
fn points(store: &dyn Store, line: &Line<'_>) -> Vec<Vec<(f64, f64)>> {
    #[allow(clippy::cast_precision_loss)]
    let (whole, time) = (
        |number: u64| number as f64,
        |time: i64| match line.along.axis {
            Axis::RelativeTime => (time - line.along.began_at_millis) as f64,
            _ => time as f64,
        },
    );
    if line.environments.is_empty() {
        let read = lineage::points(store, line.run, line.series, View::Merged, 0, u64::MAX);
        let points = wait(read).expect("points");
        let rows = points.steps.iter().zip(&points.timestamps).zip(&points.values);
        let x = |step, at| match line.along.axis {
            Axis::Step | Axis::RlStep | Axis::OwnStep => Some(whole(step)),
            Axis::Episode => None,
            Axis::WallTime | Axis::RelativeTime => Some(time(at)),
        };
        return vec![rows.filter_map(|((step, at), value)| Some((x(*step, *at)?, *value))).collect()];
    }
    let of = |name: &String| {
        let read = lineage::rl_points(store, line.run, line.series, name, View::Merged, 0, u64::MAX);
        let points = wait(read).expect("points");
        let places = points.floats.steps.iter().zip(&points.floats.timestamps);
        let rows = points.heads.iter().zip(places).zip(&points.floats.values);
        rows.filter_map(|((head, (step, at)), value)| {
            let x = match line.along.axis {
                Axis::OwnStep => whole(*step),
                Axis::Step | Axis::RlStep => whole(head.rl_step),
                Axis::Episode => whole(head.episode?),
                Axis::WallTime | Axis::RelativeTime => time(*at),
            };
            Some((x, *value))
        })
        .collect()
    };
    line.environments.iter().map(of).collect()
}

fn drawn(points: &[(f64, f64)], grid: Grid, row: &mut [Bucket]) {
    for (x, value) in points {
        if let Some(bucket) = grid.place(*x).and_then(|place| row.get_mut(place)) {
            bucket.add(*x, *value);
        }
    }
}

/// Every curve of a run is what its points say.
fn expect_true(store: &dyn Store, run: &RunId, random: &mut Random, what: &str) {
    for series in 1..=ALL {
        let id = SeriesId(series);
        let info = wait(store.one_series(run, id)).expect("the series");
        for axis in AXES {
            let environments = read::environments_of(&info, None);
            let line = Line { run, series: id, environments, along: Along { axis, began_at_millis: 300 } };
            let all = points(store, &line);
            let of_each = all.iter().flatten().map(|(x, _)| *x);
            let expected = (of_each.clone().count() > 0)
                .then(|| of_each.fold((f64::MAX, f64::MIN), |(from, to), x| (from.min(x), to.max(x))));
            let what = format!("{what}, series {series}, {axis:?}");
            let extent = wait(read::extent(store, &line)).expect("an extent");
            assert_eq!(extent, expected, "{what}");
            let (from, to) = extent.unwrap_or((0.0, 1.0));
            let part = |share: u64| from + (to - from) * f64::from(u32::try_from(share).expect("few")) / 10.0;
            for buckets in [1, 7, 90] {
                let (low, high) = (random.below(6), 5 + random.below(6));
                let grid = if random.below(2) == 0 {
                    Grid::new(from, to, buckets)
                } else {
                    Grid::new(part(low), part(high), buckets)
                };
                let mut expected = vec![Bucket::default(); buckets];
                for points in &all {
                    drawn(points, grid, &mut expected);
                }
                let row = wait(read::row(store, &line, grid)).expect("a row");
                assert_eq!(format!("{row:?}"), format!("{expected:?}"), "{what}, {grid:?}");
                if line.environments.is_empty() {
                    continue;
                }
                let mut cells = Vec::new();
                for points in &all {
                    let mut row = vec![Bucket::default(); buckets];
                    drawn(points, grid, &mut row);
                    cells.extend(row.iter().map(|bucket| Measure::Mean.of(bucket)));
                }
                let environments = line.environments.clone();
                let same = Line { environments, ..line };
                let map = wait(read::heat_map(store, same, grid, Measure::Mean)).expect("a map");
                assert_eq!(format!("{:?}", map.cells), format!("{cells:?}"), "{what}, {grid:?}");
                let bands = wait(read::bands(store, &line, grid, &[0.0, 100.0])).expect("bands");
                for place in 0..buckets {
                    let mut means: Vec<f64> = cells
                        .iter()
                        .skip(place)
                        .step_by(buckets)
                        .copied()
                        .filter(|mean| mean.is_finite())
                        .collect();
                    means.sort_by(f64::total_cmp);
                    let ends = (means.first().copied(), means.last().copied());
                    let banded = (bands.curves[place], bands.curves[buckets + place]);
                    assert_eq!(bands.environments[place], means.len() as u64, "{what}, {grid:?}");
                    if let (Some(least), Some(greatest)) = ends {
                        assert_eq!(banded, (least, greatest), "{what}, {grid:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_curve_from_summaries_is_the_curve_of_the_points() {
    for seed in [11, 12] {
        eprintln!("seed {seed}");
        let scratch = Scratch::new("sketch");
        let random = &mut Random(seed);
        {
            let store = open(scratch.path(), eager());
            let mut logger = Logger::begin(&store, "r", Inheritance::default(), seed, 0);
            (0..4).for_each(|_| logger.send());
            wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
            (0..2).for_each(|_| logger.send());
            wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
            expect_true(&store, &logger.run, random, &format!("seed {seed}, sealed"));
        }
        let store = open(scratch.path(), lazy());
        let mut logger = Logger::begin(&store, "r", Inheritance::default(), seed + 100, 30_000);
        logger.sent = 100;
        (0..3).for_each(|_| logger.send());
        expect_true(&store, &logger.run, random, &format!("seed {seed}, in part"));
        let inherited = wait(lineage::inherit(&store, &logger.run, 9_000)).expect("it is inherited");
        let mut fork = Logger::begin(&store, "fork", inherited, seed + 200, 9_000);
        expect_true(&store, &fork.run, random, &format!("seed {seed}, a fork"));
        (0..2).for_each(|_| fork.send());
        expect_true(&store, &fork.run, random, &format!("seed {seed}, a fork that goes on"));
        wait(store.delete_run(&logger.run)).expect("it is removed");
        let line = |series| Line {
            run: &fork.run,
            series: SeriesId(series),
            environments: Vec::new(),
            along: Along { axis: Axis::Step, began_at_millis: 0 },
        };
        let extent = wait(read::extent(&store, &line(ORDERED))).expect("an extent");
        assert!(
            extent.is_some_and(|(from, _)| from > 8_000.0),
            "seed {seed}: what is left is its own: {extent:?}"
        );
    }
}

#[test]
fn a_curve_in_memory_is_the_curve_of_the_points() {
    let store = MemoryStore::default();
    let mut logger = Logger::begin(&store, "r", Inheritance::default(), 5, 0);
    (0..5).for_each(|_| logger.send());
    expect_true(&store, &logger.run, &mut Random(5), "in memory");
}

/// Pages that come to one place are not read: that their points are damaged is not even noticed.
#[test]
fn what_a_summary_tells_is_not_read() {
    let scratch = Scratch::new("unread");
    let count: u32 = 100_000;
    let run = {
        let store = open(scratch.path(), eager());
        let mut logger = Logger::begin(&store, "r", Inheritance::default(), 1, 0);
        let values: Vec<f64> = (0..count).map(|step| f64::from(step % 1000)).collect();
        let batch =
            PointBatch { values, first_step: Some(0), timestamp_millis: Some(7), ..PointBatch::default() };
        let message = UpdateRunRequest {
            logger_id: 7,
            logger_session_id: 9,
            sequence_number: 256,
            series: vec![StreamingSeriesUpdate { series_id: ORDERED, point_batches: vec![batch] }],
            ..UpdateRunRequest::default()
        };
        let mut numbers = Numbers::default();
        numbers.push(ORDERED, logger.ids[0]);
        let update = read_again(Bytes::from(message.encode_to_vec()), 77, &numbers).expect("it is read");
        wait(wait(store.apply(&logger.run, update)).expect("it is taken in").receipt).expect("it is safe");
        logger.sent = 1;
        wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
        logger.run
    };
    let db = schema::open(scratch.path(), super::Durability::Full).expect("it opens");
    db.execute("update chunk set body = zeroblob(length(body))", []).expect("it is damaged");
    drop(db);
    let store: SqliteStore = open(scratch.path(), lazy());
    let along = Along { axis: Axis::Step, began_at_millis: 0 };
    let line = Line { run: &run, series: SeriesId(ORDERED), environments: Vec::new(), along };
    assert_eq!(wait(read::extent(&store, &line)), Ok(Some((0.0, f64::from(count - 1)))));
    let row =
        wait(read::row(&store, &line, Grid::new(0.0, f64::from(count - 1), 1))).expect("it is not read");
    let expected = Bucket {
        count: count.into(),
        first_x: 0.0,
        first: 0.0,
        last_x: f64::from(count - 1),
        last: 999.0,
        min: 0.0,
        max: 999.0,
        sum: f64::from(count) * 499.5,
        ..Bucket::default()
    };
    assert_eq!(row, [expected]);
    let cut = wait(read::row(&store, &line, Grid::new(0.0, 500.0, 1)));
    assert!(matches!(cut, Err(StoreError::Corrupt(_))), "a page that is cut is read: {cut:?}");
}
