//! A process that is killed in the middle of its work, again and again, and what is left of it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use super::points::Point;
use super::points::armed::AT;
use super::scratch::Scratch;
use super::tests::{Client, Random, eager, expect_equal, lazy, message, open, selective, told, wait_until};
use super::{SqliteOptions, SqliteStore};
use crate::store::reading::wait;
use crate::store::{MemoryStore, RunEdit, Store};
use metrana_proto::svc::UpdateRunRequest;

pub(super) const DIRECTORY: &str = "METRANA_TEST_STORE";
const ROUNDS: &str = "METRANA_KILL_ROUNDS";
/// Nothing is sealed.
pub(super) const LAZY: &str = "METRANA_TEST_LAZY";
/// Only series with many points are sealed.
const SELECTIVE: &str = "METRANA_TEST_SELECTIVE";
/// As many messages are under way at once.
const WINDOW: usize = 16;

fn small(number: u64) -> UpdateRunRequest {
    let mut message = message(number, 3);
    message.series.truncate(1);
    message.rl_series.truncate(1);
    message.scatter_series.clear();
    message
}

/// Not a test by itself: the process that is killed. It says what was acknowledged, in order.
#[test]
#[ignore = "the process that another test kills; it does nothing by itself"]
fn child() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    // Small enough that the log is moved all the time.
    let sealing = match (std::env::var_os(LAZY), std::env::var_os(SELECTIVE)) {
        (Some(_), _) => lazy(),
        (None, Some(_)) => selective(),
        (None, None) => eager(),
    };
    let options = SqliteOptions { wal_bytes: 1 << 20, ..sealing };
    let store = SqliteStore::open(directory.as_ref(), options).expect("it opens");
    let client = Client::begin(&store, "r");
    let mut next = wait(store.counts(Some(&client.run))).expect("counts").messages + 1;
    println!("begins {next}");
    let mut under_way = std::collections::VecDeque::new();
    loop {
        under_way.push_back((next, client.send(&small(next))));
        next += 1;
        if under_way.len() >= WINDOW
            && let Some((number, receipt)) = under_way.pop_front()
        {
            wait(receipt).expect("it is safe");
            println!("acked {number}");
        }
        if next.is_multiple_of(8) {
            let edit = RunEdit { notes: Some(next.to_string()), ..RunEdit::default() };
            wait(store.edit_run(&client.run, edit)).expect("it is edited");
            println!("edited {next}");
        }
    }
}

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
enum When {
    /// So long after it was started: perhaps while it opens the file or recovers.
    Started(Duration),
    /// So long after it began to send.
    Working(Duration),
    /// By itself, when it passes a place for a time.
    At(Point, u64),
}

/// Starts the process, lets it work for a while and kills it. The last message that it says was acknowledged, and
/// the last edit.
fn one_life(directory: &Path, when: When, seals: Option<&str>) -> (u64, u64) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    if let When::At(point, time) = when {
        command.env(AT, format!("{point:?}:{time}"));
    }
    if let Some(how) = seals {
        command.env(how, "");
    }
    let mut child = command
        .args(["store::sqlite::kill_tests::child", "--exact", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let out = child.stdout.take().expect("its output");
    let (tell, began) = channel();
    let reader = std::thread::spawn(move || {
        let (mut acked, mut edited) = (0, 0);
        let mut out = BufReader::new(out);
        let mut line = String::new();
        while out.read_line(&mut line).is_ok_and(|read| read > 0) {
            if let Some(number) = line.trim().strip_prefix("acked ").and_then(|number| number.parse().ok()) {
                acked = number;
            }
            if let Some(number) = line.trim().strip_prefix("edited ").and_then(|number| number.parse().ok()) {
                edited = number;
            }
            if line.contains("begins") {
                // Nobody waits for it when the time counts from the start.
                let _ = tell.send(());
            }
            line.clear();
        }
        (acked, edited)
    });
    match when {
        When::Started(time) => std::thread::sleep(time),
        When::Working(time) => {
            began.recv_timeout(Duration::from_mins(1)).expect("the process begins");
            std::thread::sleep(time);
        }
        When::At(..) => {
            wait_until("it gets to that place", || child.try_wait().expect("it is known").is_some());
        }
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    reader.join().expect("its output was read")
}

/// Nothing is missing of what was acknowledged and nothing is there twice. How many messages are there.
fn expect_whole(directory: &Path, acked: u64, edited: u64, what: &str) -> u64 {
    let store = open(directory, lazy());
    assert_eq!(store.check().expect("it checks"), Vec::<String>::new(), "{what}");
    let client = Client::begin(&store, "r");
    let there = wait(store.counts(Some(&client.run))).expect("counts").messages;
    let notes = wait(store.run(&client.run)).expect("the run").marks.notes;
    assert!(
        notes.parse().unwrap_or(0) >= edited,
        "{what}: the edit {edited} was safe and {notes:?} is there"
    );
    assert!(there >= acked, "{what}: {acked} messages were acknowledged and {there} are there");
    let memory = MemoryStore::default();
    let oracle = Client::begin(&memory, "r");
    for number in 1..=there {
        drop(oracle.send(&small(number)));
    }
    let what = format!("{what}: {there} messages are there");
    expect_equal(&told(&store, &client.run), &told(&memory, &oracle.run), &what);
    there
}

/// How many rounds are asked for.
fn rounds() -> Option<u64> {
    let rounds = std::env::var(ROUNDS).ok()?;
    Some(rounds.parse().expect("METRANA_KILL_ROUNDS is a number"))
}

/// Kills a process at each place, so many times, and looks at what is left.
fn kill_everywhere(rounds: u64) {
    let random = &mut Random(rounds);
    for point in [
        Point::Commit,
        Point::Committed,
        Point::Sealing,
        Point::Sealed,
        Point::Joining,
        Point::Joined,
        Point::Moving,
        Point::Moved,
        Point::Opening,
        Point::Recovering,
    ] {
        let mut scratch = Scratch::new("points");
        let (mut most, mut last_edit) = (0, 0);
        for round in 0..rounds {
            if round % 5 == 4 {
                scratch = Scratch::new("points");
                (most, last_edit) = (0, 0);
            }
            // Some of the points stay behind when others are sealed, every other time.
            let seals = (round % 2 == 1).then_some(SELECTIVE);
            // Joining takes many tiles.
            let times = if matches!(point, Point::Joining | Point::Joined) { 3 } else { 12 };
            let mut lives = vec![(When::At(point, 1 + random.below(times)), seals)];
            if matches!(point, Point::Opening | Point::Recovering) {
                // There must be something to recover, and it is not sealed by then.
                let time = if point == Point::Opening { 1 } else { 1 + random.below(3) };
                let before = When::At(Point::Committed, 8 + random.below(12));
                lives = vec![(before, Some(LAZY)), (When::At(point, time), Some(LAZY))];
            }
            for (when, seals) in lives {
                let (acked, edited) = one_life(scratch.path(), when, seals);
                (most, last_edit) = (most.max(acked), last_edit.max(edited));
            }
            let what = format!("{point:?}, round {round}");
            most = expect_whole(scratch.path(), most, last_edit, &what);
            eprintln!("{what}: {most} messages are there");
        }
    }
}

#[test]
fn a_process_that_is_killed_at_any_place_loses_nothing_that_it_acknowledged() {
    kill_everywhere(rounds().unwrap_or(1));
}

#[test]
#[ignore = "the same 25 times at each place"]
fn a_process_that_is_killed_at_any_place_many_times_loses_nothing_that_it_acknowledged() {
    kill_everywhere(25);
}

#[test]
fn a_process_that_is_killed_at_any_time_loses_nothing_that_it_acknowledged() {
    let rounds = rounds().unwrap_or(4);
    let random = &mut Random(rounds);
    let mut scratch = Scratch::new("kill");
    let (mut most, mut acked_in_all, mut empty) = (0, 0, 0);
    for round in 0..rounds {
        if round % 6 == 5 {
            scratch = Scratch::new("kill");
            most = 0;
        }
        let when = match random.below(4) {
            0 => When::Started(Duration::from_millis(20 + random.below(600))),
            _ => When::Working(Duration::from_millis(random.below(250))),
        };
        let seals = (round % 2 == 1).then_some(SELECTIVE);
        let (acked, edited) = one_life(scratch.path(), when, seals);
        most = most.max(acked);
        acked_in_all += u64::from(acked > 0);
        let there = expect_whole(scratch.path(), most, edited, &format!("round {round}"));
        empty += u64::from(there == 0);
        most = there;
        eprintln!("round {round}, killed {when:?}: {acked} acknowledged, {there} there");
    }
    eprintln!(
        "{rounds} rounds; in {acked_in_all} of them something was acknowledged, {empty} ended before anything"
    );
    assert!(rounds < 4 || acked_in_all > 0, "no process got so far as to acknowledge anything");
}
