//! Series with few points beside one with many.

use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::CloseRun;

use super::scratch::Scratch;
use super::tests::{Client, expect_equal, lazy, message, open, rows, selective, told, wait_until};
use super::{Durability, Sealing, SqliteOptions, SqliteStore, schema};
use crate::store::reading::wait;
use crate::store::{MemoryStore, SeriesId, Store, StoreError, View};

/// A message with many points of the first series and few of the others.
fn busy(number: u64) -> UpdateRunRequest {
    let mut message = message(number, 1);
    message.series[0].point_batches[0].values = (0..300).map(f64::from).collect();
    for rl in &mut message.rl_series {
        rl.rl_step_batches[0].values.truncate(2);
    }
    message
}

fn model(messages: u64, close: bool) -> Vec<String> {
    let store = MemoryStore::default();
    let client = Client::begin(&store, "r");
    send(&client, 1..messages);
    if close {
        wait(client.send(&closing(messages))).expect("it is safe");
    }
    told(&store, &client.run)
}

fn closing(number: u64) -> UpdateRunRequest {
    UpdateRunRequest { close_run: Some(CloseRun::default()), ..busy(number) }
}

fn send(client: &Client<'_>, numbers: std::ops::Range<u64>) {
    for number in numbers {
        wait(client.send(&busy(number))).expect("it is safe");
    }
}

fn tiles_beside_the_first(scratch: &Scratch) -> i64 {
    let db = schema::reader(scratch.path()).expect("it opens");
    db.query_row("select count(*) from chunk where series <> 1", [], |row| row.get(0)).expect("it counts")
}

#[test]
fn a_busy_series_is_sealed_and_those_with_few_points_stay_behind() {
    let scratch = Scratch::new("rest");
    let run = {
        let store = open(scratch.path(), selective());
        let client = Client::begin(&store, "r");
        for until in [3, 6, 12] {
            send(&client, if until == 3 { 1..3 } else { until / 2..until });
            wait_until("the busy series is sealed", || rows(scratch.path(), "journal") == 0);
            assert!(rows(scratch.path(), "rest") > 0, "the others are kept");
            assert_eq!(tiles_beside_the_first(&scratch), 0, "and have no tiles");
            expect_equal(&told(&store, &client.run), &model(until, false), "sealed in part");
        }
        client.run
    };
    for _ in 0..2 {
        let store = open(scratch.path(), lazy());
        expect_equal(&told(&store, &run), &model(12, false), "opened again");
        assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
    }
    let store = open(scratch.path(), selective());
    let client = Client::begin(&store, "r");
    send(&client, 12..14);
    wait_until("the busy series is sealed", || rows(scratch.path(), "journal") == 0);
    expect_equal(&told(&store, &run), &model(14, false), "it goes on");
    wait(client.send(&closing(14))).expect("it is safe");
    wait_until("nothing stays behind when a run is over", || rows(scratch.path(), "rest") == 0);
    assert!(tiles_beside_the_first(&scratch) > 0);
    expect_equal(&told(&store, &run), &model(14, true), "sealed");
    drop(store);
    let store = open(scratch.path(), lazy());
    expect_equal(&told(&store, &run), &model(14, true), "and opened again");
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
    wait(store.delete_run(&run)).expect("it is removed");
}

#[test]
fn what_stayed_behind_is_sealed_when_nothing_comes() {
    let scratch = Scratch::new("idle");
    {
        let store = open(scratch.path(), selective());
        send(&Client::begin(&store, "r"), 1..4);
        wait_until("the busy series is sealed", || rows(scratch.path(), "journal") == 0);
        assert!(rows(scratch.path(), "rest") > 0);
    }
    let mut options = selective();
    options.sealing.idle = std::time::Duration::ZERO;
    let store = open(scratch.path(), options);
    wait_until("all is sealed", || rows(scratch.path(), "rest") == 0);
    let run = wait(store.runs()).expect("runs")[0].id.clone();
    expect_equal(&told(&store, &run), &model(4, false), "sealed");
}

#[test]
fn a_busy_series_waits_while_the_others_have_more_points_together() {
    let scratch = Scratch::new("wait");
    let sealing = Sealing { points: 250, ..selective().sealing };
    let options = SqliteOptions { sealing: sealing.clone(), ..selective() };
    let store = open(scratch.path(), options);
    let client = Client::begin(&store, "r");
    // Of the environments' series as many points come as of the busy one, or more, but never enough.
    let mut crowd = busy(1);
    crowd.series[0].point_batches[0].values.truncate(260);
    for (number, rl) in crowd.rl_series.iter_mut().enumerate() {
        rl.series_id = [2, 3, 6][number];
        rl.rl_step_batches[0].values = vec![0.5; 200];
    }
    wait(client.send(&crowd)).expect("it is safe");
    let handle = store.runs.find(&client.run).expect("the run");
    assert_eq!(super::seal::due(&handle.lock(), &sealing), None);
    send(&client, 2..4);
    wait_until("the busy series is sealed", || rows(scratch.path(), "journal") == 0);
}

#[test]
fn damage_of_what_stayed_behind_is_named() {
    let scratch = Scratch::new("harm");
    let run = {
        let store = open(scratch.path(), selective());
        let client = Client::begin(&store, "r");
        send(&client, 1..4);
        wait_until("the busy series is sealed", || rows(scratch.path(), "journal") == 0);
        client.run
    };
    let db = schema::open(scratch.path(), Durability::Full).expect("it opens");
    db.execute("update rest set body = zeroblob(length(body)) where kind = 1", []).expect("it is damaged");
    drop(db);
    let findings = SqliteStore::check_directory(scratch.path()).expect("it checks");
    assert!(findings.iter().any(|line| line.contains("the table rest: its checksum")), "{findings:?}");
    let store = open(scratch.path(), lazy());
    match wait(store.points(&run, SeriesId(2), View::Raw, 0, 10)) {
        Err(StoreError::Corrupt(what)) => assert!(what.contains("the table rest"), "{what}"),
        other => panic!("{other:?}"),
    }
}
