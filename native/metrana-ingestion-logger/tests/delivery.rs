//! What becomes of points when the service answers well, badly or not at all.

mod common;

use std::time::Duration;

use common::{House, PATIENCE, assert_books, column, log, open, status, steps, wait_until};
use metrana_ingestion_logger::events::{self, Next};
use metrana_ingestion_logger::{
    Backpressure, Config, DeliveryPolicy, ErrorStrategy, LogLevel, Logger, Status, Values,
};
use metrana_server::store::RunStatus;
use metrana_server::{Code, Fault, Stage};

#[test]
fn scalars_and_columns_arrive_bit_for_bit_in_order_and_close_ends_the_run() {
    let house = House::new();
    let logger = open(house.config("run"));
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        f64::MIN_POSITIVE / 4.0,
        f64::from_bits(0x7ff8_dead_beef_0001),
    ];
    for value in odd {
        log(&logger, value).expect("logged");
    }
    column(&logger, Values::F64(&vec![1.0; 3000])).expect("logged");
    column(&logger, Values::F32(&[0.1, f32::MAX])).expect("logged");
    column(&logger, Values::F32(&[0.2])).expect("logged");
    assert_eq!(logger.series_last_step("loss", "ML_STEP", &[]), Ok(Some(3008)));
    assert_eq!(logger.series_last_step("loss", "OTHER", &[]), Ok(None));
    logger.close(None).expect("closed");

    let points = house.points("run");
    assert_eq!(points.steps, steps(0, 3009));
    assert_eq!(points.values[..6].iter().map(|v| v.to_bits()).collect::<Vec<_>>(), odd.map(f64::to_bits));
    assert_eq!(points.values[3006..], [f64::from(0.1f32), f64::from(f32::MAX), f64::from(0.2f32)]);
    assert_eq!(points.widths[3005..], [64, 32, 32, 32]);
    assert_books(&logger.counters(), 3009, 0, 0);
    assert!(house.is_closed("run"));
    assert_eq!(log(&logger, 1.0).expect_err("closed").status, Status::LoggerClosed);
    assert_eq!(logger.close(None), Ok(()), "a second close answers the same");
}

#[test]
fn scalars_of_both_widths_keep_theirs_beside_each_other() {
    let house = House::new();
    let logger = open(house.config("run"));
    log(&logger, 0.1).expect("logged");
    log(&logger, 0.2).expect("logged");
    column(&logger, Values::F32(&[0.3])).expect("logged");
    column(&logger, Values::F32(&[0.4])).expect("logged");
    log(&logger, 0.5).expect("logged");
    logger.close(None).expect("closed");
    let points = house.points("run");
    assert_eq!(points.steps, steps(0, 5));
    assert_eq!(points.values, [0.1, 0.2, f64::from(0.3f32), f64::from(0.4f32), 0.5]);
    assert_eq!(points.widths, [64, 64, 32, 32, 64]);
}

#[test]
fn shutdown_leaves_the_run_open() {
    let house = House::new();
    let logger = open(house.config("run"));
    log(&logger, 1.0).expect("logged");
    logger.shutdown(None).expect("shut down");
    assert!(!house.is_closed("run"));
    assert_eq!(house.points("run").total, 1);
}

// Parity: call/flush: flush
#[test]
fn a_flush_waits_for_acknowledgements_and_a_stalled_one_runs_out_of_time() {
    let house = House::new();
    let logger = open(Config {
        msg_linger: Duration::from_mins(1),
        msg_max_age: Duration::from_mins(1),
        ..house.config("run")
    });
    log(&logger, 1.0).expect("logged");
    logger.flush(None).expect("flushed");
    assert_eq!(house.points("run").total, 1);
    house.server.faults().arm(Fault::Stall);
    log(&logger, 2.0).expect("logged");
    assert_eq!(
        logger.flush(Some(Duration::from_millis(50))).expect_err("stalled").status,
        Status::FlushTimeout
    );
    house.server.faults().clear();
    logger.flush(None).expect("flushed");
    assert_books(&logger.counters(), 2, 0, 0);
}

#[test]
fn transient_statuses_at_every_stage_lose_and_double_nothing() {
    let house = House::new();
    for (n, code) in
        [Code::Unavailable, Code::Internal, Code::ResourceExhausted, Code::Unknown].into_iter().enumerate()
    {
        let run = format!("run-{n}");
        let faults = house.server.faults();
        faults.arm(status(Stage::Hello, code, 1, 0));
        let logger = open(house.config_of_small_messages(&run));
        for value in 0..20 {
            log(&logger, f64::from(value)).expect("logged");
            if value == 5 {
                faults.arm(status(Stage::Data, code, 2, 3));
                faults.arm(status(Stage::Declare, code, 1, 0));
                faults.arm(Fault::Reset { after: 5, store_last: true, times: 1 });
            }
        }
        logger.close(None).expect("closed");
        assert_eq!(house.points(&run).steps, steps(0, 20), "{code:?}");
        assert_books(&logger.counters(), 20, 0, 0);
        faults.clear();
    }
    assert!(house.server.store().counts(None).expect("counts").duplicate_messages >= 4);
}

#[test]
fn a_refused_message_is_lost_alone() {
    for (policy, logs_on) in [(DeliveryPolicy::StopOnLoss, false), (DeliveryPolicy::TolerateLoss, true)] {
        let house = House::new();
        let logger = open(Config { delivery_policy: policy, ..house.config_of_small_messages("run") });
        log(&logger, 0.0).expect("logged");
        logger.flush(None).expect("flushed");
        house.server.faults().arm(Fault::Stall);
        for value in 1..10 {
            log(&logger, f64::from(value)).expect("logged");
        }
        let taken_in = || house.server.store().counts(None).expect("counts").messages;
        wait_until("they are under way", || taken_in() == 10);
        // Refused once in company, then once alone: the first of those under way.
        house.server.faults().clear();
        house.server.faults().arm(status(Stage::Data, Code::InvalidArgument, 2, 0));
        let results: Vec<_> = (10..15).map(|value| log(&logger, f64::from(value))).collect();
        assert!(!logs_on || results.iter().all(Result::is_ok), "{results:?}");
        wait_until("the loss is counted", || logger.counters().float_points.dropped > 0);
        wait_until("the rest is delivered", || logger.counters().float_points.pending == 0);
        let points = logger.counters().float_points;
        // A logger that stops also loses what it had not begun to send.
        assert!(if logs_on { points.dropped == 1 } else { (1..6).contains(&points.dropped) }, "{points:?}");
        assert_eq!(house.points("run").total, points.sent);
        let again = log(&logger, 99.0);
        assert_eq!(again.is_ok(), logs_on, "{again:?}");
        if logs_on {
            let closed = logger.close(None).expect_err("one is lost");
            assert_eq!((closed.status, closed.grpc), (Status::CloseUndelivered, Some(3)), "{closed}");
            assert!(closed.message.contains("1 of the 16"), "{closed}");
            assert_books(&logger.counters(), 15, 1, 0);
            let errors = logger.take_errors();
            assert_eq!((errors.len(), errors[0].grpc), (1, Some(3)), "{errors:?}");
        } else {
            assert_eq!(again.expect_err("stopped").status, Status::SenderStopped);
            assert_eq!(logger.close(None).expect_err("lost").status, Status::CloseUndelivered);
            assert_books(&logger.counters(), points.sent, points.enqueued - points.sent, 0);
        }
    }
}

#[test]
fn a_flush_never_says_that_all_is_well_when_something_is_lost() {
    for policy in [DeliveryPolicy::StopOnLoss, DeliveryPolicy::TolerateLoss] {
        let house = House::new();
        let logger = open(Config { delivery_policy: policy, ..house.config("run") });
        log(&logger, 0.0).expect("logged");
        logger.flush(Some(PATIENCE)).expect("flushed");
        house.server.faults().arm(status(Stage::Data, Code::InvalidArgument, 2, 0));
        log(&logger, 1.0).expect("logged");
        let error = logger.flush(Some(PATIENCE)).expect_err("it was refused");
        assert_eq!(error.grpc, Some(3), "{error}");
        if policy == DeliveryPolicy::StopOnLoss {
            let wanted = [Status::FlushUndelivered, Status::SenderStopped];
            assert!(wanted.contains(&error.status), "{error:?}");
            assert_eq!(log(&logger, 2.0).expect_err("it stops").status, Status::SenderStopped);
            continue;
        }
        assert_eq!(error.status, Status::FlushUndelivered, "{error:?}");
        assert!(error.message.contains("1 point(s)"), "{error}");
        assert_eq!(logger.flush(Some(PATIENCE)), Ok(()), "a loss is told once");
        log(&logger, 2.0).expect("logged");
        assert_eq!(logger.flush(Some(PATIENCE)), Ok(()));
        let closed = logger.close(None).expect_err("one is lost");
        assert!(closed.message.contains("1 of the 3"), "{closed}");
        assert_books(&logger.counters(), 2, 1, 0);
    }
}

#[test]
fn a_run_that_refuses_everything_stops_the_logger() {
    let house = House::new();
    let config =
        Config { delivery_policy: DeliveryPolicy::TolerateLoss, ..house.config_of_small_messages("run") };
    let logger = open(config);
    house.server.faults().arm(status(Stage::Data, Code::NotFound, 1000, 0));
    for value in 0..10 {
        if log(&logger, f64::from(value)).is_err() {
            break;
        }
    }
    wait_until("the logger stops", || log(&logger, 0.0).is_err());
    let error = logger.close(None).expect_err("stopped");
    assert_eq!((error.status, error.grpc), (Status::CloseUndelivered, Some(5)));
    let counters = logger.counters();
    assert_books(&counters, 0, counters.float_points.enqueued, 0);
}

#[test]
fn a_logger_that_may_not_write_stops_at_once_and_says_why() {
    for code in [Code::Unauthenticated, Code::PermissionDenied, Code::Unimplemented] {
        let house = House::new();
        house.server.faults().arm(status(Stage::Hello, code, 1, 0));
        let logger = open(house.config("run"));
        wait_until("the logger stops", || log(&logger, 0.0).is_err());
        let error = log(&logger, 0.0).expect_err("stopped");
        assert_eq!((error.status, error.grpc), (Status::SenderStopped, Some(code as i32)));
        assert!(error.message.contains("on purpose"), "{error}");
        assert_eq!(logger.flush(None).expect_err("stopped").status, Status::SenderStopped);
        assert_eq!(logger.close(None).expect_err("stopped").status, Status::CloseUndelivered);
        assert!(logger.counters().float_points.balanced());
    }
}

// Parity: option/msg_max_retries: MsgMaxRetries
#[test]
fn a_budget_that_ends_stops_the_logger_or_drops_what_was_under_way() {
    for policy in [DeliveryPolicy::StopOnLoss, DeliveryPolicy::TolerateLoss] {
        let house = House::new();
        let config = Config { msg_max_retries: Some(2), delivery_policy: policy, ..house.config("run") };
        let logger = open(config);
        house.server.faults().arm(status(Stage::Data, Code::Unavailable, 3, 0));
        log(&logger, 0.0).expect("logged");
        wait_until("the point is given up", || logger.counters().float_points.dropped == 1);
        assert_books(&logger.counters(), 0, 1, 0);
        match policy {
            DeliveryPolicy::StopOnLoss => {
                assert_eq!(log(&logger, 1.0).expect_err("stopped").status, Status::SenderStopped);
            }
            DeliveryPolicy::TolerateLoss => {
                log(&logger, 1.0).expect("logged");
                assert_eq!(logger.close(None).expect_err("one is lost").status, Status::CloseUndelivered);
                assert_eq!(house.points("run").steps, [1]);
                assert_books(&logger.counters(), 1, 1, 0);
            }
        }
    }
}

#[test]
fn who_tolerates_loss_waits_no_longer_than_the_budget_for_a_service_that_is_gone() {
    let house = House::new();
    let config = Config {
        msg_max_retries: Some(1),
        delivery_policy: DeliveryPolicy::TolerateLoss,
        queue_bytes: 100_000,
        max_msg_size: 20_000,
        max_pending_requests: 2,
        log_level: LogLevel::Debug,
        ..house.config("run")
    };
    let (sink, queue) = events::channel(10_000);
    let logger = Logger::open(config, sink).expect("open");
    house.server.faults().arm(status(Stage::Hello, Code::Unavailable, u64::MAX, 0));
    house.server.cut_connections();
    let mut given = 0;
    // Six times the queue: who logs is blocked by it again and again, and goes on.
    for _ in 0..600 {
        column(&logger, Values::F64(&[1.0; 125])).expect("logged");
        given += 125;
    }
    let counters = logger.counters();
    assert!(counters.float_points.dropped > 0, "{counters:?}");
    assert!(counters.float_points.balanced(), "{counters:?}");
    house.server.faults().clear();
    assert_eq!(logger.close(None).expect_err("much is lost").status, Status::CloseUndelivered);
    let points = logger.counters().float_points;
    assert_eq!((points.enqueued, points.pending), (given, 0));
    assert_eq!(points.sent + points.dropped, given);
    assert_eq!(house.points("run").total, points.sent);

    // Losing data is no reason to knock at the door more often: pauses do not begin again with short ones.
    queue.close();
    let mut pauses = Vec::new();
    while let Next::Event(event) = queue.next(None) {
        pauses.extend(event.message.split_once("trying again in ").map(|(_, pause)| pause.to_owned()));
    }
    assert!(pauses.len() > 10, "{pauses:?}");
    let short = |pause: &&String| pause.starts_with("1.") && pause.ends_with("ms");
    assert_eq!(pauses.iter().filter(short).count(), 1, "{pauses:?}");
}

#[test]
fn an_idle_logger_survives_a_service_that_comes_and_goes() {
    let house = House::new();
    let logger = open(Config { msg_max_retries: Some(0), ..house.config("run") });
    log(&logger, 0.0).expect("logged");
    logger.flush(None).expect("flushed");
    for _ in 0..5 {
        let before = logger.counters().send_errors;
        house.server.cut_connections();
        wait_until("the break is noticed", || logger.counters().send_errors > before);
        log(&logger, 1.0).expect("logged");
        logger.flush(None).expect("flushed");
    }
    logger.close(None).expect("closed");
    assert_eq!(house.points("run").steps, steps(0, 6));
}

#[test]
fn the_close_says_how_the_run_ended() {
    let house = House::new();
    for (run, said, status) in [
        ("finished", &[][..], RunStatus::Finished),
        ("failed", &["failed: loss is NaN"], RunStatus::Failed),
        ("thought better of", &["failed: loss is NaN", ""], RunStatus::Finished),
        ("aborted", &["aborted: SIGTERM"], RunStatus::Aborted),
    ] {
        // With something to deliver and without: what is said travels by itself either way.
        for points in [0, 3] {
            let run = format!("{run} after {points}");
            let logger = open(house.config(&run));
            (0..points).for_each(|_| log(&logger, 1.0).expect("logged"));
            for text in said {
                logger.set_close_message(text).expect("short enough");
            }
            let long = logger.set_close_message(&"x".repeat(1025)).expect_err("too long");
            assert!(long.message.contains("1025 bytes, expected at most 1024"), "{long}");
            logger.close(None).expect("closed");
            logger.set_close_message("aborted: too late").expect("it changes nothing");
            assert_eq!(house.status(&run), status, "{run}");
            assert_books(&logger.counters(), points, 0, 0);
        }
    }
}

#[test]
fn a_time_that_no_clock_will_show_is_for_ever() {
    let house = House::new();
    let config = Config {
        queue_bytes: 1,
        backpressure: Backpressure::Raise,
        enqueue_timeout: Some(Duration::MAX),
        msg_max_age: Duration::MAX,
        ..house.config("run")
    };
    let logger = open(config);
    for _ in 0..20 {
        // Each waits until the one before is acknowledged.
        log(&logger, 1.0).expect("logged");
    }
    logger.flush(Some(Duration::MAX)).expect("flushed");
    logger.close(Some(Duration::MAX)).expect("closed");
    assert_books(&logger.counters(), 20, 0, 0);
}

// Parity: delivery/threads: threads, share a series
#[test]
fn threads_share_a_series_without_gaps_or_doubles() {
    let house = House::new();
    let logger = open(Config { queue_bytes: 5000, ..house.config("run") });
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..300).for_each(|value| log(&logger, f64::from(value)).expect("logged")));
        }
    });
    logger.close(None).expect("closed");
    assert_eq!(house.points("run").steps, steps(0, 1200));
}

// Parity: option/mis_step_warn_budget: MisStepWarnBudget
#[test]
fn steps_that_do_not_grow_are_sent_counted_and_told() {
    let house = House::new();
    let (sink, queue) = events::channel(100);
    let config = Config { mis_step_warn_budget: 1, ..house.config("run") };
    let logger = Logger::open(config, sink.with_tag(7)).expect("open");
    for first in [5, 3, 2] {
        let call = metrana_ingestion_logger::StdFloats {
            metric: "loss",
            scale: "ML_STEP",
            labels: &[],
            values: Values::F64(&[1.0]),
            steps: metrana_ingestion_logger::Steps::From(first),
            timestamps: metrana_ingestion_logger::Timestamps::Now,
            distributed: false,
        };
        logger.log_std_floats(&call).expect("logged");
    }
    log(&logger, 1.0).expect("logged");
    logger.close(None).expect("closed");
    assert_eq!(house.points("run").steps, [5, 3, 2, 6]);
    assert_eq!(logger.counters().mis_steps, 2);
    queue.close();
    let mut warnings = Vec::new();
    while let Next::Event(event) = queue.next(None) {
        assert_eq!(event.tag, 7);
        warnings.push(event.message);
    }
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("current last: 5"), "{warnings:?}");
}

#[test]
fn collected_errors_surface_as_the_strategy_says() {
    for strategy in [ErrorStrategy::RaiseOnLog, ErrorStrategy::RaiseOnClose, ErrorStrategy::Silent] {
        let house = House::new();
        let logger = open(Config {
            error_strategy: strategy,
            delivery_policy: DeliveryPolicy::TolerateLoss,
            msg_max_retries: Some(0),
            ..house.config("run")
        });
        house.server.faults().arm(status(Stage::Data, Code::Unavailable, 1, 0));
        log(&logger, 0.0).expect("logged");
        wait_until("the point is given up", || logger.counters().float_points.dropped == 1);
        let next = log(&logger, 1.0).map_err(|error| error.status);
        if strategy == ErrorStrategy::RaiseOnLog {
            assert_eq!(next, Err(Status::SenderErrors));
            assert_eq!(log(&logger, 1.0), Ok(()), "raised once");
        } else {
            assert_eq!(next, Ok(()));
        }
        let wanted = match strategy {
            ErrorStrategy::RaiseOnClose => Status::CloseErrors,
            _ => Status::CloseUndelivered,
        };
        assert_eq!(logger.close(None).expect_err("one is lost").status, wanted);
        assert_books(&logger.counters(), 1, 1, 0);
    }
}

#[test]
fn a_panic_poisons_its_logger_and_no_other() {
    let house = House::new();
    let (broken, whole) = (open(house.config("broken")), open(house.config("whole")));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| broken.debug_panic()));
    assert!(panicked.is_err());
    assert_eq!(log(&broken, 1.0).expect_err("poisoned").status, Status::Poisoned);
    assert_eq!(broken.close(None).expect_err("poisoned").status, Status::Poisoned);
    assert_eq!(broken.counters().float_points.enqueued, 0);
    log(&whole, 1.0).expect("logged");
    whole.close(None).expect("closed");
}

/// Nobody knows what the stage holds after a panic. What was sealed before is none of its business.
#[test]
fn what_was_sealed_before_a_panic_is_delivered_and_the_rest_is_counted() {
    for kept in [true, false] {
        let house = House::new();
        let (sink, queue) = events::channel(100);
        let config = Config { max_pending_requests: 4, ..house.config_of_small_messages("broken") };
        let broken = Logger::open(config, sink).expect("the run opens");
        log(&broken, 0.0).expect("logged");
        broken.flush(None).expect("flushed");
        house.server.faults().arm(Fault::Stall);
        for value in 1..10 {
            log(&broken, f64::from(value)).expect("logged");
        }
        let taken_in = || house.server.store().counts(None).expect("counts").messages;
        wait_until("four are under way", || taken_in() == 5);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| broken.debug_panic()));
        assert!(panicked.is_err());
        assert_eq!(broken.close(None).expect_err("poisoned").status, Status::Poisoned);
        let kept = kept.then_some(broken);
        house.server.faults().clear();
        wait_until("the log tells what is lost", || match queue.next(Some(PATIENCE)) {
            Next::Event(event) => event.message.contains("5 point(s) and attribute(s) are lost"),
            other => panic!("{other:?}"),
        });
        assert_eq!(house.points("broken").steps, steps(0, 5));
        if let Some(broken) = kept {
            assert_books(&broken.counters(), 5, 5, 0);
        }
    }
}
