//! The store's calls.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::ready;
use rusqlite::params;
use tokio::sync::watch;

use super::entry::Entry;
use super::handle::{Handle, State};
use super::queue::{Job, Work};
use super::runs::Outline;
use super::sum::sum;
use super::{SqliteStore, load, room, traces};
use crate::store::catalogue::Series;
use crate::store::list::Which;
use crate::store::pages::window;
use crate::store::run::Run;
use crate::store::status::LOST_AFTER_MILLIS;
use crate::store::{
    Along, Applied, Attributes, Changes, Counts, Cursor, DeclarationId, Enqueued, EnvironmentInfo,
    FloatPoints, Health, Histogram, OpenedRun, Opening, Page, Part, Pending, ProjectKey, RlPoints, RunEdit,
    RunId, RunInfo, RunKey, RunStatus, Scatter, SeriesDefinition, SeriesId, SeriesInfo, Sketch, Store,
    StoreError, TraceMessage, TraceTarget, Traces, Update, View,
};

/// What a small thing takes in the queue.
const SMALL: usize = 1 << 10;

/// A run that is in memory.
pub(super) fn awake(state: &mut State) -> Result<&mut Run, StoreError> {
    state.run.as_mut().ok_or_else(|| StoreError::Io("the run is not in memory".to_owned()))
}

impl SqliteStore {
    /// Loads the runs that have something in the journal: it is time to seal them.
    pub(super) fn wake_unsealed(&self) {
        for handle in self.runs.all() {
            if handle.lock().outline.is_none() {
                drop(self.load(&handle));
            }
        }
    }

    /// Loads a run on a thread that reads.
    fn load(&self, handle: &Arc<Handle>) -> Pending<'static, ()> {
        let (handle, feed, doctor) = (Arc::clone(handle), Arc::clone(&self.feed), Arc::clone(&self.doctor));
        self.readers.ask(move |db| {
            let is_needed = |state: &State| state.run.is_none() && !handle.is_deleted();
            if !is_needed(&handle.lock()) {
                return Ok(());
            }
            // Not under the lock, which others would wait for: what is not in memory does not change.
            let loaded = load::run(db, &handle.id, handle.row, feed.next()).inspect_err(|error| {
                doctor.say(format_args!("run {} cannot be loaded: {error}", handle.id));
            })?;
            let mut state = handle.lock();
            if !is_needed(&state) {
                return Ok(());
            }
            state.next = loaded.next;
            state.sealed = loaded.sealed;
            state.journal = loaded.journal;
            state.rest = loaded.rest;
            state.run = Some(loaded.run);
            state.outline = None;
            state.touched = Instant::now();
            state.used = Instant::now();
            Ok(())
        })
    }

    /// The run, in memory.
    pub(super) async fn wake(&self, run: &RunId) -> Result<Arc<Handle>, StoreError> {
        let handle = self.runs.find(run)?;
        let is_awake = {
            let mut state = handle.lock();
            state.used = Instant::now();
            state.run.is_some()
        };
        if !is_awake {
            self.load(&handle).await?;
        }
        if handle.is_deleted() { Err(handle.unknown()) } else { Ok(handle) }
    }

    /// Reads from a run in memory.
    pub(super) async fn read<T>(
        &self,
        run: &RunId,
        read: impl FnOnce(&Run) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let handle = self.wake(run).await?;
        let mut state = handle.lock();
        read(awake(&mut state)?)
    }

    /// Changes a run in memory, and puts what happened behind all that waits. `change` says what that is; without it
    /// nothing is written.
    async fn change<T>(
        &self,
        run: &RunId,
        weight: usize,
        change: impl FnOnce(&mut Run) -> Result<(T, Option<Entry>), StoreError>,
    ) -> Result<Enqueued<T>, StoreError> {
        let handle = self.wake(run).await?;
        let room = self.queue.room(weight).await?;
        let mut state = handle.lock();
        if handle.is_deleted() {
            return Err(handle.unknown());
        }
        let run = awake(&mut state)?;
        run.stamp(self.feed.next());
        let (value, entry) = change(run)?;
        state.touched = Instant::now();
        // Still under the lock: the journal has what happened in the order in which it happened.
        let work = match entry {
            None => Work::Mark,
            Some(entry) => {
                let number = state.next;
                state.next += 1;
                state.journal += entry.weight() as u64;
                Work::Entry { run: Arc::clone(&handle), number, entry }
            }
        };
        Ok(Enqueued { value, receipt: self.queue.push(work, Some(room)) })
    }

    async fn open_or_create(&self, opening: Opening) -> Result<OpenedRun, StoreError> {
        let (logger_id, now) = (opening.logger_id, self.clock.now_millis());
        let found = self.runs.read().by_key(&opening.definition.key).cloned();
        if let Some(handle) = found {
            let opened = self.read(&handle.id, |run| Ok(run.open(logger_id, false, now))).await?;
            // Where it stands is told when all of it is safe. A disk that is full keeps nobody from going on with a run.
            if self.doctor.is_good() {
                self.queue.push(Work::Mark, None).await?;
            }
            return Ok(opened);
        }
        if !self.doctor.is_good() {
            return Err(StoreError::Full(format!(
                "no run can be begun in {} until there is room again",
                self.directory.display()
            )));
        }
        let (opened, receipt) = self.create(opening, logger_id, now)?;
        receipt.await?;
        Ok(opened)
    }

    fn create(
        &self,
        opening: Opening,
        logger_id: u64,
        now: i64,
    ) -> Result<(OpenedRun, Pending<'static, ()>), StoreError> {
        let mut runs = self.runs.write();
        if let Some(handle) = runs.by_key(&opening.definition.key)
            && let Some(run) = &handle.lock().run
        {
            // Somebody was quicker.
            return Ok((run.open(logger_id, false, now), self.queue.push(Work::Mark, None)));
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| StoreError::NoRandomness(error.to_string()))?;
        let id = RunId::from_bytes(bytes.to_vec().into());
        let written = serde_json::to_string(&opening).map_err(|error| StoreError::Io(error.to_string()))?;
        let (row, key) = (runs.next_row(), opening.definition.key.clone());
        let mut run = Run::new(id.clone(), opening, now);
        run.stamp(self.feed.next());
        let opened = run.open(logger_id, true, now);
        let handle = Arc::new(Handle::new(row, id.clone(), run));
        runs.add(key.clone(), handle);
        let job: Job = Box::new(move |to| {
            to.execute(
                "insert into run (id, run_id, organization, workspace, project, name, created_at_millis, opening, \
                 opening_crc) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    row,
                    id.to_string(),
                    key.organization,
                    key.workspace,
                    key.project,
                    key.run_name,
                    now,
                    written,
                    sum(written.as_bytes(), &[row, now])
                ],
            )?;
            Ok(())
        });
        // Still under the lock: no other run gets before it.
        Ok((opened, self.queue.push(Work::Job(job), None)))
    }

    async fn outline(&self, handle: &Arc<Handle>, now: i64) -> Result<Option<Outline>, StoreError> {
        for _ in 0..2 {
            {
                let state = handle.lock();
                if handle.is_deleted() {
                    return Ok(None);
                }
                if let Some(run) = &state.run {
                    return Ok(Some(Outline { info: run.info(now), counts: run.counts() }));
                }
                if let Some(outline) = &state.outline {
                    let mut outline = outline.clone();
                    if outline.info.ending.is_none()
                        && now.saturating_sub(outline.info.last_contact_millis) > LOST_AFTER_MILLIS
                    {
                        outline.info.status = RunStatus::LostContact;
                    }
                    return Ok(Some(outline));
                }
            }
            self.load(handle).await?;
        }
        Ok(None)
    }

    async fn outlines(&self) -> Result<Vec<Outline>, StoreError> {
        let now = self.clock.now_millis();
        let mut outlines = Vec::new();
        for handle in self.runs.all() {
            outlines.extend(self.outline(&handle, now).await?);
        }
        Ok(outlines)
    }
}

impl Store for SqliteStore {
    fn open_run(&self, opening: Opening) -> Pending<'_, OpenedRun> {
        Box::pin(self.open_or_create(opening))
    }

    fn find_run<'a>(&'a self, key: &'a RunKey) -> Pending<'a, Option<RunId>> {
        let found = self.runs.read().by_key(key).map(|handle| handle.id.clone());
        Box::pin(ready(Ok(found)))
    }

    fn begin_stream<'a>(&'a self, run: &'a RunId) -> Pending<'a, ()> {
        Box::pin(async move {
            let at_millis = self.clock.now_millis();
            let begun = self.change(run, SMALL, |run| {
                run.begin_stream(at_millis);
                Ok(((), Some(Entry::Begin { at_millis })))
            });
            begun.await.map(|begun| begun.value)
        })
    }

    fn end_stream(&self, run: &RunId) {
        if let Ok(handle) = self.runs.find(run)
            && let Some(run) = &mut handle.lock().run
        {
            run.stamp(self.feed.next());
            run.end_stream(self.clock.now_millis());
        }
    }

    fn append_traces(&self, traces: Traces) -> Pending<'_, Enqueued<Applied>> {
        Box::pin(async move {
            let room = self.queue.room(traces.body.len()).await?;
            let (value, receipt) =
                self.traces.take(traces, |job| self.queue.push(Work::Job(job), Some(room)))?;
            Ok(Enqueued { value, receipt })
        })
    }

    fn traces<'a>(
        &'a self,
        target: &'a TraceTarget,
        offset: u64,
        limit: u64,
        bytes: u64,
    ) -> Pending<'a, Page<TraceMessage>> {
        let target = target.clone();
        self.readers.ask(move |db| traces::read(db, &target, (offset, limit), bytes))
    }

    fn declare<'a>(
        &'a self,
        run: &'a RunId,
        series: Vec<SeriesDefinition>,
    ) -> Pending<'a, Enqueued<Vec<DeclarationId>>> {
        Box::pin(async move {
            let weight = Entry::Declare(series.clone()).weight();
            let mut declared = self
                .change(run, weight, |run| {
                    let ids = series.iter().map(|definition| run.declare(definition.clone())).collect();
                    Ok((ids, Some(Entry::Declare(series))))
                })
                .await?;
            if !self.doctor.is_good() {
                // A client declares anew on each of its streams, and goes on with its calls when it is heard.
                declared.receipt = Box::pin(ready(Ok(())));
            }
            Ok(declared)
        })
    }

    fn apply<'a>(&'a self, run: &'a RunId, update: Update) -> Pending<'a, Enqueued<Applied>> {
        Box::pin(async move {
            // What nobody could read has no body: only that it came is kept.
            let kept =
                if update.body.is_empty() { Entry::counted(&update, false) } else { Entry::message(&update) };
            let repeated = Entry::counted(&update, true);
            self.change(run, kept.weight(), |run| {
                let applied = run.apply(update)?;
                let entry = if applied == Applied::Duplicate { repeated } else { kept };
                Ok((applied, Some(entry)))
            })
            .await
        })
    }

    fn how_many_runs(&self) -> u64 {
        self.runs.read().len() as u64
    }

    fn runs(&self) -> Pending<'_, Vec<RunInfo>> {
        Box::pin(async move { Ok(self.outlines().await?.into_iter().map(|outline| outline.info).collect()) })
    }

    fn run<'a>(&'a self, run: &'a RunId) -> Pending<'a, RunInfo> {
        Box::pin(async move {
            let handle = self.runs.find(run)?;
            let outline = self.outline(&handle, self.clock.now_millis()).await?;
            outline.map(|outline| outline.info).ok_or_else(|| handle.unknown())
        })
    }

    fn series<'a>(&'a self, run: &'a RunId) -> Pending<'a, Vec<SeriesInfo>> {
        Box::pin(self.read(run, |run| Ok(run.all_series())))
    }

    fn one_series<'a>(&'a self, run: &'a RunId, series: SeriesId) -> Pending<'a, SeriesInfo> {
        Box::pin(self.read(run, move |run| run.series(series)))
    }

    fn points<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
    ) -> Pending<'a, FloatPoints> {
        let which = Which { view, offset, limit, bytes: u64::MAX };
        Box::pin(async move {
            let (copied, ()) = self.copy(run, series, |_, series| (window(series, None, which), ())).await?;
            self.readers.ask(move |db| copied.points(db, which)).await
        })
    }

    fn rl_points<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        environment: &'a str,
        view: View,
        offset: u64,
        limit: u64,
    ) -> Pending<'a, RlPoints> {
        let which = Which { view, offset, limit, bytes: u64::MAX };
        Box::pin(async move {
            let find = |run: &Run, series: &Series| {
                let place = run.environment(environment);
                (window(series, place, which), place)
            };
            let (copied, place) = self.copy(run, series, find).await?;
            let points = self.readers.ask(move |db| copied.rl_points(db, place, which)).await?;
            points.ok_or_else(|| StoreError::UnknownEnvironment(environment.to_owned()))
        })
    }

    fn sketch<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        parts: Vec<Part>,
        along: Along,
        blank: Sketch,
    ) -> Pending<'a, Vec<Sketch>> {
        Box::pin(async move {
            let drawn = self.draw(run, series, parts, along, blank).await;
            // What is missing may be what was just removed.
            if drawn.is_err() {
                self.runs.find(run)?;
            }
            drawn
        })
    }

    fn histograms<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
        bytes: u64,
    ) -> Pending<'a, Page<Histogram>> {
        let which = Which { view, offset, limit, bytes };
        Box::pin(async move {
            let (copied, ()) = self.copy(run, series, |_, series| (window(series, None, which), ())).await?;
            self.readers.ask(move |db| copied.histograms(db, which)).await
        })
    }

    fn scatters<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
        bytes: u64,
    ) -> Pending<'a, Page<Scatter>> {
        let which = Which { view, offset, limit, bytes };
        Box::pin(async move {
            let (copied, ()) = self.copy(run, series, |_, series| (window(series, None, which), ())).await?;
            self.readers.ask(move |db| copied.scatters(db, which)).await
        })
    }

    fn attributes<'a>(&'a self, run: &'a RunId) -> Pending<'a, Attributes> {
        Box::pin(self.read(run, |run| Ok(run.attributes())))
    }

    fn environments<'a>(&'a self, run: &'a RunId) -> Pending<'a, Vec<EnvironmentInfo>> {
        Box::pin(self.read(run, |run| Ok(run.environments())))
    }

    fn counts<'a>(&'a self, run: Option<&'a RunId>) -> Pending<'a, Counts> {
        Box::pin(async move {
            let Some(run) = run else {
                let mut counts = Counts::default();
                self.outlines().await?.iter().for_each(|outline| counts.add(&outline.counts));
                self.traces.add(None, &mut counts);
                return Ok(counts);
            };
            let handle = self.runs.find(run)?;
            let outline = self.outline(&handle, self.clock.now_millis()).await?;
            let Outline { info, mut counts } = outline.ok_or_else(|| handle.unknown())?;
            self.traces.add(Some(&info.definition.key), &mut counts);
            Ok(counts)
        })
    }

    fn stored_bytes<'a>(&'a self, run: &'a RunId) -> Pending<'a, Option<u64>> {
        Box::pin(async move {
            let row = self.runs.find(run)?.row;
            self.readers.ask(move |db| room::stored_bytes(db, row)).await.map(Some)
        })
    }

    fn delete_run<'a>(&'a self, run: &'a RunId) -> Pending<'a, ()> {
        Box::pin(self.delete(run))
    }

    fn edit_run<'a>(&'a self, run: &'a RunId, edit: RunEdit) -> Pending<'a, RunInfo> {
        Box::pin(async move {
            if !self.doctor.is_good() {
                return Err(StoreError::Full("nothing can be changed until there is room again".to_owned()));
            }
            let now = self.clock.now_millis();
            let entry = Entry::Edit(Box::new(edit.clone()));
            let edited = self.change(run, entry.weight(), |run| {
                run.edit(edit);
                Ok((run.info(now), Some(entry)))
            });
            let edited = edited.await?;
            edited.receipt.await?;
            Ok(edited.value)
        })
    }

    fn delete_project<'a>(&'a self, project: &'a ProjectKey) -> Pending<'a, u64> {
        Box::pin(self.remove_project(project))
    }

    fn changes(&self, since: Option<Cursor>) -> Pending<'_, Changes> {
        let mut changes = self.feed.since(since);
        if let Some(since) = since.filter(|_| !changes.reset) {
            for handle in self.runs.all() {
                // What is not in memory has not changed.
                changes.runs.extend(handle.lock().run.as_ref().and_then(|run| run.changes(since.revision)));
            }
        }
        Box::pin(ready(Ok(changes)))
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.feed.watch()
    }

    fn health(&self) -> Health {
        self.doctor.health()
    }
}
