//! Brings a run back from the file: its sealed state, and then everything that happened since, by the same calls as live.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::bytes::{Damaged, Taker};
use super::entry::{Counted, Entry};
use super::points::{Point, reach};
use super::sum::check;
use super::{rest, schema};
use crate::ingest::read_again;
use crate::store::catalogue::Series;
use crate::store::run::Run;
use crate::store::{EnvironmentInfo, Opening, RunId, StoreError, Update};

/// A run and where it stands in the journal.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) run: Run,
    /// The number of the next thing that happens to it.
    pub(super) next: i64,
    /// The last one that is part of its sealed state.
    pub(super) sealed: i64,
    /// Bytes of it that are in the journal.
    pub(super) journal: u64,
    /// Whether points were left behind when the others were sealed.
    pub(super) rest: bool,
}

fn broken(run: i64, what: &str) -> StoreError {
    StoreError::Corrupt(format!("run {run}: {what}"))
}

/// A run as its row has it.
#[derive(Debug)]
pub(super) struct Written {
    opening: String,
    opening_crc: u32,
    created_at: i64,
    sealed: i64,
    state: Option<String>,
    state_crc: Option<u32>,
}

/// Its columns.
pub(super) const WRITTEN: &str = "opening, opening_crc, created_at_millis, sealed, state, state_crc";

impl Written {
    /// Reads the columns from the one at a place on.
    pub(super) fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            opening: row.get(at)?,
            opening_crc: row.get(at + 1)?,
            created_at: row.get(at + 2)?,
            sealed: row.get(at + 3)?,
            state: row.get(at + 4)?,
            state_crc: row.get(at + 5)?,
        })
    }
}

/// The run without its series and environments: enough for a list of runs.
pub(super) fn outline(id: &RunId, row: i64, written: &Written) -> Result<Run, StoreError> {
    if let Some(state) = &written.state {
        let crc = written.state_crc.unwrap_or_default();
        check(state.as_bytes(), &[row, written.sealed], crc, row, "run")?;
        return serde_json::from_str(state)
            .map_err(|error| broken(row, &format!("its state cannot be read: {error}")));
    }
    check(written.opening.as_bytes(), &[row, written.created_at], written.opening_crc, row, "run")?;
    let opening: Opening = serde_json::from_str(&written.opening)
        .map_err(|error| broken(row, &format!("its opening cannot be read: {error}")))?;
    Ok(Run::new(id.clone(), opening, written.created_at))
}

/// Loads a run by its row. What changes it while it is brought up to date is the change of this number.
pub(super) fn run(db: &Connection, id: &RunId, row: i64, revision: u64) -> Result<Loaded, StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let transaction = db.unchecked_transaction().map_err(sql)?;
    let written = transaction
        .query_row(&format!("select {WRITTEN} from run where id = ?1"), [row], |row| Written::read(row, 0))
        .optional()
        .map_err(sql)?
        .ok_or_else(|| StoreError::UnknownRun(id.clone()))?;
    let sealed = written.sealed;
    let mut run = outline(id, row, &written)?;
    let mut rest = false;
    if written.state.is_some() {
        let series = list::<Series>(db, "series", row)?;
        let environments = list::<EnvironmentInfo>(db, "environment", row)?;
        let counts = run.counts_written();
        if series.len() as u64 != counts.0 || environments.len() as u64 != counts.1 {
            return Err(broken(row, "some of its series or environments are missing"));
        }
        run.restore(series, environments);
        rest = rest::restore(db, row, &mut run)?;
    }
    run.stamp(revision);
    let mut loaded = Loaded { run, next: sealed + 1, sealed, journal: 0, rest };
    replay(db, row, &mut loaded)?;
    Ok(loaded)
}

/// The states of the series or of the environments of a run.
fn list<T: serde::de::DeserializeOwned>(
    db: &Connection,
    table: &str,
    row: i64,
) -> Result<Vec<T>, StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let select = format!("select state, state_crc, id, rowid from {table} where run = ?1 order by id");
    let mut select = db.prepare_cached(&select).map_err(sql)?;
    let mut rows = select.query([row]).map_err(sql)?;
    let mut list = Vec::new();
    while let Some(found) = rows.next().map_err(sql)? {
        let text = found.get_ref(0).and_then(|text| Ok(text.as_str()?)).map_err(sql)?;
        let (crc, id, rowid) =
            (found.get(1).map_err(sql)?, found.get(2).map_err(sql)?, found.get(3).map_err(sql)?);
        check(text.as_bytes(), &[row, id], crc, rowid, table)?;
        list.push(serde_json::from_str(text).map_err(|error| broken(row, &error.to_string()))?);
    }
    Ok(list)
}

fn replay(db: &Connection, row: i64, loaded: &mut Loaded) -> Result<(), StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let mut select = db
        .prepare_cached("select id, first, last, crc, body from journal where run = ?1 order by first")
        .map_err(sql)?;
    let mut rows = select.query(params![row]).map_err(sql)?;
    while let Some(found) = rows.next().map_err(sql)? {
        let (id, first, last): (i64, i64, i64) =
            (found.get(0).map_err(sql)?, found.get(1).map_err(sql)?, found.get(2).map_err(sql)?);
        let crc: u32 = found.get(3).map_err(sql)?;
        let body = bytes::Bytes::from(found.get::<_, Vec<u8>>(4).map_err(sql)?);
        let damaged = |what: &str| StoreError::Corrupt(format!("the row {id} of the table journal: {what}"));
        check(&body, &[row, first, last], crc, id, "journal")?;
        let mut taker = Taker(&body);
        let mut number = first;
        while !taker.is_empty() {
            let entry = Entry::take(&mut taker, &body).map_err(|Damaged(what)| damaged(what))?;
            // A commit may hold more than what was sealed.
            if number > loaded.sealed {
                if number != loaded.next {
                    return Err(damaged("something is missing before it"));
                }
                apply(&mut loaded.run, entry).map_err(|why| damaged(&why))?;
                loaded.next += 1;
            }
            number += 1;
        }
        if number != last + 1 {
            return Err(damaged("it has another number of entries than it says"));
        }
        loaded.journal += body.len() as u64;
        reach(Point::Recovering);
    }
    Ok(())
}

/// Does again what was done.
fn apply(run: &mut Run, entry: Entry) -> Result<(), String> {
    match entry {
        Entry::Begin { at_millis } => {
            run.begin_stream(at_millis);
            // No stream is open any more.
            run.end_stream(at_millis);
        }
        Entry::Declare(series) => {
            for definition in series {
                run.declare(definition);
            }
        }
        Entry::Message(message) => {
            let update = read_again(message.body, message.received_at, &message.numbers)?;
            run.apply(update).map_err(|error| error.to_string())?;
        }
        Entry::Edit(edit) => run.edit(*edit),
        Entry::Counted(counted) => {
            let Counted { received_at, duplicate, close, not_kept } = *counted;
            if duplicate {
                run.repeat(received_at, close.as_ref());
            } else {
                let update = Update { received_at, not_kept, close, ..Update::default() };
                run.apply(update).map_err(|error| error.to_string())?;
            }
        }
    }
    Ok(())
}
