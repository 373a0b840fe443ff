//! How a run is opened, or is not.

mod common;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{House, PATIENCE, column, log, open, status};
use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{Config, Logger, ResumeStrategy, Status, Values};
use metrana_server::{Access, Code, Options, Secret, Stage, Tls};

#[test]
fn opening_tries_again_where_it_may_help_and_gives_up_where_it_does_not() {
    let house = House::new();
    house.server.faults().arm(status(Stage::Init, Code::Unavailable, 2, 0));
    open(house.config("late")).close(None).expect("closed");
    for code in [Code::InvalidArgument, Code::Unauthenticated, Code::AlreadyExists, Code::ResourceExhausted] {
        house.server.faults().arm(status(Stage::Init, code, 1, 0));
        let error = Logger::open(house.config("run"), EventSink::none()).expect_err("refused");
        assert_eq!((error.status, error.grpc), (Status::InitRefused, Some(code as i32)));
    }
}

/// The endpoint of a port at which this is said to everybody who comes; the connection then stays open.
fn saying(scheme: &str, words: &'static [u8]) -> String {
    use std::io::Write;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            // Whoever has gone already hears nothing.
            let _ = stream.write_all(words);
            open.push(stream);
        }
    });
    format!("{scheme}://127.0.0.1:{port}")
}

fn hasty(endpoint: &str) -> Config {
    Config {
        endpoint: endpoint.to_owned(),
        init_timeout: Duration::from_millis(400),
        connect_timeout: Duration::from_millis(100),
        ..Config::default()
    }
}

/// Whatever is there that is no ingestion service: the opening ends in time and says what it met.
// Parity: option/connect_timeout_secs: connect_timeout
// Parity: option/init_timeout_secs: InitTimeout
#[test]
fn opening_ends_in_time_and_says_what_is_at_the_other_end() {
    let vacant = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let http1 = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
    let alert = &[21, 3, 1, 0, 2, 2, 10];
    // An empty frame of settings, and then nothing.
    let settings = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    for (endpoint, wanted, words) in [
        (saying("http", b""), Status::ConnectFailed, "no connection within 100ms"),
        (saying("https", b""), Status::ConnectFailed, "no connection within 100ms"),
        (saying("http", settings), Status::InitTimeout, "did not answer within 400ms"),
        (
            saying("http", http1),
            Status::ConnectFailed,
            "it is not a Metrana ingestion service: it speaks HTTP/1 instead of HTTP/2",
        ),
        (saying("http", alert), Status::ConnectFailed, "should the endpoint begin with https://"),
        (saying("http", b"SSH-2.0-OpenSSH_9.2"), Status::ConnectFailed, "it does not speak HTTP/2"),
        (saying("https", http1), Status::ConnectFailed, "should the endpoint begin with http://"),
        (format!("http://{vacant}"), Status::ConnectFailed, "nothing listens there"),
        ("http://no-such-host.invalid".to_owned(), Status::ConnectFailed, "'no-such-host.invalid'"),
    ] {
        let begun = Instant::now();
        let error = Logger::open(hasty(&endpoint), EventSink::none()).expect_err("no service");
        assert_eq!(error.status, wanted, "{endpoint}: {error}");
        assert!(error.message.contains(words), "{endpoint}: {error}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{endpoint}");
    }
}

#[test]
fn a_time_that_no_clock_will_show_is_for_ever() {
    let house = House::new();
    let logger = open(Config {
        init_timeout: Duration::MAX,
        connect_timeout: Duration::MAX,
        ack_stall_timeout: Some(Duration::MAX),
        backoff_max: Duration::MAX,
        tcp_keepalive: Duration::MAX,
        http2_keep_alive_interval: Duration::MAX,
        http2_keep_alive_timeout: Duration::MAX,
        ..house.config("run")
    });
    log(&logger, 1.0).expect("logged");
    logger.flush(None).expect("flushed");
    house.server.faults().arm(status(Stage::Data, Code::Unavailable, 1, 0));
    log(&logger, 2.0).expect("logged");
    logger.close(None).expect("closed");
    assert_eq!(house.points("run").steps, [0, 1]);
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
    let error = Logger::open(config, EventSink::none()).expect_err("refused");
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
        Logger::open(config, EventSink::none()).expect_err("refused")
    };
    for (endpoint, why) in [
        ("http://host:1/path", "path"),
        ("http://host:1?query=1", "query"),
        ("http://user:secret@host:1", "user"),
        ("ftp://user:secret@host:1", "scheme"),
        ("http://us er:secret@host:1", "not a URI"),
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

    let stranger = Logger::open(house.config("run"), EventSink::none()).expect_err("refused");
    assert_eq!(stranger.status, Status::OrchestrationIdMismatch);
    let resuming = Config { resume: ResumeStrategy::Allow, ..house.config("run") };
    assert!(!open(resuming).run_was_created());
}

/// A server of this project with a certificate of its own, which nobody knows who was not told.
#[test]
fn a_server_with_a_certificate_of_its_own_is_reached_by_who_was_given_it() {
    let file = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("../metrana-server/tests/tls").join(name);
    let tls = Tls::from_files(&file("cert.pem"), &file("key.pem")).expect("the files are read");
    let access = Access::Keys(vec![Secret::new("a-key-of-eight".to_owned()).expect("a key")]);
    let house = House::with(Options { tls: Some(tls), access, ..Options::default() });
    let endpoint = format!("https://{}", house.server.grpc_addr());
    let config = |pem: Option<String>, key: &str| Config {
        endpoint: endpoint.clone(),
        extra_ca_pem: pem,
        api_key: key.to_owned(),
        ..house.config("encrypted")
    };
    let pem = std::fs::read_to_string(file("cert.pem")).expect("the certificate");
    let stranger = Config { init_timeout: Duration::from_millis(400), ..config(None, "a-key-of-eight") };
    let error = Logger::open(stranger, EventSink::none()).expect_err("nobody vouches for the server");
    assert_eq!(error.status, Status::ConnectFailed, "{error}");
    let error = Logger::open(config(Some(pem.clone()), "another-key"), EventSink::none());
    let error = error.expect_err("it is not let in");
    assert_eq!(error.status, Status::InitRefused, "{error}");
    let logger = open(config(Some(pem), "a-key-of-eight"));
    for value in [0.5, -0.0, 1e300] {
        log(&logger, value).expect("logged");
    }
    logger.close(None).expect("closed");
    let points = house.points("encrypted");
    let bits: Vec<u64> = points.values.iter().map(|value| value.to_bits()).collect();
    assert_eq!(bits, [0.5_f64, -0.0, 1e300].map(f64::to_bits));
}

fn tls_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// A server with this certificate.
fn encrypted(name: &str) -> House {
    let (certificate, key) = (tls_file(&format!("{name}.pem")), tls_file(&format!("{name}.key.pem")));
    let tls = Tls::from_files(&certificate, &key).expect("the files are read");
    House::with(Options { tls: Some(tls), ..Options::default() })
}

/// Each of these certificates is its own issuer, and the client was given it.
#[test]
fn a_certificate_that_is_not_accepted_is_told_with_what_to_do() {
    // What openssl makes unless told otherwise; and one of another host.
    for (name, given, wanted) in [
        ("authority", true, "basicConstraints=CA:FALSE"),
        ("elsewhere", true, "belongs to another host"),
        (
            "elsewhere",
            false,
            "issued by nobody who is trusted here; if that is right, name the issuer's certificate in",
        ),
    ] {
        let house = encrypted(name);
        let pem = std::fs::read_to_string(tls_file(&format!("{name}.pem"))).expect("the certificate");
        let config = Config {
            endpoint: format!("https://{}", house.server.grpc_addr()),
            extra_ca_pem: given.then_some(pem),
            init_timeout: Duration::from_millis(400),
            ..house.config("encrypted")
        };
        let error = Logger::open(config, EventSink::none()).expect_err("it is not accepted");
        assert_eq!(error.status, Status::ConnectFailed, "{name}: {error}");
        assert!(error.message.contains(wanted), "{name}: {error}");
    }
}

/// The opening may wait twice as long, and ends at once when it knows that waiting is in vain.
#[test]
fn a_certificate_that_is_not_accepted_is_not_waited_for() {
    let house = encrypted("elsewhere");
    let config = Config {
        endpoint: format!("https://{}", house.server.grpc_addr()),
        init_timeout: 2 * PATIENCE,
        ..house.config("encrypted")
    };
    let error = Logger::open(config, EventSink::none()).expect_err("it is not accepted");
    assert_eq!(error.status, Status::ConnectFailed, "{error}");
    assert!(error.message.contains("waiting does not cure this"), "{error}");
}

#[test]
fn a_certificate_file_that_cannot_be_used_is_refused_by_name() {
    let house = House::new();
    let config = |pem: &str| Config {
        endpoint: format!("https://{}", house.server.grpc_addr()),
        extra_ca_pem: Some(pem.to_owned()),
        ..house.config("encrypted")
    };
    let cut_off = "-----BEGIN CERTIFICATE-----\nAAAA\n";
    for pem in ["", "no certificate", cut_off] {
        let error = Logger::open(config(pem), EventSink::none()).expect_err("refused");
        assert_eq!(error.status, Status::InvalidConfig, "{pem:?}: {error}");
        assert!(error.message.contains("extra_ca_pem"), "{pem:?}: {error}");
    }
}
