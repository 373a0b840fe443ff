//! C programs that use the library as any host does, against a real server, watched for leaks and stray pointers.
//!
//! Linux only: the C compiler's and the linker's words are its own.
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeMap;

use metrana_server::store::RunStatus;
use support::server::LocalServer;
use support::{CAUGHT, Program};

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn what_c_logs_arrives_and_nothing_leaks() {
    let server = LocalServer::start();
    Program::watched("log_points").run(&[&server.endpoint()]);

    let run = server.run("log_points");
    assert!(run.closed);
    assert_eq!(run.definition.orchestration_id.as_deref(), Some("job of log_points"));
    let mut series = server.points(&run);
    let mut take = |metric: &str, pairs: &[(&str, &str)]| {
        series
            .remove(&(metric.to_owned(), labels(pairs)))
            .unwrap_or_else(|| panic!("no series {metric} {pairs:?}"))
    };

    let auto = take("auto", &[("a", ""), ("b", "été 1")]);
    assert_eq!(auto.steps, [0, 1, 2, 3, 4]);
    assert_eq!(bits(&auto.values), bits(&[1.5, -0.0, f64::INFINITY, f64::NEG_INFINITY, 5e-324]));
    assert_eq!(auto.widths, [64; 5]);

    let from = take("from", &[]);
    assert_eq!(from.steps, [100, 101, 102]);
    assert_eq!(from.timestamps, [-5; 3]);
    assert_eq!(bits(&from.values), bits(&[f64::from(0.1_f32), f64::from(0.2_f32), f64::from(0.3_f32)]));
    assert_eq!(from.widths, [32; 3]);

    let each = take("each", &[]);
    assert_eq!(each.steps, [3, 30, i64::MAX.unsigned_abs()]);
    assert_eq!(each.timestamps, [1000, 2000, 3000]);
    assert_eq!(each.values, [10.0, 20.0, 30.0]);

    let told = take("told", &[]);
    assert_eq!((told.steps, told.values), (vec![8, 7], vec![10.0, 20.0]));

    let gone = take("gone", &[]);
    assert_eq!(gone.steps, (0..1000).collect::<Vec<_>>());
    assert_eq!(gone.values, (0..1000).map(f64::from).collect::<Vec<_>>());

    for writer in 0..4 {
        let written = take("threads", &[("writer", &writer.to_string())]);
        assert_eq!(written.steps, (0..250).collect::<Vec<_>>(), "writer {writer}");
        let values: Vec<_> = (0..250).map(|round| f64::from(writer * 1000 + round)).collect();
        assert_eq!(written.values, values, "writer {writer}");
    }
    assert!(series.is_empty(), "nobody logged {:?}", series.keys());
}

#[test]
fn a_leak_would_be_seen() {
    let server = LocalServer::start();
    let output = Program::watched("log_points").start(&[&server.endpoint(), "--leak"]).end();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(CAUGHT), "{complaint}");
    assert!(complaint.contains("metrana"), "it saw something else:\n{complaint}");
}

#[test]
fn whatever_can_be_seen_to_be_wrong_is_refused() {
    let server = LocalServer::start();
    Program::watched("abuse").run(&[&server.endpoint()]);
    let run = server.run("abuse");
    assert_eq!(run.status, RunStatus::Failed, "its close said so");
    let series = server.points(&run);
    assert_eq!(series.len(), 1, "{:?}", series.keys());
    assert_eq!(series[&("abused".to_owned(), labels(&[]))].values, [42.0]);
}

#[test]
fn a_close_wakes_those_who_wait_for_room() {
    let server = LocalServer::start();
    server.stall();
    let mut running = Program::watched("blocked").start(&[&server.endpoint(), "close"]);
    running.hear("blocked");
    // The close waits for acknowledgements, which come only when those who were blocked have been told.
    running.hear("woken");
    server.resume();
    let said = running.finish();
    let run = server.run("blocked close");
    assert!(run.closed);
    assert_eq!(said, format!("accepted {}\n", run.points));
}

#[test]
fn a_panic_wakes_those_who_wait_for_room() {
    let server = LocalServer::start();
    server.stall();
    let mut running = Program::watched("blocked").start(&[&server.endpoint(), "panic"]);
    running.hear("blocked");
    running.hear("woken");
    running.finish();
}

#[test]
fn a_panic_stays_with_its_logger() {
    let server = LocalServer::start();
    Program::watched("panic").run(&[&server.endpoint()]);
    for (name, values) in
        [("lives on", vec![1.0, 2.0, 3.0, 1.0, 2.0, 3.0]), ("comes after", vec![1.0, 2.0, 3.0])]
    {
        let run = server.run(name);
        assert!(run.closed, "{name}");
        assert_eq!(server.points(&run)[&("before".to_owned(), labels(&[]))].values, values, "{name}");
    }
    assert!(!server.run("panics").closed);
}

#[test]
fn closing_an_event_queue_wakes_its_readers() {
    Program::watched("events").run(&[]);
}

#[test]
fn a_log_call_does_not_allocate() {
    let server = LocalServer::start();
    Program::with_system_allocator("allocations").run(&[&server.endpoint()]);
    assert_eq!(server.run("allocations").points, 4 + 40_000);
}

/// The library as it is shipped, with its own allocator and no tool around it.
#[test]
fn the_shipped_form_does_the_same() {
    let server = LocalServer::start();
    let endpoint = server.endpoint();
    for name in ["log_points", "abuse", "panic"] {
        Program::shipped(name).run(&[&endpoint]);
    }
    server.stall();
    Program::shipped("blocked").run(&[&endpoint, "panic"]);
    server.resume();
    Program::shipped("events").run(&[]);
    // A step that does not grow is kept, and does not count.
    assert_eq!(server.run("log_points").points, 5 + 3 + 3 + (2 - 1) + 1000 + 1000);
}
