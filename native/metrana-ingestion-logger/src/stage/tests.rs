//! What shows only to those who decide what the service says and when the clock is read.

use bytes::Bytes;
use metrana_proto::types::{OrderingMode, SeriesDeclaration, StreamingSeriesUpdate};
use prost::Message as _;

use std::time::{Duration, Instant};

use metrana_proto::common::SeriesValueKind;

use super::{Stage, Taken, Timing};
use crate::clock::{self, manual::Manual};
use crate::config::{Config, ErrorStrategy};
use crate::deliver::envelope::{self, Identity, Numbered};
use crate::deliver::seal::Sealer;
use crate::errors::{Error, Status};
use crate::kinds::Call;
use crate::kinds::histogram::{Bins, Histogram, HistogramCall, Histograms};
use crate::kinds::scatter::{Scatter, ScatterCall, Scatters, Titles};
use crate::kinds::std::StdCall;
use crate::names::ids::SeriesId;
use crate::names::key::{Key, LabelRoom, World};
use crate::names::series::Nature;
use crate::points::Width;
use crate::points::{Scalar, ScalarTime, StdFloats, Steps, Timestamps, Values};
use crate::stage::pool::Pool;
use crate::stage::tray::{self, TRAYS, Tray};
use crate::tell::lines::Lines;

fn stage() -> Stage {
    Stage::new(&Config::default(), 0, Lines::none(), Pool::new(1 << 20))
}

/// What `log::admit` does with a call behind the gate.
fn admit(stage: &mut Stage, call: &impl Call, now: i64) -> Result<(), Error> {
    let (_, plan) = call.plan(stage)?;
    stage.note_clock(now);
    stage.spare = 1 << 20;
    call.commit(stage, plan, now);
    stage.finish_call();
    Ok(())
}

fn message(stage: &mut Stage) -> metrana_proto::svc::UpdateRunRequest {
    let timing = Timing { linger: Duration::ZERO, max_age: Duration::ZERO };
    let Taken::Chunk(chunk) = stage.take(timing, Instant::now(), true, true) else { panic!("there is data") };
    let mut sealed = Vec::new();
    if Sealer::default().seal(&chunk, &mut sealed) {
        sealed.extend_from_slice(&chunk.wire);
    }
    metrana_proto::svc::UpdateRunRequest::decode(sealed.as_slice()).expect("a message")
}

fn log_floats(stage: &mut Stage, metric: &str) -> Result<(), Error> {
    let points = StdFloats {
        metric,
        scale: "S",
        labels: &[],
        values: Values::F64(&[1.0, 2.0]),
        steps: Steps::From(4),
        timestamps: Timestamps::At(1),
        distributed: true,
    };
    admit(stage, &StdCall::new(&points, &mut LabelRoom::new())?, 1)
}

fn log_histogram(stage: &mut Stage, metric: &str, bins: Bins<'_>) -> Result<(), Error> {
    let points = Histograms {
        metric,
        scale: "S",
        labels: &[],
        histograms: &[Histogram { edges: &[0.0, 1.0], bins, stats: None }],
        steps: &[9],
        timestamps: Timestamps::At(1),
    };
    admit(stage, &HistogramCall::new(&points, &mut LabelRoom::new(), 1)?, 1)
}

fn log_scatter(stage: &mut Stage, metric: &str, zs: Option<&[f64]>) -> Result<(), Error> {
    let points = Scatters {
        metric,
        scale: "S",
        labels: &[],
        scatters: &[Scatter { xs: &[1.0], ys: &[2.0], zs }],
        steps: &[9],
        timestamps: Timestamps::At(1),
        titles: Titles::default(),
    };
    admit(stage, &ScatterCall::new(&points, &mut LabelRoom::new(), 1)?, 1)
}

/// The wire allows a service not to say what a series holds.
#[test]
fn the_first_points_pin_the_kind_that_the_service_did_not_tell() {
    let mut stage = stage();
    for metric in ["floats", "counts", "plane", "space"] {
        stage.names.registry.seed(metric, "S", "", Nature::unordered(SeriesValueKind::Undefined), 3);
    }
    log_floats(&mut stage, "floats").expect("the first");
    log_histogram(&mut stage, "counts", Bins::Counts(&[5])).expect("the first");
    log_scatter(&mut stage, "plane", None).expect("the first");
    log_scatter(&mut stage, "space", Some(&[3.0])).expect("the first");

    log_histogram(&mut stage, "floats", Bins::Counts(&[5])).expect_err("floats");
    log_scatter(&mut stage, "floats", None).expect_err("floats");
    log_floats(&mut stage, "counts").expect_err("counts");
    log_histogram(&mut stage, "counts", Bins::Densities(&[0.5])).expect_err("counts");
    log_scatter(&mut stage, "plane", Some(&[3.0])).expect_err("two dimensions");
    log_scatter(&mut stage, "space", None).expect_err("three dimensions");
    for metric in ["floats", "counts", "plane", "space"] {
        let others = Nature::unordered(SeriesValueKind::Scatter);
        let floats = Nature::DISTRIBUTED;
        let mut room = LabelRoom::new();
        let key = Key::new(World::Std, metric, "S", &[], &mut room);
        let pinned = [others, floats]
            .into_iter()
            .filter(|nature| stage.names.registry.check_new(&key, *nature).is_err());
        assert!(pinned.count() > 0, "the whole metric is pinned: {metric}");
    }

    let message = message(&mut stage);
    assert_eq!(message.series.len(), 1);
    assert_eq!(message.histogram_series.len(), 1);
    assert_eq!(message.scatter_series.iter().map(|series| series.is_3d).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_handle_to_a_series_without_order_wants_its_steps_told() {
    let mut stage = stage();
    stage.names.registry.seed("m", "S", "", Nature::unordered(SeriesValueKind::Undefined), 3);
    let values = Values::F64(&[1.0]);
    let call = StdCall::known(SeriesId::from_index(0), values, Steps::Auto, Timestamps::Now).expect("valid");
    admit(&mut stage, &call, 1).expect_err("no step follows another there");
}

/// Another caller read the clock earlier and comes in later: neighbours in a tray do not see time go back.
#[test]
fn time_does_not_run_backwards_for_one_writer() {
    let mut stage = stage();
    let trays: &'static [Tray; TRAYS] = Box::leak(Box::default());
    stage.shelf.trays = Some(trays);
    stage.generation = 7;
    let log = |stage: &mut Stage, metric: &str, now: i64| {
        let points = StdFloats {
            metric,
            scale: "S",
            labels: &[],
            values: Values::F64(&[1.0]),
            steps: Steps::Auto,
            timestamps: Timestamps::Now,
            distributed: false,
        };
        let mut room = LabelRoom::new();
        admit(stage, &StdCall::new(&points, &mut room).expect("valid"), now).expect("logged");
    };
    let names: Vec<String> = (0..=TRAYS).map(|index| format!("m{index}")).collect();
    for name in &names {
        log(&mut stage, name, 90);
    }
    let (one, neighbour) = (SeriesId::from_index(0), SeriesId::from_index(16));
    assert_eq!(tray::of(one), tray::of(neighbour));

    log(&mut stage, &names[0], 100);
    log(&mut stage, &names[16], 92);
    let ticked =
        |tick| Scalar { width: Width::F64, bits: 0, step: None, timestamp: ScalarTime::Now { tick } };
    assert!(trays[tray::of(one)].put(7, one, &ticked(96)));
    // A clock that was set back is believed.
    log(&mut stage, &names[0], -50_000);
    assert!(trays[tray::of(one)].put(7, one, &ticked(-49_999)));

    let message = message(&mut stage);
    let of_one = |series: &&StreamingSeriesUpdate| series.series_id == one.on_wire();
    let series = message.series.iter().find(of_one).expect("the series");
    let times: Vec<i64> =
        series.point_batches.iter().flat_map(|batch| batch.timestamps_millis.iter().copied()).collect();
    assert_eq!(times, [90, 100, 100, -50_000, -49_999]);
}

/// The wire allows a service not to say in which order the steps of a series come.
#[test]
fn the_first_points_pin_the_order_that_the_service_did_not_tell() {
    let untold = Nature { ordering: OrderingMode::Undefined, ..Nature::STD };
    let mut stage = stage();
    for metric in ["ordered", "distributed"] {
        stage.names.registry.seed(metric, "S", "", untold, 3);
    }
    stage.names.registry.pin(World::Rl, "told", "S", "", untold);
    stage.names.keep_declarations(0);
    assert!(stage.names.declarations.pieces().is_empty(), "nobody knows yet what to say");

    let id = SeriesId::from_index(0);
    let one = StdCall::known(id, Values::F64(&[1.0]), Steps::Auto, Timestamps::Now).expect("valid");
    admit(&mut stage, &one, 1).expect("the first say it: ordered");
    log_floats(&mut stage, "distributed").expect("the first say it: not ordered");
    log_floats(&mut stage, "ordered").expect_err("ordered");
    let id = SeriesId::from_index(1);
    let next = StdCall::known(id, Values::F64(&[1.0]), Steps::Auto, Timestamps::Now).expect("valid");
    admit(&mut stage, &next, 1).expect_err("no step follows another there");

    let orders = |declarations: &[SeriesDeclaration]| {
        declarations.iter().map(|one| (one.declaration_id, one.ordering())).collect::<Vec<_>>()
    };
    let wanted = [(1, OrderingMode::AbsoluteOrdered), (2, OrderingMode::AbsoluteUnordered)];
    assert_eq!(orders(&message(&mut stage).series_declarations), wanted);
    let kept = stage.names.declarations.pieces().concat();
    let kept = metrana_proto::svc::UpdateRunRequest::decode(kept.as_slice()).expect("declarations");
    assert_eq!(orders(&kept.series_declarations), wanted, "on every stream to come");
}

/// Run ids are the service's and have any length.
#[test]
fn no_envelope_makes_a_message_larger_than_the_limit() {
    for run in [0, 16, 43, 44, 300] {
        let identity = Identity { run: vec![7; run].into(), logger: u64::MAX, session: u64::MAX };
        let config = Config { max_msg_size: 1000, ..Config::default() };
        let mut stage = Stage::new(&config, identity.envelope_len(), Lines::none(), Pool::new(1 << 20));
        for name in 0..100 {
            log_floats(&mut stage, &format!("metric-{name}")).expect("logged");
        }
        for fields in stage.names.declarations.pieces() {
            let declaring = identity.unnumbered(fields).message_len();
            assert!(declaring <= 1000, "{declaring} bytes of declarations with {run} bytes of a run");
        }
        let timing = Timing { linger: Duration::ZERO, max_age: Duration::ZERO };
        let mut largest = 0;
        while let Taken::Chunk(chunk) = stage.take(timing, Instant::now(), true, true) {
            let number = Numbered { sequence: u64::MAX, closes_run: true };
            let mut head = identity.begin_numbered(number, "");
            if Sealer::default().seal(&chunk, &mut head) {
                head.extend_from_slice(&chunk.wire);
            }
            largest = largest.max(envelope::finish(head, Bytes::new()).message_len());
        }
        assert!((800..=1000).contains(&largest), "{largest} bytes with {run} bytes of a run");
    }
}

/// Numbers are given when a chunk closes, in the order in which messages leave, and are never given twice.
#[test]
fn a_message_gets_its_number_when_its_chunk_closes() {
    let config = Config { max_msg_size: 1000, ..Config::default() };
    let mut stage = Stage::new(&config, 0, Lines::none(), Pool::new(1 << 20));
    for name in 0..50 {
        log_floats(&mut stage, &format!("metric-{name}")).expect("logged");
    }
    let timing = Timing { linger: Duration::ZERO, max_age: Duration::ZERO };
    let mut numbers = Vec::new();
    while let Taken::Chunk(chunk) = stage.take(timing, Instant::now(), true, true) {
        numbers.push(chunk.number);
    }
    numbers.push(stage.chunks.empty_message().number);
    assert!(numbers.len() > 3);
    assert_eq!(numbers, (1..=numbers.len() as u64).map(|n| n * 256).collect::<Vec<_>>());
}

/// What a burst needed goes back when the logger has been idle for long; a busy one keeps what it works with.
#[test]
fn an_idle_logger_keeps_little_of_its_largest_burst() {
    let clock = Manual::begin();
    let pool = Pool::new(64 << 20);
    let mut stage = Stage::new(&Config::default(), 0, Lines::none(), pool.clone());
    let timing = Timing { linger: Duration::ZERO, max_age: Duration::ZERO };
    let values = vec![1.0; 500_000];
    let burst = StdFloats {
        metric: "burst",
        scale: "S",
        labels: &[],
        values: Values::F64(&values),
        steps: Steps::Auto,
        timestamps: Timestamps::Now,
        distributed: false,
    };
    let mut room = LabelRoom::new();
    admit(&mut stage, &StdCall::new(&burst, &mut room).expect("valid"), 1).expect("logged");
    let mut chunks = Vec::new();
    while let Taken::Chunk(chunk) = stage.take(timing, clock::instant(), true, true) {
        chunks.push(chunk);
    }
    for chunk in chunks {
        pool.give_back(chunk);
    }
    let full = pool.resting_bytes();
    assert!(full >= 4_000_000, "{full} bytes rest");

    let busy = stage.take(timing, clock::instant(), false, false);
    assert!(matches!(busy, Taken::Wait(None)), "what is unacknowledged comes back here");
    let Taken::Wait(Some(due)) = stage.take(timing, clock::instant(), true, false) else {
        panic!("it is looked after later")
    };
    let left = due.saturating_duration_since(clock::instant());
    clock.advance(left.saturating_sub(Duration::from_millis(1)));
    assert!(matches!(stage.take(timing, clock::instant(), true, false), Taken::Wait(Some(_))));
    log_floats(&mut stage, "m").expect("logged");
    assert!(matches!(stage.take(timing, clock::instant(), true, true), Taken::Chunk(_)));
    clock.advance(Duration::from_millis(1));
    assert!(matches!(stage.take(timing, clock::instant(), true, false), Taken::Wait(Some(_))), "it was busy");
    assert!(pool.resting_bytes() > 3_000_000);
    clock.advance(Duration::from_mins(1));
    assert!(matches!(stage.take(timing, clock::instant(), true, false), Taken::Wait(None)));
    let rest = pool.resting_bytes();
    assert!(rest <= 2 << 20, "{rest} bytes rest");
}

/// Data waits for company as long as nothing is under way, and no longer than it may become old.
#[test]
fn staged_data_leaves_after_the_linger_or_at_its_age() {
    let clock = Manual::begin();
    let timing = Timing { linger: Duration::from_millis(10), max_age: Duration::from_secs(1) };
    let mut stage = stage();
    for (idle, wait) in [(true, Duration::from_millis(10)), (false, Duration::from_secs(1))] {
        log_floats(&mut stage, "m").expect("logged");
        let due = clock::instant() + wait;
        clock.advance(wait.saturating_sub(Duration::from_millis(1)));
        let taken = stage.take(timing, clock::instant(), idle, false);
        assert!(matches!(taken, Taken::Wait(Some(until)) if until == due), "idle: {idle}");
        clock.advance(Duration::from_millis(1));
        assert!(matches!(stage.take(timing, clock::instant(), idle, false), Taken::Chunk(_)), "idle: {idle}");
    }
}

/// A wake-up costs a caller more than all the rest, so there is one only for what the sender said it waits for.
#[test]
fn the_sender_is_woken_for_what_it_waits_for() {
    let timing = Timing { linger: Duration::from_mins(1), max_age: Duration::from_mins(1) };
    let config = Config { max_msg_size: 300, ..Config::default() };
    let mut stage = Stage::new(&config, 0, Lines::none(), Pool::new(1 << 20));
    let wakes = |stage: &mut Stage, metric: &str| {
        let points = StdFloats {
            metric,
            scale: "S",
            labels: &[],
            values: Values::F64(&[1.0, 2.0]),
            steps: Steps::Auto,
            timestamps: Timestamps::At(1),
            distributed: false,
        };
        let mut room = LabelRoom::new();
        let call = StdCall::new(&points, &mut room).expect("valid");
        let (_, plan) = call.plan(stage).expect("planned");
        call.commit(stage, plan, 1);
        stage.finish_call().wake_sender
    };
    assert!(!stage.chunks.wants_sender(), "there is nothing");
    assert!(wakes(&mut stage, "a"), "it waited for data");
    assert!(stage.chunks.wants_sender(), "now there is something");
    assert!(!wakes(&mut stage, "a"), "it is awake");
    assert!(matches!(stage.take(timing, clock::instant(), true, false), Taken::Wait(Some(_))));
    let woken = (0..20).position(|_| wakes(&mut stage, "a")).expect("a chunk gets full");
    assert!(woken > 0, "it waits for a full chunk or its time, and for no data before");
    assert!(matches!(stage.take(timing, clock::instant(), true, false), Taken::Chunk(_)));
}

#[test]
fn what_is_written_off_keeps_no_flush_waiting() {
    let mut stage = stage();
    log_floats(&mut stage, "m").expect("logged");
    let mark = stage.request_flush();
    assert!(stage.flushed(mark).is_none());
    stage.write_off();
    assert!(stage.flushed(mark).is_some());
    assert!(stage.books.counters.float_points.balanced());
    assert_eq!(stage.books.counters.float_points.dropped, 2);
}

/// The next call has to hear of an error, so none may go through a side door.
#[test]
fn no_tray_opens_while_an_error_is_to_be_raised() {
    for raise in [false, true] {
        let strategy = if raise { ErrorStrategy::RaiseOnLog } else { ErrorStrategy::Warn };
        let config = Config { error_strategy: strategy, ..Config::default() };
        let mut stage = Stage::new(&config, 0, Lines::none(), Pool::new(1 << 20));
        let trays: &'static [Tray; TRAYS] = Box::leak(Box::default());
        stage.shelf.trays = Some(trays);
        stage.generation = 7;
        stage.books.report(Error::new(Status::SenderStopped, "lost"));
        let id = SeriesId::from_index(0);
        for _ in 0..2 {
            let points = StdFloats {
                metric: "m",
                scale: "S",
                labels: &[],
                values: Values::F64(&[1.0]),
                steps: Steps::Auto,
                timestamps: Timestamps::At(1),
                distributed: false,
            };
            let mut room = LabelRoom::new();
            admit(&mut stage, &StdCall::new(&points, &mut room).expect("valid"), 1).expect("logged");
        }
        let scalar = Scalar { width: Width::F64, bits: 0, step: None, timestamp: ScalarTime::At(1) };
        assert_eq!(trays[tray::of(id)].put(7, id, &scalar), !raise);
    }
}

/// Steps that do not grow are for the long way, which tells of them.
#[test]
fn a_tray_takes_no_step_that_does_not_grow() {
    let tray = Tray::default();
    let id = SeriesId::from_index(0);
    tray.add_room(10);
    tray.open(7, id, 0, 5, 0);
    let at = |step| Scalar { width: Width::F64, bits: 0, step, timestamp: ScalarTime::At(1) };
    let taken = [Some(4), Some(5), Some(5), Some(9), None, Some(10)].map(|step| tray.put(7, id, &at(step)));
    assert_eq!(taken, [false, true, false, true, true, false]);
    let mut steps = Vec::new();
    tray.collect(|record| steps.push(record.step));
    assert_eq!(steps, [5, 9, 10]);
}

/// A single value brings its series' declaration along, which may be longer than everything else.
#[test]
fn declarations_count_when_a_message_is_cut() {
    let config = Config { max_msg_size: 1000, ..Config::default() };
    let mut stage = Stage::new(&config, 0, Lines::none(), Pool::new(1 << 20));
    let values = [1.0];
    for name in 0..50 {
        let metric = format!("{name}{}", "m".repeat(200));
        let points = StdFloats {
            metric: &metric,
            scale: "S",
            labels: &[],
            values: Values::F64(&values),
            steps: Steps::Auto,
            timestamps: Timestamps::At(1),
            distributed: false,
        };
        let mut room = LabelRoom::new();
        admit(&mut stage, &StdCall::new(&points, &mut room).expect("valid"), 1).expect("logged");
    }
    let timing = Timing { linger: Duration::ZERO, max_age: Duration::ZERO };
    let mut messages = 0;
    while let Taken::Chunk(chunk) = stage.take(timing, Instant::now(), true, true) {
        assert!(chunk.weight <= stage.max_message(), "{} bytes", chunk.weight);
        messages += 1;
    }
    assert!(messages > 10, "{messages}");
}
