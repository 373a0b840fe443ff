//! Everything that can be set about a logger, and whether it can work.

use std::fmt;
use std::time::Duration;

use crate::errors::{Error, Status};

/// What to do about a run of this name that is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResumeStrategy {
    /// Open it only when it belongs to this job.
    #[default]
    Never,
    /// Open it whosever it is.
    Allow,
}

/// What a log call does while the queue is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backpressure {
    /// Wait for room, however long.
    #[default]
    Block,
    /// Wait for the enqueue timeout, then leave the call's data out and say so in the counters.
    DropNew,
    /// Wait for the enqueue timeout, then refuse the call.
    Raise,
}

/// What a final delivery failure means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeliveryPolicy {
    /// The logger stops: it accepts nothing more, so that no training goes on whose logs are lost unnoticed.
    #[default]
    StopOnLoss,
    /// The data is dropped, counted and reported, and logging goes on.
    TolerateLoss,
}

/// How errors surface that did not stop the logger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorStrategy {
    /// Only in the list that `take_errors` empties.
    Silent,
    /// Also as a line in the host's log.
    #[default]
    Warn,
    /// The next log call raises them, and logs nothing.
    RaiseOnLog,
    /// Close raises them.
    RaiseOnClose,
}

/// How urgent a log line is. A larger number is less urgent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// No lines at all.
    Off,
    /// Something was lost or will not work.
    Error,
    /// Something needs a look.
    #[default]
    Warn,
    /// What happened.
    Info,
    /// How it happened.
    Debug,
    /// Everything.
    Trace,
}

/// How values are brought together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregationFunction {
    /// Their mean.
    Mean,
    /// The greatest.
    Max,
    /// Their sum.
    Sum,
    /// The least.
    Min,
    /// Their standard deviation.
    StdDev,
    /// How many there are.
    Count,
}

/// What the service is to make of the series of a run on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AggregationRule {
    /// Which metric; all of the scale where none is named.
    pub metric_name: Option<String>,
    /// Of which scale.
    pub source_scale: String,
    /// The scale of what comes out.
    pub output_scale: String,
    /// How values are brought together.
    pub functions: Vec<AggregationFunction>,
    /// Labels that are lost on the way.
    pub aggregate_over_labels: Vec<String>,
    /// The name of what comes out.
    pub output_metric_name: Option<String>,
    /// What is put behind the name of what comes out.
    pub output_name_suffix: Option<String>,
}

/// The settings of a logger. The defaults are those of the published engines where they have the setting.
#[derive(Clone)]
pub struct Config {
    /// Sent as `authorization: Bearer`; never shown.
    pub api_key: String,
    /// Whose workspace.
    pub workspace: String,
    /// Which project in it.
    pub project: String,
    /// Which run in that.
    pub run_name: String,
    /// `http://` or `https://`, host and port.
    pub endpoint: String,
    /// The organization, where there are several.
    pub organization: Option<String>,
    /// A name that groups runs.
    pub experiment: Option<String>,
    /// The run that this one forks from.
    pub parent_run_name: Option<String>,
    /// The step of the parent that it forks at.
    pub fork_step: Option<u64>,
    /// Which job this process belongs to. Without one a random one is made, so that a handshake whose answer was
    /// lost meets its own run when it tries again.
    pub orchestration_id: Option<String>,
    /// Whether the project may be made on the way.
    pub create_project_if_missing: bool,
    /// What the service is to make of the series on its own.
    pub aggregation_rules: Vec<AggregationRule>,
    /// What to do about a run that is there already.
    pub resume: ResumeStrategy,
    /// The number of this logger, or a random one.
    pub logger_id: Option<u64>,
    /// For DNS, TCP, TLS and HTTP/2 settings together.
    pub connect_timeout: Duration,
    /// For opening the run, tries included.
    pub init_timeout: Duration,
    /// For closing, when close is not told otherwise.
    pub close_timeout: Duration,
    /// How often a silent connection is probed.
    pub http2_keep_alive_interval: Duration,
    /// How long a probe may stay unanswered.
    pub http2_keep_alive_timeout: Duration,
    /// How long a silent connection stays without one of TCP's own probes, in whole seconds. Zero sends none.
    pub tcp_keepalive: Duration,
    /// How many bytes may be accepted and not yet acknowledged.
    pub queue_bytes: usize,
    /// What a log call does while the queue is full.
    pub backpressure: Backpressure,
    /// How long it waits for room. None: under `Block` as long as it takes, else a second.
    pub enqueue_timeout: Option<Duration>,
    /// How large a message may become, in bytes.
    pub max_msg_size: usize,
    /// How many data messages may be unacknowledged.
    pub max_pending_requests: usize,
    /// The oldest that staged data may become before it is sent.
    pub msg_max_age: Duration,
    /// How long staged data waits for company when nothing is unacknowledged.
    pub msg_linger: Duration,
    /// How many streams in a row may fail before delivery has failed. None: as many as it takes.
    pub msg_max_retries: Option<u32>,
    /// The pause after the first failed stream; it doubles with each one.
    pub backoff_initial: Duration,
    /// The longest pause.
    pub backoff_max: Duration,
    /// How long acknowledgements may stall, with messages under way, before the stream is given up. None: for ever.
    pub ack_stall_timeout: Option<Duration>,
    /// What a final delivery failure means.
    pub delivery_policy: DeliveryPolicy,
    /// How errors surface that did not stop the logger.
    pub error_strategy: ErrorStrategy,
    /// How many warnings about steps that do not grow are written before they become debug lines.
    pub mis_step_warn_budget: u32,
    /// Certificates to trust beside the platform's, in PEM.
    pub extra_ca_pem: Option<String>,
    /// Which lines go to the events.
    pub log_level: LogLevel,
}

/// Where the hosted service listens.
pub const DEFAULT_ENDPOINT: &str = "https://ingestion.metrana.ai";

/// The largest message limit: far below what a gRPC frame can say, and beyond what any service takes.
const MAX_MSG_SIZE: usize = 1 << 30;

/// The largest queue, 1 TiB: it lives in memory.
const MAX_QUEUE_BYTES: u64 = 1 << 40;

impl Default for Config {
    fn default() -> Self {
        Self {
            api_key: String::new(),
            workspace: String::new(),
            project: String::new(),
            run_name: String::new(),
            endpoint: DEFAULT_ENDPOINT.to_owned(),
            organization: None,
            experiment: None,
            parent_run_name: None,
            fork_step: None,
            orchestration_id: None,
            create_project_if_missing: true,
            aggregation_rules: Vec::new(),
            resume: ResumeStrategy::default(),
            logger_id: None,
            connect_timeout: Duration::from_secs(5),
            init_timeout: Duration::from_mins(2),
            close_timeout: Duration::from_mins(2),
            http2_keep_alive_interval: Duration::from_secs(30),
            http2_keep_alive_timeout: Duration::from_secs(10),
            tcp_keepalive: Duration::from_mins(1),
            queue_bytes: 64 << 20,
            backpressure: Backpressure::default(),
            enqueue_timeout: None,
            max_msg_size: 1 << 20,
            max_pending_requests: 30,
            msg_max_age: Duration::from_secs(1),
            msg_linger: Duration::from_millis(10),
            msg_max_retries: Some(15),
            backoff_initial: Duration::from_millis(50),
            backoff_max: Duration::from_secs(15),
            ack_stall_timeout: Some(Duration::from_mins(1)),
            delivery_policy: DeliveryPolicy::default(),
            error_strategy: ErrorStrategy::default(),
            mis_step_warn_budget: 32,
            extra_ca_pem: None,
            log_level: LogLevel::default(),
        }
    }
}

impl fmt::Debug for Config {
    /// The run and where it goes. The key is not there, on purpose.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("workspace", &self.workspace)
            .field("project", &self.project)
            .field("run_name", &self.run_name)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// `workspace/project/run`, for messages.
    #[must_use]
    pub fn run_path(&self) -> String {
        format!("{}/{}/{}", self.workspace, self.project, self.run_name)
    }

    /// Every reason why this cannot work, in one error.
    pub fn validate(&self) -> Result<(), Error> {
        let mut problems = Vec::new();
        if let Err(problem) = self.check_endpoint() {
            problems.push(problem);
        }
        if http::HeaderValue::from_str(&format!("Bearer {}", self.api_key)).is_err() {
            problems.push(
                "api_key contains a character that is not allowed in a header (a line break?)".to_owned(),
            );
        }
        if self.logger_id == Some(0) {
            problems.push("logger_id must be a positive number, got 0".to_owned());
        }
        if self.fork_step.is_some() && self.parent_run_name.is_none() {
            problems.push("fork_step needs parent_run_name".to_owned());
        }
        for (name, value) in [
            ("queue_bytes", self.queue_bytes),
            ("max_msg_size", self.max_msg_size),
            ("max_pending_requests", self.max_pending_requests),
        ] {
            if value == 0 {
                problems.push(format!("{name} must be at least 1, got 0: nothing could ever be sent"));
            }
        }
        if self.queue_bytes as u64 > MAX_QUEUE_BYTES {
            problems.push(format!(
                "queue_bytes must be at most {MAX_QUEUE_BYTES} (1 TiB), got {}: the queue lives in memory",
                self.queue_bytes
            ));
        }
        if self.max_msg_size > MAX_MSG_SIZE {
            problems.push(format!("max_msg_size must be at most {MAX_MSG_SIZE}, got {}", self.max_msg_size));
        }
        for (name, value) in [("connect_timeout", self.connect_timeout), ("init_timeout", self.init_timeout)]
        {
            if value.is_zero() {
                problems.push(format!("{name} must be greater than zero"));
            }
        }
        if self.ack_stall_timeout.is_some_and(|timeout| timeout.is_zero()) {
            let why = "every stream would be given up at once; leave it out to wait for ever";
            problems.push(format!("ack_stall_timeout must be greater than zero: {why}"));
        }
        if self.http2_keep_alive_timeout.is_zero() && !self.http2_keep_alive_interval.is_zero() {
            let why = "no probe could be answered in time; an http2_keep_alive_interval of 0 sends none";
            problems.push(format!("http2_keep_alive_timeout must be greater than zero: {why}"));
        }
        if self.tcp_keepalive > Duration::ZERO && self.tcp_keepalive < Duration::from_secs(1) {
            let why = "TCP counts in whole seconds; 0 sends no probes";
            problems
                .push(format!("tcp_keepalive is {:?}, expected 0 or at least 1s: {why}", self.tcp_keepalive));
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::new(Status::InvalidConfig, format!("invalid config: {}", problems.join("; "))))
    }

    /// The same with no duration so long that a sum of it and a point in time would overflow.
    pub(crate) fn within_a_clocks_reach(mut self) -> Self {
        /// More than thirty years.
        const LONGEST: Duration = Duration::from_secs(1_000_000_000);
        for duration in [
            &mut self.connect_timeout,
            &mut self.init_timeout,
            &mut self.close_timeout,
            &mut self.http2_keep_alive_interval,
            &mut self.http2_keep_alive_timeout,
            &mut self.tcp_keepalive,
            &mut self.msg_max_age,
            &mut self.msg_linger,
            &mut self.backoff_initial,
            &mut self.backoff_max,
        ] {
            *duration = LONGEST.min(*duration);
        }
        for limit in [&mut self.ack_stall_timeout, &mut self.enqueue_timeout] {
            *limit = limit.map(|timeout| timeout.min(LONGEST));
        }
        self
    }

    fn check_endpoint(&self) -> Result<(), String> {
        // A password in it is a secret, and whatever stands before an `@` may be one.
        let shown = match self.endpoint.rsplit_once('@') {
            Some((_, host)) => format!("...@{host}"),
            None => self.endpoint.clone(),
        };
        let refuse = |why: &str| {
            Err(format!("endpoint '{shown}' {why}; expected http://host:port or https://host:port"))
        };
        let uri: http::Uri = match self.endpoint.parse() {
            Ok(uri) => uri,
            Err(error) => return refuse(&format!("is not a URI ({error})")),
        };
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some(other) => return refuse(&format!("has scheme '{other}'")),
            None => return refuse("has no scheme"),
        }
        if uri.host().is_none_or(str::is_empty) {
            return refuse("names no host");
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return refuse("names a user, but the service has no users: set the API key instead");
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return refuse("has a path or a query, which would be ignored");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: impl FnOnce(&mut Config)) -> Option<String> {
        let mut config = Config::default();
        change(&mut config);
        config.validate().err().map(|error| error.message)
    }

    #[test]
    fn sizes_that_no_memory_holds_are_refused_by_name() {
        let queue = |bytes: u64| {
            let bytes = usize::try_from(bytes).expect("a 64-bit machine");
            problem(|config| config.queue_bytes = bytes).unwrap_or_default()
        };
        for (bytes, word) in
            [(0, "at least 1"), ((1 << 40) + 1, "1 TiB"), (1 << 63, "1 TiB"), (u64::MAX, "1 TiB")]
        {
            let told = queue(bytes);
            assert!(
                told.contains("queue_bytes") && told.contains(word) && told.contains(&bytes.to_string()),
                "{told}"
            );
        }
        assert_eq!([1, 64 << 20, 1 << 40].map(queue), [""; 3]);
        assert!(
            problem(|config| config.max_msg_size = usize::MAX).unwrap_or_default().contains("max_msg_size")
        );
    }

    #[test]
    fn times_that_cannot_work_are_refused_by_name() {
        let none = Duration::ZERO;
        let half = Duration::from_millis(500);
        let refused = |change: fn(&mut Config, Duration), value: Duration, name: &str| {
            let told = problem(|config| change(config, value)).unwrap_or_default();
            assert!(told.contains(name), "{name} {value:?}: {told}");
        };
        refused(|config, value| config.ack_stall_timeout = Some(value), none, "ack_stall_timeout");
        refused(|config, value| config.http2_keep_alive_timeout = value, none, "http2_keep_alive_timeout");
        refused(|config, value| config.tcp_keepalive = value, half, "tcp_keepalive");
        refused(|config, value| config.connect_timeout = value, none, "connect_timeout");
        refused(|config, value| config.init_timeout = value, none, "init_timeout");
        for fine in [Duration::ZERO, Duration::from_secs(1), Duration::MAX] {
            assert_eq!(problem(|config| config.tcp_keepalive = fine), None, "{fine:?}");
        }
        let no_probes = |config: &mut Config| {
            (config.http2_keep_alive_interval, config.http2_keep_alive_timeout) = (none, none);
        };
        assert_eq!(problem(no_probes), None);
        assert_eq!(problem(|config| config.ack_stall_timeout = None), None);
    }
}
