//! Room in the queue: what a call does while there is none, and what a call takes.

mod common;

use std::time::Duration;

use common::{House, PATIENCE, assert_books, column, log, open, steps, wait_until};
use metrana_ingestion_logger::events::{Next, channel};
use metrana_ingestion_logger::{Backpressure, Config, LogLevel, Logger, Status, Values};
use metrana_server::Fault;

// Parity: option/queue_capacity: QueueBytes
#[test]
fn a_full_queue_blocks_refuses_or_drops_as_told() {
    let house = House::new();
    house.server.faults().arm(Fault::Stall);
    for backpressure in [Backpressure::Raise, Backpressure::DropNew] {
        let run = format!("{backpressure:?}");
        let logger = open(Config {
            queue_bytes: 200,
            backpressure,
            enqueue_timeout: Some(Duration::from_millis(50)),
            ..house.config_of_small_messages(&run)
        });
        let results: Vec<_> = (0..10).map(|value| log(&logger, f64::from(value))).collect();
        let refused = logger.counters().float_points.refused;
        assert!(refused > 0 && refused < 10, "{refused}");
        let raised = results.iter().filter(|result| result.is_err()).count();
        if backpressure == Backpressure::Raise {
            assert_eq!(raised as u64, refused);
            assert!(
                results
                    .iter()
                    .filter_map(|result| result.as_ref().err())
                    .all(|e| e.status == Status::QueueFull)
            );
        } else {
            assert_eq!(raised, 0);
        }
        // Refused calls moved no counter: the steps that came through have no gap.
        house.server.faults().clear();
        logger.close(None).expect("closed");
        assert_eq!(house.points(&run).steps, steps(0, 10 - refused));
        assert_books(&logger.counters(), 10 - refused, 0, refused);
        house.server.faults().arm(Fault::Stall);
    }
}

#[test]
fn a_call_that_blocks_waits_no_longer_than_it_is_told_and_every_wait_is_counted_and_told_of() {
    let house = House::new();
    house.server.faults().arm(Fault::Stall);
    let (sink, queue) = channel(100);
    let bound = Duration::from_millis(50);
    let config = Config {
        queue_bytes: 100,
        enqueue_timeout: Some(bound),
        log_level: LogLevel::Warn,
        ..house.config_of_small_messages("run")
    };
    let logger = Logger::open(config, sink).expect("opened");
    let refused = loop {
        if let Err(error) = log(&logger, 1.0) {
            break error;
        }
    };
    assert_eq!(refused.status, Status::QueueFull);
    assert!(refused.message.contains("for 50ms, nothing was logged"), "{refused}");
    assert_eq!(log(&logger, 1.0).expect_err("still full").status, Status::QueueFull);
    let counters = logger.counters();
    assert_eq!((counters.waits, counters.float_points.refused), (2, 2));
    assert!(counters.waited >= 2 * bound, "{:?}", counters.waited);

    house.server.faults().clear();
    logger.close(None).expect("closed");
    drop(logger);
    queue.close();
    let lines = std::iter::from_fn(|| match queue.next(Some(PATIENCE)) {
        Next::Event(event) => Some(event.message),
        _ => None,
    });
    let told = lines.filter(|line| line.starts_with("log calls wait for room: the 100 bytes"));
    assert_eq!(told.count(), 1, "it is told once a minute at most");
}

#[test]
fn who_waits_now_is_counted_and_who_need_not_wait_is_not() {
    let house = House::new();
    house.server.faults().arm(Fault::Stall);
    let logger = open(Config { queue_bytes: 100, ..house.config_of_small_messages("run") });
    std::thread::scope(|scope| {
        let calls = scope.spawn(|| (0..10).map(|_| log(&logger, 1.0)).collect::<Result<Vec<()>, _>>());
        wait_until("a call waits", || logger.counters().waits == 1);
        assert_eq!(logger.counters().waited, Duration::ZERO, "it still waits");
        house.server.faults().clear();
        calls.join().expect("no panic").expect("logged");
    });
    logger.close(None).expect("closed");
    assert!(logger.counters().waited > Duration::ZERO);

    let impatient = open(Config {
        queue_bytes: 100,
        backpressure: Backpressure::DropNew,
        enqueue_timeout: Some(Duration::ZERO),
        ..house.config("impatient")
    });
    (0..100).for_each(|_| log(&impatient, 1.0).expect("logged or dropped"));
    impatient.close(None).expect("closed");
    let counters = impatient.counters();
    assert_eq!((counters.waits, counters.waited), (0, Duration::ZERO), "it never waits");
}

#[test]
fn close_wakes_who_waits_for_room_and_a_close_without_time_counts_the_rest_as_lost() {
    let house = House::new();
    house.server.faults().arm(Fault::Stall);
    let logger = open(Config { queue_bytes: 100, ..house.config_of_small_messages("run") });
    std::thread::scope(|scope| {
        let blocked = scope.spawn(|| {
            loop {
                if let Err(error) = log(&logger, 1.0) {
                    return error;
                }
            }
        });
        wait_until("the queue is full", || logger.counters().pending_bytes > 50);
        let closed = logger.close(Some(Duration::from_millis(50))).expect_err("stalled");
        assert_eq!(closed.status, Status::CloseTimeout);
        assert_eq!(blocked.join().expect("no panic").status, Status::LoggerClosed);
        let counters = logger.counters();
        assert_books(&counters, 0, counters.float_points.enqueued, 0);
        assert_eq!(logger.close(None).expect_err("the same answer").status, Status::CloseTimeout);
    });
}

#[test]
fn a_call_larger_than_the_queue_and_the_message_limit_goes_in_alone_and_arrives_whole() {
    let house = House::new();
    let logger = open(Config { queue_bytes: 10_000, max_msg_size: 4096, ..house.config("run") });
    let values: Vec<f64> = (0..100_000).map(f64::from).collect();
    column(&logger, Values::F64(&values)).expect("logged");
    column(&logger, Values::F64(&[1.0, 2.0])).expect("logged");
    logger.close(None).expect("closed");
    let points = house.points("run");
    assert_eq!(points.steps, steps(0, 100_002));
    assert_eq!(points.values[..100_000], values);
}

#[test]
fn a_column_takes_room_for_every_piece_that_it_is_cut_into() {
    let house = House::new();
    house.server.faults().arm(Fault::Stall);
    let logger = open(Config {
        queue_bytes: 3000,
        backpressure: Backpressure::Raise,
        enqueue_timeout: Some(Duration::ZERO),
        ..house.config_of_small_messages("run")
    });
    // Into an empty queue everything goes.
    log(&logger, 0.5).expect("logged");
    // Its values and steps fit; with what each of a hundred messages has around its point, they do not.
    let error = column(&logger, Values::F64(&[1.0; 100])).expect_err("no room");
    assert_eq!(error.status, Status::QueueFull);
    assert!(logger.counters().pending_bytes <= 3000, "{:?}", logger.counters());
    house.server.faults().clear();
    logger.close(None).expect("closed");
    assert_eq!(house.points("run").steps, [0]);
    assert_books(&logger.counters(), 1, 0, 100);
}
