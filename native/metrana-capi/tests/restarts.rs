//! C programs whose surroundings change under them: a service that goes away in the middle of a write, a fork.
//!
//! Linux only, as the other C programs.
#![cfg(target_os = "linux")]

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use support::Program;
use support::server::LocalServer;

/// Connections that end badly before one is left alone.
const BAD: u32 = 8;

/// Passes bytes both ways. A bad connection ends its half for the client in the middle of what that sends, lets it fill the
/// pipe, and resets it: a write that comes after that raises SIGPIPE where nothing is done about it.
fn pass(client: TcpStream, target: SocketAddr, bad: &AtomicU32) {
    let server = TcpStream::connect(target).expect("the server listens");
    let (mut from_server, mut to_client) =
        (server.try_clone().expect("cloned"), client.try_clone().expect("cloned"));
    let answers = std::thread::spawn(move || drop(std::io::copy(&mut from_server, &mut to_client)));
    let (mut from_client, mut to_server) = (client, server);
    let mut buffer = vec![0; 16 << 10];
    let mut passed = 0;
    while let Ok(read @ 1..) = from_client.read(&mut buffer) {
        if to_server.write_all(&buffer[..read]).is_err() {
            break;
        }
        passed += read;
        // A handshake is shorter.
        if passed > 100_000 && bad.load(Ordering::SeqCst) < BAD {
            bad.fetch_add(1, Ordering::SeqCst);
            let _ = from_client.shutdown(Shutdown::Write);
            // Bytes that nobody has read make the end of it a reset.
            let _ = from_client.peek(&mut [0]);
            break;
        }
    }
    let _ = to_server.shutdown(Shutdown::Both);
    drop(from_client);
    let _ = answers.join();
}

#[test]
fn a_service_that_goes_away_raises_no_signal() {
    let server = LocalServer::start();
    let target = server.endpoint().trim_start_matches("http://").parse().expect("an address");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
    let bad = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&bad);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, bad) = (client.expect("a connection"), Arc::clone(&counted));
            std::thread::spawn(move || pass(client, target, &bad));
        }
    });
    Program::shipped("sigpipe").run(&[&endpoint]);
    assert_eq!(bad.load(Ordering::SeqCst), BAD, "the program met no trouble");
    assert_eq!(server.run("sigpipe").points, 200 * 20_000);
}

#[test]
fn a_fork_is_told_that_it_is_one() {
    let server = LocalServer::start();
    Program::shipped("fork").run(&[&server.endpoint()]);
    let run = server.run("forks");
    assert!(run.closed);
    assert_eq!(run.points, 1);
}
