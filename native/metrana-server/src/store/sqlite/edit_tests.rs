//! What people change: told alike by both stores, and there after any end.

use bytes::Bytes;
use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::CloseRun;

use super::scratch::Scratch;
use super::tests::{Client, eager, lazy, message, open, rows, wait_until};
use super::{Durability, SqliteStore, schema};
use crate::store::reading::wait;
use crate::store::{
    Counts, MemoryStore, MessageKey, NotKept, ProjectKey, RunEdit, RunId, RunInfo, Store, StoreError,
    TraceMessage, TraceTarget, Traces, Update,
};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn edits() -> Vec<RunEdit> {
    vec![
        RunEdit { name: Some("seen".into()), notes: Some("n".into()), ..RunEdit::default() },
        RunEdit { tags: Some(texts(&["a", "b", "a"])), pinned: Some(true), ..RunEdit::default() },
        RunEdit {
            add_tags: texts(&["c", "a"]),
            remove_tags: texts(&["b", "a"]),
            hidden: Some(true),
            ..RunEdit::default()
        },
    ]
}

fn edited(info: &RunInfo) -> (&str, &str, &str, &[String], bool, bool) {
    let name = info.definition.key.run_name.as_str();
    (info.name(), name, &info.marks.notes, &info.tags, info.marks.hidden, info.marks.pinned)
}

fn expect_edited(store: &dyn Store, run: &RunId) {
    let expected = ("seen", "r", "n", &texts(&["a", "c"])[..], true, true);
    assert_eq!(edited(&wait(store.run(run)).expect("the run")), expected);
    assert_eq!(edited(&wait(store.runs()).expect("runs")[0]), expected);
}

/// Edits a run of a store of any kind.
fn edit(store: &dyn Store, client: &Client<'_>) {
    let before = wait(store.changes(None)).expect("changes").cursor;
    for edit in edits() {
        wait(store.edit_run(&client.run, edit)).expect("it is edited");
    }
    expect_edited(store, &client.run);
    let changes = wait(store.changes(Some(before))).expect("changes");
    assert_eq!(changes.runs.len(), 1);
    assert!(changes.runs[0].attributes && changes.runs[0].series.is_empty());
    let unknown = RunId::from_bytes(Bytes::from_static(b"none"));
    let refused = wait(store.edit_run(&unknown, RunEdit::default()));
    assert!(matches!(refused, Err(StoreError::UnknownRun(_))), "{refused:?}");
}

#[test]
fn what_people_say_about_a_run_is_there_after_every_end() {
    let memory = MemoryStore::default();
    edit(&memory, &Client::begin(&memory, "r"));
    for (name, options) in [("journal", lazy as fn() -> _), ("sealed", eager)] {
        let scratch = Scratch::new(name);
        let run = {
            let store = open(scratch.path(), options());
            let client = Client::begin(&store, "r");
            client.send_all(1..3);
            edit(&store, &client);
            if name == "sealed" {
                wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
            }
            client.run
        };
        for _ in 0..2 {
            let store = open(scratch.path(), options());
            expect_edited(&store, &run);
            assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
        }
    }
}

#[test]
fn a_closed_run_stays_closed_when_it_is_edited() {
    let scratch = Scratch::new("closed");
    let store = open(scratch.path(), eager());
    let client = Client::begin(&store, "r");
    let closing = UpdateRunRequest { close_run: Some(CloseRun::default()), ..message(1, 1) };
    wait(client.send(&closing)).expect("it is safe");
    let before = wait(store.run(&client.run)).expect("the run");
    edit(&store, &client);
    let after = wait(store.run(&client.run)).expect("the run");
    assert!(before.closed && after.closed);
    assert_eq!(before.last_contact_millis, after.last_contact_millis);
}

fn traces(target: TraceTarget, number: u64) -> Traces {
    Traces {
        target,
        message: MessageKey { logger_id: 1, session_id: 1, sequence_number: number },
        updates: 1,
        body: vec![7; 100].into(),
        received_at: 1,
    }
}

fn of_project(project: &str, run: Option<&str>) -> TraceTarget {
    TraceTarget {
        workspace: "w".into(),
        project: project.into(),
        run_name: run.map(str::to_owned),
        ..TraceTarget::default()
    }
}

/// Sends traces for two targets, some of them again, and reads those of one page by page.
fn read_traces(store: &dyn Store, send: bool) {
    let (one, other) = (of_project("p", Some("a")), of_project("p", Some("b")));
    for number in (1..=6).chain([2, 6]).filter(|_| send) {
        let long = Traces {
            body: vec![number; usize::from(number) * 10].into(),
            received_at: i64::from(number),
            updates: u64::from(number),
            ..traces(one.clone(), 256 * u64::from(number))
        };
        wait(wait(store.append_traces(long)).expect("taken").receipt).expect("safe");
        wait(wait(store.append_traces(traces(other.clone(), 256))).expect("taken").receipt).expect("safe");
    }
    let read = |offset, limit, bytes| {
        let page = wait(store.traces(&one, offset, limit, bytes)).expect("they are read");
        assert_eq!((page.total, page.offset), (6, offset));
        let told = |message: &TraceMessage| {
            let number = message.message.sequence_number / 256;
            assert_eq!((message.message.logger_id, message.message.session_id), (1, 1));
            assert_eq!((message.updates, message.received_at.unsigned_abs()), (number, number));
            let place = usize::try_from(number).unwrap();
            assert_eq!(message.body, vec![u8::try_from(number).unwrap(); place * 10]);
            number
        };
        page.items.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(read(0, 100, u64::MAX), [1, 2, 3, 4, 5, 6]);
    assert_eq!(read(1, 2, u64::MAX), [2, 3]);
    assert_eq!(read(0, 100, 60), [1, 2, 3], "10, 20 and 30 bytes");
    assert_eq!(read(0, 100, 59), [1, 2]);
    assert_eq!(read(4, 100, 1), [5], "one comes however long it is");
    assert_eq!(read(6, 100, 1000), Vec::<u64>::new());
    assert_eq!(read(u64::MAX, u64::MAX, 1000), Vec::<u64>::new());
    let nobody = wait(store.traces(&of_project("q", Some("a")), 0, 10, 1000)).expect("they are read");
    assert_eq!((nobody.total, nobody.items), (0, Vec::new()));
    assert_eq!(wait(store.traces(&other, 0, 10, 1000)).expect("they are read").total, 1);
}

#[test]
fn traces_are_read_alike_from_both_stores() {
    read_traces(&MemoryStore::default(), true);
    let scratch = Scratch::new("traces");
    let store = open(scratch.path(), lazy());
    read_traces(&store, true);
    drop(store);
    read_traces(&open(scratch.path(), lazy()), false);
}

/// Removes a project, and a run, from a store of any kind.
fn remove(store: &dyn Store) {
    for (project, run) in [("p", Some("a")), ("p", None), ("q", Some("a")), ("p", Some("kept"))] {
        wait(wait(store.append_traces(traces(of_project(project, run), 256))).expect("taken").receipt)
            .expect("safe");
    }
    let (a, b) = (Client::begin(store, "a"), Client::begin(store, "b"));
    a.send_all(1..5);
    b.send_all(1..5);
    let before = wait(store.changes(None)).expect("changes").cursor;
    wait(store.delete_run(&a.run)).expect("it is removed");
    assert_eq!(wait(store.counts(None)).expect("counts").trace_updates, 3, "its traces are gone with it");
    let project = ProjectKey { workspace: "w".into(), project: "p".into(), ..ProjectKey::default() };
    let other = ProjectKey { organization: Some("o".into()), ..project.clone() };
    let refused = wait(store.delete_project(&other));
    assert_eq!(refused, Err(StoreError::UnknownProject(other)));
    assert_eq!(wait(store.delete_project(&project)), Ok(1));
    assert_eq!(wait(store.delete_project(&project)), Err(StoreError::UnknownProject(project.clone())));
    assert_eq!(wait(store.changes(Some(before))).expect("changes").deleted, [a.run, b.run.clone()]);
    assert!(wait(store.runs()).expect("runs").is_empty());
    let counts = wait(store.counts(None)).expect("counts");
    assert_eq!((counts.trace_updates, counts.points), (1, 0));
    let again = Client::begin(store, "b");
    assert_ne!(again.run, b.run);
    assert_eq!(wait(store.delete_project(&project)), Ok(1));
}

#[test]
fn a_project_goes_with_its_runs_and_traces_and_their_room() {
    remove(&MemoryStore::default());
    let scratch = Scratch::new("project");
    let store = open(scratch.path(), eager());
    remove(&store);
    for table in ["run", "series", "environment", "journal", "chunk"] {
        assert_eq!(rows(scratch.path(), table), 0, "{table}");
    }
    assert_eq!(rows(scratch.path(), "trace"), 1);
    let db = schema::reader(scratch.path()).expect("it opens");
    let free: i64 = db.query_row("pragma freelist_count", [], |row| row.get(0)).expect("it says");
    assert_eq!(free, 0, "no page is kept for later");
}

#[test]
fn a_removal_that_is_cut_off_is_finished_and_takes_the_traces_along() {
    let scratch = Scratch::new("cut");
    {
        let store = open(scratch.path(), lazy());
        Client::begin(&store, "a").send_all(1..60);
        for run in ["a", "b"] {
            let taken = wait(store.append_traces(traces(of_project("p", Some(run)), 256))).expect("taken");
            wait(taken.receipt).expect("safe");
        }
    }
    let db = schema::open(scratch.path(), Durability::Full).expect("it opens");
    db.execute("update run set deleted = 1", []).expect("it is marked");
    drop(db);
    let store = open(scratch.path(), lazy());
    assert!(wait(store.runs()).expect("runs").is_empty());
    assert_eq!((rows(scratch.path(), "run"), rows(scratch.path(), "trace")), (0, 1));
    let db = schema::reader(scratch.path()).expect("it opens");
    let free: i64 = db.query_row("pragma freelist_count", [], |row| row.get(0)).expect("it says");
    assert_eq!(free, 0, "its room is given back, too");
}

/// All kinds of messages that leave nothing but a count.
fn odd(store: &dyn Store, client: &Client<'_>) -> Counts {
    client.send_all(1..4);
    client.send_all(2..4);
    for not_kept in [
        NotKept { unreadable_messages: 1, ..NotKept::default() },
        NotKept { oversized_messages: 1, ..NotKept::default() },
    ] {
        let update = Update { not_kept, received_at: 5, ..Update::default() };
        wait(wait(store.apply(&client.run, update)).expect("taken").receipt).expect("safe");
    }
    // What closes it comes again after a break: the run is closed.
    let closing = UpdateRunRequest { close_run: Some(CloseRun::default()), ..message(3, 1) };
    wait(client.send(&closing)).expect("it is safe");
    for _ in 0..2 {
        let traces = traces(of_project("p", Some("r")), 256);
        wait(wait(store.append_traces(traces)).expect("taken").receipt).expect("safe");
    }
    wait(store.counts(Some(&client.run))).expect("counts")
}

#[test]
fn all_counts_are_the_same_after_a_restart() {
    let memory = MemoryStore::default();
    let expected = odd(&memory, &Client::begin(&memory, "r"));
    assert_eq!((expected.duplicate_messages, expected.trace_updates), (4, 1));
    assert_eq!((expected.not_kept.unreadable_messages, expected.not_kept.oversized_messages), (1, 1));
    for (name, options) in [("counts-journal", lazy as fn() -> _), ("counts-sealed", eager)] {
        let scratch = Scratch::new(name);
        let run = {
            let store = open(scratch.path(), options());
            let client = Client::begin(&store, "r");
            assert_eq!(odd(&store, &client), expected);
            client.run
        };
        for _ in 0..2 {
            let store = open(scratch.path(), options());
            assert_eq!(wait(store.counts(Some(&run))).expect("counts"), expected);
            assert_eq!(wait(store.counts(None)).expect("counts"), expected);
            assert!(wait(store.run(&run)).expect("the run").closed);
        }
    }
}

#[test]
fn a_file_of_the_first_version_is_brought_forward() {
    let scratch = Scratch::new("forward");
    let run = {
        let store = open(scratch.path(), eager());
        let client = Client::begin(&store, "r");
        client.send_all(1..3);
        wait_until("all is sealed", || rows(scratch.path(), "journal") == 0);
        client.run
    };
    let db = schema::open(scratch.path(), Durability::Full).expect("it opens");
    db.execute_batch(
        "drop index trace_of_target; drop table trace_count; drop index chunk_to_join; drop table rest;
         pragma user_version = 1;
         update run set state = replace(state, '\"marks\":{\"name\":null,\"notes\":\"\",\"hidden\":false,\"pinned\":false},', '')",
    )
    .expect("it is as it was");
    let (id, sealed, state): (i64, i64, String) = db
        .query_row("select id, sealed, state from run", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .expect("the run");
    assert!(!state.contains("marks"));
    let crc = super::sum::sum(state.as_bytes(), &[id, sealed]);
    db.execute("update run set state_crc = ?1", [crc]).expect("it is summed");
    drop(db);
    let store: SqliteStore = open(scratch.path(), lazy());
    edit(&store, &Client::begin(&store, "r"));
    expect_edited(&store, &run);
    let db = schema::reader(scratch.path()).expect("it opens");
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).expect("it says");
    assert_eq!(version, 3);
    assert_eq!(rows(scratch.path(), "rest"), 0, "the table is there");
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new());
}
