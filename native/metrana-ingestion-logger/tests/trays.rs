//! Single values from many threads: they lie in trays for a while, and nobody can tell.

mod common;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use common::{House, assert_books, open};
use metrana_ingestion_logger::{
    Config, Logger, Piece, SeriesHandle, SeriesKind, SeriesName, Status, StdFloats, Steps, Timestamps,
    Values, by_handle,
};

fn series(logger: &Logger, metric: &str) -> SeriesHandle {
    let kind = SeriesKind::Std;
    logger.series(&SeriesName { metric, scale: "ML_STEP", labels: &[], kind }).expect("a series")
}

fn column<'a>(metric: &'a str, values: &'a [f64]) -> StdFloats<'a> {
    StdFloats {
        metric,
        scale: "ML_STEP",
        labels: &[],
        values: Values::F64(values),
        steps: Steps::Auto,
        timestamps: Timestamps::Now,
        distributed: false,
    }
}

/// Eight writers with a series each and one in common, columns between their scalars, and somebody who looks at the
/// books, flushes and asks for last steps all the while. `config` decides how cramped it is.
fn everybody_at_once(config: impl FnOnce(&House) -> Config) {
    const WRITERS: u64 = 8;
    const ROUNDS: u64 = 4000;
    let house = House::new();
    let logger = open(config(&house));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let logger = &logger;
                scope.spawn(move || {
                    let name = format!("own-{writer}");
                    let (own, shared) = (series(logger, &name), series(logger, "shared"));
                    #[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
                    for round in 0..ROUNDS {
                        by_handle::log_scalar(own, round as f64).expect("logged");
                        by_handle::log_scalar(shared, writer as f64).expect("logged");
                        if round % 97 == writer {
                            logger.log_std_floats(&column(&name, &[-1.0, -2.0, -3.0])).expect("logged");
                        }
                        if round % 61 == writer {
                            logger.log_std_floats(&column(&name, &[-4.0])).expect("logged");
                        }
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let counters = logger.counters();
                assert!(counters.float_points.balanced(), "{counters:?}");
                logger.series_last_step("shared", "ML_STEP", &[]).expect("an answer");
                logger.flush(Some(Duration::from_mins(1))).expect("flushed");
                assert!(logger.counters().pending_bytes <= 64 << 20);
            }
        });
        for writer in writers {
            writer.join().expect("no panic");
        }
        done.store(true, Ordering::Relaxed);
    });
    logger.close(None).expect("closed");

    let store = house.server.store();
    let run = &store.runs().expect("runs")[0];
    let mut total = 0;
    for info in store.series(&run.id).expect("the run") {
        let points = store.points(&run.id, info.id, 0, u64::MAX).expect("points");
        let steps: Vec<u64> = (0..points.total).collect();
        assert_eq!(points.steps, steps, "every value has the step after the one before");
        if info.definition.metric != "shared" {
            assert!(points.timestamps.is_sorted(), "time does not run backwards for one writer");
            #[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
            let wanted: Vec<f64> = (0..ROUNDS).map(|round| round as f64).collect();
            let scalars: Vec<f64> = points.values.iter().copied().filter(|value| *value >= 0.0).collect();
            assert_eq!(scalars, wanted, "in the order of the calls");
        }
        total += points.total;
    }
    assert_books(&logger.counters(), total, 0, 0);
    assert_eq!(logger.counters().pending_bytes, 0);
}

#[test]
fn scalars_of_many_threads_arrive_once_and_in_order() {
    everybody_at_once(|house| house.config("run"));
}

#[test]
fn a_queue_with_hardly_any_room_is_shared_out_fairly() {
    everybody_at_once(|house| Config { queue_bytes: 32 << 10, ..house.config("run") });
}

#[test]
fn messages_with_hardly_any_room_take_everything_in_pieces() {
    everybody_at_once(|house| Config { max_msg_size: 24 << 10, ..house.config("run") });
}

/// Many series share a tray, which fills up, is emptied and opened again for some of them only, from chunk to chunk.
#[test]
fn many_series_share_a_tray() {
    const WRITERS: usize = 8;
    const SERIES: usize = 25;
    const ROUNDS: u64 = 1500;
    let house = House::new();
    let logger = open(Config { max_msg_size: 200 << 10, ..house.config("run") });
    let all: Vec<Vec<SeriesHandle>> = (0..WRITERS)
        .map(|writer| (0..SERIES).map(|index| series(&logger, &format!("own-{writer}-{index}"))).collect())
        .collect();
    std::thread::scope(|scope| {
        for own in &all {
            scope.spawn(move || {
                #[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
                for round in 0..ROUNDS {
                    for one in own {
                        by_handle::log_scalar(*one, round as f64).expect("logged");
                    }
                }
            });
        }
    });
    logger.close(None).expect("closed");
    assert_books(&logger.counters(), (WRITERS * SERIES) as u64 * ROUNDS, 0, 0);
    let store = house.server.store();
    let run = &store.runs().expect("runs")[0];
    #[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
    let wanted: Vec<f64> = (0..ROUNDS).map(|round| round as f64).collect();
    for info in store.series(&run.id).expect("the run") {
        let points = store.points(&run.id, info.id, 0, u64::MAX).expect("points");
        assert_eq!(points.values, wanted, "in the order of the calls");
        assert_eq!(points.steps, (0..ROUNDS).collect::<Vec<_>>());
    }
}

/// Whoever was told that a value is in finds it in the final books, and nobody gets one in after the end.
#[test]
fn a_close_ends_the_trays_too() {
    let house = House::new();
    for turn in 0..20 {
        let logger = open(house.config(&format!("run-{turn}")));
        let accepted = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let accepted = &accepted;
                let own = series(&logger, &format!("own-{writer}"));
                scope.spawn(move || {
                    loop {
                        match by_handle::log_scalar(own, 1.0) {
                            Ok(()) => accepted.fetch_add(1, Ordering::Relaxed),
                            Err(told) => return assert_eq!(told.status, Status::LoggerClosed),
                        };
                    }
                });
            }
            common::wait_until("everybody logs", || accepted.load(Ordering::Relaxed) > 1000);
            logger.close(None).expect("closed");
        });
        let accepted = accepted.into_inner();
        assert_books(&logger.counters(), accepted, 0, 0);
        let runs = house.server.store().runs().expect("runs");
        let run =
            runs.iter().find(|run| run.definition.key.run_name == format!("run-{turn}")).expect("the run");
        assert_eq!(run.points, accepted);
    }
}

/// Nobody's value comes between the points that a batch has of one series: a value that did would get a step that the
/// batch was about to use.
#[test]
fn a_batch_is_one_step_to_everyone_else() {
    const ROUNDS: u64 = 500;
    let house = House::new();
    let logger = open(house.config("run"));
    // So many that somebody finds the time to come between.
    let others: Vec<String> = (0..300).map(|index| format!("other-{index}")).collect();
    let between = series(&logger, "between");
    let done = AtomicBool::new(false);
    let (mut batched, mut singles) = (0, 0);
    std::thread::scope(|scope| {
        let single = scope.spawn(|| {
            let mut count = 0u64;
            while !done.load(Ordering::Relaxed) {
                by_handle::log_scalar(between, 2.0).expect("logged");
                count += 1;
                // Each time at another moment of a batch.
                (0..count * 9973 % 200_000).for_each(|_| std::hint::spin_loop());
            }
            count
        });
        for round in 1..=ROUNDS {
            let at = |step: u64| StdFloats {
                steps: Steps::From(round * 1_000_000 + step),
                ..column("between", &[1.0])
            };
            let mut batch = vec![Piece::from(at(0)), at(1).into()];
            batch.extend(others.iter().map(|other| Piece::from(column(other, &[1.0]))));
            batch.push(at(2).into());
            logger.log_batch(&batch).expect("logged");
            batched += batch.len() as u64;
        }
        done.store(true, Ordering::Relaxed);
        singles = single.join().expect("no panic");
    });
    logger.close(None).expect("closed");
    assert_books(&logger.counters(), batched + singles, 0, 0);
    let store = house.server.store();
    let run = &store.runs().expect("runs")[0];
    let all = store.series(&run.id).expect("the run");
    let info = all.iter().find(|info| info.definition.metric == "between").expect("the series");
    let points = store.points(&run.id, info.id, 0, u64::MAX).expect("points");
    assert_eq!(points.total, 3 * ROUNDS + singles);
    assert!(points.steps.is_sorted_by(|one, next| one < next), "no step was given out twice");
}
