//! What becomes of connections: those that are given up leave nothing behind, and what a gateway says is not the service's
//! word.
//!
//! Linux only, where a process can count its own descriptors.
#![cfg(target_os = "linux")]

use std::collections::HashSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{Config, Logger, StdFloats, Steps, Timestamps, Values};
use metrana_proto::svc::InitializeRunLoggingResponse;
use metrana_proto::svc::initialize_run_logging_response::{EnvStatuses, InitializedRun, Msg};
use metrana_testkit::peer::{Peer, Reaction, Recorded};
use tokio::runtime::{Builder, Runtime};

const PATIENCE: Duration = Duration::from_mins(1);

/// Descriptors belong to the process, so its tests take turns.
static TURN: Mutex<()> = Mutex::new(());

fn handshake() -> Vec<InitializeRunLoggingResponse> {
    let run = InitializedRun {
        created: true,
        run_id: Bytes::from_static(b"a run id"),
        ..InitializedRun::default()
    };
    let end = EnvStatuses { is_last: true, ..EnvStatuses::default() };
    [Msg::InitializedRun(run), Msg::EnvStatuses(end)]
        .map(|msg| InitializeRunLoggingResponse { msg: Some(msg) })
        .into()
}

fn started(
    gateway: impl FnMut(&str) -> Option<u16> + Send + 'static,
    react: impl FnMut(&Recorded) -> Reaction + Send + 'static,
) -> (Runtime, Peer) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let peer = runtime.block_on(Peer::behind(gateway, handshake(), react));
    (runtime, peer)
}

/// A peer that answers the first message of a stream, which is the hello, reads one more, and does nothing about it.
fn silent_about_data() -> (Runtime, Peer) {
    started(|_| None, |message| if message.index == 0 { Reaction::Answers(1) } else { Reaction::Silence })
}

/// How many messages with data have come.
fn data_of(peer: &Peer) -> usize {
    peer.messages().iter().filter(|message| message.index > 0).count()
}

fn config(peer: &Peer) -> Config {
    Config {
        workspace: "ws".into(),
        project: "proj".into(),
        run_name: "run".into(),
        api_key: "key".into(),
        endpoint: format!("http://{}", peer.address()),
        backoff_initial: Duration::from_millis(1),
        backoff_max: Duration::from_millis(1),
        init_timeout: PATIENCE,
        close_timeout: PATIENCE,
        ..Config::default()
    }
}

fn log(logger: &Logger, values: &[f64]) {
    let call = StdFloats {
        metric: "loss",
        scale: "ML_STEP",
        labels: &[],
        values: Values::F64(values),
        steps: Steps::Auto,
        timestamps: Timestamps::Now,
        distributed: false,
    };
    logger.log_std_floats(&call).expect("it is taken");
}

/// TCP sockets that this process has open. The network thread keeps a local pair for itself once it has started, and that
/// belongs to no connection.
fn sockets() -> usize {
    let tcp = std::fs::read_to_string("/proc/self/net/tcp").expect("connections can be listed");
    let inodes: HashSet<&str> = tcp.lines().filter_map(|line| line.split_whitespace().nth(9)).collect();
    let open = std::fs::read_dir("/proc/self/fd").expect("descriptors can be listed");
    let links = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    let of_connection = |link: &Path| {
        let link = link.to_string_lossy();
        link.strip_prefix("socket:[")
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|inode| inodes.contains(inode))
    };
    links.filter(|link| of_connection(link)).count()
}

/// The memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status can be read");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is told");
    let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kibibytes * 1024
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "gave up waiting until {what}");
        std::thread::yield_now();
    }
}

/// The peer's HTTP/2 layer answers probes, and its program reads nothing: what is on its way to it waits for room that never
/// comes.
#[test]
fn a_stream_that_is_given_up_leaves_no_connection_behind() {
    let _turn = TURN.lock();
    let (_runtime, peer) = silent_about_data();
    let before = sockets();
    for _ in 0..8 {
        let logger = Logger::open(config(&peer), EventSink::none()).expect("the run opens");
        let seen = data_of(&peer);
        log(&logger, &vec![1.0; 200_000]);
        // Only a stream that has been opened can be given up.
        wait_until("data is under way", || data_of(&peer) > seen);
        assert!(sockets() > before, "a connection is a socket");
        logger.close(Some(Duration::from_millis(50))).expect_err("nothing is acknowledged");
    }
    wait_until("the connections are gone", || sockets() <= before);
}

/// What was lent to a connection goes with it.
#[test]
fn a_stream_that_is_given_up_leaves_no_memory_behind() {
    const COLUMNS: usize = 10;
    let _turn = TURN.lock();
    let (_runtime, peer) = silent_about_data();
    let column = vec![1.0; 200_000];
    let of_a_logger = COLUMNS * size_of_val(column.as_slice());
    let before = sockets();
    let give_up_one = || {
        let logger = Logger::open(config(&peer), EventSink::none()).expect("the run opens");
        let seen = data_of(&peer);
        log(&logger, &[1.0]);
        wait_until("data is under way", || data_of(&peer) > seen);
        // The peer reads no more: these fill the connection, and wait before it.
        for _ in 0..COLUMNS {
            log(&logger, &column);
        }
        logger.close(Some(Duration::from_millis(50))).expect_err("nothing is acknowledged");
        drop(logger);
        wait_until("the connection is gone", || sockets() <= before);
    };
    give_up_one();
    let after_the_first = resident();
    for _ in 0..8 {
        give_up_one();
    }
    let grown = resident().saturating_sub(after_the_first);
    assert!(grown < 3 * of_a_logger, "{grown} bytes more after eight loggers of {of_a_logger} bytes");
}

/// A gateway that answers in the service's place while that is rolled out has refused nobody.
#[test]
fn a_gateway_has_no_say_in_what_becomes_of_a_run() {
    let _turn = TURN.lock();
    for code in [401, 403, 404, 502] {
        let in_the_way = AtomicU32::new(0);
        let gateway = move |_: &str| {
            let turn = in_the_way.fetch_add(1, Ordering::SeqCst);
            // The first handshake, and three of the streams.
            [0, 2, 3, 4].contains(&turn).then_some(code)
        };
        let (_runtime, peer) = started(gateway, |_| Reaction::Answers(1));
        let logger = Logger::open(config(&peer), EventSink::none()).expect("the run opens");
        log(&logger, &[1.0]);
        logger.close(None).unwrap_or_else(|error| panic!("HTTP {code}: {error}"));
        assert_eq!(logger.counters().float_points.sent, 1, "HTTP {code}");
    }
}

/// An acknowledgement is a few bytes; the memory for a longer one would be taken as soon as its length is announced.
#[test]
fn an_acknowledgement_that_is_far_too_long_ends_the_stream() {
    let _turn = TURN.lock();
    let (_runtime, peer) = started(
        |_| None,
        |message| match (message.stream, message.index) {
            // An unknown field of 100,000 bytes.
            (0, 0) => Reaction::Raw([&[0xfa, 0x3f, 0xa0, 0x8d, 6][..], &vec![0; 100_000]].concat().into()),
            _ => Reaction::Answers(1),
        },
    );
    let logger = Logger::open(config(&peer), EventSink::none()).expect("the run opens");
    log(&logger, &[1.0]);
    logger.close(None).expect("closed");
    assert_eq!(logger.counters().float_points.sent, 1);
    assert!(peer.messages().iter().any(|message| message.stream == 1), "the first stream was kept");
}
