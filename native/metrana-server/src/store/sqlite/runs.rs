//! Which runs there are.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rusqlite::Connection;

use super::handle::Handle;
use super::{load, schema};
use crate::store::{Counts, ProjectKey, RunId, RunInfo, RunKey, StoreError};

/// The runs of the store, all of them; their content is loaded when it is needed.
pub(super) struct Runs(RwLock<List>);

#[derive(Default)]
pub(super) struct List {
    by_key: HashMap<RunKey, Arc<Handle>>,
    by_id: HashMap<RunId, Arc<Handle>>,
    in_order: Vec<Arc<Handle>>,
    last_row: i64,
}

/// What a list of runs tells of one that is not in memory.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub(super) info: RunInfo,
    pub(super) counts: Counts,
}

impl Runs {
    /// Reads which there are, and no more of them.
    pub(super) fn load(db: &Connection) -> Result<Self, StoreError> {
        let sql = |e: rusqlite::Error| schema::error(&e);
        let mut list = List::default();
        let mut select = db
            .prepare(
                &format!(
                    "select id, run_id, series, points, exists (select 1 from journal where journal.run = run.id) \
                     or exists (select 1 from rest where rest.run = run.id), {} from run where deleted = 0 order by id",
                    load::WRITTEN
                ),
            )
            .map_err(sql)?;
        let mut rows = select.query([]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let number: i64 = row.get(0).map_err(sql)?;
            let text: String = row.get(1).map_err(sql)?;
            let id: RunId = text
                .parse()
                .map_err(|why| StoreError::Corrupt(format!("the row {number} of the table run: {why}")))?;
            let written = load::Written::read(row, 5).map_err(sql)?;
            let run = load::outline(&id, number, &written)?;
            let key = run.key().clone();
            let handle = Arc::new(Handle::asleep(number, id));
            if !row.get::<_, bool>(4).map_err(sql)? {
                let (series, points) =
                    (row.get::<_, i64>(2).map_err(sql)?, row.get::<_, i64>(3).map_err(sql)?);
                let (series, points) = (series.unsigned_abs(), points.unsigned_abs());
                let outline = Outline {
                    info: RunInfo { series, points, ..run.info(i64::MIN) },
                    counts: Counts { series, ..run.counts() },
                };
                handle.lock().outline = Some(outline);
            }
            list.add(key, handle);
        }
        Ok(Self(RwLock::new(list)))
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, List> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, List> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn find(&self, id: &RunId) -> Result<Arc<Handle>, StoreError> {
        self.read().by_id.get(id).cloned().ok_or_else(|| StoreError::UnknownRun(id.clone()))
    }

    /// In the order of their creation.
    pub(super) fn all(&self) -> Vec<Arc<Handle>> {
        self.read().in_order.clone()
    }
}

impl List {
    pub(super) fn by_key(&self, key: &RunKey) -> Option<&Arc<Handle>> {
        self.by_key.get(key)
    }

    pub(super) fn len(&self) -> usize {
        self.in_order.len()
    }

    pub(super) fn next_row(&self) -> i64 {
        self.last_row + 1
    }

    pub(super) fn add(&mut self, key: RunKey, handle: Arc<Handle>) {
        self.last_row = self.last_row.max(handle.row);
        self.by_key.insert(key, Arc::clone(&handle));
        self.by_id.insert(handle.id.clone(), Arc::clone(&handle));
        self.in_order.push(handle);
    }

    pub(super) fn remove(&mut self, id: &RunId) -> Option<(RunKey, Arc<Handle>)> {
        let handle = self.by_id.remove(id)?;
        let key = self.by_key.iter().find(|(_, known)| Arc::ptr_eq(known, &handle))?.0.clone();
        self.by_key.remove(&key);
        self.in_order.retain(|known| !Arc::ptr_eq(known, &handle));
        Some((key, handle))
    }

    /// Removes all runs of a project.
    pub(super) fn remove_project(&mut self, project: &ProjectKey) -> Vec<Arc<Handle>> {
        let gone: Vec<_> =
            self.by_key.extract_if(|key, _| key.project() == *project).map(|(_, handle)| handle).collect();
        for handle in &gone {
            self.by_id.remove(&handle.id);
        }
        self.in_order.retain(|known| self.by_id.contains_key(&known.id));
        gone
    }
}
