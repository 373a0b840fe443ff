//! The program as those who start it meet it.

#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;

use metrana_testkit::http::get;
use metrana_testkit::raw::RawClient;
use serde_json::Value;

use common::PATIENCE;

const PROGRAM: &str = env!("CARGO_BIN_EXE_metrana-server");

/// The program while it runs; killed when a test gives up on it.
struct Started {
    child: Child,
    grpc: SocketAddr,
    http: SocketAddr,
    stdout: BufReader<ChildStdout>,
}

fn start(options: &[&str], stdin: Stdio) -> Started {
    start_with(&[&["--in-memory", "--listen", "127.0.0.1:0"], options].concat(), stdin)
}

fn start_with(options: &[&str], stdin: Stdio) -> Started {
    start_in(options, stdin, &[])
}

fn start_in(options: &[&str], stdin: Stdio, variables: &[(&str, &str)]) -> Started {
    let mut child = Command::new(PROGRAM)
        .args(options)
        .envs(variables.iter().copied())
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).expect("the first line is JSON");
    let address =
        |name: &str| ready[name].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        line,
        format!("{{\"grpc\":{},\"http\":{},\"version\":\"{version}\"}}\n", ready["grpc"], ready["http"])
    );
    Started { grpc: address("grpc"), http: address("http"), child, stdout }
}

impl Started {
    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().expect("kill is there");
        assert!(sent.success());
    }

    /// Waits for the end: how it ended, what else was on standard output, and what on standard error.
    fn end(mut self) -> (ExitStatus, String, String) {
        let (tell, told) = mpsc::channel();
        let mut stderr = self.child.stderr.take().unwrap();
        let mut stdout = std::mem::replace(&mut self.stdout, BufReader::new(no_output()));
        thread::spawn(move || {
            let (mut out, mut err) = (String::new(), String::new());
            // Both end when the program does.
            let read = stdout.read_to_string(&mut out).and_then(|_| stderr.read_to_string(&mut err));
            let _ = tell.send(read.map(|_| (out, err)));
        });
        let (out, err) = told.recv_timeout(PATIENCE).expect("the program ends").unwrap();
        (self.child.wait().unwrap(), out, err)
    }
}

/// An output that is at its end.
fn no_output() -> ChildStdout {
    let mut nothing = Command::new("true").stdout(Stdio::piped()).spawn().expect("true is there");
    let stdout = nothing.stdout.take().unwrap();
    nothing.wait().unwrap();
    stdout
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn refused(options: &[&str]) -> String {
    let Output { status, stdout, stderr } =
        Command::new(PROGRAM).args(options).stdin(Stdio::null()).output().expect("the program starts");
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{options:?}: {stderr}");
    assert!(stdout.is_empty(), "{options:?}");
    stderr
}

#[test]
fn a_bad_option_is_named_and_ends_it_with_2() {
    for (options, named) in [
        (&["--in-memory", "--color"][..], "--color"),
        (&["--in-memory", "--grpc", "0.0.0.0:0"], "0.0.0.0"),
        (&["--in-memory", "--http", "192.168.0.1:80"], "192.168.0.1"),
        (&["--in-memory", "--grpc", "[::]:0"], "--api-key-file"),
        (&["--in-memory", "--grpc", "nonsense"], "nonsense"),
        (&["--in-memory", "--http"], "--http"),
        (&["--in-memory", "extra"], "extra"),
        (&["--in-memory", "--data", "/tmp/x"], "--data"),
        (&["--tls-cert", "x"], "--tls-key"),
        (&["--idle-exit", "soon"], "soon"),
        (&["--open", "--listen", "0.0.0.0:0"], "--api-key-file"),
        (&["--in-memory", "--api-key-file", "/nowhere/keys"], "/nowhere/keys"),
    ] {
        let message = refused(options);
        assert!(message.contains(named), "{options:?}: {message}");
    }
}

#[tokio::test]
async fn one_address_serves_loggers_and_readers() {
    let program = start(&[], Stdio::null());
    assert_eq!(program.grpc, program.http);
    let (status, body) = get(program.http, "/api/v1/runs").await;
    assert_eq!((status, body), (200, serde_json::json!({"total": "0", "runs": []})));
    RawClient::connect(program.grpc).await.update_stream().await.expect("a stream");
}

#[tokio::test]
async fn it_listens_on_both_addresses_that_it_names() {
    let program = start(&["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"], Stdio::null());
    assert_ne!(program.grpc, program.http);
    let (status, body) = get(program.http, "/api/v1/runs").await;
    assert_eq!((status, body), (200, serde_json::json!({"total": "0", "runs": []})));
    assert_eq!(get(program.http, "/api/v1/faults").await.0, 404);
    RawClient::connect(program.grpc).await;
}

#[tokio::test]
async fn a_faulty_server_must_be_asked_for() {
    let program = start(&["--allow-faults"], Stdio::null());
    assert_eq!(get(program.http, "/api/v1/faults").await.0, 200);
}

/// On several threads, so that the client goes on talking while the test waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_signal_ends_it_in_good_order_also_with_a_stream_open() {
    for signal in ["-TERM", "-INT"] {
        let program = start(&[], Stdio::null());
        let mut stream = RawClient::connect(program.grpc).await.update_stream().await.unwrap();
        program.signal(signal);
        let (status, rest, log) = program.end();
        assert!(status.success(), "{signal}: {status} {log}");
        assert_eq!(rest, "", "standard output holds one line");
        assert!(log.contains(&format!("SIG{}", &signal[1..])), "{log}");
        assert_eq!(stream.answer().await.unwrap_err().code(), metrana_server::Code::Unavailable);
    }
}

fn pipe() -> (Started, ChildStdin) {
    piped(&[])
}

fn piped(options: &[&str]) -> (Started, ChildStdin) {
    let mut program = start(options, Stdio::piped());
    let stdin = program.child.stdin.take().unwrap();
    (program, stdin)
}

#[test]
fn the_end_of_its_input_ends_it() {
    let (program, stdin) = pipe();
    drop(stdin);
    let (status, _, log) = program.end();
    assert!(status.success(), "{status} {log}");
    assert!(log.contains("standard input"), "{log}");
}

#[tokio::test]
async fn lingering_it_lives_on() {
    let (program, stdin) = piped(&["--linger"]);
    drop(stdin);
    assert_eq!(get(program.http, "/api/v1/counts").await.0, 200);
    program.signal("-TERM");
    let (status, _, log) = program.end();
    assert!(status.success() && log.contains("SIGTERM") && !log.contains("standard input"), "{log}");
}

#[tokio::test]
async fn an_interrupt_can_be_left_to_the_program_that_started_it() {
    let (program, stdin) = piped(&["--ignore-interrupt"]);
    for _ in 0..10 {
        program.signal("-INT");
        assert_eq!(get(program.http, "/api/v1/counts").await.0, 200);
    }
    drop(stdin);
    let (status, _, log) = program.end();
    assert!(status.success() && log.contains("standard input") && !log.contains("SIGINT"), "{log}");
}

#[tokio::test]
async fn an_input_that_is_no_pipe_does_not_end_it() {
    let program = start(&[], Stdio::null());
    assert_eq!(get(program.http, "/api/v1/counts").await.0, 200);
    program.signal("-TERM");
    let (status, _, log) = program.end();
    assert!(status.success() && log.contains("SIGTERM") && !log.contains("standard input"), "{log}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let program = start(&[], Stdio::null());
    let taken = program.grpc.to_string();
    let second = Command::new(PROGRAM)
        .args(["--in-memory", "--listen", &taken])
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let message = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(2), "{message}");
    assert!(message.contains(&taken), "{message}");
}

#[test]
fn what_is_typed_wins_over_the_environment() {
    let directory = std::env::temp_dir().join(format!("metrana-typed-{}", std::process::id()));
    let path = directory.to_str().expect("a path that is text");
    let options = ["--in-memory", "--listen", "127.0.0.1:0"];
    let started = start_in(&options, Stdio::piped(), &[("METRANA_SERVER_DATA", path)]);
    started.signal("-TERM");
    let (status, _, errors) = started.end();
    assert!(status.success() && !directory.exists(), "{errors}");

    let options = ["--data", path, "--listen", "127.0.0.1:0"];
    let started = start_in(&options, Stdio::piped(), &[("METRANA_SERVER_IN_MEMORY", "1")]);
    started.signal("-TERM");
    let (status, _, errors) = started.end();
    assert!(status.success() && directory.join("metrana.db").exists(), "{errors}");
    std::fs::remove_dir_all(&directory).expect("it is removed");
}

#[test]
fn every_option_is_also_a_variable() {
    let help = Command::new(PROGRAM).arg("--help").output().expect("the program starts").stdout;
    let help = String::from_utf8(help).unwrap();
    let (mut option, mut options, mut variables) = (String::new(), 0, 0);
    for line in help.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("--") {
            option = rest.split(' ').next().unwrap().to_owned();
            options += 1;
        } else if let Some(rest) = line.strip_prefix("[env: ") {
            let expected = format!("METRANA_SERVER_{}=]", option.to_uppercase().replace('-', "_"));
            assert_eq!(rest, expected);
            variables += 1;
        }
    }
    assert!(options == variables && options > 10, "{options} options, {variables} variables: {help}");
}

#[test]
fn a_bad_variable_is_named_and_ends_it_with_2() {
    for (variable, value, named) in [
        ("METRANA_SERVER_DURABILITY", "soon", "'soon'"),
        ("METRANA_SERVER_LISTEN", "nonsense", "'nonsense'"),
        ("METRANA_SERVER_GRPC", "nonsense", "'nonsense'"),
        ("METRANA_SERVER_HTTP", "0.0.0.0:0", "0.0.0.0"),
        ("METRANA_SERVER_IDLE_EXIT", "later", "'later'"),
        ("METRANA_SERVER_API_KEY_FILE", "/nowhere/keys", "/nowhere/keys"),
        ("METRANA_SERVER_TLS_CERT", "x", "--tls-key"),
        ("METRANA_SERVER_TLS_KEY", "x", "--tls-cert"),
    ] {
        let mut command = Command::new(PROGRAM);
        command.env("METRANA_SERVER_IN_MEMORY", "1").env(variable, value).stdin(Stdio::null());
        let Output { status, stdout, stderr } = command.output().expect("the program starts");
        let message = String::from_utf8(stderr).unwrap();
        assert_eq!((status.code(), stdout.len()), (Some(2), 0), "{variable}: {message}");
        assert!(message.contains(named), "{variable}: {message}");
    }
}

#[tokio::test]
async fn a_variable_turns_on_what_its_option_does() {
    for (value, status) in [("1", 200), ("true", 200), ("0", 404), ("false", 404)] {
        let program = start_in(
            &["--in-memory", "--listen", "127.0.0.1:0"],
            Stdio::piped(),
            &[("METRANA_SERVER_ALLOW_FAULTS", value)],
        );
        assert_eq!(get(program.http, "/api/v1/faults").await.0, status, "{value}");
    }
}

/// Runs the health check as a container does: what it needs to know stands in the environment.
fn health(address: &str) -> (Option<i32>, String) {
    let output = Command::new(PROGRAM)
        .arg("health")
        .env("METRANA_SERVER_LISTEN", address)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code(), said)
}

#[test]
fn its_health_is_asked_by_the_program_itself() {
    let keys = key_file();
    let program =
        start_with(&["--in-memory", "--listen", "0.0.0.0:0", "--api-key-file", &keys], Stdio::null());
    let address = program.http.to_string();
    let (code, said) = health(&address);
    assert!(code == Some(0) && said.contains("good"), "{said}");
    drop(program);

    let (code, said) = health(&address);
    assert!(code == Some(1) && said.contains("nothing answers"), "{said}");
    std::fs::remove_file(keys).expect("it is removed");
}

#[test]
fn a_server_that_is_not_well_fails_its_health_check() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut question = Vec::new();
        while !question.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            question.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nfull").unwrap();
        String::from_utf8(question).unwrap()
    });
    let (code, said) = health(&address);
    assert!(code == Some(1) && said.contains("503") && said.contains("full"), "{said}");
    assert!(server.join().unwrap().starts_with("GET /healthz HTTP/1.1\r\n"));
}

fn key_file() -> String {
    let path = std::env::temp_dir().join(format!("metrana-health-key-{}", std::process::id()));
    std::fs::write(&path, "a-key-of-some-length").unwrap();
    path.to_str().unwrap().to_owned()
}
