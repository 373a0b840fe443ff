//! The messages of tracers: kept as they came.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rusqlite::{Connection, Transaction, params};

use super::queue::Job;
use super::schema;
use crate::store::traces::{Bound, TraceLog};
use crate::store::{
    Applied, Counts, MessageKey, Page, RunKey, StoreError, TraceMessage, TraceTarget, Traces,
};

/// What the column `deleted` says of a run that is being removed whose traces are still there, and of another.
pub(super) const STILL_THERE: i64 = 1;
const GONE: i64 = 2;

/// Removes the traces of these targets, and notes it for runs that are being removed.
pub(super) fn remove(to: &Transaction<'_>, targets: &[TraceTarget], runs: &[i64]) -> rusqlite::Result<()> {
    for table in ["trace", "trace_count"] {
        let mut delete = to.prepare_cached(&format!("delete from {table} where target = ?1"))?;
        for target in targets {
            let target = serde_json::to_string(target)
                .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
            delete.execute([target])?;
        }
    }
    let mut note = to.prepare_cached("update run set deleted = ?2 where id = ?1 and deleted > 0")?;
    runs.iter().try_for_each(|row| note.execute([*row, GONE]).map(drop))
}

/// A page of the messages of a target. Only what is safe is in the file.
pub(super) fn read(
    db: &Connection,
    target: &TraceTarget,
    (offset, limit): (u64, u64),
    bytes: u64,
) -> Result<Page<TraceMessage>, StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let target = serde_json::to_string(target).map_err(|error| StoreError::Io(error.to_string()))?;
    let at = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let mut count = db.prepare_cached("select count(*) from trace where target = ?1").map_err(sql)?;
    let total = count.query_row([&target], |row| row.get::<_, i64>(0)).map_err(sql)?.unsigned_abs();
    let mut select = db
        .prepare_cached(
            "select logger_id, session_id, sequence_number, received_at_millis, updates, body from trace \
             where target = ?1 order by id limit ?2 offset ?3",
        )
        .map_err(sql)?;
    let mut rows = select.query(params![target, at(limit), at(offset)]).map_err(sql)?;
    let (mut items, mut bound) = (Vec::new(), Bound::new(bytes));
    while let Some(row) = rows.next().map_err(sql)? {
        let body = row.get_ref(5).and_then(|body| Ok(body.as_blob()?)).map_err(sql)?;
        if !bound.admits(body.len()) {
            break;
        }
        let number = |at| row.get::<_, i64>(at).map(i64::cast_unsigned).map_err(sql);
        items.push(TraceMessage {
            message: MessageKey {
                logger_id: number(0)?,
                session_id: number(1)?,
                sequence_number: number(2)?,
            },
            received_at: row.get(3).map_err(sql)?,
            updates: number(4)?,
            body: Bytes::copy_from_slice(body),
        });
    }
    Ok(Page { total, offset, items })
}

/// What is known of them without their content.
#[derive(Debug)]
pub(super) struct TraceLogs(Mutex<HashMap<TraceTarget, TraceLog>>);

impl TraceLogs {
    pub(super) fn load(db: &Connection) -> Result<Self, StoreError> {
        let sql = |e: rusqlite::Error| schema::error(&e);
        let mut logs: HashMap<TraceTarget, TraceLog> = HashMap::new();
        let mut select = db
            .prepare(
                "select id, target, logger_id, session_id, sequence_number, updates from trace order by id",
            )
            .map_err(sql)?;
        let mut rows = select.query([]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let (id, target): (i64, String) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
            let target: TraceTarget = serde_json::from_str(&target)
                .map_err(|error| StoreError::Corrupt(format!("the row {id} of the table trace: {error}")))?;
            let number = |at| row.get::<_, i64>(at).map(i64::cast_unsigned).map_err(sql);
            let message =
                MessageKey { logger_id: number(2)?, session_id: number(3)?, sequence_number: number(4)? };
            let traces = Traces { target, message, updates: number(5)?, ..Traces::default() };
            logs.entry(traces.target.clone()).or_default().take(&traces)?;
        }
        let mut select = db.prepare("select target, duplicates from trace_count").map_err(sql)?;
        let mut rows = select.query([]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let (target, duplicates): (String, i64) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
            let target: TraceTarget = serde_json::from_str(&target)
                .map_err(|error| StoreError::Corrupt(format!("the table trace_count: {error}")))?;
            logs.entry(target).or_default().came_again(duplicates.unsigned_abs());
        }
        Ok(Self(Mutex::new(logs)))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TraceTarget, TraceLog>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a message in and gives what writes it; `push` is called in the order of the messages.
    pub(super) fn take<T>(
        &self,
        traces: Traces,
        push: impl FnOnce(Job) -> T,
    ) -> Result<(Applied, T), StoreError> {
        let target =
            serde_json::to_string(&traces.target).map_err(|error| StoreError::Io(error.to_string()))?;
        let mut logs = self.lock();
        let without = Traces { body: Bytes::new(), ..traces.clone() };
        let applied = logs.entry(traces.target.clone()).or_default().take(&without)?;
        let job: Job = if applied == Applied::Duplicate {
            Box::new(move |to| {
                to.prepare_cached(
                    "insert into trace_count (target, duplicates) values (?1, 1) on conflict (target) do update set \
                     duplicates = duplicates + 1",
                )?
                .execute([&target])?;
                Ok(())
            })
        } else {
            Box::new(move |to| {
                let key = traces.message;
                to.prepare_cached(
                    "insert into trace (target, logger_id, session_id, sequence_number, received_at_millis, updates, \
                     body) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    target,
                    key.logger_id.cast_signed(),
                    key.session_id.cast_signed(),
                    key.sequence_number.cast_signed(),
                    traces.received_at,
                    traces.updates.cast_signed(),
                    traces.body.as_ref()
                ])?;
                Ok(())
            })
        };
        let pushed = push(job);
        Ok((applied, pushed))
    }

    /// Whether there are traces of such targets.
    pub(super) fn has(&self, is: impl Fn(&TraceTarget) -> bool) -> bool {
        self.lock().keys().any(is)
    }

    /// Removes the traces of such targets, also those that are not written yet; `push` gets what does it. Those of the
    /// runs in these rows, which are being removed, are then no longer there.
    pub(super) fn remove<T>(
        &self,
        is: impl Fn(&TraceTarget) -> bool,
        runs: &[i64],
        push: impl FnOnce(Job) -> T,
    ) -> T {
        let mut logs = self.lock();
        let targets: Vec<TraceTarget> =
            logs.extract_if(|target, _| is(target)).map(|(target, _)| target).collect();
        let runs = runs.to_vec();
        push(Box::new(move |to| remove(to, &targets, &runs)))
    }

    /// Adds what tracers sent: for one run, or for everything.
    pub(super) fn add(&self, run: Option<&RunKey>, counts: &mut Counts) {
        let target = run.map(TraceTarget::of_run);
        for (_, log) in
            self.lock().iter().filter(|(is, _)| target.as_ref().is_none_or(|target| target == *is))
        {
            let (updates, duplicates) = log.counts();
            counts.trace_updates += updates;
            counts.duplicate_messages += duplicates;
        }
    }
}
