//! The program in a data directory: who finds it there, and who is kept out.

#![cfg(unix)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use common::{Started, wait_for};

const PROGRAM: &str = env!("CARGO_BIN_EXE_metrana-server");

/// A directory that is gone after the test.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("metrana-home-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&fs::read(self.0.join("server.json")).expect("it is announced")).expect("JSON")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(directory: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("--data").arg(directory).args(["--listen", "127.0.0.1:0"]);
    if !options.contains(&"--durability") {
        command.args(["--durability", "ram"]);
    }
    command.args(options);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(directory: &Path, options: &[&str]) -> Started {
    let mut child = command(directory, options).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe"))
        .read_line(&mut line)
        .expect("it says where it listens");
    assert!(line.contains("grpc"), "{line}");
    Started(child)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn it_tells_its_user_and_nobody_else_how_to_reach_it() {
    let directory = Directory::new("tells");
    let mut first = start(&directory.0, &[]);
    let living = directory.json();
    assert_eq!(living["pid"], first.0.id());
    let key = living["key"].as_str().expect("a key").to_owned();
    assert!(key.len() >= 32 && !key.starts_with("ey"), "{key}");
    assert_eq!(fs::read_to_string(directory.0.join("token")).unwrap(), key);
    assert_eq!(mode(&directory.0), 0o700);
    for file in ["server.json", "token", "server.lock"] {
        assert_eq!(mode(&directory.0.join(file)), 0o600, "{file}");
    }

    let Output { status, stderr, .. } = command(&directory.0, &[]).output().expect("it starts");
    let said = String::from_utf8_lossy(&stderr);
    assert_eq!(status.code(), Some(3), "{said}");
    assert!(said.contains(&first.0.id().to_string()) && said.contains("lives in"), "{said}");

    assert!(Command::new("kill").arg(first.0.id().to_string()).status().unwrap().success());
    assert!(first.0.wait().unwrap().success());
    assert!(!directory.0.join("server.json").exists(), "it is gone, and says so");
    let second = start(&directory.0, &[]);
    assert_eq!(directory.json()["key"].as_str(), Some(key.as_str()), "the key stays");
    drop(second);
    let third = start(&directory.0, &["--open"]);
    assert!(directory.json()["key"].is_null(), "a killed server keeps nobody out");
    drop(third);
}

#[test]
fn a_key_that_others_could_read_is_replaced() {
    let directory = Directory::new("readable");
    fs::create_dir_all(&directory.0).unwrap();
    let token = directory.0.join("token");
    fs::write(&token, "a-key-for-everybody").unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).unwrap();
    let _server = start(&directory.0, &[]);
    assert_ne!(fs::read_to_string(&token).unwrap(), "a-key-for-everybody");
    assert_eq!(mode(&token), 0o600);
}

#[test]
fn detached_it_lives_on_until_nobody_needs_it() {
    let directory = Directory::new("detached");
    let mut server = start(&directory.0, &["--detach", "--idle-exit", "1"]);
    let mut rest = String::new();
    let mut stdout = server.0.stdout.take().unwrap();
    stdout.read_to_string(&mut rest).expect("it lets go of its output");
    server.0.stderr.take().unwrap().read_to_string(&mut rest).expect("it lets go of its errors");
    assert_eq!(rest, "");
    wait_for("it ends by itself", || server.0.try_wait().unwrap().is_some());
    let log = fs::read_to_string(directory.0.join("server.log")).unwrap();
    assert!(log.contains("--idle-exit"), "{log}");
    assert!(!directory.0.join("server.json").exists());
}

#[test]
fn a_directory_is_looked_after_without_a_server() {
    let (directory, copy) = (Directory::new("kept"), Directory::new("copy"));
    let run = |arguments: &[&str], of: &Directory| {
        let output =
            Command::new(PROGRAM).args(arguments).arg("--data").arg(&of.0).stdin(Stdio::null()).output();
        let Output { status, stdout, stderr } = output.expect("it starts");
        let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        (status.code(), said)
    };
    let (code, said) = run(&["check"], &directory);
    assert!(
        code == Some(1) && said.contains(directory.0.to_str().unwrap()),
        "there is nothing yet: {code:?} {said}"
    );
    let server = start(&directory.0, &["--durability", "full"]);
    let (code, said) = run(&["check"], &directory);
    assert_eq!(code, Some(3), "a server uses it: {said}");
    let to = copy.0.to_str().unwrap();
    let (code, said) = run(&["backup", to], &directory);
    assert_eq!(code, Some(0), "{said}");
    drop(server);
    for (arguments, of) in [(&["check"], &directory), (&["compact"], &directory), (&["check"], &copy)] {
        let (code, said) = run(arguments, of);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
    }
}
