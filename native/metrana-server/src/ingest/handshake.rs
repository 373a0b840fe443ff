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
    EnvironmentState, ForkPoint, Inheritance, OpenedRun, Opening, RlFamily, RunDefinition, RunKey, Seed,
    SeriesKind, lineage,
};

/// A list is cut into parts of about this many bytes: clients refuse messages larger than 4 MiB.
const PART_BYTES: usize = 1 << 20;

/// The longest name of a run, its project and what else it is known by, in bytes. Clients do not bound them.
const LONGEST_NAME: usize = 4096;
/// The longest name as it is told in a status or a log line.
const LONGEST_SHOWN: usize = 200;

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
    let definition = definition(run, request.aggregation_rules)?;
    let logger_id = request.logger_id;
    let inherited = match ingest.store.find_run(&definition.key).await.map_err(|error| refusal(&error))? {
        Some(run) => {
            // What its loggers have sent belongs in front of what the answer tells.
            ingest.streams.settle(&run, logger_id).await;
            Inheritance::default()
        }
        None => prepare(ingest, &definition, request.create_project_if_missing).await?,
    };
    let opening = Opening { definition, logger_id, inherited };
    let opened = ingest.store.open_run(opening).await.map_err(|error| refusal(&error))?;
    let info = &opened.run;
    ingest.log.line(format_args!(
        "run {} {} ({} / {} / {})",
        info.id,
        if opened.created { "created" } else { "found again" },
        shown(&info.definition.key.workspace),
        shown(&info.definition.key.project),
        shown(&info.definition.key.run_name),
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

/// What a run that is about to be created needs. The refusals are ones that clients do not try again; `NOT_FOUND` would be.
async fn prepare(
    ingest: &Ingest,
    definition: &RunDefinition,
    create_project: bool,
) -> Result<Inheritance, Status> {
    let key = &definition.key;
    if !create_project {
        let runs = ingest.store.runs().await.map_err(|error| refusal(&error))?;
        let same_project = |other: &RunKey| {
            (&other.organization, &other.workspace, &other.project)
                == (&key.organization, &key.workspace, &key.project)
        };
        if !runs.iter().any(|run| same_project(&run.definition.key)) {
            return Err(Status::invalid_argument(format!(
                "there is no project {} in workspace {}, and the request says not to create it",
                shown(&key.project),
                shown(&key.workspace)
            )));
        }
    }
    let Some(fork) = &definition.fork_point else { return Ok(Inheritance::default()) };
    let parent = RunKey { run_name: fork.parent_run_name.clone(), ..key.clone() };
    let parent = ingest.store.find_run(&parent).await.map_err(|error| refusal(&error))?.ok_or_else(|| {
        Status::invalid_argument(format!(
            "the run cannot branch off from {}: project {} has no such run",
            shown(&fork.parent_run_name),
            shown(&key.project)
        ))
    })?;
    ingest.streams.settle(&parent, 0).await;
    lineage::inherit(&*ingest.store, &parent, fork.fork_step).await.map_err(|error| refusal(&error))
}

/// Reads who the run is. An empty organization is none.
pub(super) fn definition(run: Run, aggregation_rules: Vec<AggregationRule>) -> Result<RunDefinition, Status> {
    let key = RunKey {
        organization: run.organization.filter(|name| !name.is_empty()),
        workspace: run.workspace,
        project: run.project,
        run_name: run.run_name,
    };
    for (what, name) in [("workspace", &key.workspace), ("project", &key.project), ("run", &key.run_name)] {
        if name.is_empty() {
            return Err(Status::invalid_argument(format!("the name of the {what} is empty")));
        }
        check(what, name)?;
    }
    for (what, name) in [
        ("organization", &key.organization),
        ("experiment", &run.experiment),
        ("orchestration", &run.orchestration_identifier),
    ] {
        name.as_ref().map_or(Ok(()), |name| check(what, name))?;
    }
    if let Some(fork) = &run.fork_point {
        check("parent run", &fork.parent_run_name)?;
    }
    Ok(RunDefinition {
        key,
        experiment: run.experiment,
        orchestration_id: run.orchestration_identifier,
        fork_point: run
            .fork_point
            .map(|fork| ForkPoint { parent_run_name: fork.parent_run_name, fork_step: fork.fork_step }),
        aggregation_rules,
    })
}

fn check(what: &str, name: &str) -> Result<(), Status> {
    if name.len() > LONGEST_NAME {
        return Err(Status::invalid_argument(format!(
            "the name of the {what} has {} bytes; at most {LONGEST_NAME} are taken",
            name.len()
        )));
    }
    if name.contains('\0') {
        return Err(Status::invalid_argument(format!(
            "the name of the {what} has a NUL in it: {}",
            shown(name)
        )));
    }
    Ok(())
}

/// A name in quotes, cut where it is long.
fn shown(name: &str) -> String {
    let end = name.floor_char_boundary(LONGEST_SHOWN);
    match name.get(..end) {
        Some(start) if end < name.len() => format!("{start:?}…"),
        _ => format!("{name:?}"),
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
