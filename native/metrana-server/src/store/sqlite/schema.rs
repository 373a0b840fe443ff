//! The database file: its tables, its settings, its version.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::Durability;
use crate::store::StoreError;

/// The name of the file in its directory.
pub(super) const FILE: &str = "metrana.db";
/// Marks the file as ours: "Metr".
const APPLICATION: i32 = 0x4d65_7472;
/// The version of the tables. A file of an older one is brought forward; one of a newer one is left alone.
const VERSION: i32 = 3;
/// Large pages: a journal row and a tile are hundreds of kilobytes each.
pub(super) const PAGE: u64 = 32 << 10;

/// A table of sealed points.
macro_rules! points {
    ($table:literal) => {
        concat!(
            "create table ",
            $table,
            " (
    id integer primary key,
    run integer not null,
    series integer not null,
    kind integer not null,
    environment_from integer not null,
    environment_until integer not null,
    first integer not null,
    count integer not null,
    head_crc integer not null,
    body_crc integer not null,
    head blob not null,
    body blob not null
) strict;
"
        )
    };
}

const TABLES: &str = concat!(
    "
create table run (
    id integer primary key,
    run_id text not null unique,
    organization text,
    workspace text not null,
    project text not null,
    name text not null,
    created_at_millis integer not null,
    deleted integer not null default 0,
    opening text not null,
    opening_crc integer not null,
    sealed integer not null default 0,
    series integer not null default 0,
    points integer not null default 0,
    state text,
    state_crc integer
) strict;
create table series (
    run integer not null,
    id integer not null,
    metric text not null,
    scale text not null,
    labels text not null,
    kind text not null,
    points integer not null,
    last_step text,
    state text not null,
    state_crc integer not null,
    unique (run, id)
) strict;
create table environment (
    run integer not null,
    id integer not null,
    name text not null,
    state text not null,
    state_crc integer not null,
    unique (run, id)
) strict;
create table journal (
    id integer primary key,
    run integer not null,
    first integer not null,
    last integer not null,
    crc integer not null,
    body blob not null
) strict;
create index journal_of_run on journal (run, first);
",
    points!("chunk"),
    points!("rest"),
    "
create table trace (
    id integer primary key,
    target text not null,
    logger_id integer not null,
    session_id integer not null,
    sequence_number integer not null,
    received_at_millis integer not null,
    updates integer not null,
    body blob not null
) strict;
create unique index chunk_of_series on chunk (run, series, environment_from, first);
create index chunk_to_join on chunk (run, kind, series, id, count);
create index rest_of_run on rest (run);
create index trace_of_target on trace (target);
create table trace_count (
    target text primary key,
    duplicates integer not null
) strict;
"
);

/// What brings a file forward, by the version that it has. The entries of a journal may be of kinds that an older server
/// does not know: it must not touch the file even where the tables are the same.
fn forward(version: i32) -> &'static str {
    match version {
        1 => {
            "create index trace_of_target on trace (target);
             create table trace_count (target text primary key, duplicates integer not null) strict;"
        }
        2 => concat!(
            "create index chunk_to_join on chunk (run, kind, series, id, count);",
            points!("rest"),
            "create index rest_of_run on rest (run);"
        ),
        _ => "",
    }
}

pub(super) fn file(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// What went wrong, in the store's words.
pub(super) fn error(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(error.to_string()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(error.to_string()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Io(error.to_string()),
    }
}

/// Opens the file to write it, and makes it when there is none.
pub(super) fn open(directory: &Path, durability: Durability) -> Result<Connection, StoreError> {
    let path = file(directory);
    let db = Connection::open(&path).map_err(|e| error(&e))?;
    let work = || -> Result<Result<(), StoreError>, rusqlite::Error> {
        db.busy_timeout(Duration::from_secs(10))?;
        let (application, version) = marks(&db)?;
        let tables: i64 = db.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 && application == 0 {
            db.pragma_update(None, "page_size", PAGE.cast_signed())?;
            db.pragma_update(None, "auto_vacuum", "incremental")?;
        } else if application != APPLICATION {
            let what = format!("{} is the database of another program", path.display());
            return Ok(Err(StoreError::Corrupt(what)));
        } else if version > VERSION {
            return Ok(Err(StoreError::Corrupt(format!(
                "{} was written by a newer server (its tables have version {version}, this server knows {VERSION}): it \
                 is left as it is; use the newer server",
                path.display()
            ))));
        }
        db.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))?;
        let synchronous = match durability {
            Durability::Full => "full",
            Durability::Commit => "normal",
        };
        db.pragma_update(None, "synchronous", synchronous)?;
        db.pragma_update(None, "fullfsync", true)?;
        db.pragma_update(None, "wal_autocheckpoint", 0)?;
        db.pragma_update(None, "journal_size_limit", 128 << 20)?;
        db.pragma_update(None, "cache_size", -65536)?;
        if tables == 0 {
            let all = format!(
                "begin immediate; {TABLES} pragma application_id = {APPLICATION}; pragma user_version = {VERSION}; \
                 commit"
            );
            db.execute_batch(&all)?;
        } else if version < VERSION {
            let steps: String = (version..VERSION).map(forward).collect();
            db.execute_batch(&format!("begin immediate; {steps} pragma user_version = {VERSION}; commit"))?;
        }
        Ok(Ok(()))
    };
    work().map_err(|e| error(&e))??;
    Ok(db)
}

fn marks(db: &Connection) -> rusqlite::Result<(i32, i32)> {
    let application = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((application, version))
}

/// Opens the file to read it only.
pub(super) fn reader(directory: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let db = Connection::open_with_flags(file(directory), flags)?;
        db.busy_timeout(Duration::from_secs(10))?;
        db.pragma_update(None, "query_only", true)?;
        db.pragma_update(None, "wal_autocheckpoint", 0)?;
        db.pragma_update(None, "cache_size", -16384)?;
        Ok(db)
    };
    open().map_err(|e| error(&e))
}

/// Opens the file to checkpoint it.
pub(super) fn checkpointer(directory: &Path, durability: Durability) -> Result<Connection, StoreError> {
    open(directory, durability)
}

#[cfg(test)]
mod tests {
    use super::{Durability, file, open};
    use crate::store::StoreError;
    use crate::store::sqlite::scratch::Scratch;

    #[test]
    fn a_new_file_has_the_settings_that_only_a_new_file_can_get() {
        let scratch = Scratch::new("schema");
        let db = open(scratch.path(), Durability::Full).expect("it is made");
        let ask = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).expect(name);
        assert_eq!(["page_size", "auto_vacuum", "synchronous", "user_version"].map(ask), [32 << 10, 2, 2, 3]);
        drop(db);
        let db = open(scratch.path(), Durability::Commit).expect("it is there");
        assert_eq!(
            db.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0)).expect("it says"),
            1
        );
    }

    #[test]
    fn a_file_of_a_newer_server_or_of_another_program_is_left_as_it_is() {
        for (mark, said) in [("user_version", "a newer server"), ("application_id", "another program")] {
            let scratch = Scratch::new("newer");
            let db = open(scratch.path(), Durability::Full).expect("it is made");
            db.pragma_update(None, mark, 99).expect("it is marked");
            db.pragma_update_and_check(None, "wal_checkpoint", "truncate", |_| Ok(()))
                .expect("it is written");
            drop(db);
            let before = std::fs::read(file(scratch.path())).expect("it is read");
            match open(scratch.path(), Durability::Full) {
                Err(StoreError::Corrupt(why)) => assert!(why.contains(said), "{why}"),
                other => panic!("{other:?}"),
            }
            assert_eq!(std::fs::read(file(scratch.path())).expect("it is read"), before);
        }
    }
}
