//! What a person does with the file: removing, copying, making it smaller, checking it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, Row, Transaction, params};

use super::bytes::{Damaged, Taker};
use super::entry::Entry;
use super::handle::Handle;
use super::lock::DirectoryLock;
use super::queue::{Job, Work};
use super::tile::Tile;
use super::{Durability, SqliteStore, chunk, load, schema, sum, traces};
use crate::store::{FloatPoints, ProjectKey, RunId, RunKey, StoreError, TraceTarget};

/// A run is removed in parts of about so many bytes, so that others can write between them.
const PART: i64 = 64 << 20;
/// So many free pages are given back at once.
const PAGES: i64 = 128;

/// What is wrong with a file. Nothing is, when it is empty.
pub type Findings = Vec<String>;

impl SqliteStore {
    /// Removes a run, and gives its room back to the disk.
    pub(super) async fn delete(&self, id: &RunId) -> Result<(), StoreError> {
        let (key, handle) = self.runs.write().remove(id).ok_or_else(|| StoreError::UnknownRun(id.clone()))?;
        let target = TraceTarget::of_run(&key);
        self.delete_all(&[handle], |traces| *traces == target).await
    }

    /// Removes all runs of a project and its traces. How many runs there were.
    pub(super) async fn remove_project(&self, project: &ProjectKey) -> Result<u64, StoreError> {
        let handles = self.runs.write().remove_project(project);
        if handles.is_empty() && !self.traces.has(|target| target.project() == *project) {
            return Err(StoreError::UnknownProject(project.clone()));
        }
        self.delete_all(&handles, |traces| traces.project() == *project).await?;
        Ok(handles.len() as u64)
    }

    /// Removes runs that the list no longer has, and traces.
    async fn delete_all(
        &self,
        handles: &[Arc<Handle>],
        traces: impl Fn(&TraceTarget) -> bool,
    ) -> Result<(), StoreError> {
        for handle in handles {
            {
                // Whoever changes the run holds the lock: nothing of it comes behind this.
                let _state = handle.lock();
                handle.delete();
            }
            self.feed.delete(handle.id.clone());
        }
        // Together: a deletion that is cut off leaves all of them or none.
        let rows: Vec<i64> = handles.iter().map(|handle| handle.row).collect();
        let marked = rows.clone();
        let mark: Job = Box::new(move |to| {
            let mut mark = to.prepare_cached("update run set deleted = 1 where id = ?1")?;
            marked.iter().try_for_each(|row| mark.execute([row]).map(drop))
        });
        self.queue.push_urgent(mark).await?;
        // In the order of the messages: some may wait to be written.
        let gone = self.traces.remove(traces, &rows, |job| self.queue.push(Work::Job(job), None));
        if self.doctor.is_good() {
            gone.await?;
        }
        for row in rows {
            loop {
                let (tell, told) = std::sync::mpsc::channel();
                let part: Job = Box::new(move |to| {
                    let _ = tell.send(remove_part(to, row)?);
                    Ok(())
                });
                self.queue.push_urgent(part).await?;
                if told.try_iter().last() != Some(true) {
                    break;
                }
            }
        }
        loop {
            let (tell, told) = std::sync::mpsc::channel();
            let part: Job = Box::new(move |to| {
                let _ = tell.send(give_back(to)?);
                Ok(())
            });
            self.queue.push_urgent(part).await?;
            if told.try_iter().last() != Some(true) {
                return Ok(());
            }
        }
    }

    /// Copies the store into another directory while it goes on. The directory must not hold one yet.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        backup(&self.directory, to)
    }

    /// Checks everything in the file: that `SQLite` finds it whole, that every checksum is right and that everything can be
    /// decoded.
    pub fn check(&self) -> Result<Findings, StoreError> {
        check(&schema::reader(&self.directory)?)
    }

    /// Checks the file of a directory that no server uses.
    pub fn check_directory(directory: &Path) -> Result<Findings, StoreError> {
        if !schema::file(directory).exists() {
            return Err(StoreError::Io(format!("{} has no {}", directory.display(), schema::FILE)));
        }
        let _lock = DirectoryLock::take(directory)?;
        check(&schema::open(directory, Durability::Full)?)
    }

    /// Copies the store of a directory into another one, whether or not a server uses it.
    pub fn backup_directory(directory: &Path, to: &Path) -> Result<(), StoreError> {
        if !schema::file(directory).exists() {
            return Err(StoreError::Io(format!("{} has no {}", directory.display(), schema::FILE)));
        }
        backup(directory, to)
    }

    /// Writes the file of a directory that no server uses anew, as small as it can be: all tiles that can be joined are.
    pub fn compact_directory(directory: &Path) -> Result<(), StoreError> {
        if !schema::file(directory).exists() {
            return Err(StoreError::Io(format!("{} has no {}", directory.display(), schema::FILE)));
        }
        let _lock = DirectoryLock::take(directory)?;
        let db = schema::open(directory, Durability::Full)?;
        let compact = || {
            db.execute_batch("vacuum")?;
            super::checkpoint(&db, "truncate")?;
            Ok(())
        };
        super::compact::all(&db)?;
        compact().map_err(|e: rusqlite::Error| schema::error(&e))
    }
}

/// Removes what an earlier process had begun to remove.
pub(super) fn finish_deletions(db: &Connection) -> Result<(), StoreError> {
    let work = || -> rusqlite::Result<()> {
        let mut select = db.prepare(
            "select id, deleted, organization, workspace, project, name from run where deleted > 0",
        )?;
        let key = |row: &Row<'_>| -> rusqlite::Result<_> {
            let (organization, workspace) = (row.get(2)?, row.get(3)?);
            let key = RunKey { organization, workspace, project: row.get(4)?, run_name: row.get(5)? };
            Ok((row.get(0)?, row.get(1)?, key))
        };
        let rows: Vec<(i64, i64, RunKey)> = select.query_map([], key)?.collect::<Result<_, _>>()?;
        for (row, deleted, key) in rows {
            if deleted == traces::STILL_THERE {
                let transaction = db.unchecked_transaction()?;
                traces::remove(&transaction, &[TraceTarget::of_run(&key)], &[row])?;
                transaction.commit()?;
            }
            loop {
                let transaction = db.unchecked_transaction()?;
                let more = remove_part(&transaction, row)?;
                transaction.commit()?;
                if !more {
                    break;
                }
            }
        }
        // Their room may not have been given back either.
        let mut more = true;
        while more {
            let transaction = db.unchecked_transaction()?;
            more = give_back(&transaction)?;
            transaction.commit()?;
        }
        Ok(())
    };
    match work().map_err(|e| schema::error(&e)) {
        // There is time for it when there is room.
        Err(StoreError::Full(_)) => Ok(()),
        other => other,
    }
}

/// Removes a part of a run. Whether there is more.
fn remove_part(to: &Transaction<'_>, run: i64) -> rusqlite::Result<bool> {
    for table in ["chunk", "journal"] {
        let mut select =
            to.prepare_cached(&format!("select id, length(body) from {table} where run = ?1"))?;
        let mut rows = select.query([run])?;
        let (mut bytes, mut ids) = (0, Vec::new());
        while let Some(row) = rows.next()? {
            ids.push(row.get::<_, i64>(0)?);
            bytes += row.get::<_, i64>(1)?;
            if bytes >= PART {
                break;
            }
        }
        drop(rows);
        let mut delete = to.prepare_cached(&format!("delete from {table} where id = ?1"))?;
        for id in ids {
            delete.execute([id])?;
        }
        if bytes >= PART {
            return Ok(true);
        }
    }
    for delete in [
        "delete from rest where run = ?1",
        "delete from series where run = ?1",
        "delete from environment where run = ?1",
        "delete from run where id = ?1",
    ] {
        to.execute(delete, params![run])?;
    }
    Ok(false)
}

/// Gives free pages back to the disk. Whether there are more.
fn give_back(to: &Transaction<'_>) -> rusqlite::Result<bool> {
    let mut vacuum = to.prepare(&format!("pragma incremental_vacuum({PAGES})"))?;
    // Each row that is stepped over frees one page.
    let mut rows = vacuum.query([])?;
    while rows.next()?.is_some() {}
    drop(rows);
    let left: i64 = to.query_row("pragma freelist_count", [], |row| row.get(0))?;
    Ok(left > 0)
}

fn backup(from: &Path, to: &Path) -> Result<(), StoreError> {
    let io = |path: &Path, error: std::io::Error| StoreError::Io(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(to).map_err(|error| io(to, error))?;
    let target = schema::file(to);
    if target.exists() {
        return Err(StoreError::Io(format!(
            "{} is there already; choose another directory",
            target.display()
        )));
    }
    // It gets its name when it is whole.
    let unfinished: PathBuf = to.join(format!("{}.part", schema::FILE));
    let copy = || -> rusqlite::Result<()> {
        let source = Connection::open(schema::file(from))?;
        source.busy_timeout(Duration::from_secs(10))?;
        let mut copy = Connection::open(&unfinished)?;
        {
            // In one step the copy is of one moment. The writer goes on beside it.
            let backup = Backup::new(&source, &mut copy)?;
            while backup.step(-1)? != StepResult::Done {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        copy.pragma_update_and_check(None, "journal_mode", "delete", |row| row.get::<_, String>(0))?;
        Ok(())
    };
    let copied = copy().map_err(|e| schema::error(&e));
    let copied =
        copied.and_then(|()| std::fs::rename(&unfinished, &target).map_err(|error| io(&target, error)));
    if copied.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    copied
}

fn check(db: &Connection) -> Result<Findings, StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let mut findings = Findings::new();
    let mut select = db.prepare("pragma integrity_check").map_err(sql)?;
    let mut rows = select.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let line: String = row.get(0).map_err(sql)?;
        if line != "ok" {
            findings.push(line);
        }
    }
    drop(rows);
    for table in ["chunk", "rest"] {
        check_sealed(db, table, &mut findings)?;
    }
    let mut select = db.prepare("select id, crc, body, run, first, last from journal").map_err(sql)?;
    let mut rows = select.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, crc): (i64, u32) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        let body = bytes::Bytes::from(row.get::<_, Vec<u8>>(2).map_err(sql)?);
        let belongs = [row.get(3).map_err(sql)?, row.get(4).map_err(sql)?, row.get(5).map_err(sql)?];
        let what = match sum::check(&body, &belongs, crc, id, "journal") {
            Ok(()) => entries(&body).err(),
            Err(_) => Some(Damaged("its checksum is wrong")),
        };
        findings.extend(what.map(|Damaged(what)| format!("the row {id} of the table journal: {what}")));
    }
    drop(rows);
    // Everything else is read as it is read when a run is needed.
    let mut select = db.prepare("select id, run_id from run where deleted = 0").map_err(sql)?;
    let mut rows = select.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (number, text): (i64, String) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        let read = text
            .parse::<RunId>()
            .map_err(|why| StoreError::Corrupt(format!("the row {number} of the table run: {why}")))
            .and_then(|id| load::run(db, &id, number, 1));
        findings.extend(read.err().map(|error| error.to_string()));
    }
    Ok(findings)
}

/// Checks the rows of sealed points.
fn check_sealed(db: &Connection, table: &str, findings: &mut Findings) -> Result<(), StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let select = format!("select id, kind, head, head_crc, body, body_crc, {} from {table}", chunk::BELONGS);
    let mut select = db.prepare(&select).map_err(sql)?;
    let mut rows = select.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, kind): (i64, i64) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        let head = row.get_ref(2).and_then(|blob| Ok(blob.as_blob()?)).map_err(sql)?;
        let body = row.get_ref(4).and_then(|blob| Ok(blob.as_blob()?)).map_err(sql)?;
        let belongs = chunk::belongs(row, 6).map_err(sql)?;
        let sums = sum::check(head, &belongs, row.get(3).map_err(sql)?, id, table)
            .and_then(|()| sum::check(body, &belongs, row.get(5).map_err(sql)?, id, table));
        if let Err(error) = sums {
            findings.push(error.to_string());
        } else if kind == chunk::FLOATS
            && let Err(Damaged(what)) = decode(head, body)
        {
            findings.push(format!("the row {id} of the table {table}: {what}"));
        }
    }
    Ok(())
}

fn decode(head: &[u8], body: &[u8]) -> Result<(), Damaged> {
    let tile = Tile::read(head)?;
    for track in tile.tracks() {
        let mut points = FloatPoints::default();
        tile.points(body, track, &(0..u64::MAX), &mut points)?;
        let mut values = points.values.as_slice();
        for summary in tile.summaries().get(track.pages.clone()).unwrap_or_default() {
            let (page, rest) =
                values.split_at(values.len().min(usize::try_from(summary.count).unwrap_or(usize::MAX)));
            if !summary.is_of(page) {
                return Err(Damaged("a summary is not that of its page"));
            }
            values = rest;
        }
    }
    Ok(())
}

fn entries(body: &bytes::Bytes) -> Result<(), Damaged> {
    let mut taker = Taker(body);
    while !taker.is_empty() {
        Entry::take(&mut taker, body)?;
    }
    Ok(())
}
