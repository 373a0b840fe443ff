//! The one thread that writes: takes what waits, commits it together, and tells everybody.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use super::ballast::Ballast;
use super::checkpoint::Wal;
use super::health::Doctor;
use super::points::{Point, reach};
use super::queue::{Item, Queue, Work};
use super::schema;
use super::sum::sum;
use crate::store::StoreError;

/// How long it waits before it tries again what failed.
const AGAIN: Duration = Duration::from_millis(500);

pub(super) struct Writer {
    pub(super) db: Connection,
    pub(super) queue: Arc<Queue>,
    pub(super) wal: Arc<Wal>,
    pub(super) doctor: Arc<Doctor>,
    pub(super) ballast: Ballast,
}

/// What one commit writes of one run.
struct Row {
    run: i64,
    first: i64,
    last: i64,
    body: Vec<u8>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        self.ballast.take_on();
        while let Some(items) = self.queue.take() {
            self.write(items);
        }
    }

    /// Writes these, however long it takes, unless the store is closed before it works.
    fn write(&mut self, items: Vec<Item>) {
        if items.iter().any(|item| matches!(item.work, Work::Chance(..))) {
            let done = self.wal.wait_for_room().and_then(|()| self.commit(&items, &[]));
            return tell(items, &done);
        }
        loop {
            // A run may have been removed since.
            let rows = rows(&items);
            let room = self.wal.wait_for_room();
            let failure = match room.and(rows).and_then(|rows| self.commit(&items, &rows)) {
                Ok(()) => {
                    let was_good = self.doctor.is_good();
                    self.doctor.good();
                    if !was_good {
                        self.ballast.take_on();
                    }
                    return tell(items, &Ok(()));
                }
                Err(failure) => failure,
            };
            self.doctor.failed(&failure);
            // The room that is given up is for what makes more of it: what waits is tried when nothing of that comes.
            loop {
                match self.queue.wait_urgent(AGAIN) {
                    None => return tell(items, &Err(failure)),
                    Some(urgent) if urgent.is_empty() => break,
                    Some(urgent) => {
                        self.ballast.drop();
                        for item in urgent {
                            let done = self.commit(std::slice::from_ref(&item), &[]);
                            tell(vec![item], &done);
                        }
                    }
                }
            }
        }
    }

    fn commit(&mut self, items: &[Item], rows: &[Row]) -> Result<(), StoreError> {
        let mut work = || {
            let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut bytes = schema::PAGE;
            for item in items {
                match &item.work {
                    Work::Job(job) => {
                        job(&transaction)?;
                        bytes += schema::PAGE * 16;
                    }
                    Work::Chance(job, weight) => {
                        job(&transaction)?;
                        bytes += schema::PAGE * 16 + weight;
                    }
                    Work::Entry { .. } | Work::Mark => {}
                }
            }
            if !rows.is_empty() {
                let mut insert = transaction.prepare_cached(
                    "insert into journal (run, first, last, crc, body) values (?1, ?2, ?3, ?4, ?5)",
                )?;
                for row in rows {
                    let crc = sum(&row.body, &[row.run, row.first, row.last]);
                    insert.execute(params![row.run, row.first, row.last, crc, row.body])?;
                    bytes += row.body.len() as u64 + 2 * schema::PAGE;
                }
            }
            reach(Point::Commit);
            transaction.commit()?;
            reach(Point::Committed);
            Ok(bytes)
        };
        let bytes = work().map_err(|error: rusqlite::Error| schema::error(&error))?;
        self.wal.grow(bytes);
        Ok(())
    }
}

/// The journal's rows: one for each run. What happened to a run that is gone is left out.
fn rows(items: &[Item]) -> Result<Vec<Row>, StoreError> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places = HashMap::new();
    for item in items {
        let Work::Entry { run, number, entry } = &item.work else { continue };
        if run.is_deleted() {
            continue;
        }
        let place = *places.entry(run.row).or_insert_with(|| {
            rows.push(Row { run: run.row, first: *number, last: *number, body: Vec::new() });
            rows.len() - 1
        });
        if let Some(row) = rows.get_mut(place) {
            row.last = *number;
            entry.put(&mut row.body).map_err(|error| StoreError::Io(error.to_string()))?;
        }
    }
    Ok(rows)
}

fn tell(items: Vec<Item>, what: &Result<(), StoreError>) {
    for item in items {
        // The room is free before anybody hears of it.
        drop(item.room);
        if let Some(tell) = item.tell {
            let _ = tell.send(what.clone());
        }
    }
}
