//! Operations that are begun: they hold no threads, end as events, and can be cancelled.
//!
//! Linux only, where a process can list its own threads.
#![cfg(target_os = "linux")]

mod common;

use std::time::Duration;

use common::{House, PATIENCE, log, open, status};
use metrana_ingestion_logger::events::{Completion, EventQueue, Next, channel};
use metrana_ingestion_logger::{Config, Logger, Status};
use metrana_server::{Code, Fault, Stage};

/// The next end that the queue tells of.
fn next_end(queue: &EventQueue) -> Completion {
    loop {
        match queue.next(Some(PATIENCE)) {
            Next::Event(event) => {
                if let Some(completion) = event.completion {
                    return *completion;
                }
            }
            other => panic!("no end: {other:?}"),
        }
    }
}

/// How it failed. None: it did not.
fn failure(completion: &Completion) -> Option<Status> {
    completion.outcome.as_ref().err().map(|error| error.status)
}

/// The engine's threads in this process, by name.
fn own_threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("threads can be listed");
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("metrana-")).collect()
}

#[test]
fn five_hundred_that_wait_hold_no_thread_each() {
    let house = House::new();
    let (sink, queue) = channel(1);
    Logger::begin_open(house.config("run"), &sink, 7).expect("begun");
    let opened = next_end(&queue);
    assert_eq!(opened.token, 7);
    let logger = opened.outcome.expect("it opened").expect("a logger");
    house.server.faults().arm(Fault::Stall);
    log(&logger, 1.0).expect("logged");
    for token in 0..500 {
        logger.begin_flush(None, token).expect("begun");
    }
    let threads = own_threads();
    assert!(threads.len() <= 5, "{threads:?}");
    house.server.faults().clear();
    let mut ended: Vec<_> = (0..500)
        .map(|_| {
            let end = next_end(&queue);
            assert_eq!(failure(&end), None, "{end:?}");
            end.token
        })
        .collect();
    ended.sort_unstable();
    assert_eq!(ended, (0..500).collect::<Vec<_>>());
    logger.begin_close(true, None, 1).expect("begun");
    assert_eq!(log(&logger, 2.0).expect_err("it closes").status, Status::LoggerClosed);
    assert_eq!(failure(&next_end(&queue)), None);
    assert!(house.is_closed("run"));
}

#[test]
fn an_opening_that_is_cancelled_tries_no_more() {
    let house = House::new();
    house.server.faults().arm(status(Stage::Init, Code::Unavailable, u64::MAX, 0));
    let (sink, queue) = channel(100);
    Logger::begin_open(house.config("orphan"), &sink, 3).expect("begun");
    // A line says that the first try has failed, so it waits for the next one.
    assert!(matches!(queue.next(Some(PATIENCE)), Next::Event(_)));
    queue.cancel(3);
    let end = next_end(&queue);
    assert_eq!((end.token, failure(&end)), (3, Some(Status::Cancelled)));
    house.server.faults().clear();
    // The run of a later opening with the same settings is its own.
    let logger = open(house.config("orphan"));
    assert!(logger.run_was_created());
    logger.close(None).expect("closed");
    // What has ended cannot be cancelled.
    queue.cancel(3);
    assert!(matches!(queue.next(Some(Duration::ZERO)), Next::TimedOut));
}

#[test]
fn a_flush_that_is_cancelled_loses_nothing_and_a_close_goes_on() {
    let house = House::new();
    house.server.faults().arm(Fault::Stall);
    let (sink, queue) = channel(100);
    let logger = Logger::open(house.config("run"), sink).expect("open");
    log(&logger, 1.0).expect("logged");
    logger.begin_flush(None, 1).expect("begun");
    queue.cancel(1);
    assert_eq!(failure(&next_end(&queue)), Some(Status::Cancelled));
    log(&logger, 2.0).expect("logged");
    logger.begin_close(true, None, 2).expect("begun");
    queue.cancel(2);
    assert_eq!(failure(&next_end(&queue)), Some(Status::Cancelled));
    house.server.faults().clear();
    logger.close(None).expect("the first close decides, and it went well");
    assert_eq!(house.points("run").steps, [0, 1]);
    assert!(house.is_closed("run"));
}

#[test]
fn a_close_that_nobody_waits_for_still_keeps_its_time() {
    let house = House::new();
    house.server.faults().arm(Fault::Stall);
    let (sink, queue) = channel(100);
    let logger = Logger::open(house.config("run"), sink).expect("open");
    log(&logger, 1.0).expect("logged");
    logger.begin_close(true, Some(Duration::from_millis(100)), 1).expect("begun");
    queue.cancel(1);
    assert_eq!(failure(&next_end(&queue)), Some(Status::Cancelled));
    common::wait_until("it is written off", || logger.counters().float_points.dropped == 1);
    assert_eq!(logger.close(None).expect_err("the first close decides").status, Status::CloseTimeout);
}

#[test]
fn what_cannot_be_heard_of_does_not_begin() {
    let house = House::new();
    let logger = open(house.config("run"));
    assert_eq!(logger.begin_flush(None, 1).expect_err("no queue").status, Status::InvalidConfig);
    let (sink, queue) = channel(1);
    queue.close();
    let refused = Logger::begin_open(house.config("other"), &sink, 1).expect_err("closed");
    assert_eq!(refused.status, Status::EventsClosed);
    let (sink, queue) = channel(1);
    let config = Config { endpoint: "nowhere".to_owned(), ..house.config("other") };
    Logger::begin_open(config, &sink, 9).expect("begun");
    let end = next_end(&queue);
    assert_eq!((end.token, failure(&end)), (9, Some(Status::InvalidConfig)));
    logger.close(None).expect("closed");
}
