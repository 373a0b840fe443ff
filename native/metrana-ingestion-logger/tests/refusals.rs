//! What a refusal of the service takes with it: what was refused, and nothing else.

mod common;

use common::{PATIENCE, PeerHouse, assert_books, decoded, log, log_to, open, wait_until};
use metrana_ingestion_logger::by_handle::{log_scalar, log_std};
use metrana_ingestion_logger::events::{self, Next};
use metrana_ingestion_logger::{
    Config, DeliveryPolicy, LogLevel, Logger, Piece, SeriesKind, SeriesName, Status, StdFloats, Steps,
    Timestamps, Values,
};
use metrana_testkit::peer::{Reaction, Recorded};

const POLICIES: [DeliveryPolicy; 2] = [DeliveryPolicy::StopOnLoss, DeliveryPolicy::TolerateLoss];

fn unavailable() -> Reaction {
    Reaction::Status(tonic::Status::unavailable("on purpose"))
}

fn not_found() -> Reaction {
    Reaction::Status(tonic::Status::not_found("on purpose"))
}

fn invalid() -> Reaction {
    Reaction::Status(tonic::Status::invalid_argument("on purpose"))
}

#[test]
fn a_refused_hello_is_charged_to_no_data() {
    for policy in POLICIES {
        // Two messages without an answer, then a service that does not find the run for a while.
        let house = PeerHouse::new(|message| match (message.stream, message.index) {
            (0, 1) => Reaction::Answers(0),
            (0, 2) => unavailable(),
            (1..6, 0) => not_found(),
            (6..9, 0) => invalid(),
            _ => Reaction::Answers(1),
        });
        let logger = open(Config { delivery_policy: policy, ..house.config() });
        for value in [1.0, 2.0, 3.0] {
            log(&logger, value).expect("logged");
        }
        logger.close(None).expect("nothing is lost");
        assert_books(&logger.counters(), 3, 0, 0);
        let numbers: Vec<u64> = house.data(9).iter().map(|message| message.sequence_number).collect();
        assert_eq!(numbers[..3], [256, 512, 768]);
    }
}

#[test]
fn a_run_that_is_not_found_while_nothing_is_under_way_stops_nothing() {
    for policy in POLICIES {
        let house = PeerHouse::new(|message| match (message.stream, message.index) {
            (0..6, 0) => not_found(),
            (6..12, 1) if message.stream % 2 == 0 => not_found(),
            _ => Reaction::Answers(1),
        });
        let logger = open(Config { delivery_policy: policy, ..house.config() });
        log(&logger, 1.0).expect("logged");
        logger.close(None).expect("nothing is lost");
        assert_books(&logger.counters(), 1, 0, 0);
    }
}

/// A service that does not want to know some series: those whose names begin so.
fn refuses(bad: &'static str) -> impl FnMut(&Recorded) -> Reaction + Send + 'static {
    move |message| {
        let declared = decoded(message).series_declarations;
        if declared.iter().any(|series| series.metric_name.starts_with(bad)) {
            invalid()
        } else {
            Reaction::Answers(1)
        }
    }
}

/// The metrics whose points the peer took in, by the numbers that they were declared with.
fn taken_in(house: &PeerHouse, good: &[String]) -> Vec<String> {
    let messages: Vec<_> = house.peer.messages().iter().map(decoded).collect();
    let names: std::collections::HashMap<u64, String> = messages
        .iter()
        .flat_map(|message| &message.series_declarations)
        .map(|series| (series.declaration_id, series.metric_name.clone()))
        .collect();
    // A message that came again is the same one.
    let mut last = std::collections::BTreeMap::new();
    for message in messages.iter().filter(|message| message.sequence_number != 0) {
        last.insert(message.sequence_number, message);
    }
    let points = last.values().flat_map(|message| &message.series);
    let mut metrics: Vec<String> = points.map(|series| names[&series.series_id].clone()).collect();
    metrics.sort();
    metrics.dedup();
    assert!(good.iter().all(|name| metrics.contains(name)), "{metrics:?}");
    metrics
}

#[test]
fn a_refused_declaration_takes_its_series_out_and_nothing_else() {
    let house = PeerHouse::new(refuses("bad"));
    // Several series in each message, so that the bad one has neighbours.
    let config =
        Config { delivery_policy: DeliveryPolicy::TolerateLoss, max_msg_size: 600, ..house.config() };
    let logger = open(config);
    let good: Vec<String> = (0..12).map(|n| format!("good{n}")).collect();
    for round in 0..3 {
        for (n, metric) in good.iter().enumerate() {
            log_to(&logger, metric, 1.0).expect("logged");
            if n == 5 {
                log_to(&logger, "bad", f64::from(round)).expect("logged");
            }
        }
    }
    let error = logger.flush(Some(PATIENCE)).expect_err("the bad ones are lost");
    assert_eq!((error.status, error.grpc), (Status::FlushUndelivered, Some(3)), "{error}");
    assert!(error.message.contains("'bad'"), "{error}");
    assert_books(&logger.counters(), 36, 3, 0);
    assert_eq!(
        taken_in(&house, &good),
        good.iter().cloned().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );

    // It stays out, and everybody else stays in.
    log_to(&logger, "bad", 9.0).expect("logged");
    log_to(&logger, "good0", 9.0).expect("logged");
    log_to(&logger, "new", 9.0).expect("logged");
    assert_eq!(logger.flush(Some(PATIENCE)).expect_err("one more").status, Status::FlushUndelivered);
    log_to(&logger, "good1", 9.0).expect("logged");
    logger.flush(Some(PATIENCE)).expect("nothing of it is lost");
    let closed = logger.close(None).expect_err("four are lost");
    assert!(closed.message.contains("4 of the 43"), "{closed}");
    assert_books(&logger.counters(), 39, 4, 0);
    assert_eq!(logger.take_errors().len(), 1, "a series is reported once");
}

#[test]
fn who_may_not_lose_gets_the_rest_delivered_and_then_the_logger_stops() {
    let house = PeerHouse::new(refuses("bad"));
    let logger =
        open(Config { max_msg_size: 600, msg_linger: PATIENCE, msg_max_age: PATIENCE, ..house.config() });
    for metric in ["a", "b", "bad", "c", "d"] {
        log_to(&logger, metric, 1.0).expect("logged");
    }
    let error = logger.flush(Some(PATIENCE)).expect_err("one is lost");
    assert!([Status::FlushUndelivered, Status::SenderStopped].contains(&error.status), "{error:?}");
    assert_eq!(log_to(&logger, "a", 2.0).expect_err("it stops").status, Status::SenderStopped);
    assert_eq!(logger.close(None).expect_err("one is lost").status, Status::CloseUndelivered);
    assert_books(&logger.counters(), 4, 1, 0);
}

/// Nobody had logged to it, so nothing is lost, and nothing may be accepted that could only be lost: that would stop the logger.
#[test]
fn a_call_for_a_series_that_the_service_refused_is_turned_down_and_stops_nothing() {
    let mut refuse = refuses("bad");
    let house = PeerHouse::new(move |message| match (message.stream, message.index) {
        // The next stream declares both.
        (0, 1) => unavailable(),
        _ => refuse(message),
    });
    let logger = open(house.config());
    let kind = SeriesKind::Std;
    let name = |metric| SeriesName { metric, scale: "ML_STEP", labels: &[], kind };
    let [bad, good] = ["bad", "good"].map(|metric| logger.series(&name(metric)).expect("a handle"));
    log_scalar(good, 1.0).expect("logged");
    logger.flush(Some(PATIENCE)).expect("nothing is lost");
    assert!(logger.take_errors().iter().any(|error| error.message.contains("'bad'")), "it is reported");

    let batch = ["good", "bad"].map(|metric| {
        Piece::Std(StdFloats {
            metric,
            scale: "ML_STEP",
            labels: &[],
            values: Values::F64(&[1.0]),
            steps: Steps::Auto,
            timestamps: Timestamps::Now,
            distributed: false,
        })
    });
    for (way, turned_down) in [
        ("a value by its handle", log_scalar(bad, 1.0)),
        ("a column by its handle", log_std(bad, Values::F64(&[1.0, 2.0]), Steps::Auto, Timestamps::Now)),
        ("a value by its name", log_to(&logger, "bad", 1.0)),
        ("a batch", logger.log_batch(&batch)),
        ("a handle", logger.series(&name("bad")).map(drop)),
    ] {
        let error = turned_down.expect_err(way);
        assert_eq!((error.status, error.grpc), (Status::Validation, Some(3)), "{way}: {error}");
        assert!(error.message.contains("'bad'") && error.message.contains("on purpose"), "{way}: {error}");
    }
    log_scalar(good, 2.0).expect("logged");
    logger.close(None).expect("nothing is lost");
    assert_books(&logger.counters(), 2, 0, 0);
}

#[test]
fn series_that_are_refused_one_by_one_with_messages_between_them_stop_nothing() {
    let house = PeerHouse::new(refuses("bad"));
    let logger = open(Config { delivery_policy: DeliveryPolicy::TolerateLoss, ..house.config() });
    for n in 0..5 {
        log_to(&logger, &format!("bad{n}"), 1.0).expect("logged");
        let error = logger.flush(Some(PATIENCE)).expect_err("it is lost");
        assert_eq!(error.status, Status::FlushUndelivered, "{error}");
    }
    log_to(&logger, "good", 1.0).expect("logged");
    logger.flush(Some(PATIENCE)).expect("it arrives");
    assert_eq!(logger.close(None).expect_err("five are lost").status, Status::CloseUndelivered);
    assert_books(&logger.counters(), 1, 5, 0);
}

#[test]
fn a_service_that_refuses_every_series_stops_the_logger() {
    let house = PeerHouse::new(|message| {
        if decoded(message).series_declarations.is_empty() { Reaction::Answers(1) } else { invalid() }
    });
    let logger = open(Config { delivery_policy: DeliveryPolicy::TolerateLoss, ..house.config() });
    for n in 0..20 {
        // It may have stopped by now.
        drop(log_to(&logger, &format!("m{n}"), 1.0));
    }
    let error = logger.close(None).expect_err("it stopped");
    assert_eq!((error.status, error.grpc), (Status::CloseUndelivered, Some(3)), "{error}");
    let points = logger.counters().float_points;
    assert_books(&logger.counters(), 0, points.enqueued, 0);
}

#[test]
fn a_run_whose_closing_message_is_refused_is_closed_by_another() {
    let mut refused = 0;
    let house = PeerHouse::new(move |message| {
        // In company, which is its own, and then alone.
        if decoded(message).close_run.is_some() && refused < 2 {
            refused += 1;
            return invalid();
        }
        Reaction::Answers(1)
    });
    let logger = open(Config { delivery_policy: DeliveryPolicy::TolerateLoss, ..house.config() });
    log(&logger, 1.0).expect("logged");
    logger.flush(Some(PATIENCE)).expect("it arrives");
    logger.close(None).expect("nothing of the caller's is lost");
    let messages: Vec<_> = house.peer.messages().iter().map(decoded).collect();
    let closing: Vec<u64> = messages
        .iter()
        .filter(|request| request.close_run.is_some())
        .map(|one| one.sequence_number)
        .collect();
    assert_eq!(closing, [512, 512, 768]);
}

#[test]
fn nothing_comes_in_any_more_once_something_is_lost_that_may_not_be() {
    let house = PeerHouse::new(|message| match (message.stream, message.index) {
        (0, 1 | 2) | (2, 2) => Reaction::Answers(0),
        // Refused in company, then alone; what was under way with it stays without an answer.
        (0, 3) | (1, 2) => invalid(),
        _ => Reaction::Answers(1),
    });
    let logger = open(house.config());
    for value in [1.0, 2.0, 3.0] {
        log(&logger, value).expect("logged");
    }
    wait_until("the loss is counted", || logger.counters().float_points.dropped == 1);
    let error = log(&logger, 4.0).expect_err("something is lost");
    assert_eq!((error.status, error.grpc), (Status::SenderStopped, Some(3)), "{error}");
    assert_eq!(logger.counters().float_points.pending, 2, "the rest is under way");
    wait_until("the next one is sent", || house.data(2).len() == 1);
}

#[test]
fn answers_too_many_end_no_message_that_is_sent_after_them() {
    let house = PeerHouse::new(|message| match (message.stream, message.index) {
        (0, 1) | (1, 3) => unavailable(),
        (1, 0) => Reaction::Answers(3),
        (1, 2) => Reaction::Answers(0),
        _ => Reaction::Answers(1),
    });
    let logger = open(house.config());
    log(&logger, 1.0).expect("logged");
    log(&logger, 2.0).expect("logged");
    logger.close(None).expect("everything arrives");
    let again: Vec<u64> = house.data(2).iter().map(|message| message.sequence_number).collect();
    assert_eq!(again[..2], [256, 512], "neither had an answer of its own");
}

#[test]
fn what_is_declared_again_stays_below_the_message_limit() {
    let run_id = &[b'r'; 120];
    let house = PeerHouse::of_run(run_id, |message| match (message.stream, message.index) {
        (0, 21) => unavailable(),
        _ => Reaction::Answers(1),
    });
    let logger = open(Config { max_msg_size: 500, ..house.config() });
    for n in 0..25 {
        log_to(&logger, &format!("a_metric_with_a_name_that_is_not_short_at_all_{n}"), 1.0).expect("logged");
        logger.flush(Some(PATIENCE)).expect("it arrives");
    }
    logger.close(None).expect("everything arrives");
    let messages = house.peer.messages();
    let again: Vec<_> = messages
        .iter()
        .filter(|message| message.stream == 1 && decoded(message).sequence_number == 0)
        .collect();
    assert!(again.len() > 4, "{}", again.len());
    assert!(again.iter().all(|message| message.bytes.len() <= 500));
    let declared: usize = again.iter().map(|message| decoded(message).series_declarations.len()).sum();
    assert!(declared >= 20, "{declared}");
}

#[test]
fn a_close_with_everything_acknowledged_does_not_wait_for_the_service_to_part() {
    let house = PeerHouse::new(|message| match message.index {
        0 => Reaction::Answers(1),
        _ => Reaction::LastAnswer,
    });
    let logger = open(house.config());
    log(&logger, 1.0).expect("logged");
    logger.flush(Some(PATIENCE)).expect("it arrives");
    // Less than a service is given to end its half.
    logger.shutdown(Some(std::time::Duration::from_millis(900))).expect("nothing is left to do");
    assert_books(&logger.counters(), 1, 0, 0);
}

#[test]
fn every_try_that_fails_is_counted_once() {
    // Fatal; a budget of none; and three refusals after one in company.
    type Case = (fn() -> Reaction, Option<u32>, u64);
    let cases: [Case; 3] = [
        (|| Reaction::Status(tonic::Status::permission_denied("on purpose")), None, 1),
        (unavailable, Some(0), 1),
        (invalid, None, 4),
    ];
    for (reaction, budget, tries) in cases {
        let house = PeerHouse::new(move |message| match decoded(message).sequence_number {
            0 => Reaction::Answers(1),
            _ => reaction(),
        });
        let config = Config {
            msg_max_retries: budget,
            delivery_policy: DeliveryPolicy::TolerateLoss,
            ..house.config()
        };
        let config = if budget.is_some() {
            Config { delivery_policy: DeliveryPolicy::StopOnLoss, ..config }
        } else {
            config
        };
        let logger = open(config);
        for value in 0..4 {
            drop(log(&logger, f64::from(value)));
        }
        wait_until("it stops", || {
            log(&logger, 0.0).is_err_and(|error| error.status == Status::SenderStopped)
        });
        let counters = logger.counters();
        assert_eq!((counters.send_errors, counters.connection_attempts), (tries, tries), "{counters:?}");
    }
}

#[test]
fn a_flood_of_losses_is_a_few_lines_and_the_end_of_an_outage_is_one() {
    let failing = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let fails = std::sync::Arc::clone(&failing);
    let house = PeerHouse::new(move |message| {
        let data = decoded(message).sequence_number != 0;
        if data && fails.load(std::sync::atomic::Ordering::SeqCst) {
            unavailable()
        } else {
            Reaction::Answers(1)
        }
    });
    let (sink, queue) = events::channel(100_000);
    let config = Config {
        delivery_policy: DeliveryPolicy::TolerateLoss,
        msg_max_retries: Some(0),
        backoff_max: std::time::Duration::from_millis(1),
        max_pending_requests: 3,
        log_level: LogLevel::Info,
        ..house.config()
    };
    let logger = Logger::open(config, sink).expect("open");
    for value in 0..200 {
        log(&logger, f64::from(value)).expect("logged");
    }
    wait_until("much is lost", || logger.counters().float_points.dropped >= 150);
    failing.store(false, std::sync::atomic::Ordering::SeqCst);
    drop(logger.flush(Some(PATIENCE)));
    log(&logger, 1.0).expect("logged");
    logger.flush(Some(PATIENCE)).expect("the service is back");
    assert!(logger.close(None).is_err_and(|error| error.message.len() < 2000));
    queue.close();
    let mut lines = Vec::new();
    while let Next::Event(event) = queue.next(None) {
        lines.push(event.message);
    }
    let count = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
    assert!((1..=20).contains(&count("dropped after 1 failed tries")), "{lines:#?}");
    assert!((1..=20).contains(&count("trying again")), "{lines:#?}");
    assert_eq!(count("accepts data again"), 1, "{lines:#?}");
}
