//! Tiles that are joined: nobody who reads sees it.

use std::sync::atomic::{AtomicBool, Ordering};

use metrana_proto::types::CloseRun;
use rusqlite::Connection;

use super::chunk::{self, Head, Look};
use super::scratch::Scratch;
use super::tests::{Client, Random, eager, expect_equal, lazy, message, open, rows, told, wait_until};
use super::{Durability, Sealing, SqliteOptions, SqliteStore, compact, schema};
use crate::store::reading::wait;
use crate::store::{Along, Axis, Grid, MemoryStore, Part, RunId, SeriesId, Sketch, Store};

/// Seals all at once, and joins nothing.
fn apart() -> SqliteOptions {
    SqliteOptions { sealing: Sealing { join: false, ..eager().sealing }, ..eager() }
}

/// Sends messages of which each has tiles of its own.
fn send_apart(store: &SqliteStore, client: &Client<'_>, numbers: std::ops::Range<u64>) {
    for number in numbers {
        wait(client.send(&message(number, 1))).expect("it is safe");
        let handle = store.runs.find(&client.run).expect("the run");
        wait_until("it is sealed", || {
            let state = handle.lock();
            state.next == state.sealed + 1
        });
    }
}

fn model(messages: u64) -> Vec<String> {
    let store = MemoryStore::default();
    let client = Client::begin(&store, "r");
    client.send_all(1..messages);
    told(&store, &client.run)
}

fn tiles(db: &Connection, series: i64) -> i64 {
    db.query_row("select count(*) from chunk where kind = 1 and series = ?1", [series], |row| row.get(0))
        .expect("it counts")
}

/// How many bytes it takes to know what is in the tiles.
fn heads_of(db: &Connection) -> i64 {
    db.query_row("select sum(length(head)) from chunk where kind = 1", [], |row| row.get(0)).expect("it sums")
}

/// A curve of a series, in words that are equal when it looks alike.
fn curve(store: &dyn Store, run: &RunId, series: u64, environment: Option<&str>) -> String {
    let along =
        Along { axis: if environment.is_some() { Axis::RlStep } else { Axis::Step }, began_at_millis: 0 };
    let blank = Sketch::row(Grid::new(0.0, 90_000.0, 64));
    let part = Part { environment: environment.map(str::to_owned), points: u64::MAX };
    format!("{:?}", wait(store.sketch(run, SeriesId(series), vec![part], along, blank)).expect("a curve"))
}

#[test]
fn tiles_are_joined_in_the_background_while_others_read() {
    let scratch = Scratch::new("join");
    let messages = 60;
    let whole = model(messages);
    let run = {
        let store = open(scratch.path(), apart());
        let client = Client::begin(&store, "r");
        send_apart(&store, &client, 1..messages);
        expect_equal(&told(&store, &client.run), &whole, "apart");
        client.run
    };
    let db = schema::reader(scratch.path()).expect("it opens");
    let before = [tiles(&db, 2), tiles(&db, 3)];
    assert!(before.iter().all(|tiles| *tiles >= 59), "{before:?}");
    let store = open(scratch.path(), lazy());
    let bytes = wait(store.stored_bytes(&run)).expect("it says").expect("it is on disk");
    let heads = heads_of(&db);
    // Nobody uses the run: its tiles are joined at once, while it is read again and again.
    let joined = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut lines = Vec::new();
                while !joined.load(Ordering::Acquire) || lines.is_empty() {
                    lines = vec![
                        curve(&store, &run, 1, None),
                        curve(&store, &run, 2, None),
                        curve(&store, &run, 3, Some("e1")),
                    ];
                    expect_equal(&told(&store, &run), &whole, "while they are joined");
                }
            });
        }
        wait_until("they are joined", || [1, 2, 3].iter().all(|series| tiles(&db, *series) == 1));
        joined.store(true, Ordering::Release);
    });
    let after = wait(store.stored_bytes(&run)).expect("it says").expect("it is on disk");
    assert!(after < bytes, "{bytes} bytes became {after}");
    assert!(heads_of(&db) * 4 < heads, "{heads} bytes of heads became {}", heads_of(&db));
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
    drop(store);
    let store = open(scratch.path(), lazy());
    expect_equal(&told(&store, &run), &whole, "opened again");
}

#[test]
fn a_run_that_goes_on_has_few_tiles() {
    let scratch = Scratch::new("few");
    let store = open(scratch.path(), eager());
    let client = Client::begin(&store, "r");
    send_apart(&store, &client, 1..100);
    let db = schema::reader(scratch.path()).expect("it opens");
    wait_until("they are joined", || tiles(&db, 2) < 40 && tiles(&db, 3) < 40);
    expect_equal(&told(&store, &client.run), &model(100), "joined in part");
    let mut last = message(100, 1);
    last.close_run = Some(CloseRun::default());
    wait(client.send(&last)).expect("it is safe");
    wait_until("all are joined", || [1, 2, 3].iter().all(|series| tiles(&db, *series) == 1));
    expect_equal(&told(&store, &client.run), &model(101), "joined");
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
}

#[test]
fn random_scripts_are_told_alike_before_and_after_everything_is_joined() {
    for seed in 0..4 {
        let random = &mut Random(90 + seed);
        let scratch = Scratch::new("joined");
        let memory = MemoryStore::default();
        let oracle = Client::begin(&memory, "r");
        let mut number = 1;
        let mut run = None;
        for _ in 0..4 {
            let store = open(scratch.path(), if random.below(3) == 0 { eager() } else { apart() });
            let client = Client::begin(&store, "r");
            for _ in 0..random.below(8) {
                let sent =
                    message(if random.below(5) == 0 { 1 + random.below(number) } else { number }, seed);
                wait(client.send(&sent)).expect("it is safe");
                wait(oracle.send(&sent)).expect("it is safe");
                number += 1;
            }
            run = Some(client.run.clone());
            if random.below(2) == 0 {
                wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
            }
            drop(store);
            if random.below(2) == 0 {
                SqliteStore::compact_directory(scratch.path()).expect("it is made smaller");
                let found = SqliteStore::check_directory(scratch.path()).expect("it checks");
                assert_eq!(found, Vec::<String>::new(), "seed {seed}");
            }
        }
        SqliteStore::compact_directory(scratch.path()).expect("it is made smaller");
        let store = open(scratch.path(), lazy());
        let run = run.expect("there was one");
        let what = format!("seed {seed}");
        expect_equal(&told(&store, &run), &told(&memory, &oracle.run), &what);
        let db = schema::reader(scratch.path()).expect("it opens");
        assert!([1, 2, 3].iter().all(|series| tiles(&db, *series) <= 1), "{what}");
        for (series, environment) in [(1, None), (2, None), (3, Some("e1"))] {
            if tiles(&db, i64::try_from(series).expect("a number")) > 0 {
                assert_eq!(
                    points_of(&curve(&store, &run, series, environment)),
                    points_of(&curve(&memory, &oracle.run, series, environment)),
                    "{what}, series {series}"
                );
            }
        }
    }
}

/// Of a curve what does not depend on the order in which numbers are added.
fn points_of(curve: &str) -> Vec<String> {
    curve.split(", ").filter(|part| !part.contains("sum")).map(str::to_owned).collect()
}

#[test]
fn who_finds_rows_of_before_looks_again() {
    let scratch = Scratch::new("again");
    {
        let store = open(scratch.path(), apart());
        let client = Client::begin(&store, "r");
        send_apart(&store, &client, 1..6);
    }
    let writer = schema::open(scratch.path(), Durability::Full).expect("it opens");
    let db = schema::reader(scratch.path()).expect("it opens");
    let (mut next, mut looks) = (0, 0);
    chunk::look(&db, || {
        looks += 1;
        let before = next;
        for id in chunk::ids(&db, 1, 2, 0..1)? {
            let Some(head) = Head::read(&db, 1, 2, id)? else { continue };
            if looks == 1 && next > 0 {
                // Somebody joins them between the head and the body of the second one.
                compact::all(&writer)?;
            }
            let Some(_) = head.body(&db)? else { break };
            let tile = head.tile()?;
            let points = &tile.tracks()[0].points;
            if points.start <= next && points.end > next {
                next = points.end;
            }
        }
        Ok(if next == 15 { Look::Whole } else { Look::Partial { further: next > before } })
    })
    .expect("it is read");
    assert_eq!((next, looks), (15, 2), "five messages of three points");
    // What is really gone is missed, after a last look.
    writer.execute("delete from chunk where series = 2", []).expect("it is gone");
    let mut looks = 0;
    chunk::look(&db, || {
        looks += 1;
        Ok(if chunk::ids(&db, 1, 2, 0..1)?.is_empty() {
            Look::Partial { further: false }
        } else {
            Look::Whole
        })
    })
    .expect("it looks");
    assert_eq!(looks, 2);
}
