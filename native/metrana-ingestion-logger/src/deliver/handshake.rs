//! The handshake: opening the run, and what the service tells about it.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tonic::Code;

use metrana_proto::common::SeriesValueKind;
use metrana_proto::svc::initialize_run_logging_response::env_statuses::EnvState;
use metrana_proto::svc::initialize_run_logging_response::last_logged_steps::SeriesInfo;
use metrana_proto::svc::initialize_run_logging_response::rl_family_declarations::RlFamilyDeclaration;
use metrana_proto::svc::initialize_run_logging_response::{InitializedRun, Msg};
use metrana_proto::svc::{InitializeRunLoggingRequest, InitializeRunLoggingResponse, ResumePolicy};
use metrana_proto::types::{AggregationFn, AggregationRule, ForkPoint, OrderingMode, Run};

use crate::config::{self, AggregationFunction, Config, LogLevel, ResumeStrategy};
use crate::connect::transport::{self, Broken, Connector};
use crate::deliver::envelope;
use crate::deliver::retry;
use crate::errors::{Error, Status};
use crate::names::key::World;
use crate::names::series::Nature;
use crate::names::validate::{self, MAX_STEP};
use crate::stage::Stage;
use crate::tell::lines::{Line, LineId, Lines};

/// What the service said about the run.
pub(crate) struct Opened {
    pub run_id: Bytes,
    pub created: bool,
    series: Vec<SeriesInfo>,
    families: Vec<RlFamilyDeclaration>,
    environments: Vec<EnvState>,
}

/// How often whoever waits is told what for.
const REMINDER: Duration = Duration::from_secs(10);

/// Opens the run, with as many tries as the init timeout allows. Also answers with the way to the service.
pub(crate) async fn open(
    config: &Config,
    logger_id: u64,
    orchestration_id: &str,
    events: &Lines,
) -> Result<(Connector, Opened), Error> {
    let deadline = Instant::now() + config.init_timeout;
    let connector =
        timeout_at(deadline, Connector::new(config)).await.unwrap_or_else(|_| Err(unanswered(config)))?;
    let request = request(config, logger_id, orchestration_id);
    let answer = persist(config, deadline, events, || Box::pin(try_open(&connector, &request))).await?;
    let opened = admit(config, orchestration_id, answer)?;
    Ok((connector, opened))
}

/// Tries until it works, until it is plain that it will not, or until the deadline.
async fn persist<T, F>(
    config: &Config,
    deadline: Instant,
    events: &Lines,
    mut try_once: impl FnMut() -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Broken>>,
{
    let mut attempt = 0;
    let mut reminder = Instant::now();
    let mut streak: Option<Streak> = None;
    let mut last_failure = None;
    loop {
        attempt += 1;
        let trying = timeout_at(deadline, audibly(config, events, &mut reminder, try_once()));
        let failure = match trying.await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(broken)) => broken,
            Err(_) => {
                return Err(
                    last_failure.map_or_else(|| unanswered(config), |failure| given_up(config, &failure))
                );
            }
        };
        let now = Instant::now();
        let pause = retry::init_pause(attempt);
        let patience = retry::patience_at_init(&failure);
        let begun = match &streak {
            Some(streak) if streak.patience == patience => streak.begun,
            _ => now,
        };
        streak = Some(Streak { patience, begun });
        if patience.is_some_and(|patience| now + pause >= begun + patience) {
            return Err(refused(config, &failure));
        }
        if now + pause >= deadline {
            return Err(given_up(config, &failure));
        }
        let level = if now >= reminder { LogLevel::Warn } else { LogLevel::Info };
        if level == LogLevel::Warn {
            reminder = now + REMINDER;
        }
        events.log(level, || {
            let text = format!(
                "opening run '{}' at '{}' failed ({failure}); trying again in {pause:?}, and for {:?} in all",
                config.run_path(),
                config.endpoint,
                config.init_timeout
            );
            Line::new(LineId::OpeningFailed, text)
                .with("endpoint", config.endpoint.as_str())
                .with("reason", failure.to_string())
                .with_some("grpc_code", failure.code().map(i32::from))
                .with("attempt", attempt)
                .with("retry_seconds", pause)
        });
        sleep(pause).await;
        last_failure = Some(failure);
    }
}

/// Failures in a row that are borne equally long.
struct Streak {
    patience: Option<Duration>,
    begun: Instant,
}

/// Waits, and says so from time to time: a service that never answers fails no try.
async fn audibly<F: Future>(config: &Config, events: &Lines, reminder: &mut Instant, trying: F) -> F::Output {
    let mut trying = pin!(trying);
    let mut next = Instant::now() + REMINDER;
    loop {
        tokio::select! {
            biased;
            answer = &mut trying => return answer,
            () = sleep_until(next) => {
                next += REMINDER;
                *reminder = next;
                events.log(LogLevel::Warn, || {
                    let (run, endpoint) = (config.run_path(), &config.endpoint);
                    let text = format!("opening run '{run}': the service at '{endpoint}' has not answered yet");
                    Line::new(LineId::OpeningUnanswered, text).with("endpoint", endpoint.as_str())
                });
            }
        }
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
        fns: rule.functions.iter().map(|function| on_wire(*function).into()).collect(),
        aggregate_over_labels: rule.aggregate_over_labels.clone(),
        output_metric_name: rule.output_metric_name.clone(),
        output_name_suffix: rule.output_name_suffix.clone(),
    }
}

fn on_wire(function: AggregationFunction) -> AggregationFn {
    match function {
        AggregationFunction::Mean => AggregationFn::Mean,
        AggregationFunction::Max => AggregationFn::Max,
        AggregationFunction::Sum => AggregationFn::Sum,
        AggregationFunction::Min => AggregationFn::Min,
        AggregationFunction::StdDev => AggregationFn::StdDev,
        AggregationFunction::Count => AggregationFn::Count,
    }
}

/// One try: the answer is complete when the last environment statuses have come, whether or not the stream ends.
async fn try_open(connector: &Connector, request: &InitializeRunLoggingRequest) -> Result<Answer, Broken> {
    let connection = connector.connect().await?;
    let (outbox, outgoing) = mpsc::unbounded_channel();
    drop(outbox.send(envelope::framed(request)));
    drop(outbox);
    let mut call =
        connector.call::<InitializeRunLoggingResponse>(connection, transport::INITIALIZE, outgoing).await?;
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
                None => "it has an orchestration identifier, but this logger was given none".to_owned(),
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
        Some(_) => text,
        None => format!("{text}; waiting does not cure this, so the opening ends before the init timeout"),
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
            stage.names.registry.seed(&seed.metric_name, &seed.scale, &seed.flat_labels, nature, last_step);
        }
        for family in &self.families {
            let nature = nature(family.ordering, family.value_kind, family.episodic);
            stage.names.registry.pin(
                World::Rl,
                &family.metric_name,
                &family.scale,
                &family.label_key_set,
                nature,
            );
        }
        stage.names.keep_declarations(0);
        for environment in &self.environments {
            // No call can name it, and what names have room for is what the rules allow.
            if validate::environment(&environment.env_name).is_err() {
                continue;
            }
            let id = stage.names.environments.find_or_add(&environment.env_name);
            stage.names.environments.note(id, environment.last_rl_step, Some(environment.last_episode));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::pool::Pool;
    use crate::tell::events::{Next, channel};

    /// What a run of tries comes to when each of them takes and answers what `script` says, how long all took, and when a
    /// warning was written, in whole seconds.
    async fn tried(
        mut script: impl FnMut(u32) -> (Duration, Result<(), Broken>),
    ) -> (Result<(), Error>, Duration, Vec<u64>) {
        let config = Config::default();
        let begun = Instant::now();
        let (sink, queue) = channel::<()>(1000);
        let lines = sink.lines();
        let mut attempt = 0;
        let mut warnings = Vec::new();
        let trying = || {
            attempt += 1;
            let (time, answer) = script(attempt);
            async move {
                sleep(time).await;
                answer
            }
        };
        let mut look = tokio::time::interval(Duration::from_millis(100));
        let mut persisting = pin!(persist(&config, begun + config.init_timeout, &lines, trying));
        let outcome = loop {
            tokio::select! {
                outcome = &mut persisting => break outcome,
                _ = look.tick() => {
                    while let Next::Event(event) = queue.next(Some(Duration::ZERO)) {
                        if event.level == LogLevel::Warn {
                            warnings.push(begun.elapsed().as_secs());
                        }
                    }
                }
            }
        };
        (outcome, begun.elapsed(), warnings)
    }

    fn within(took: Duration, seconds: u64) -> bool {
        took <= Duration::from_secs(seconds) && took + Duration::from_secs(1) >= Duration::from_secs(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn what_time_does_not_heal_is_given_up_after_ten_seconds() {
        let (outcome, took, _) = tried(|_| (Duration::ZERO, Err(Broken::Wrong("expired".to_owned())))).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.status, Status::ConnectFailed);
        assert!(error.message.contains("expired") && error.message.contains("does not cure"), "{error}");
        assert!(within(took, 10), "{took:?}");
    }

    /// A gateway that comes up before the service is a stranger only for a moment.
    #[tokio::test(start_paused = true)]
    async fn a_failure_is_borne_from_when_it_began() {
        let (outcome, took, _) = tried(|attempt| {
            let failure = match attempt {
                0..=30 | 41 => Broken::Transport("refused".to_owned()),
                31..=40 | 42..=50 => Broken::Wrong("HTTP/1".to_owned()),
                _ => return (Duration::ZERO, Ok(())),
            };
            (Duration::from_millis(500), Err(failure))
        })
        .await;
        outcome.unwrap();
        assert!(took > Duration::from_secs(30), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_told_what_for_every_ten_seconds() {
        let refused = |_| (Duration::ZERO, Err(Broken::Transport("refused".to_owned())));
        let (outcome, took, warnings) = tried(refused).await;
        assert_eq!(outcome.unwrap_err().status, Status::ConnectFailed);
        assert!(within(took, 120), "{took:?}");
        assert_eq!(warnings.len(), 12, "{warnings:?}");
        assert_eq!(warnings[0], 0);
        assert!(warnings.windows(2).all(|pair| pair[1] - pair[0] <= 11), "{warnings:?}");

        let silent = |_| (Duration::MAX, Ok(()));
        let (outcome, took, warnings) = tried(silent).await;
        assert_eq!(outcome.unwrap_err().status, Status::InitTimeout);
        assert!(within(took, 120), "{took:?}");
        assert!(warnings.len() >= 11 && warnings[0] == 10, "{warnings:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_workspace_that_is_not_found_is_sought_for_five_seconds() {
        let not_found = |_| (Duration::ZERO, Err(Broken::Answered(tonic::Status::not_found("no"))));
        let (outcome, took, _) = tried(not_found).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.status, error.grpc), (Status::InitRefused, Some(5)));
        assert!(within(took, 5), "{took:?}");
        let denied = |_| (Duration::ZERO, Err(Broken::Answered(tonic::Status::permission_denied("no"))));
        let (outcome, took, _) = tried(denied).await;
        assert_eq!(outcome.unwrap_err().status, Status::InitRefused);
        assert_eq!(took, Duration::ZERO);
    }

    /// There are runs whose environments were named before there was a limit.
    #[test]
    fn an_environment_that_no_call_may_name_is_not_taken_over() {
        let environment =
            |name: &str| EnvState { env_name: name.to_owned(), last_rl_step: 3, last_episode: 1 };
        let long = "e".repeat(300);
        let opened = Opened {
            run_id: Bytes::new(),
            created: false,
            series: Vec::new(),
            families: Vec::new(),
            environments: [&long, "a/b", "fine"].map(environment).to_vec(),
        };
        let mut stage = Stage::new(&Config::default(), 0, Lines::none(), Pool::new(0));
        opened.seed(&mut stage);
        assert_eq!(stage.names.environments.find(&long), None);
        assert_eq!(stage.names.environments.find("a/b"), None);
        assert!(stage.names.environments.find("fine").is_some());
    }
}
