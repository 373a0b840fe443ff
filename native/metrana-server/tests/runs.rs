//! What a run is: who creates it, who goes on with it, how it ends, and which of its points count.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use metrana_proto::svc::initialize_run_logging_response::Msg;
use metrana_proto::svc::{InitializeRunLoggingRequest, UpdateRunRequest};
use metrana_proto::types::{CloseRun, ForkPoint, OrderingMode, Run, SeriesDeclaration};
use metrana_server::store::{RunId, RunInfo, RunStatus};
use metrana_server::{Clock, Code, Options, RunningServer, Server};
use metrana_testkit::raw::{RawClient, RawStream};
use prost::Message;
use tokio::time::timeout;

use common::{
    LOGGER, PATIENCE, acked, batch, closing, counts, declaration, declaring, greeted, greeted_as, handshake,
    handshake_as, merged, message, open, open_as, open_run, opening, points, rl, run, start, with_points,
    with_rl,
};

fn info(server: &RunningServer, run_id: &Bytes) -> RunInfo {
    server.store().run(&RunId::from_bytes(run_id.clone())).expect("the run is there")
}

fn status(server: &RunningServer, run_id: &Bytes) -> RunStatus {
    info(server, run_id).status
}

/// Waits for what must happen.
async fn until(is: impl Fn() -> bool) {
    let wait = async {
        while !is() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it happens in time");
}

fn data(run_id: &Bytes, number: u64, first_step: u64, values: &[f64]) -> UpdateRunRequest {
    with_points(declaring(message(run_id, number), &[declaration(1, "m")]), 1, batch(first_step, values))
}

async fn refusal(server: &RunningServer, request: InitializeRunLoggingRequest) -> (Code, String) {
    let mut client = RawClient::connect(server.grpc_addr()).await;
    let status = client.initialize(request.encode_to_vec().into()).await.unwrap_err();
    (status.code(), status.message().to_owned())
}

fn seeds(answers: &[Msg]) -> Vec<(String, u64)> {
    let Msg::LastLoggedSteps(steps) = &answers[1] else { panic!("{answers:?}") };
    steps.series.iter().map(|seed| (seed.metric_name.clone(), seed.last_step)).collect()
}

#[tokio::test]
async fn a_logger_whose_answer_was_lost_meets_its_own_run_until_data_comes() {
    let server = start().await;
    let (created, run_id) = open(&server, &run("a")).await;
    assert!(created);
    assert_eq!(open(&server, &run("a")).await, (true, run_id.clone()), "the same logger asks again");
    assert!(!open_as(&server, &run("a"), 5).await.0, "another one does not own it");
    assert!(!open_as(&server, &run("a"), 0).await.0, "nor does one that does not say who it is");
    acked(&mut greeted(&server, &run_id).await, &data(&run_id, 256, 0, &[1.0])).await;
    assert!(!open(&server, &run("a")).await.0, "data has come");
}

#[tokio::test]
async fn a_refused_start_leaves_a_closed_run_closed() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    assert_eq!(status(&server, &run_id), RunStatus::Running);
    acked(&mut stream, &closing(message(&run_id, 256))).await;
    assert!(info(&server, &run_id).closed);
    open_as(&server, &run("a"), 5).await;
    assert!(info(&server, &run_id).closed);
    assert_eq!(status(&server, &run_id), RunStatus::Finished);
    let mut again = greeted_as(&server, &run_id, 5).await;
    assert_eq!(status(&server, &run_id), RunStatus::Running, "a logger is connected");
    drop(again);
    until(|| status(&server, &run_id) == RunStatus::Finished).await;
    again = greeted_as(&server, &run_id, 5).await;
    acked(&mut again, &data(&run_id, 512, 0, &[1.0])).await;
    drop(again);
    until(|| !info(&server, &run_id).closed).await;
}

#[tokio::test]
async fn a_run_is_closed_when_its_last_sibling_is_done() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut one = greeted_as(&server, &run_id, 1).await;
    let mut other = greeted_as(&server, &run_id, 2).await;
    acked(&mut one, &closing(data(&run_id, 256, 0, &[1.0]))).await;
    assert_eq!((status(&server, &run_id), info(&server, &run_id).closed), (RunStatus::Running, false));
    acked(&mut other, &data(&run_id, 512, 1, &[2.0])).await;
    acked(&mut other, &closing(message(&run_id, 768))).await;
    assert_eq!((status(&server, &run_id), info(&server, &run_id).closed), (RunStatus::Finished, true));
}

#[tokio::test]
async fn a_close_that_comes_again_still_closes() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let last = closing(data(&run_id, 256, 0, &[1.0]));
    acked(&mut greeted(&server, &run_id).await, &last).await;
    acked(&mut greeted(&server, &run_id).await, &last).await;
    assert!(info(&server, &run_id).closed);
    assert_eq!(counts(&server).duplicate_messages, 1);
}

#[tokio::test]
async fn a_run_says_how_it_ended_or_that_contact_was_lost() {
    let now = Arc::new(AtomicI64::new(1_000_000));
    let told = Arc::clone(&now);
    let options = Options { clock: Clock::new(move || told.load(Ordering::SeqCst)), ..Options::default() };
    let server = Server::start_in_memory(options).await.expect("it starts");
    for (name, text, expected) in [
        ("finished", None, RunStatus::Finished),
        ("failed", Some("failed: no memory"), RunStatus::Failed),
        ("aborted", Some("aborted: Ctrl+C"), RunStatus::Aborted),
    ] {
        let run_id = open_run(&server, name).await;
        let mut last = message(&run_id, 256);
        last.close_run = Some(CloseRun { close_message: text.map(str::to_owned) });
        acked(&mut greeted(&server, &run_id).await, &last).await;
        assert_eq!(status(&server, &run_id), expected, "{name}");
        let ending = info(&server, &run_id).ending.expect("it is closed");
        assert_eq!((ending.at_millis, ending.message.is_some()), (1_000_000, text.is_some()));
    }
    let run_id = open_run(&server, "lost").await;
    let stream = greeted(&server, &run_id).await;
    now.store(9_000_000, Ordering::SeqCst);
    assert_eq!(status(&server, &run_id), RunStatus::Running, "a silent stream is a stream");
    drop(stream);
    until(|| info(&server, &run_id).last_contact_millis == 9_000_000).await;
    assert_eq!(status(&server, &run_id), RunStatus::Running, "it may come back");
    now.store(9_060_001, Ordering::SeqCst);
    assert_eq!(status(&server, &run_id), RunStatus::LostContact);
    acked(&mut greeted(&server, &run_id).await, &data(&run_id, 256, 0, &[1.0])).await;
    assert_eq!(info(&server, &run_id).last_contact_millis, 9_060_001);
    assert_eq!(status(&server, &run_id), RunStatus::Running);
}

#[tokio::test]
async fn what_is_sent_again_without_or_under_other_numbers_counts_once() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let spread =
        SeriesDeclaration { ordering: OrderingMode::AbsoluteUnordered.into(), ..declaration(2, "spread") };
    let all = |number| {
        let message = declaring(data(&run_id, number, 0, &[1.0, 2.0, 3.0]), std::slice::from_ref(&spread));
        with_rl(with_points(message, 2, batch(4, &[4.0])), 1, "e", &[rl(7, Some(1), 0, &[5.0, 6.0])])
    };
    let mut stream = greeted(&server, &run_id).await;
    acked(&mut stream, &all(0)).await;
    acked(&mut stream, &all(0)).await;
    // After its own crash a client delivers what it had on disk in a new session, several messages as one.
    let replayed = UpdateRunRequest { logger_session_id: 1, ..data(&run_id, 256, 1, &[2.0, 3.0, 4.0, 5.0]) };
    acked(&mut stream, &replayed).await;
    assert_eq!(merged(&server, &run_id, "m").values, [1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(merged(&server, &run_id, "spread").values, [4.0]);
    let counts = counts(&server);
    assert_eq!((counts.points, counts.rl_points), (6, 2));
    assert_eq!((counts.not_kept.stale_points, counts.not_kept.replaced_points), (3 + 2 + 2, 1));
}

#[tokio::test]
async fn steps_back_do_not_count_and_are_counted_for_their_series() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    for (number, first, values) in [(256, 0, &[0.0, 1.0, 2.0][..]), (512, 1, &[9.0]), (768, 3, &[3.0])] {
        acked(&mut stream, &data(&run_id, number, first, values)).await;
    }
    assert_eq!(merged(&server, &run_id, "m").values, [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(points(&server, &run_id, "m").steps, [0, 1, 2, 1, 3]);
    let series = common::series(&server, &run_id).remove(0);
    assert_eq!((series.points, series.raw_points, series.not_kept.stale_points), (4, 5, 1));
}

#[tokio::test]
async fn a_fork_goes_on_where_its_parent_was_and_shows_it_up_to_there() {
    let server = start().await;
    let parent = open_run(&server, "parent").await;
    let mut stream = greeted(&server, &parent).await;
    let values: Vec<f64> = (0..100).map(f64::from).collect();
    let mut first = data(&parent, 256, 0, &values);
    first = declaring(first, &[declaration(2, "late"), declaration(3, "reward")]);
    first = with_points(first, 2, batch(80, &[1.0]));
    let steps = [rl(10, Some(1), 0, &[1.0, 2.0]), rl(49, Some(4), 0, &[3.0]), rl(60, Some(5), 0, &[4.0])];
    acked(&mut stream, &closing(with_rl(first, 3, "e", &steps))).await;

    let fork = |name: &str, parent: &str, fork_step| Run {
        fork_point: Some(ForkPoint { parent_run_name: parent.into(), fork_step }),
        ..run(name)
    };
    let answers = handshake(&server, &fork("child", "parent", 49)).await;
    assert_eq!(seeds(&answers), [("m".to_owned(), 49)]);
    let (Msg::InitializedRun(child), Msg::RlFamilyDeclarations(families), Msg::EnvStatuses(environments)) =
        (&answers[0], &answers[2], &answers[3])
    else {
        panic!("{answers:?}")
    };
    assert!(child.created && families.families.len() == 1 && families.families[0].episodic);
    let environment = &environments.envs[0];
    assert_eq!((environment.last_rl_step, environment.last_episode), (49, 4));

    let child = child.run_id.clone();
    let mut own = data(&child, 256, 50, &[-50.0, -51.0]);
    own = declaring(with_points(own, 1, batch(7, &[7.0])), &[declaration(3, "reward")]);
    own = with_rl(own, 3, "e", &[rl(50, Some(6), 0, &[9.0])]);
    acked(&mut greeted(&server, &child).await, &own).await;
    let line = merged(&server, &child, "m");
    assert_eq!((line.total, line.steps.len()), (52, 52));
    assert!(line.steps.iter().copied().eq(0..52), "{:?}", line.steps);
    assert_eq!((line.values[49], line.values[50]), (49.0, -50.0));
    assert_eq!(points(&server, &child, "m").steps, [50, 51, 7], "as they came, for itself alone");
    let id = RunId::from_bytes(child.clone());
    let series = common::series(&server, &child);
    let m = series.iter().find(|is| is.definition.metric == "m").unwrap();
    let page = server.store().merged().points(&id, m.id, 48, 4).unwrap();
    assert_eq!((page.total, page.steps), (52, vec![48, 49, 50, 51]));
    let reward = series.iter().find(|is| is.definition.metric == "reward").unwrap();
    let rewards = server.store().merged().rl_points(&id, reward.id, "e", 0, 99).unwrap();
    assert_eq!(rewards.floats.values, [1.0, 2.0, 3.0, 9.0]);
    assert!(!series.iter().any(|series| series.definition.metric == "late"));

    // A fork of the fork, from before the first fork.
    let answers = handshake(&server, &fork("grandchild", "child", 20)).await;
    assert_eq!(seeds(&answers), [("m".to_owned(), 20)]);
    let Msg::InitializedRun(grandchild) = &answers[0] else { panic!("{answers:?}") };
    assert!(merged(&server, &grandchild.run_id, "m").steps.into_iter().eq(0..=20));
}

#[tokio::test]
async fn what_a_run_needs_is_there_or_it_is_refused_for_good() {
    let server = start().await;
    let orphan =
        Run { fork_point: Some(ForkPoint { parent_run_name: "nobody".into(), fork_step: 1 }), ..run("a") };
    let (code, text) = refusal(&server, opening(&orphan, LOGGER)).await;
    assert!(code == Code::InvalidArgument && text.contains("\"nobody\""), "{code:?} {text}");
    let no_project =
        InitializeRunLoggingRequest { create_project_if_missing: false, ..opening(&run("a"), LOGGER) };
    let (code, text) = refusal(&server, no_project.clone()).await;
    assert!(code == Code::InvalidArgument && text.contains("\"proj\""), "{code:?} {text}");
    for wrong in [
        Run { run_name: String::new(), ..run("a") },
        Run { workspace: "a\0b".into(), ..run("a") },
        Run { project: "x".repeat(1 << 20), ..run("a") },
    ] {
        let (code, text) = refusal(&server, opening(&wrong, LOGGER)).await;
        assert!(code == Code::InvalidArgument && text.len() < 1000, "{code:?} {text}");
    }
    assert!(server.store().runs().expect("runs").is_empty());
    open_run(&server, "b").await;
    let mut client = RawClient::connect(server.grpc_addr()).await;
    assert!(client.initialize(no_project.encode_to_vec().into()).await.is_ok(), "the project is there now");
}

#[tokio::test]
async fn a_run_id_of_any_length_is_cut_in_the_answer() {
    let server = start().await;
    let mut stream = RawClient::connect(server.grpc_addr()).await.update_stream().await.unwrap();
    stream.send_message(&message(&vec![7; 1 << 20].into(), 0));
    let status = stream.answer().await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert!(status.message().len() < 200, "{}", status.message().len());
}

#[tokio::test]
async fn a_logger_that_comes_again_cuts_its_older_stream() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut older = greeted(&server, &run_id).await;
    let mut other = greeted_as(&server, &run_id, 9).await;
    let mut newer = greeted(&server, &run_id).await;
    let ended = timeout(PATIENCE, older.answer()).await.expect("it is cut");
    assert_eq!(ended.unwrap_err().code(), Code::Aborted);
    acked(&mut newer, &data(&run_id, 256, 0, &[1.0])).await;
    acked(&mut other, &message(&run_id, 0)).await;
}

#[tokio::test]
async fn nothing_of_a_dead_logger_comes_after_its_successor_was_told_where_to_go_on() {
    let server = start().await;
    for round in 0..5 {
        let run_id = open_run(&server, &format!("{round}")).await;
        let dead = greeted_as(&server, &run_id, 1).await;
        send_much(&dead, &run_id);
        drop(dead);
        let answers = handshake_as(&server, &run(&format!("{round}")), 2).await;
        let told = seeds(&answers).first().map(|(_, last)| *last);
        let mut successor = greeted_as(&server, &run_id, 2).await;
        acked(&mut successor, &message(&run_id, 0)).await;
        let series = common::series(&server, &run_id);
        assert_eq!(series.first().and_then(|series| series.last_step), told, "{round}");
    }
}

fn send_much(stream: &RawStream, run_id: &Bytes) {
    let values = vec![0.5; 10_000];
    for number in 0..100 {
        stream.send_message(&data(run_id, (number + 1) * 256, number * 10_000, &values));
    }
}

#[tokio::test]
async fn a_message_above_the_largest_is_skipped_and_counted_and_its_stream_goes_on() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let mut huge = data(&run_id, 256, 0, &[1.0]);
    huge.run_id = vec![0; (256 << 20) + 1].into();
    stream.send_message(&huge);
    drop(huge);
    stream.send_message(&data(&run_id, 512, 0, &[2.0]));
    for _ in 0..2 {
        assert!(timeout(PATIENCE * 3, stream.answer()).await.expect("it is answered").unwrap().is_some());
    }
    assert_eq!(merged(&server, &run_id, "m").values, [2.0]);
    assert_eq!(counts(&server).not_kept.oversized_messages, 1);
}

#[tokio::test]
async fn names_beyond_the_limits_cost_what_they_name() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    let long = "x".repeat(5000);
    let mut odd = declaring(data(&run_id, 256, 0, &[1.0]), &[declaration(2, &long)]);
    odd = with_points(odd, 2, batch(0, &[1.0, 2.0]));
    odd = with_rl(odd, 1, &long, &[rl(1, None, 0, &[1.0, 2.0, 3.0])]);
    odd.attributes = vec![common::attribute(&long, None), common::attribute("fine", None)];
    acked(&mut stream, &odd).await;
    let counts = counts(&server);
    assert_eq!((counts.points, counts.attribute_updates, counts.series), (1, 1, 1));
    assert_eq!((counts.not_kept.surplus_points, counts.not_kept.surplus_attributes), (5, 1));
}
