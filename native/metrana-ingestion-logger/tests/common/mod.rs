//! A server in this process, and short ways to say what the tests say often.

#![allow(dead_code, reason = "each test file uses its part")]

use std::time::{Duration, Instant};

use metrana_ingestion_logger::events::EventSink;
use metrana_ingestion_logger::{Config, Counters, Error, Logger, StdFloats, Steps, Timestamps, Values};
use metrana_proto::svc::initialize_run_logging_response::{EnvStatuses, InitializedRun, Msg};
use metrana_proto::svc::{InitializeRunLoggingResponse, UpdateRunRequest};
use metrana_server::store::{FloatPoints, RunStatus};
use metrana_server::{Code, Fault, Options, RunningServer, Server, Stage};
use metrana_testkit::deadline::Deadline;
use metrana_testkit::peer::{Peer, Reaction, Recorded};
use prost::Message as _;

pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct House {
    pub server: RunningServer,
    _deadline: Deadline,
    runtime: tokio::runtime::Runtime,
}

impl House {
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let server = runtime.block_on(Server::start_in_memory(options)).expect("a server");
        Self { server, _deadline: Deadline::start(), runtime }
    }

    /// A configuration that reaches the server and does not wait long for anything.
    pub fn config(&self, run: &str) -> Config {
        quick_config(run, &format!("http://{}", self.server.grpc_addr()))
    }

    /// One call, one message: so that a test can count messages.
    pub fn config_of_small_messages(&self, run: &str) -> Config {
        Config { max_msg_size: 1, ..self.config(run) }
    }

    /// All points of the run's only series.
    pub fn points(&self, run: &str) -> FloatPoints {
        let store = self.server.store();
        let info = store
            .runs()
            .expect("runs")
            .into_iter()
            .find(|info| info.definition.key.run_name == run)
            .expect("the run");
        let series = store.series(&info.id).expect("its series");
        assert_eq!(series.len(), 1, "one series");
        store.points(&info.id, series[0].id, 0, u64::MAX).expect("its points")
    }

    /// How the run stands.
    pub fn status(&self, run: &str) -> RunStatus {
        let runs = self.server.store().runs().expect("runs");
        runs.iter().find(|info| info.definition.key.run_name == run).expect("the run").status
    }

    pub fn is_closed(&self, run: &str) -> bool {
        let runs = self.server.store().runs().expect("runs");
        runs.iter().find(|info| info.definition.key.run_name == run).expect("the run").closed
    }

    pub fn wait_until(&self, what: &str, mut done: impl FnMut(&RunningServer) -> bool) {
        wait_until(what, || done(&self.server));
    }
}

/// A peer that answers by script, in this process.
pub struct PeerHouse {
    pub peer: Peer,
    _deadline: Deadline,
    _runtime: tokio::runtime::Runtime,
}

impl PeerHouse {
    pub fn new(react: impl FnMut(&Recorded) -> Reaction + Send + 'static) -> Self {
        Self::of_run(b"a run id", react)
    }

    /// The same, with a run that goes by this number.
    pub fn of_run(run_id: &'static [u8], react: impl FnMut(&Recorded) -> Reaction + Send + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let run = InitializedRun { created: true, run_id: run_id.into(), ..InitializedRun::default() };
        let end = EnvStatuses { is_last: true, ..EnvStatuses::default() };
        let handshake = [Msg::InitializedRun(run), Msg::EnvStatuses(end)]
            .map(|msg| InitializeRunLoggingResponse { msg: Some(msg) });
        let peer = runtime.block_on(Peer::start(handshake.into(), react));
        Self { peer, _deadline: Deadline::start(), _runtime: runtime }
    }

    /// A configuration that reaches the peer, sends one message a call, and does not wait long for anything.
    pub fn config(&self) -> Config {
        Config { max_msg_size: 1, ..quick_config("run", &format!("http://{}", self.peer.address())) }
    }

    /// The data messages that one stream was sent.
    pub fn data(&self, stream: usize) -> Vec<UpdateRunRequest> {
        let messages = self.peer.messages().into_iter().filter(|message| message.stream == stream);
        messages.map(|message| decoded(&message)).filter(|request| request.sequence_number != 0).collect()
    }
}

pub fn decoded(message: &Recorded) -> UpdateRunRequest {
    UpdateRunRequest::decode(message.bytes.clone()).expect("a message")
}

/// Logs one value at the next step of a series.
pub fn log_to(logger: &Logger, metric: &str, value: f64) -> Result<(), Error> {
    logger.log_std_floats(&StdFloats {
        metric,
        scale: "ML_STEP",
        labels: &[],
        values: Values::F64(&[value]),
        steps: Steps::Auto,
        timestamps: Timestamps::At(1_700_000_000_000),
        distributed: false,
    })
}

fn quick_config(run: &str, endpoint: &str) -> Config {
    Config {
        api_key: "key".to_owned(),
        workspace: "ws".to_owned(),
        project: "proj".to_owned(),
        run_name: run.to_owned(),
        endpoint: endpoint.to_owned(),
        backoff_initial: Duration::from_millis(1),
        backoff_max: Duration::from_millis(20),
        init_timeout: PATIENCE,
        close_timeout: PATIENCE,
        ..Config::default()
    }
}

/// A fault: the service answers with this code, `times` times, after so many messages.
pub fn status(stage: Stage, code: Code, times: u64, after: u64) -> Fault {
    Fault::Status { stage, code, message: "on purpose".to_owned(), times, after }
}

pub fn open(config: Config) -> Logger {
    Logger::open(config, EventSink::none()).expect("the run opens")
}

/// Logs one value at the next step.
pub fn log(logger: &Logger, value: f64) -> Result<(), Error> {
    log_to(logger, "loss", value)
}

/// Logs values at the next steps.
pub fn column(logger: &Logger, values: Values<'_>) -> Result<(), Error> {
    logger.log_std_floats(&StdFloats {
        metric: "loss",
        scale: "ML_STEP",
        labels: &[],
        values,
        steps: Steps::Auto,
        timestamps: Timestamps::At(1_700_000_000_000),
        distributed: false,
    })
}

/// The steps of points that came one after the other.
pub fn steps(from: u64, to: u64) -> Vec<u64> {
    (from..to).collect()
}

pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "gave up waiting until {what}");
        std::thread::yield_now();
    }
}

/// The books balance, and these are the float points in them.
#[track_caller]
pub fn assert_books(counters: &Counters, sent: u64, dropped: u64, refused: u64) {
    assert!(counters.kinds().iter().all(|kind| kind.balanced()), "{counters:?}");
    let points = &counters.float_points;
    assert_eq!((points.sent, points.dropped, points.refused, points.pending), (sent, dropped, refused, 0));
}
