//! What shows only to those who decide what the service says and when the clock is read.

use metrana_proto::types::StreamingSeriesUpdate;
use prost::Message as _;

use std::time::{Duration, Instant};

use metrana_proto::common::SeriesValueKind;

use super::{Stage, Taken, Timing};
use crate::config::Config;
use crate::deliver::seal::Sealer;
use crate::errors::Error;
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
use crate::tell::events::EventSink;

fn stage() -> Stage {
    Stage::new(&Config::default(), EventSink::none(), Pool::new(1 << 20))
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
        stage.registry.seed(metric, "S", "", Nature::unordered(SeriesValueKind::Undefined), 3);
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
        let pinned =
            [others, floats].into_iter().filter(|nature| stage.registry.check_new(&key, *nature).is_err());
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
    stage.registry.seed("m", "S", "", Nature::unordered(SeriesValueKind::Undefined), 3);
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
