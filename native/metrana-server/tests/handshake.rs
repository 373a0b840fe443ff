//! Opening runs: who meets which run, and what a client learns about it.

mod common;

use std::collections::BTreeMap;

use metrana_proto::common::SeriesValueKind;
use metrana_proto::svc::InitializeRunLoggingRequest;
use metrana_proto::svc::initialize_run_logging_response::last_logged_steps::SeriesInfo;
use metrana_proto::svc::initialize_run_logging_response::{LastLoggedSteps, Msg};
use metrana_proto::types::{ForkPoint, OrderingMode, PointBatch, Run, SeriesDeclaration};
use metrana_server::Code;
use metrana_testkit::raw::RawClient;
use prost::Message;

use common::{
    acked, batch, closing, declaration, declaring, greeted, handshake, message, open, open_as, open_run, run,
    start, with_points,
};

#[tokio::test]
async fn the_answer_comes_in_the_one_order_that_clients_understand() {
    let server = start().await;
    let answers = handshake(&server, &run("a")).await;
    let [
        Msg::InitializedRun(run),
        Msg::LastLoggedSteps(steps),
        Msg::RlFamilyDeclarations(rl),
        Msg::EnvStatuses(envs),
    ] = &answers[..]
    else {
        panic!("{answers:?}")
    };
    assert!(run.created && run.run_id.len() == 16 && run.creation_time.is_some(), "{run:?}");
    assert!(steps.is_last && steps.series.is_empty());
    assert!(rl.is_last && rl.families.is_empty());
    assert!(envs.is_last && envs.envs.is_empty());
}

#[tokio::test]
async fn an_existing_run_answers_with_what_it_was_created_with_whatever_the_policy() {
    let server = start().await;
    open_run(&server, "parent").await;
    let first = Run {
        experiment: Some("exp".into()),
        orchestration_identifier: Some("job-1".into()),
        fork_point: Some(ForkPoint { parent_run_name: "parent".into(), fork_step: 12 }),
        ..run("a")
    };
    let (created, id) = open(&server, &first).await;
    assert!(created);
    for policy in 0..=3 {
        let again = Run { orchestration_identifier: Some("job-2".into()), ..run("a") };
        let request = InitializeRunLoggingRequest {
            run: Some(again),
            resume_policy: policy,
            logger_id: 5,
            create_project_if_missing: true,
            ..Default::default()
        };
        let mut client = RawClient::connect(server.grpc_addr()).await;
        let answers = client.initialize(request.encode_to_vec().into()).await.unwrap();
        let Some(Msg::InitializedRun(run)) = &answers[0].msg else { panic!("{answers:?}") };
        assert!(!run.created);
        assert_eq!(run.run_id, id);
        assert_eq!(run.orchestration_identifier.as_deref(), Some("job-1"));
    }
    let stored = server.store().runs().expect("runs").remove(1).definition;
    assert_eq!(stored.experiment.as_deref(), Some("exp"));
    assert_eq!(
        stored.fork_point.map(|fork| (fork.parent_run_name, fork.fork_step)),
        Some(("parent".into(), 12))
    );
}

#[tokio::test]
async fn a_run_is_known_by_organization_workspace_project_and_name() {
    let server = start().await;
    let one = run("a");
    let all = [
        one.clone(),
        Run { organization: Some("acme".into()), ..one.clone() },
        Run { workspace: "other".into(), ..one.clone() },
        Run { project: "other".into(), ..one.clone() },
        Run { run_name: "other".into(), ..one.clone() },
    ];
    for run in &all {
        assert!(open(&server, run).await.0, "{run:?}");
    }
    for run in &all {
        assert!(!open_as(&server, run, 5).await.0, "{run:?}");
    }
    let empty = Run { organization: Some(String::new()), ..one.clone() };
    assert!(!open_as(&server, &empty, 5).await.0, "an empty organization is none");
    let with_other_details = Run { experiment: Some("e".into()), ..one };
    assert!(!open_as(&server, &with_other_details, 5).await.0, "an experiment is no part of the identity");
}

#[tokio::test]
async fn seeds_tell_where_each_float_series_stands() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let labels = BTreeMap::from([("b".to_owned(), "2 x".to_owned()), ("a".to_owned(), "1".to_owned())]);
    let declarations = [
        declaration(1, "loss"),
        SeriesDeclaration { labels, ..declaration(2, "loss") },
        SeriesDeclaration { ordering: OrderingMode::AbsoluteUnordered.into(), ..declaration(3, "spread") },
        declaration(4, "never used"),
    ];
    let mut data = declaring(message(&run_id, 256), &declarations);
    data = with_points(data, 1, batch(100, &[1.0, 2.0]));
    data = with_points(data, 1, batch(5, &[1.0]));
    data = with_points(data, 2, batch(0, &[1.0]));
    let scattered = PointBatch { first_step: None, steps: vec![9, 30, 2], ..batch(0, &[1.0, 2.0, 3.0]) };
    acked(&mut stream, &closing(with_points(data, 3, scattered))).await;

    let answers = handshake(&server, &run("a")).await;
    let Msg::LastLoggedSteps(steps) = &answers[1] else { panic!("{answers:?}") };
    let seed = |metric: &str, flat_labels: &str, ordering: OrderingMode, last_step| SeriesInfo {
        metric_name: metric.into(),
        scale: "ML_STEP".into(),
        flat_labels: flat_labels.into(),
        ordering: ordering.into(),
        last_step,
        value_kind: SeriesValueKind::Float.into(),
    };
    let expected = [
        seed("loss", "", OrderingMode::AbsoluteOrdered, 101),
        seed("loss", "a=1&b=2 x", OrderingMode::AbsoluteOrdered, 0),
        seed("spread", "", OrderingMode::AbsoluteUnordered, 30),
    ];
    assert_eq!(steps.series, expected);
}

#[tokio::test]
async fn many_seeds_come_in_parts_that_a_client_takes() {
    const SERIES: usize = 30_000;
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let mut data = message(&run_id, 256);
    for number in 1..=SERIES {
        let metric = format!("{number:0100}");
        data.series_declarations.push(declaration(number as u64, &metric));
        data = with_points(data, number as u64, batch(1, &[1.0]));
    }
    acked(&mut stream, &data).await;
    // The client of this test has the limit that clients have by default.
    let answers = handshake(&server, &run("a")).await;
    let parts: Vec<&LastLoggedSteps> = answers
        .iter()
        .filter_map(|answer| match answer {
            Msg::LastLoggedSteps(part) => Some(part),
            _ => None,
        })
        .collect();
    assert!(parts.len() > 1);
    assert_eq!(parts.iter().map(|part| part.series.len()).sum::<usize>(), SERIES);
    let last: Vec<bool> = parts.iter().map(|part| part.is_last).collect();
    assert_eq!(last.iter().position(|last| *last), Some(parts.len() - 1));
    assert!(matches!(answers.last(), Some(Msg::EnvStatuses(envs)) if envs.is_last));
}

#[tokio::test]
async fn a_request_that_is_none_is_refused() {
    let server = start().await;
    let mut client = RawClient::connect(server.grpc_addr()).await;
    let nothing = client.initialize(Vec::new().into()).await.unwrap_err();
    assert_eq!(nothing.code(), Code::InvalidArgument);
    let garbage = client.initialize(vec![0xff; 40].into()).await.unwrap_err();
    assert_eq!(garbage.code(), Code::Internal);
    assert!(server.store().runs().expect("runs").is_empty());
}
