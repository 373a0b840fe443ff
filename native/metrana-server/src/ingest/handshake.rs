//! `InitializeRunLogging`: which run this is, and where its series stand.

use futures_util::stream;
use metrana_proto::common::SeriesValueKind;
use metrana_proto::svc::initialize_run_logging_response::env_statuses::EnvState;
use metrana_proto::svc::initialize_run_logging_response::last_logged_steps::SeriesInfo;
use metrana_proto::svc::initialize_run_logging_response::rl_family_declarations::RlFamilyDeclaration;
use metrana_proto::svc::initialize_run_logging_response::{
    EnvStatuses, InitializedRun, LastLoggedSteps, Msg, RlFamilyDeclarations,
};
use metrana_proto::svc::{InitializeRunLoggingRequest, InitializeRunLoggingResponse};
use metrana_proto::types::{AggregationRule, Run};
use prost::Message;
use prost_types::Timestamp;
use tonic::{Response, Status};

use super::{Answers, Ingest, refusal};
use crate::faults::{Stage, Verdict};
use crate::store::{
    EnvironmentState, ForkPoint, OpenedRun, RlFamily, RunDefinition, RunKey, Seed, SeriesKind,
};

/// A list is cut into parts of about this many bytes: clients refuse messages larger than 4 MiB.
const PART_BYTES: usize = 1 << 20;

/// Opens the run and answers in the one order that clients understand: they stop reading at the last part of the
/// environments. Whether an existing run suits the client is for the client to decide, so the resume policy is not
/// looked at.
pub(super) async fn answer(
    ingest: &Ingest,
    request: InitializeRunLoggingRequest,
) -> Result<Response<Answers<InitializeRunLoggingResponse>>, Status> {
    if let Verdict::Refuse(status) = ingest.faults.judge(Stage::Init) {
        return Err(status);
    }
    let run = request.run.ok_or_else(|| Status::invalid_argument("the request names no run"))?;
    let opened = ingest
        .store
        .open_run(definition(run, request.aggregation_rules))
        .await
        .map_err(|error| refusal(&error))?;
    let info = &opened.run;
    ingest.log.line(format_args!(
        "run {} {} ({:?} / {:?} / {:?})",
        info.id,
        if opened.created { "created" } else { "found again" },
        info.definition.key.workspace,
        info.definition.key.project,
        info.definition.key.run_name,
    ));
    let mut parts = vec![Msg::InitializedRun(initialized(&opened))];
    parts.extend(in_parts(opened.seeds.into_iter().map(series_info), |series, is_last| {
        Msg::LastLoggedSteps(LastLoggedSteps { series, is_last })
    }));
    parts.extend(in_parts(opened.rl_families.into_iter().map(family), |families, is_last| {
        Msg::RlFamilyDeclarations(RlFamilyDeclarations { families, is_last })
    }));
    parts.extend(in_parts(opened.environments.into_iter().map(env_state), |envs, is_last| {
        Msg::EnvStatuses(EnvStatuses { envs, is_last })
    }));
    let answers = parts.into_iter().map(|msg| Ok(InitializeRunLoggingResponse { msg: Some(msg) }));
    Ok(Response::new(Box::pin(stream::iter(answers))))
}

fn definition(run: Run, aggregation_rules: Vec<AggregationRule>) -> RunDefinition {
    RunDefinition {
        key: RunKey {
            organization: run.organization,
            workspace: run.workspace,
            project: run.project,
            run_name: run.run_name,
        },
        experiment: run.experiment,
        orchestration_id: run.orchestration_identifier,
        fork_point: run
            .fork_point
            .map(|fork| ForkPoint { parent_run_name: fork.parent_run_name, fork_step: fork.fork_step }),
        aggregation_rules,
    }
}

fn initialized(opened: &OpenedRun) -> InitializedRun {
    let millis = opened.run.created_at_millis;
    InitializedRun {
        created: opened.created,
        run_id: opened.run.id.as_bytes().clone(),
        orchestration_identifier: opened.run.definition.orchestration_id.clone(),
        creation_time: Some(Timestamp {
            seconds: millis.div_euclid(1000),
            nanos: i32::try_from(millis.rem_euclid(1000)).unwrap_or_default() * 1_000_000,
        }),
    }
}

/// Cuts a list into messages, of which the last says so. An empty list is one message.
fn in_parts<T: Message>(items: impl Iterator<Item = T>, message: impl Fn(Vec<T>, bool) -> Msg) -> Vec<Msg> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut bytes = 0;
    for item in items {
        let size = item.encoded_len() + 8;
        if bytes + size > PART_BYTES && !part.is_empty() {
            bytes = 0;
            parts.push(message(std::mem::take(&mut part), false));
        }
        bytes += size;
        part.push(item);
    }
    parts.push(message(part, true));
    parts
}

fn series_info(seed: Seed) -> SeriesInfo {
    let definition = seed.definition;
    let labels: Vec<String> = definition.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    SeriesInfo {
        metric_name: definition.metric,
        scale: definition.scale,
        flat_labels: labels.join("&"),
        ordering: definition.ordering.into(),
        last_step: seed.last_step,
        // Without it the newest published client refuses every further point of the series.
        value_kind: value_kind(seed.kind).into(),
    }
}

fn value_kind(kind: SeriesKind) -> SeriesValueKind {
    match kind {
        SeriesKind::Undefined => SeriesValueKind::Undefined,
        SeriesKind::Float => SeriesValueKind::Float,
        SeriesKind::Histogram => SeriesValueKind::Histogram,
        SeriesKind::DensityHistogram => SeriesValueKind::DensityHistogram,
        SeriesKind::Scatter => SeriesValueKind::Scatter,
        SeriesKind::Scatter3d => SeriesValueKind::Scatter3d,
    }
}

fn family(family: RlFamily) -> RlFamilyDeclaration {
    RlFamilyDeclaration {
        metric_name: family.metric,
        scale: family.scale,
        label_key_set: family.label_keys.join("&"),
        ordering: family.ordering.into(),
        value_kind: SeriesValueKind::Float.into(),
        episodic: family.episodic,
    }
}

/// The message has no way to say that there was no episode.
fn env_state(state: EnvironmentState) -> EnvState {
    EnvState {
        env_name: state.name,
        last_rl_step: state.last_rl_step,
        last_episode: state.last_episode.unwrap_or_default(),
    }
}
