//! `InitializeRunLogging`: which run this is, and where its series stand.

use futures_util::stream;
use metrana_proto::common::SeriesValueKind;
use metrana_proto::svc::initialize_run_logging_response::last_logged_steps::SeriesInfo;
use metrana_proto::svc::initialize_run_logging_response::{
    EnvStatuses, InitializedRun, LastLoggedSteps, Msg, RlFamilyDeclarations,
};
use metrana_proto::svc::{InitializeRunLoggingRequest, InitializeRunLoggingResponse};
use metrana_proto::types::Run;
use prost::Message;
use prost_types::Timestamp;
use tonic::{Response, Status};

use super::{Answers, Ingest, refusal};
use crate::faults::{Stage, Verdict};
use crate::store::{ForkPoint, OpenedRun, RunDefinition, RunKey, Seed};

/// A list of seeds is cut into parts of about this many bytes: clients refuse messages larger than 4 MiB.
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
    let opened = ingest.store.open_run(definition(run)).await.map_err(|error| refusal(&error))?;
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
    parts.extend(last_logged_steps(opened.seeds).into_iter().map(Msg::LastLoggedSteps));
    parts.push(Msg::RlFamilyDeclarations(RlFamilyDeclarations { families: Vec::new(), is_last: true }));
    parts.push(Msg::EnvStatuses(EnvStatuses { envs: Vec::new(), is_last: true }));
    let answers = parts.into_iter().map(|msg| Ok(InitializeRunLoggingResponse { msg: Some(msg) }));
    Ok(Response::new(Box::pin(stream::iter(answers))))
}

fn definition(run: Run) -> RunDefinition {
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

fn last_logged_steps(seeds: Vec<Seed>) -> Vec<LastLoggedSteps> {
    let mut parts = Vec::new();
    let mut part = LastLoggedSteps::default();
    let mut bytes = 0;
    for seed in seeds {
        let series = series_info(seed);
        bytes += series.encoded_len() + 8;
        if bytes > PART_BYTES && !part.series.is_empty() {
            bytes = series.encoded_len();
            parts.push(std::mem::take(&mut part));
        }
        part.series.push(series);
    }
    part.is_last = true;
    parts.push(part);
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
        // Anything else makes the newest published client refuse every further point of the series.
        value_kind: SeriesValueKind::Float.into(),
    }
}
