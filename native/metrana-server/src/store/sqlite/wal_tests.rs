//! The write-ahead log while a reader stands still, so that nothing of it can be let go.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::scratch::Scratch;
use super::tests::{Client, expect_equal, lazy, message, model, open, told, wait_until};
use super::{SqliteOptions, schema};
use crate::store::reading::wait;

const BOUND: u64 = 2 << 20;
/// What one commit may add: the bound is looked at before it.
const A_COMMIT: u64 = 1 << 20;
const MESSAGES: u64 = 300;

#[test]
fn acknowledgements_wait_for_a_reader_that_keeps_the_log_beyond_its_bound() {
    let scratch = Scratch::new("wal");
    let store = open(scratch.path(), SqliteOptions { wal_bytes: BOUND, ..lazy() });
    let client = Client::begin(&store, "r");
    client.send_all(1..3);
    let reader = schema::reader(scratch.path()).expect("it opens");
    reader.execute_batch("begin").expect("it begins");
    let journal = "select count(*) from journal";
    let seen: i64 = reader.query_row(journal, [], |row| row.get(0)).expect("it reads");
    assert!(seen > 0, "from now on it holds what it sees");

    let log = schema::file(scratch.path()).with_extension("db-wal");
    let length = || fs::metadata(&log).expect("the log is there").len();
    let safe = AtomicU64::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 3..MESSAGES {
                wait(client.send(&message(number, 1))).expect("it is safe in the end");
                safe.fetch_add(1, Ordering::Relaxed);
            }
        });
        wait_until("the log reaches its bound", || length() > BOUND);
        // Whoever did not wait would go on meanwhile.
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(20));
            assert!(length() <= BOUND + A_COMMIT, "the log is {} bytes long", length());
        }
        assert!(safe.load(Ordering::Relaxed) < MESSAGES - 3, "somebody waits");
        drop(reader);
    });
    assert_eq!(safe.load(Ordering::Relaxed), MESSAGES - 3);
    expect_equal(&told(&store, &client.run), &model(MESSAGES), "all of it");
}
