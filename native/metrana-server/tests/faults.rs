//! Faults on demand, as a client meets them.

mod common;

use std::time::Duration;

use metrana_server::{Code, Fault, Stage};
use metrana_testkit::raw::RawClient;
use prost::Message;
use tokio::time::timeout;

use common::{
    PATIENCE, acked, batch, counts, declaration, declaring, greeted, greeted_as, message, open_run, points,
    run, start, with_points,
};

fn unavailable(stage: Stage, after: u64) -> Fault {
    Fault::Status { stage, code: Code::Unavailable, message: "later".into(), times: 1, after }
}

#[tokio::test]
async fn a_status_at_the_handshake_creates_nothing() {
    let server = start().await;
    server.faults().arm(unavailable(Stage::Init, 0));
    let request = common::opening(&run("a"), 1);
    let mut client = RawClient::connect(server.grpc_addr()).await;
    let status = client.initialize(request.encode_to_vec().into()).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "later"));
    assert!(server.store().runs().expect("runs").is_empty());
    assert!(client.initialize(request.encode_to_vec().into()).await.is_ok());
}

#[tokio::test]
async fn a_status_at_each_stage_of_a_stream_hits_that_stage() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let messages = [
        (Stage::Hello, message(&run_id, 0)),
        (Stage::Declare, declaring(message(&run_id, 0), &[declaration(1, "m")])),
        (Stage::Data, with_points(message(&run_id, 256), 1, batch(0, &[1.0]))),
    ];
    for (stage, _) in &messages {
        server.faults().arm(unavailable(*stage, 0));
        let mut stream = RawClient::connect(server.grpc_addr()).await.update_stream().await.unwrap();
        for (at, message) in &messages {
            stream.send_message(message);
            let answer = stream.answer().await;
            if at == stage {
                assert_eq!(answer.unwrap_err().code(), Code::Unavailable);
                break;
            }
            assert!(answer.unwrap().is_some());
        }
        assert_eq!(counts(&server).points, 0, "{stage:?}");
    }
    assert_eq!(server.faults().fired(), 3);
}

#[tokio::test]
async fn a_reset_breaks_the_connection_with_the_last_message_stored_or_not() {
    for store_last in [true, false] {
        let server = start().await;
        let run_id = open_run(&server, "a").await;
        server.faults().arm(Fault::Reset { after: 3, store_last, times: 1 });
        let mut stream = greeted(&server, &run_id).await;
        acked(&mut stream, &declaring(message(&run_id, 0), &[declaration(1, "m")])).await;
        for number in 1..=2 {
            acked(&mut stream, &with_points(message(&run_id, 256 * number), 1, batch(number, &[1.0]))).await;
        }
        stream.send_message(&with_points(message(&run_id, 768), 1, batch(3, &[1.0])));
        assert!(stream.answer().await.is_err(), "a break, not an answer and not an end");
        assert_eq!(points(&server, &run_id, "m").total, if store_last { 3 } else { 2 });
    }
}

#[tokio::test]
async fn a_stall_holds_the_answers_back_and_takes_the_messages_in() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    acked(&mut stream, &declaring(message(&run_id, 0), &[declaration(1, "m")])).await;
    server.faults().arm(Fault::Stall);
    for number in 1..=5 {
        stream.send_message(&with_points(message(&run_id, 256 * number), 1, batch(number, &[1.0])));
    }
    wait_until(|| counts(&server).points == 5).await;
    assert!(timeout(Duration::from_millis(50), stream.answer()).await.is_err(), "no answer comes");
    server.faults().clear();
    for _ in 1..=5 {
        let answer = timeout(PATIENCE, stream.answer()).await.expect("answers come again");
        assert!(answer.unwrap().is_some());
    }
    stream.end();
    assert_eq!(stream.answer().await.unwrap(), None);
}

#[tokio::test]
async fn a_client_that_says_goodbye_during_a_stall_is_answered_after_it() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut stream = greeted(&server, &run_id).await;
    server.faults().arm(Fault::Stall);
    stream.send_message(&message(&run_id, 256));
    stream.end();
    wait_until(|| counts(&server).messages == 1).await;
    server.faults().clear();
    assert!(timeout(PATIENCE, stream.answer()).await.expect("it ends").unwrap().is_some());
    assert_eq!(timeout(PATIENCE, stream.answer()).await.expect("it ends").unwrap(), None);
}

#[tokio::test]
async fn cutting_the_connections_breaks_every_stream() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut streams = [greeted(&server, &run_id).await, greeted(&server, &run_id).await];
    server.cut_connections();
    for stream in &mut streams {
        assert!(timeout(PATIENCE, stream.answer()).await.expect("it breaks").is_err());
    }
    greeted(&server, &run_id).await;
}

#[tokio::test]
async fn a_stop_ends_streams_with_a_status_that_clients_try_again_after() {
    let server = start().await;
    let run_id = open_run(&server, "a").await;
    let mut idle = greeted_as(&server, &run_id, 1).await;
    let mut stalled = greeted(&server, &run_id).await;
    server.faults().arm(Fault::Stall);
    stalled.send_message(&message(&run_id, 256));
    wait_until(|| counts(&server).messages == 1).await;
    let (stopped, first, second) =
        timeout(PATIENCE, async { tokio::join!(server.shutdown(), idle.answer(), stalled.answer()) })
            .await
            .expect("nobody is waited for");
    stopped.expect("in good order");
    assert_eq!(first.unwrap_err().code(), Code::Unavailable);
    assert_eq!(second.unwrap_err().code(), Code::Unavailable);
}

async fn wait_until(condition: impl Fn() -> bool) {
    timeout(PATIENCE, async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it happens");
}
