//! How soon delivery goes on when the service is back, and how long the logger tries.

mod common;

use std::time::Duration;

use common::{House, PATIENCE, PeerHouse, assert_books, decoded, log, open, status, wait_until};
use metrana_ingestion_logger::events::{self, Next};
use metrana_ingestion_logger::{Backpressure, Config, DeliveryPolicy, Logger, Status};
use metrana_server::{Code, Stage};
use metrana_testkit::peer::Reaction;

/// Far longer than any test may take.
const LONG: Duration = Duration::from_hours(1);

#[test]
fn a_close_or_a_flush_cuts_a_pause_short() {
    for closes in [true, false] {
        let house = House::new();
        let config = Config { backoff_initial: LONG, backoff_max: LONG, ..house.config("run") };
        let logger = open(config);
        house.server.faults().arm(status(Stage::Data, Code::Unavailable, 1, 0));
        log(&logger, 1.0).expect("logged");
        wait_until("the stream breaks", || logger.counters().send_errors == 1);
        let end = if closes { logger.close(Some(PATIENCE)) } else { logger.flush(Some(PATIENCE)) };
        assert_eq!(end, Ok(()), "the service is back");
        assert_books(&logger.counters(), 1, 0, 0);
        assert_eq!(house.points("run").total, 1);
    }
}

#[test]
fn who_waits_gets_more_tries_and_they_are_not_the_budgets() {
    let house = House::new();
    let config =
        Config { msg_max_retries: Some(0), backoff_initial: LONG, backoff_max: LONG, ..house.config("run") };
    let logger = open(config);
    log(&logger, 0.0).expect("logged");
    logger.flush(Some(PATIENCE)).expect("flushed");
    let before = logger.counters().send_errors;
    // An idle break makes the schedule wait; the flush does not, and meets two more.
    house.server.faults().arm(status(Stage::Hello, Code::Unavailable, 2, 0));
    house.server.cut_connections();
    wait_until("the stream breaks", || logger.counters().send_errors > before);
    log(&logger, 1.0).expect("logged");
    logger.flush(Some(PATIENCE)).expect("the service is back");
    assert_eq!(logger.counters().send_errors, before + 3);
    logger.close(None).expect("closed");
    assert_books(&logger.counters(), 2, 0, 0);
}

#[test]
fn an_acknowledgement_begins_the_budget_anew() {
    let house = House::new();
    let (sink, queue) = events::channel(1000);
    let logger =
        Logger::open(Config { msg_max_retries: Some(1), ..house.config("run") }, sink).expect("open");
    for value in 0..15 {
        house.server.faults().arm(status(Stage::Data, Code::Unavailable, 1, 0));
        log(&logger, f64::from(value)).expect("logged");
        logger.flush(Some(PATIENCE)).expect("the second try arrives");
    }
    logger.close(None).expect("closed");
    let counters = logger.counters();
    assert_books(&counters, 15, 0, 0);
    assert_eq!(counters.send_errors, 15);
    assert_eq!(counters.requests_sent, house.server.store().counts(None).expect("counts").messages);

    // Every end of an outage is told whose beginning was told, and no other.
    queue.close();
    let mut lines = Vec::new();
    while let Next::Event(event) = queue.next(None) {
        lines.push(event.message);
    }
    let count = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
    assert_eq!((count("trying again"), count("accepts data again")), (10, 10), "{lines:#?}");
}

#[test]
fn an_acknowledgement_begins_the_count_of_refusals_anew() {
    let house = House::new();
    let config =
        Config { delivery_policy: DeliveryPolicy::TolerateLoss, ..house.config_of_small_messages("run") };
    let logger = open(config);
    for value in 0..5 {
        house.server.faults().arm(status(Stage::Data, Code::InvalidArgument, 2, 0));
        log(&logger, f64::from(value)).expect("logged");
        assert_eq!(logger.flush(Some(PATIENCE)).expect_err("refused").status, Status::FlushUndelivered);
        log(&logger, f64::from(value)).expect("logged");
        logger.flush(Some(PATIENCE)).expect("taken");
    }
    assert_eq!(logger.close(None).expect_err("five are lost").status, Status::CloseUndelivered);
    assert_books(&logger.counters(), 5, 5, 0);
}

#[test]
fn a_service_that_answers_nothing_is_left_for_another_try() {
    // The hello of the first stream has no answer, nor have the declarations of the second and the data of the third.
    let house = PeerHouse::new(|message| {
        let request = decoded(message);
        let data = request.sequence_number != 0;
        let silent = match message.stream {
            0 => true,
            1 => !data && !request.series_declarations.is_empty(),
            2 => data,
            _ => false,
        };
        Reaction::Answers(usize::from(!silent))
    });
    let logger = open(Config { ack_stall_timeout: Some(Duration::from_millis(100)), ..house.config() });
    log(&logger, 1.0).expect("logged");
    logger.close(None).expect("closed");
    let counters = logger.counters();
    assert_books(&counters, 1, 0, 0);
    assert_eq!(counters.send_errors, 3, "{counters:?}");
}

#[test]
fn room_is_given_back_for_what_is_sent_and_for_what_is_lost() {
    let house = House::new();
    let config = Config {
        queue_bytes: 1,
        // Room that never comes is an error, not a test that hangs.
        backpressure: Backpressure::Raise,
        enqueue_timeout: Some(PATIENCE),
        delivery_policy: DeliveryPolicy::TolerateLoss,
        ..house.config_of_small_messages("run")
    };
    let logger = open(config);
    for value in 0..20 {
        // Each waits until the one before has found its end.
        if value % 4 == 0 {
            house.server.faults().arm(status(Stage::Data, Code::InvalidArgument, 2, 0));
        }
        log(&logger, f64::from(value)).expect("logged");
    }
    assert_eq!(logger.close(None).expect_err("some are lost").status, Status::CloseUndelivered);
    assert_books(&logger.counters(), 15, 5, 0);
    assert_eq!(logger.counters().pending_bytes, 0);
}

/// Each answer comes in time, and all of them together take longer than one may.
#[test]
fn a_slow_service_that_goes_on_answering_is_not_left() {
    let house = PeerHouse::new(|message| match decoded(message).sequence_number {
        0 => Reaction::Answers(1),
        _ => Reaction::Late(Duration::from_millis(1500)),
    });
    let logger = open(Config { ack_stall_timeout: Some(Duration::from_secs(5)), ..house.config() });
    for value in 0..4 {
        log(&logger, f64::from(value)).expect("logged");
    }
    logger.close(None).expect("closed");
    let counters = logger.counters();
    assert_books(&counters, 4, 0, 0);
    assert_eq!(counters.send_errors, 0, "{counters:?}");
    assert_eq!(counters.connection_attempts, 1, "{counters:?}");
}

/// With nothing to deliver there is nothing to connect for: a service that restarts is not stormed by idle loggers.
#[test]
fn an_idle_logger_whose_stream_breaks_connects_when_it_has_something_again() {
    let house = House::new();
    let idle = open(house.config("idle"));
    log(&idle, 1.0).expect("logged");
    idle.flush(Some(PATIENCE)).expect("flushed");
    house.server.cut_connections();
    wait_until("the stream breaks", || idle.counters().send_errors == 1);
    // Another logger of the same network thread goes to the service and back, far longer than the pause before a new try.
    let busy = open(house.config("busy"));
    for value in 0..100 {
        log(&busy, f64::from(value)).expect("logged");
        busy.flush(Some(PATIENCE)).expect("flushed");
    }
    assert_eq!(idle.counters().connection_attempts, 1, "it has nothing to deliver");
    log(&idle, 2.0).expect("logged");
    idle.close(None).expect("closed");
    assert_eq!(idle.counters().connection_attempts, 2);
    assert_books(&idle.counters(), 2, 0, 0);
    busy.close(None).expect("closed");
}

#[test]
fn a_stream_on_which_all_is_delivered_ends_in_good_order() {
    let house = PeerHouse::new(|_| Reaction::Answers(1));
    let logger = open(house.config());
    log(&logger, 1.0).expect("logged");
    logger.close(None).expect("closed");
    wait_until("the service has ended the stream as well", || house.peer.ended() == [0]);
}
