//! The settings of a logger, as C writes them down.

use metrana_ingestion_logger::{AggregationRule, Config};

use crate::answer::report_status;
use crate::boundary::failure::Failure;
use crate::boundary::pointers::{self, Reserved, WithStructSize};
use crate::boundary::{seconds, text::metrana_str};
use crate::enums::{
    metrana_backpressure, metrana_delivery_policy, metrana_error_strategy, metrana_log_level, metrana_resume,
};
use crate::events::metrana_events;
use crate::rules::metrana_aggregation_rule;
use crate::status::metrana_status;

/// The settings of a logger. Set `struct_size`, call `metrana_config_init`, and then change what is to differ from
/// the defaults.
///
/// Everything that it points to is borrowed for the call that opens the logger only. Durations are in seconds and
/// not negative, unless it says otherwise; everything above 1e9 seconds counts as that.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_config {
    /// `sizeof(metrana_config)`.
    pub struct_size: usize,

    /// Sent as `authorization: Bearer`. It is never shown in a message or an event.
    pub api_key: metrana_str,
    /// Whose workspace.
    pub workspace: metrana_str,
    /// Which project in it.
    pub project: metrana_str,
    /// Which run in that.
    pub run_name: metrana_str,

    /// Optional: `http://host:port` or `https://host:port`. Absent: the hosted service.
    pub endpoint: metrana_str,
    /// Optional: the organization, where there are several.
    pub organization: metrana_str,
    /// Optional: a name that groups runs.
    pub experiment: metrana_str,
    /// Optional: the run that this one forks from.
    pub parent_run_name: metrana_str,
    /// Optional: which job this process belongs to; processes of one job may share a run. Absent: a random one.
    pub orchestration_id: metrana_str,
    /// Optional: certificates to trust beside the platform's, as PEM.
    pub extra_ca_pem: metrana_str,

    /// The step of the parent run that this one forks at, when `has_fork_step` says so.
    pub fork_step: u64,
    /// The number of this logger, or 0 for a random one.
    pub logger_id: u64,

    /// For DNS, TCP, TLS and HTTP/2 together. Default 5.
    pub connect_timeout: f64,
    /// For opening the run, all tries included. Default 120.
    pub init_timeout: f64,
    /// For closing, where the call does not say. Default 120.
    pub close_timeout: f64,
    /// How often a silent connection is probed. Default 30.
    pub http2_keep_alive_interval: f64,
    /// How long a probe may stay unanswered. Default 10.
    pub http2_keep_alive_timeout: f64,
    /// How often TCP itself probes. Default 60.
    pub tcp_keepalive: f64,
    /// How long a log call waits for room. Negative, which is the default: under `METRANA_BACKPRESSURE_BLOCK` as long as it
    /// takes, else 1.
    pub enqueue_timeout: f64,
    /// How old staged data may become before it is sent. Default 1.
    pub msg_max_age: f64,
    /// How long staged data waits for company while nothing is unacknowledged. Default 0.01.
    pub msg_linger: f64,
    /// The pause after a first failed stream; each further one doubles it. Default 0.05.
    pub backoff_initial: f64,
    /// The longest such pause. Default 15.
    pub backoff_max: f64,
    /// How long acknowledgements may stall before the stream is given up; negative: for ever. Default 60.
    pub ack_stall_timeout: f64,

    /// How many bytes may be accepted and not yet acknowledged. Default 64 MiB.
    pub queue_bytes: u64,
    /// How large a message may become, in bytes. Default 1 MiB.
    pub max_msg_size: u64,
    /// How many messages may be unacknowledged. Default 30.
    pub max_pending_requests: u64,
    /// How many streams in a row may fail before delivery has failed for good; -1: as many as it takes. Default 15.
    pub msg_max_retries: i64,
    /// How many warnings about steps that do not grow are told before they become debug lines. Default 32.
    pub mis_step_warn_budget: u32,

    /// A `metrana_resume`.
    pub resume: i32,
    /// A `metrana_backpressure`.
    pub backpressure: i32,
    /// A `metrana_delivery_policy`.
    pub delivery_policy: i32,
    /// A `metrana_error_strategy`.
    pub error_strategy: i32,
    /// A `metrana_log_level`: the least urgent lines that become events.
    pub log_level: i32,

    /// Whether a project that is not there is made: 0 no, anything else yes. Default yes.
    pub create_project_if_missing: u8,
    /// Whether `fork_step` counts: 0 no, anything else yes. Default no.
    pub has_fork_step: u8,
    /// Has to be 0.
    pub reserved: [u8; 2],

    /// Where the logger tells what happens, or null when nobody listens. The queue may be freed before the logger.
    pub events: *const metrana_events,
    /// A number of the caller's that comes back with every event of this logger.
    pub event_tag: u64,

    /// `aggregation_rule_count` rules for what the service makes of the series on its own; null when there are none.
    pub aggregation_rules: *const metrana_aggregation_rule,
    /// How many rules.
    pub aggregation_rule_count: usize,
}

// SAFETY: `struct_size` is the first field of a `repr(C)` structure.
unsafe impl WithStructSize for metrana_config {}

/// Fills a structure with the defaults. `config->struct_size` has to be set before, everything else is written over.
///
/// After it, only `api_key`, `workspace`, `project` and `run_name` have no value that makes sense.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metrana_config_init(config: *mut metrana_config) -> metrana_status {
    report_status(|| {
        // SAFETY: the caller hands in null or a structure whose size is set.
        unsafe { pointers::check_size(config.cast_const(), "config") }?;
        // SAFETY: as above, and it is as large as this one.
        unsafe { pointers::put(config, defaults(), "config") }
    })
}

fn defaults() -> metrana_config {
    let config = Config::default();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    metrana_config {
        struct_size: size_of::<metrana_config>(),
        api_key: metrana_str::absent(),
        workspace: metrana_str::absent(),
        project: metrana_str::absent(),
        run_name: metrana_str::absent(),
        endpoint: metrana_str::absent(),
        organization: metrana_str::absent(),
        experiment: metrana_str::absent(),
        parent_run_name: metrana_str::absent(),
        orchestration_id: metrana_str::absent(),
        extra_ca_pem: metrana_str::absent(),
        fork_step: config.fork_step.unwrap_or(0),
        logger_id: config.logger_id.unwrap_or(0),
        connect_timeout: config.connect_timeout.as_secs_f64(),
        init_timeout: config.init_timeout.as_secs_f64(),
        close_timeout: config.close_timeout.as_secs_f64(),
        http2_keep_alive_interval: config.http2_keep_alive_interval.as_secs_f64(),
        http2_keep_alive_timeout: config.http2_keep_alive_timeout.as_secs_f64(),
        tcp_keepalive: config.tcp_keepalive.as_secs_f64(),
        enqueue_timeout: seconds::from_limit(config.enqueue_timeout),
        msg_max_age: config.msg_max_age.as_secs_f64(),
        msg_linger: config.msg_linger.as_secs_f64(),
        backoff_initial: config.backoff_initial.as_secs_f64(),
        backoff_max: config.backoff_max.as_secs_f64(),
        ack_stall_timeout: seconds::from_limit(config.ack_stall_timeout),
        queue_bytes: count(config.queue_bytes),
        max_msg_size: count(config.max_msg_size),
        max_pending_requests: count(config.max_pending_requests),
        msg_max_retries: config.msg_max_retries.map_or(-1, i64::from),
        mis_step_warn_budget: config.mis_step_warn_budget,
        resume: metrana_resume::from(config.resume) as i32,
        backpressure: metrana_backpressure::from(config.backpressure) as i32,
        delivery_policy: metrana_delivery_policy::from(config.delivery_policy) as i32,
        error_strategy: metrana_error_strategy::from(config.error_strategy) as i32,
        log_level: metrana_log_level::from(config.log_level) as i32,
        create_project_if_missing: u8::from(config.create_project_if_missing),
        has_fork_step: u8::from(config.fork_step.is_some()),
        reserved: [0; 2],
        events: std::ptr::null(),
        event_tag: 0,
        aggregation_rules: std::ptr::null(),
        aggregation_rule_count: 0,
    }
}

/// The engine's configuration, with a copy of everything that `raw` points to.
///
/// # Safety
/// The texts of `raw` are what the header asks for.
pub(crate) unsafe fn read(raw: &metrana_config) -> Result<Config, Failure> {
    raw.reserved.has_to_be_zero("config.reserved")?;
    // SAFETY: the texts are the caller's promise; so for every call of these two.
    let required = |text: metrana_str, what| unsafe { text.read(what) }.map(str::to_owned);
    // SAFETY: as above.
    let optional =
        |text: metrana_str, what| unsafe { text.read_optional(what) }.map(|text| text.map(str::to_owned));
    let default = Config::default();
    Ok(Config {
        api_key: required(raw.api_key, "config.api_key")?,
        workspace: required(raw.workspace, "config.workspace")?,
        project: required(raw.project, "config.project")?,
        run_name: required(raw.run_name, "config.run_name")?,
        endpoint: optional(raw.endpoint, "config.endpoint")?.unwrap_or(default.endpoint),
        organization: optional(raw.organization, "config.organization")?,
        experiment: optional(raw.experiment, "config.experiment")?,
        parent_run_name: optional(raw.parent_run_name, "config.parent_run_name")?,
        orchestration_id: optional(raw.orchestration_id, "config.orchestration_id")?,
        extra_ca_pem: optional(raw.extra_ca_pem, "config.extra_ca_pem")?,
        fork_step: (raw.has_fork_step != 0).then_some(raw.fork_step),
        logger_id: Some(raw.logger_id).filter(|id| *id != 0),
        connect_timeout: seconds::duration(raw.connect_timeout, "config.connect_timeout")?,
        init_timeout: seconds::duration(raw.init_timeout, "config.init_timeout")?,
        close_timeout: seconds::duration(raw.close_timeout, "config.close_timeout")?,
        http2_keep_alive_interval: seconds::duration(
            raw.http2_keep_alive_interval,
            "config.http2_keep_alive_interval",
        )?,
        http2_keep_alive_timeout: seconds::duration(
            raw.http2_keep_alive_timeout,
            "config.http2_keep_alive_timeout",
        )?,
        tcp_keepalive: seconds::duration(raw.tcp_keepalive, "config.tcp_keepalive")?,
        enqueue_timeout: seconds::limit(raw.enqueue_timeout, "config.enqueue_timeout")?,
        msg_max_age: seconds::duration(raw.msg_max_age, "config.msg_max_age")?,
        msg_linger: seconds::duration(raw.msg_linger, "config.msg_linger")?,
        backoff_initial: seconds::duration(raw.backoff_initial, "config.backoff_initial")?,
        backoff_max: seconds::duration(raw.backoff_max, "config.backoff_max")?,
        ack_stall_timeout: seconds::limit(raw.ack_stall_timeout, "config.ack_stall_timeout")?,
        queue_bytes: count(raw.queue_bytes),
        max_msg_size: count(raw.max_msg_size),
        max_pending_requests: count(raw.max_pending_requests),
        msg_max_retries: retries(raw.msg_max_retries)?,
        mis_step_warn_budget: raw.mis_step_warn_budget,
        resume: metrana_resume::read(raw.resume, "config.resume")?.into(),
        backpressure: metrana_backpressure::read(raw.backpressure, "config.backpressure")?.into(),
        delivery_policy: metrana_delivery_policy::read(raw.delivery_policy, "config.delivery_policy")?.into(),
        error_strategy: metrana_error_strategy::read(raw.error_strategy, "config.error_strategy")?.into(),
        log_level: metrana_log_level::read(raw.log_level, "config.log_level")?.into(),
        create_project_if_missing: raw.create_project_if_missing != 0,
        // SAFETY: as above.
        aggregation_rules: unsafe { rules(raw) }?,
    })
}

/// # Safety
/// As for `read`.
unsafe fn rules(raw: &metrana_config) -> Result<Vec<AggregationRule>, Failure> {
    let what = "config.aggregation_rules";
    // SAFETY: passed on to the caller.
    let rules = unsafe { pointers::slice(raw.aggregation_rules, raw.aggregation_rule_count, what) }?;
    // SAFETY: as above.
    rules.iter().map(|rule| unsafe { rule.read() }).collect()
}

/// A number of bytes or messages; what no memory can hold is as good as no limit.
fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn retries(number: i64) -> Result<Option<u32>, Failure> {
    if number == -1 {
        return Ok(None);
    }
    u32::try_from(number).map(Some).map_err(|_| {
        let message = format!(
            "config.msg_max_retries is {number}, expected -1 (as many as it takes) or 0 to {}",
            u32::MAX
        );
        Failure::new(metrana_status::InvalidConfig, message)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    fn refusal(change: impl FnOnce(&mut metrana_config)) -> Failure {
        let mut raw = defaults();
        change(&mut raw);
        // SAFETY: every text is absent or static.
        unsafe { read(&raw) }.unwrap_err()
    }

    /// Field by field through what `Debug` would hide: the C side of a default is the default.
    #[test]
    fn the_defaults_come_back_as_they_were() {
        // SAFETY: every text is absent.
        let read = unsafe { read(&defaults()) }.unwrap();
        let default = Config::default();
        assert_eq!(read.endpoint, default.endpoint);
        assert_eq!(read.create_project_if_missing, default.create_project_if_missing);
        assert_eq!((read.fork_step, read.logger_id), (default.fork_step, default.logger_id));
        assert_eq!(read.connect_timeout, default.connect_timeout);
        assert_eq!(read.init_timeout, default.init_timeout);
        assert_eq!(read.close_timeout, default.close_timeout);
        assert_eq!(read.http2_keep_alive_interval, default.http2_keep_alive_interval);
        assert_eq!(read.http2_keep_alive_timeout, default.http2_keep_alive_timeout);
        assert_eq!(read.tcp_keepalive, default.tcp_keepalive);
        assert_eq!(read.enqueue_timeout, default.enqueue_timeout);
        assert_eq!(read.msg_max_age, default.msg_max_age);
        assert_eq!(read.msg_linger, default.msg_linger);
        assert_eq!(read.backoff_initial, default.backoff_initial);
        assert_eq!(read.backoff_max, default.backoff_max);
        assert_eq!(read.ack_stall_timeout, default.ack_stall_timeout);
        assert_eq!(read.queue_bytes, default.queue_bytes);
        assert_eq!(read.max_msg_size, default.max_msg_size);
        assert_eq!(read.max_pending_requests, default.max_pending_requests);
        assert_eq!(read.msg_max_retries, default.msg_max_retries);
        assert_eq!(read.mis_step_warn_budget, default.mis_step_warn_budget);
        assert_eq!(read.resume, default.resume);
        assert_eq!(read.backpressure, default.backpressure);
        assert_eq!(read.delivery_policy, default.delivery_policy);
        assert_eq!(read.error_strategy, default.error_strategy);
        assert_eq!(read.log_level, default.log_level);
    }

    #[test]
    fn every_setting_lands_in_its_own_field() {
        let mut raw = defaults();
        raw.api_key = metrana_str::of("key");
        raw.workspace = metrana_str::of("w");
        raw.project = metrana_str::of("p");
        raw.run_name = metrana_str::of("r");
        raw.endpoint = metrana_str::of("http://localhost:1");
        raw.organization = metrana_str::of("o");
        raw.experiment = metrana_str::of("e");
        raw.parent_run_name = metrana_str::of("parent");
        raw.orchestration_id = metrana_str::of("job");
        raw.extra_ca_pem = metrana_str::of("pem");
        (raw.fork_step, raw.has_fork_step, raw.logger_id) = (7, 1, 9);
        raw.msg_max_retries = -1;
        raw.ack_stall_timeout = -1.0;
        raw.create_project_if_missing = 0;
        // SAFETY: every text is static.
        let config = unsafe { read(&raw) }.unwrap();
        assert_eq!((config.api_key.as_str(), config.workspace.as_str()), ("key", "w"));
        assert_eq!((config.project.as_str(), config.run_name.as_str()), ("p", "r"));
        assert_eq!(config.endpoint, "http://localhost:1");
        assert_eq!(config.organization.as_deref(), Some("o"));
        assert_eq!(config.experiment.as_deref(), Some("e"));
        assert_eq!(config.parent_run_name.as_deref(), Some("parent"));
        assert_eq!(config.orchestration_id.as_deref(), Some("job"));
        assert_eq!(config.extra_ca_pem.as_deref(), Some("pem"));
        assert_eq!((config.fork_step, config.logger_id), (Some(7), Some(9)));
        assert_eq!((config.msg_max_retries, config.ack_stall_timeout), (None, None));
        assert!(!config.create_project_if_missing);
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let cases: [(metrana_status, &str, Failure); 6] = [
            (
                metrana_status::InvalidDuration,
                "config.connect_timeout",
                refusal(|raw| raw.connect_timeout = f64::NAN),
            ),
            (metrana_status::InvalidDuration, "config.msg_linger", refusal(|raw| raw.msg_linger = -1.0)),
            (metrana_status::InvalidEnum, "config.resume", refusal(|raw| raw.resume = 2)),
            (metrana_status::InvalidEnum, "config.log_level", refusal(|raw| raw.log_level = -1)),
            (
                metrana_status::InvalidConfig,
                "config.msg_max_retries",
                refusal(|raw| raw.msg_max_retries = -2),
            ),
            (
                metrana_status::InvalidConfig,
                "config.msg_max_retries",
                refusal(|raw| raw.msg_max_retries = 1 << 32),
            ),
        ];
        for (status, name, error) in cases {
            assert_eq!(error.status, status, "{}", error.message);
            assert!(error.message.starts_with(name), "{}", error.message);
        }
    }
}
