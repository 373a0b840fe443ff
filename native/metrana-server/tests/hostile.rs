//! Whatever comes in, the server goes on serving the others.

mod common;

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use metrana_server::{Code, RunningServer};
use metrana_testkit::http::get;
use metrana_testkit::random::Random;
use metrana_testkit::raw::RawClient;
use metrana_testkit::vectors::{self, CAPTURED_RUN_ID};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use common::{
    PATIENCE, acked, batch, declaration, declaring, greeted, message, open_run, points, start, with_points,
};

const DAMAGED: u64 = 1000;

#[tokio::test]
async fn damaged_messages_are_answered_or_refused_and_nobody_else_notices() {
    let server = start().await;
    let run_id = open_run(&server, "hostile").await;
    let groups = [("std", "0.12.0"), ("std", "0.0.4")];
    let captured: Vec<Bytes> = groups
        .into_iter()
        .flat_map(|(group, engine)| vectors::read(group, engine))
        .flat_map(|v| v.messages)
        .collect();
    let mut random = Random::new(1);
    let mut stream = greeted(&server, &run_id).await;
    for number in 0..DAMAGED {
        stream.send(damaged(&captured[random.index(captured.len())], &run_id, &mut random));
        let answer = timeout(PATIENCE, stream.answer())
            .await
            .unwrap_or_else(|_| panic!("message {number} is not answered"));
        match answer {
            Ok(answer) => assert!(answer.is_some(), "message {number} ended its stream"),
            // The damage made a second run id of something.
            Err(status) => {
                assert_eq!(status.code(), Code::InvalidArgument, "message {number}: {status}");
                stream = greeted(&server, &run_id).await;
            }
        }
    }
    let unreadable = common::counts(&server).not_kept.unreadable_messages;
    assert!((DAMAGED / 20..DAMAGED).contains(&unreadable), "{unreadable} tests one side only");
    serves(&server).await;
}

/// A message with some of its bytes changed, cut off or repeated.
fn damaged(message: &Bytes, run_id: &Bytes, random: &mut Random) -> Bytes {
    let mut bytes = BytesMut::from(&message[..]);
    assert_eq!(bytes[2..18], CAPTURED_RUN_ID);
    bytes[2..18].copy_from_slice(run_id);
    // Another run id is a fault of another kind.
    let mut tail = bytes.split_off(18).to_vec();
    for _ in 0..random.between(1, 4) {
        if tail.is_empty() {
            break;
        }
        let at = random.index(tail.len());
        match random.below(4) {
            0 => tail.truncate(at),
            1 => tail[at] = 0xff,
            2 => tail[at] ^= 1 << random.below(8),
            _ => tail.extend_from_within(at..),
        }
    }
    bytes.extend_from_slice(&tail);
    bytes.freeze()
}

#[tokio::test]
async fn noise_on_either_port_ends_its_connection() {
    let server = start().await;
    let mut random = Random::new(2);
    for address in [server.grpc_addr(), server.http_addr()] {
        for begin in [
            &b""[..],
            b"GET / HTTP/1.1\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\0\0\0\x04\0\0\0\0\0",
        ] {
            let mut noise = begin.to_vec();
            noise.extend((0..2000).map(|_| random.bits().to_le_bytes()[0]));
            shout(address, &noise).await;
        }
    }
    serves(&server).await;
}

/// Sends bytes and reads until the server has had enough of them.
async fn shout(address: SocketAddr, noise: &[u8]) {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    // The server may close before it has read everything.
    let _ = stream.write_all(noise).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the connection ends");
}

#[tokio::test]
async fn a_message_that_claims_to_be_huge_is_refused_before_it_comes() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.grpc_addr()).await.unwrap();
    // What matters is that the claim reserves nothing: the server must stay as small as what it was sent.
    let before = resident();
    let mut client = RawClient::connect(server.grpc_addr()).await;
    let run_id = open_run(&server, "a").await;
    let mut update = client.update_stream().await.unwrap();
    // A packed column that claims 200 MB and holds 8 bytes.
    let mut message = prost::Message::encode_to_vec(&message(&run_id, 256));
    message.extend([0x2a, 0x10, 0x12, 0x0e, 0x0a, 0x80, 0x84, 0xaf, 0x5f]);
    message.extend([0; 8]);
    update.send(message.into());
    assert_eq!(update.answer().await.unwrap_err().code(), Code::InvalidArgument);
    assert!(resident() < before + (100 << 20), "{before} {}", resident());
    stream.shutdown().await.unwrap();
    serves(&server).await;
}

/// Bytes of memory that this process, server and all, really uses.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

async fn serves(server: &RunningServer) {
    let run_id = open_run(server, "good").await;
    let data = with_points(declaring(message(&run_id, 256), &[declaration(1, "m")]), 1, batch(0, &[1.0]));
    acked(&mut greeted(server, &run_id).await, &data).await;
    assert_eq!(points(server, &run_id, "m").total, 1);
    assert_eq!(get(server.http_addr(), "/api/v1/runs").await.0, 200);
}
