//! A disk that is full.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::{PointBatch, StreamingSeriesUpdate};

use super::kill_tests::{DIRECTORY, LAZY};
use super::points::Point;
use super::points::armed::{AT, FILL};
use super::scratch::Scratch;
use super::tests::{Client, Random, eager, lazy, open, rows, wait_until};
use super::{SqliteOptions, SqliteStore};
use crate::store::reading::wait;
use crate::store::{Health, Opening, RunDefinition, RunKey, SeriesId, Store, StoreError, View};

/// A small file system of its own, which only an administrator can make.
struct Small(Scratch);

impl Small {
    fn new(megabytes: u32) -> Option<Self> {
        let scratch = Scratch::new("full");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "none"])
            .arg(scratch.path())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("SKIPPED: no small file system can be made here; run this as an administrator");
        }
        mounted.then(|| Self(scratch))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// A message of a hundred kilobytes that nothing makes smaller.
fn large(number: u64) -> UpdateRunRequest {
    let random = &mut Random(number);
    let values =
        (0..12_000).map(|_| f64::from_bits(random.below(1 << 31) << 31 | random.below(1 << 31))).collect();
    UpdateRunRequest {
        logger_id: 1,
        logger_session_id: 1,
        sequence_number: 256 * number,
        series: vec![StreamingSeriesUpdate {
            series_id: 1,
            point_batches: vec![PointBatch {
                values,
                first_step: Some(number * 12_000),
                timestamp_millis: Some(7),
                ..PointBatch::default()
            }],
        }],
        ..UpdateRunRequest::default()
    }
}

#[test]
fn a_full_disk_holds_what_comes_back_and_goes_on_by_itself() {
    let Some(disk) = Small::new(32) else { return };
    let path = disk.0.path();
    let options = SqliteOptions { ballast_bytes: 6 << 20, wal_bytes: 4 << 20, ..lazy() };
    let store = open(path, options.clone());
    let fodder = Client::begin(&store, "fodder");
    for number in 1..50 {
        wait(fodder.send(&large(number))).expect("there is room");
    }
    let client = Client::begin(&store, "r");
    let mut sent = 0;
    // One by one, so that no more waits than there will be room for.
    let held = loop {
        sent += 1;
        assert!(sent < 1000, "the disk is full at some time");
        let mut receipt = client.send(&large(sent));
        let until = Instant::now() + Duration::from_mins(1);
        let told = loop {
            if let Some(told) = (&mut receipt).now_or_never() {
                break Some(told);
            }
            if store.health() != Health::Good {
                break None;
            }
            assert!(Instant::now() < until, "it is safe, or the disk is full");
            std::thread::sleep(Duration::from_millis(1));
        };
        match told {
            Some(told) => told.expect("it is safe"),
            None => break receipt,
        }
    };
    assert!(matches!(store.health(), Health::Full { .. }), "{:?}", store.health());
    let key = RunKey { run_name: "new".into(), ..RunKey::default() };
    let new = Opening { definition: RunDefinition { key, ..RunDefinition::default() }, ..Opening::default() };
    assert!(matches!(wait(store.open_run(new.clone())), Err(StoreError::Full(_))), "nothing new is begun");
    let points = wait(store.points(&client.run, SeriesId(1), View::Raw, 0, 1)).expect("readers go on");
    assert_eq!(points.total, sent * 12_000);
    wait(store.delete_run(&fodder.run)).expect("what nobody needs can be removed");
    wait_until("it goes on by itself", || store.health() == Health::Good);
    wait(held).expect("what was held is safe now");
    wait(client.send(&large(sent + 1))).expect("it is safe");
    wait(store.open_run(new)).expect("there is room for a new run");
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
    let run = client.run.clone();
    drop(store);
    let store = open(path, options);
    let points = wait(store.points(&run, SeriesId(1), View::Raw, 0, 1)).expect("it is there");
    assert_eq!(points.total, (sent + 1) * 12_000, "all of it, once");
}

/// Not a test by itself: the process whose disk is full from some place on, until it has noticed.
#[test]
#[ignore = "the process that another test starts; it does nothing by itself"]
fn child() {
    let (Ok(directory), Ok(filler)) = (std::env::var(DIRECTORY), std::env::var(FILL)) else { return };
    let (directory, filler) = (Path::new(&directory), Path::new(&filler));
    let seals = std::env::var_os(LAZY).is_none();
    let joins = std::env::var(AT).is_ok_and(|at| at.starts_with("Joining"));
    let options = SqliteOptions { wal_bytes: 2 << 20, ..if seals { eager() } else { lazy() } };
    let opened = SqliteStore::open(directory, options.clone());
    // It may say that there is no room, as long as everything is there once there is.
    let refused =
        opened.as_ref().is_err_and(|error| matches!(error, StoreError::Full(_) | StoreError::Io(_)));
    let store = if refused {
        std::fs::remove_file(filler).expect("the disk was full");
        open(directory, options)
    } else {
        opened.expect("it opens")
    };
    // Whatever goes wrong, it ends.
    std::thread::spawn(|| {
        std::thread::sleep(Duration::from_mins(2));
        std::process::exit(3);
    });
    let (run, sent) = std::thread::scope(|scope| {
        // Makes room again when the store has noticed.
        let rescue = scope.spawn(|| {
            if !refused {
                wait_until("the disk is full", || filler.exists() && store.health() != Health::Good);
                assert!(matches!(store.health(), Health::Full { .. }), "{:?}", store.health());
                assert_eq!(wait(store.runs()).expect("readers go on").len(), 1);
                std::fs::remove_file(filler).expect("there is room again");
            }
        });
        let client = Client::begin(&store, "r");
        let mut sent = wait(store.counts(Some(&client.run))).expect("counts").messages;
        // One by one: what finds no room is held, and safe when there is some.
        while !rescue.is_finished() || sent < 10 {
            sent += 1;
            wait(client.send(&large(sent))).expect("it is safe");
            if joins {
                // Only small tiles are joined: each message gets one of its own.
                wait_until("it is sealed", || filler.exists() || rows(directory, "journal") == 0);
            }
        }
        rescue.join().expect("it was noticed");
        (client.run, sent)
    });
    wait_until("it goes on by itself", || store.health() == Health::Good);
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
    drop(store);
    let store = open(directory, lazy());
    let points = wait(store.points(&run, SeriesId(1), View::Merged, 0, u64::MAX)).expect("it is there");
    assert_eq!(points.steps.len() as u64, sent * 12_000, "all of it, once");
    assert!(points.steps.is_sorted_by(|a, b| a < b));
    println!("whole");
}

#[test]
fn a_disk_that_is_full_at_any_place_loses_nothing() {
    let places = [
        Point::Commit,
        Point::Sealing,
        Point::Joining,
        Point::Moving,
        Point::Moved,
        Point::Opening,
        Point::Recovering,
    ];
    for point in places {
        let Some(disk) = Small::new(48) else { return };
        let directory = disk.0.path().join("store");
        let recovers = matches!(point, Point::Opening | Point::Recovering);
        if recovers {
            let store = open(&directory, lazy());
            let client = Client::begin(&store, "r");
            for number in 1..8 {
                wait(client.send(&large(number))).expect("there is room");
            }
        }
        let time = if recovers || point == Point::Joining { 1 } else { 2 };
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        if recovers {
            command.env(LAZY, "");
        }
        let out = command
            .args(["store::sqlite::full_tests::child", "--exact", "--ignored", "--nocapture"])
            .env(DIRECTORY, &directory)
            .env(AT, format!("{point:?}:{time}"))
            .env(FILL, disk.0.path().join("filler"))
            .output()
            .expect("it runs");
        let told = String::from_utf8_lossy(&out.stdout).into_owned();
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success() && told.contains("whole"), "{point:?}: {told}\n{errors}");
    }
}
