//! Handles to series: quick, and safe to keep too long.

mod common;

use common::{House, assert_books, open};
use metrana_ingestion_logger::{
    Bins, Environments, Histogram, Histograms, RlFloats, SeriesHandle, SeriesKind, SeriesName, Spread,
    Status, StepStrategy, Steps, Timestamps, Values, by_handle,
};

fn loss(kind: SeriesKind) -> SeriesName<'static> {
    SeriesName { metric: "loss", scale: "ML_STEP", labels: &[("k", "v")], kind }
}

fn log(handle: SeriesHandle, value: f64) -> Result<(), Status> {
    by_handle::log_std(handle, Values::F64(&[value]), Steps::Auto, Timestamps::Now)
        .map_err(|error| error.status)
}

#[test]
fn a_handle_logs_to_its_series_and_names_may_join_in() {
    let house = House::new();
    let logger = open(house.config("run"));
    let handle = logger.series(&loss(SeriesKind::Std)).expect("a series");
    assert_eq!(logger.series(&loss(SeriesKind::Std)), Ok(handle));
    assert_eq!(logger.series_last_step("loss", "ML_STEP", &[("k", "v")]), Ok(None));
    log(handle, 1.0).expect("logged");
    by_handle::log_std(handle, Values::F32(&[2.0, 3.0]), Steps::From(5), Timestamps::At(1)).expect("logged");
    log(handle, 4.0).expect("logged");
    assert_eq!(
        logger.series(&loss(SeriesKind::Distributed)).expect_err("ordered").status,
        Status::Validation
    );
    logger.close(None).expect("closed");
    assert_eq!(house.points("run").steps, [0, 5, 6, 7]);
    assert_books(&logger.counters(), 4, 0, 0);
}

#[test]
fn a_handle_that_outlives_its_logger_is_told_so_and_never_reaches_another_run() {
    let house = House::new();
    let old = {
        let logger = open(house.config("old"));
        let handle = logger.series(&loss(SeriesKind::Std)).expect("a series");
        log(handle, 1.0).expect("logged");
        logger.close(None).expect("closed");
        assert_eq!(log(handle, 2.0), Err(Status::LoggerClosed));
        handle
    };
    // New loggers move into the places that old ones left.
    for n in 0..5 {
        let logger = open(house.config(&format!("new-{n}")));
        let handle = logger.series(&loss(SeriesKind::Std)).expect("a series");
        assert_eq!(log(old, 3.0), Err(Status::LoggerClosed));
        log(handle, 4.0).expect("logged");
        logger.close(None).expect("closed");
        assert_eq!(logger.counters().float_points.sent, 1);
    }
    assert_eq!(house.points("old").total, 1);
    let nowhere = SeriesHandle { slot: u32::MAX, generation: 1, series: 0 };
    assert_eq!(log(nowhere, 1.0), Err(Status::LoggerClosed));
}

#[test]
fn a_handle_of_another_kind_is_refused() {
    let house = House::new();
    let logger = open(house.config("run"));
    let rl = logger.series(&loss(SeriesKind::Rl { ordered: true, episodic: false })).expect("a series");
    let std = logger.series(&loss(SeriesKind::Std)).expect("a series");
    assert_eq!(log(rl, 1.0), Err(Status::Validation));
    assert_eq!(log(SeriesHandle { series: 99, ..std }, 1.0), Err(Status::Validation));
    let one = [Histogram { edges: &[0.0, 1.0], bins: Bins::Counts(&[5]), stats: None }];
    let histograms = Histograms {
        metric: "weights",
        scale: "ML_STEP",
        labels: &[],
        histograms: &one,
        steps: &[9],
        timestamps: Timestamps::At(1),
    };
    logger.log_histograms(&histograms).expect("logged");
    let histogram = SeriesHandle { series: std.series + 1, ..std };
    let forged = by_handle::log_std(histogram, Values::F64(&[1.0]), Steps::From(10), Timestamps::Now);
    assert_eq!(forged.expect_err("no floats there").status, Status::Validation);
    let environments = logger.environments(&["a", "b"]).expect("environments");
    let points = RlFloats {
        metric: "",
        scale: "",
        labels: &[],
        rl_step: 1,
        environments: Environments::Known(&environments),
        values: Values::F64(&[1.0, 2.0]),
        episodes: Spread::None,
        steps: Spread::None,
        timestamps: Spread::None,
        strategy: StepStrategy::WithinRlStep,
        ordered: true,
    };
    assert_eq!(by_handle::log_rl(std, &points).expect_err("no RL series").status, Status::Validation);
    by_handle::log_rl(rl, &points).expect("logged");
    assert_eq!(logger.environment_progress("b"), Ok((Some(1), None)));
    let other = open(house.config("other"));
    let foreign = other.series(&loss(SeriesKind::Rl { ordered: true, episodic: false })).expect("a series");
    assert_eq!(
        by_handle::log_rl(foreign, &points).expect_err("not its environments").status,
        Status::Validation
    );
    logger.close(None).expect("closed");
    assert_eq!(logger.counters().rl_float_points.sent, 2);
}

#[test]
fn many_threads_abuse_handles_while_loggers_come_and_go() {
    let house = House::new();
    let (mut accepted, mut counted) = (0, 0);
    for round in 0..30 {
        let logger = open(house.config(&format!("run-{round}")));
        let handle = logger.series(&loss(SeriesKind::Std)).expect("a series");
        accepted += std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let mut accepted = 0u64;
                        while log(handle, 1.0) == Ok(()) {
                            accepted += 1;
                        }
                        accepted
                    })
                })
                .collect();
            common::wait_until("something is logged", || logger.counters().float_points.enqueued > 100);
            logger.close(None).expect("closed");
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum::<u64>()
        });
        counted += logger.counters().float_points.sent;
    }
    assert_eq!(accepted, counted);
}
