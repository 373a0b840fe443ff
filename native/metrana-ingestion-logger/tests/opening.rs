//! How a run is opened, or is not.

mod common;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use common::{House, column, log, open, status};
use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{Config, Logger, ResumeStrategy, Status, Values};
use metrana_server::{Code, Stage};

#[test]
fn opening_tries_again_where_it_may_help_and_gives_up_where_it_does_not() {
    let house = House::new();
    house.server.faults().arm(status(Stage::Init, Code::Unavailable, 2, 0));
    open(house.config("late")).close(None).expect("closed");
    for code in [Code::InvalidArgument, Code::Unauthenticated, Code::AlreadyExists, Code::ResourceExhausted] {
        house.server.faults().arm(status(Stage::Init, code, 1, 0));
        let error = Logger::open(house.config("run"), EventSink::none()).err().expect("refused");
        assert_eq!((error.status, error.grpc), (Status::InitRefused, Some(code as i32)));
    }
}

/// A port where something listens and never says a word, and one where nothing listens.
#[test]
fn opening_ends_in_time_whatever_is_at_the_other_end() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent_port = silent.local_addr().expect("bound").port();
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    for (endpoint, wanted) in [
        (format!("http://127.0.0.1:{silent_port}"), Status::InitTimeout),
        (format!("https://127.0.0.1:{silent_port}"), Status::ConnectFailed),
        (format!("http://127.0.0.1:{gone}"), Status::ConnectFailed),
    ] {
        let config = Config {
            endpoint: endpoint.clone(),
            init_timeout: Duration::from_millis(400),
            connect_timeout: Duration::from_millis(100),
            ..Config::default()
        };
        let begun = Instant::now();
        let error = Logger::open(config, EventSink::none()).err().expect("nobody there");
        assert_eq!(error.status, wanted, "{endpoint}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{endpoint}");
    }
}

#[test]
fn a_config_that_cannot_work_names_every_problem_and_no_key() {
    let config = Config {
        api_key: "secret\nkey".to_owned(),
        endpoint: "localhost:1".to_owned(),
        logger_id: Some(0),
        fork_step: Some(1),
        ..Config::default()
    };
    let error = Logger::open(config, EventSink::none()).err().expect("refused");
    assert_eq!(error.status, Status::InvalidConfig);
    for part in ["endpoint", "api_key", "logger_id", "fork_step"] {
        assert!(error.message.contains(part), "{part}: {error}");
    }
    assert!(!error.message.contains("secret"), "{error}");
}

#[test]
fn an_endpoint_is_a_host_and_nothing_that_would_be_ignored() {
    let open_at = |endpoint: &str| {
        let config = Config { endpoint: endpoint.to_owned(), ..Config::default() };
        Logger::open(config, EventSink::none()).err().expect("refused")
    };
    for (endpoint, why) in [
        ("http://host:1/path", "path"),
        ("http://host:1?query=1", "query"),
        ("http://user:secret@host:1", "user"),
        ("ftp://user:secret@host:1", "scheme"),
        ("http://us er:secret@host:1", "no URI"),
    ] {
        let error = open_at(endpoint);
        assert_eq!(error.status, Status::InvalidConfig, "{endpoint}");
        assert!(error.message.contains(why) && !error.message.contains("secret"), "{error}");
    }
}

#[test]
fn a_resumed_run_goes_on_where_it_stood_and_strangers_stay_out() {
    let house = House::new();
    let mine = Config { orchestration_id: Some("job".to_owned()), ..house.config("run") };
    let first = open(mine.clone());
    assert!(first.run_was_created());
    column(&first, Values::F64(&[1.0, 2.0])).expect("logged");
    first.shutdown(None).expect("shut down");

    let second = open(mine);
    assert!(!second.run_was_created());
    assert_eq!(second.series_last_step("loss", "ML_STEP", &[]), Ok(Some(1)));
    log(&second, 3.0).expect("logged");
    second.close(None).expect("closed");
    assert_eq!(house.points("run").steps, [0, 1, 2]);

    let stranger = Logger::open(house.config("run"), EventSink::none()).err().expect("refused");
    assert_eq!(stranger.status, Status::OrchestrationIdMismatch);
    let resuming = Config { resume: ResumeStrategy::Allow, ..house.config("run") };
    assert!(!open(resuming).run_was_created());
}
