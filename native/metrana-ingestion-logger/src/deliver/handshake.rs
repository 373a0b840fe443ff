//! The handshake: opening the run, and what the service tells about it.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};
use tonic::Code;

use metrana_proto::common::SeriesValueKind;
use metrana_proto::svc::initialize_run_logging_response::env_statuses::EnvState;
use metrana_proto::svc::initialize_run_logging_response::last_logged_steps::SeriesInfo;
use metrana_proto::svc::initialize_run_logging_response::rl_family_declarations::RlFamilyDeclaration;
use metrana_proto::svc::initialize_run_logging_response::{InitializedRun, Msg};
use metrana_proto::svc::{InitializeRunLoggingRequest, InitializeRunLoggingResponse, ResumePolicy};
use metrana_proto::types::{AggregationRule, ForkPoint, OrderingMode, Run};

use crate::config::{self, Config, LogLevel, ResumeStrategy};
use crate::connect::transport::{Broken, Connector};
use crate::deliver::envelope;
use crate::deliver::retry::{self, AtInit};
use crate::errors::{Error, Status};
use crate::names::key::World;
use crate::names::series::Nature;
use crate::names::validate::MAX_STEP;
use crate::stage::Stage;
use crate::tell::events::EventSink;

/// What the service said about the run.
pub(crate) struct Opened {
    pub run_id: Bytes,
    pub created: bool,
    series: Vec<SeriesInfo>,
    families: Vec<RlFamilyDeclaration>,
    environments: Vec<EnvState>,
}

/// Opens the run, with as many tries as the init timeout allows.
pub(crate) async fn open(
    config: &Config,
    connector: &Connector,
    logger_id: u64,
    orchestration_id: &str,
    events: &EventSink,
) -> Result<Opened, Error> {
    let started = Instant::now();
    let deadline = started + config.init_timeout;
    let request = request(config, logger_id, orchestration_id);
    let mut attempt = 0;
    let mut last_failure = None;
    loop {
        attempt += 1;
        let failure = match timeout_at(deadline, try_open(connector, &request)).await {
            Ok(Ok(opened)) => return admit(config, orchestration_id, opened),
            Ok(Err(broken)) => broken,
            Err(_) => {
                return Err(
                    last_failure.map_or_else(|| unanswered(config), |failure| given_up(config, &failure))
                );
            }
        };
        let pause = retry::init_pause(attempt);
        if !worth_retrying(&failure, started.elapsed() + pause) {
            return Err(refused(config, &failure));
        }
        if Instant::now() + pause >= deadline {
            return Err(given_up(config, &failure));
        }
        // Whoever waits wants to know for what; once is enough.
        let level = if attempt == 1 { LogLevel::Warn } else { LogLevel::Info };
        events.log(level, || {
            format!(
                "opening run '{}' at '{}' failed ({failure}); trying again in {pause:?}, and for {:?} in all",
                config.run_path(),
                config.endpoint,
                config.init_timeout
            )
        });
        sleep(pause).await;
        last_failure = Some(failure);
    }
}

fn worth_retrying(failure: &Broken, elapsed: Duration) -> bool {
    match failure.code().map(retry::at_init) {
        None | Some(AtInit::Retry) => true,
        Some(AtInit::RetryBriefly) => elapsed < retry::BRIEFLY,
        Some(AtInit::Fail) => false,
    }
}

fn request(config: &Config, logger_id: u64, orchestration_id: &str) -> InitializeRunLoggingRequest {
    let fork_point = config.parent_run_name.as_ref().map(|parent| ForkPoint {
        parent_run_name: parent.clone(),
        fork_step: config.fork_step.unwrap_or(0),
    });
    let policy = match config.resume {
        ResumeStrategy::Never => ResumePolicy::Never,
        ResumeStrategy::Allow => ResumePolicy::Allow,
    };
    InitializeRunLoggingRequest {
        run: Some(Run {
            workspace: config.workspace.clone(),
            project: config.project.clone(),
            run_name: config.run_name.clone(),
            experiment: config.experiment.clone(),
            fork_point,
            orchestration_identifier: Some(orchestration_id.to_owned()),
            organization: config.organization.clone(),
            ..Run::default()
        }),
        create_project_if_missing: config.create_project_if_missing,
        aggregation_rules: config.aggregation_rules.iter().map(rule).collect(),
        logger_id,
        resume_policy: policy.into(),
    }
}

fn rule(rule: &config::AggregationRule) -> AggregationRule {
    AggregationRule {
        metric_name: rule.metric_name.clone(),
        source_scale: rule.source_scale.clone(),
        output_scale: rule.output_scale.clone(),
        fns: rule.functions.iter().map(|function| *function as i32).collect(),
        aggregate_over_labels: rule.aggregate_over_labels.clone(),
        output_metric_name: rule.output_metric_name.clone(),
        output_name_suffix: rule.output_name_suffix.clone(),
    }
}

/// One try: the answer is complete when the last environment statuses have come, whether or not the stream ends.
async fn try_open(connector: &Connector, request: &InitializeRunLoggingRequest) -> Result<Answer, Broken> {
    let connection = connector.connect().await?;
    let (outbox, outgoing) = mpsc::unbounded_channel();
    drop(outbox.send(envelope::framed(request)));
    drop(outbox);
    let mut call =
        connector.call::<InitializeRunLoggingResponse>(connection, "InitializeRunLogging", outgoing).await?;
    let mut answer = Answer::default();
    while let Some(message) = call.answers.message().await? {
        match message.msg {
            Some(Msg::InitializedRun(run)) => answer.run = Some(run),
            Some(Msg::LastLoggedSteps(steps)) => answer.series.extend(steps.series),
            Some(Msg::RlFamilyDeclarations(declarations)) => answer.families.extend(declarations.families),
            Some(Msg::EnvStatuses(statuses)) => {
                answer.environments.extend(statuses.envs);
                if statuses.is_last {
                    return Ok(answer);
                }
            }
            None => {}
        }
    }
    Err(Broken::Transport("upstream closed unexpectedly before finishing init".to_owned()))
}

#[derive(Default)]
struct Answer {
    run: Option<InitializedRun>,
    series: Vec<SeriesInfo>,
    families: Vec<RlFamilyDeclaration>,
    environments: Vec<EnvState>,
}

/// Whether a run that is there already may be written to: the service answers, the client decides.
fn admit(config: &Config, orchestration_id: &str, answer: Answer) -> Result<Opened, Error> {
    let run = answer.run.unwrap_or_default();
    let opened = Opened {
        run_id: run.run_id,
        created: run.created,
        series: answer.series,
        families: answer.families,
        environments: answer.environments,
    };
    if opened.created || config.resume == ResumeStrategy::Allow {
        return Ok(opened);
    }
    let path = config.run_path();
    match run.orchestration_identifier {
        Some(theirs) if theirs == orchestration_id => Ok(opened),
        Some(theirs) => {
            let whose = match &config.orchestration_id {
                Some(ours) => format!("its orchestration identifier is '{theirs}', this job's is '{ours}'"),
                None => "it has an orchestration identifier, and this logger was given none".to_owned(),
            };
            Err(Error::new(
                Status::OrchestrationIdMismatch,
                format!(
                    "run '{path}' already exists and belongs to another job ({whose}); choose another run name, or resume \
                     it with ResumeStrategy Allow"
                ),
            ))
        }
        None => Err(Error::new(
            Status::RunAlreadyExists,
            format!(
                "run '{path}' already exists and cannot be confirmed to belong to this job (it carries no \
                 orchestration identifier); choose another run name, or resume it with ResumeStrategy Allow"
            ),
        )),
    }
}

fn refused(config: &Config, failure: &Broken) -> Error {
    let text = format!("failed to initialize logger for run '{}': {failure}", config.run_path());
    let text = match failure.code() {
        Some(Code::Unauthenticated | Code::PermissionDenied) => format!("{text}; check the API key"),
        Some(Code::NotFound) => format!("{text}; check the workspace and the project"),
        _ => text,
    };
    match failure.code() {
        Some(code) => Error::answered(Status::InitRefused, code, text),
        None => Error::new(Status::ConnectFailed, text),
    }
}

fn given_up(config: &Config, failure: &Broken) -> Error {
    let text = format!(
        "failed to initialize logger for run '{}' within {:?}; the last try: {failure}",
        config.run_path(),
        config.init_timeout
    );
    match failure.code() {
        Some(code) => Error::answered(Status::InitTimeout, code, text),
        None => Error::new(Status::ConnectFailed, text),
    }
}

fn unanswered(config: &Config) -> Error {
    Error::new(
        Status::InitTimeout,
        format!(
            "failed to initialize logger for run '{}': the service at '{}' did not answer within {:?}",
            config.run_path(),
            config.endpoint,
            config.init_timeout
        ),
    )
}

impl Opened {
    /// Puts what the service knows into a fresh stage: series in the order it named them, families, environments.
    pub(crate) fn seed(&self, stage: &mut Stage) {
        for seed in &self.series {
            let nature = nature(seed.ordering, seed.value_kind, false);
            // No step is larger, and one more must have a number too.
            let last_step = seed.last_step.min(MAX_STEP);
            stage.registry.seed(&seed.metric_name, &seed.scale, &seed.flat_labels, nature, last_step);
        }
        for family in &self.families {
            let nature = nature(family.ordering, family.value_kind, family.episodic);
            stage.registry.pin(World::Rl, &family.metric_name, &family.scale, &family.label_key_set, nature);
        }
        for environment in &self.environments {
            let id = stage.environments.find_or_add(&environment.env_name);
            stage.environments.note(id, environment.last_rl_step, Some(environment.last_episode));
        }
    }
}

fn nature(ordering: i32, kind: i32, episodic: bool) -> Nature {
    Nature {
        ordering: OrderingMode::try_from(ordering).unwrap_or(OrderingMode::Undefined),
        kind: SeriesValueKind::try_from(kind).unwrap_or(SeriesValueKind::Undefined),
        episodic,
    }
}
