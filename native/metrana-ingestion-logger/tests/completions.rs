//! What becomes of a logger whose opening nobody heard of, and of those who wait for one that is given up.

mod common;

use std::time::Duration;

use common::{House, log, open};
use metrana_ingestion_logger::events::{Completion, EventQueue, Next, channel};
use metrana_ingestion_logger::{
    Logger, SeriesHandle, SeriesKind, SeriesName, Status, Steps, Timestamps, Values, by_handle,
};
use metrana_server::Fault;

/// A logger that tells a queue what happens, and a handle by which to see whether it is still there.
fn listened_to(house: &House, queue: &EventQueue) -> (Logger, SeriesHandle) {
    let logger = Logger::open(house.config("run"), queue.sink()).expect("the run opens");
    let name = SeriesName { metric: "loss", scale: "ML_STEP", labels: &[], kind: SeriesKind::Std };
    let handle = logger.series(&name).expect("a series");
    (logger, handle)
}

fn log_by(handle: SeriesHandle) -> Result<(), Status> {
    by_handle::log_std(handle, Values::F64(&[1.0]), Steps::Auto, Timestamps::Now)
        .map_err(|error| error.status)
}

fn opened(token: u64, logger: Logger) -> Completion {
    Completion { token, outcome: Ok(Some(logger)) }
}

#[test]
fn an_opened_logger_comes_out_of_the_queue_alive() {
    let house = House::new();
    let (sink, queue) = channel(1);
    let (logger, handle) = listened_to(&house, &queue);
    sink.with_tag(5).complete(opened(7, logger));
    let Next::Event(event) = queue.next(Some(common::PATIENCE)) else { panic!("an event") };
    assert_eq!(event.tag, 5);
    let completion = event.completion.expect("an end");
    assert_eq!(completion.token, 7);
    let logger = completion.outcome.expect("it opened").expect("a logger");
    assert_eq!(log_by(handle), Ok(()));
    logger.close(None).expect("closed");
    assert_eq!(house.points("run").total, 1);
}

/// It holds the sink of the very queue that it lies in.
#[test]
fn a_logger_in_a_queue_that_goes_is_given_up() {
    let house = House::new();
    let (sink, queue) = channel(1);
    let (logger, handle) = listened_to(&house, &queue);
    sink.complete(opened(1, logger));
    assert_eq!(log_by(handle), Ok(()));
    drop(queue);
    assert_eq!(log_by(handle), Err(Status::LoggerClosed));
}

#[test]
fn a_logger_for_a_queue_that_is_closed_is_given_up() {
    let house = House::new();
    let (sink, queue) = channel(1);
    let (logger, handle) = listened_to(&house, &queue);
    queue.close();
    sink.complete(opened(1, logger));
    assert_eq!(log_by(handle), Err(Status::LoggerClosed));
    assert!(matches!(queue.next(None), Next::Closed));
}

/// What had not arrived is written off, and a flush must not take that for delivered.
#[test]
fn a_flush_hears_of_what_is_written_off() {
    let house = House::new();
    house.server.faults().arm(Fault::Stall);
    let logger = open(house.config("run"));
    log(&logger, 1.0).expect("logged");
    std::thread::scope(|scope| {
        let flush = scope.spawn(|| logger.flush(None));
        // It waits once the message is under way and nothing answers it.
        common::wait_until("it is sent", || logger.counters().connection_attempts > 0);
        logger.abandon();
        let told = flush.join().expect("no panic").expect_err("nothing arrived");
        assert_eq!(told.status, Status::LoggerClosed);
    });
    let logger = open(house.config("another run"));
    log(&logger, 1.0).expect("logged");
    std::thread::scope(|scope| {
        let flush = scope.spawn(|| logger.flush(None));
        common::wait_until("it is sent", || logger.counters().connection_attempts > 0);
        let closed = logger.close(Some(Duration::from_millis(1))).expect_err("nothing arrived");
        assert_eq!(closed.status, Status::CloseTimeout);
        let told = flush.join().expect("no panic").expect_err("nothing arrived");
        assert_eq!(told.status, Status::LoggerClosed);
    });
}
