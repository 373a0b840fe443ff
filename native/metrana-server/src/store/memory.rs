//! A store that lives as long as its process.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::watch;

use super::content::Content;
use super::feed::Feed;
use super::list::Which;
use super::merge::fill;
use super::run::Run;
use super::strand::{Drawn, Onward};
use super::traces::TraceLog;
use super::{
    Along, Applied, Attributes, Changes, Counts, Cursor, DeclarationId, Enqueued, EnvironmentInfo,
    FloatPoints, Health, Histogram, OpenedRun, Opening, Page, Part, Pending, ProjectKey, RlPoints, RunEdit,
    RunId, RunInfo, RunKey, Scatter, SeriesDefinition, SeriesId, SeriesInfo, Sketch, Store, StoreError,
    TraceMessage, TraceTarget, Traces, Update, View,
};
use crate::clock::Clock;

/// Keeps everything in memory, and each run behind a lock of its own.
#[derive(Debug)]
pub struct MemoryStore {
    runs: RwLock<Runs>,
    traces: Mutex<HashMap<TraceTarget, TraceLog>>,
    feed: Feed,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Runs {
    by_key: HashMap<RunKey, RunId>,
    by_id: HashMap<RunId, Arc<Mutex<Run>>>,
    in_order: Vec<Arc<Mutex<Run>>>,
}

impl Runs {
    fn remove(&mut self, id: &RunId) -> Option<Arc<Mutex<Run>>> {
        let run = self.by_id.remove(id)?;
        self.by_key.retain(|_, known| known != id);
        self.in_order.retain(|known| !Arc::ptr_eq(known, &run));
        Some(run)
    }
}

/// A panic while the lock was held left the run as it was between two statements, which is a run that can be read.
fn lock(run: &Mutex<Run>) -> MutexGuard<'_, Run> {
    run.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new(Clock::default())
    }
}

impl MemoryStore {
    /// An empty one that tells the time by this clock.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let feed = Feed::new(clock.now_millis().unsigned_abs());
        Self { runs: RwLock::default(), traces: Mutex::default(), feed, clock }
    }

    fn find(&self, id: &RunId) -> Result<Arc<Mutex<Run>>, StoreError> {
        let runs = self.runs.read().unwrap_or_else(PoisonError::into_inner);
        runs.by_id.get(id).cloned().ok_or_else(|| StoreError::UnknownRun(id.clone()))
    }

    fn all(&self) -> Vec<Arc<Mutex<Run>>> {
        self.runs.read().unwrap_or_else(PoisonError::into_inner).in_order.clone()
    }

    /// Reads from a run.
    fn read<'a, T: Send + 'a>(
        &self,
        run: &RunId,
        read: impl FnOnce(&mut Run) -> Result<T, StoreError>,
    ) -> Pending<'a, T> {
        Box::pin(ready(self.find(run).and_then(|run| read(&mut lock(&run)))))
    }

    /// Changes a run.
    fn change<'a, T: Send + 'a>(
        &self,
        run: &RunId,
        change: impl FnOnce(&mut Run) -> Result<T, StoreError>,
    ) -> Pending<'a, T> {
        self.read(run, |run| {
            run.stamp(self.feed.next());
            change(run)
        })
    }

    fn find_or_create(&self, opening: Opening) -> Result<OpenedRun, StoreError> {
        let (logger_id, now) = (opening.logger_id, self.clock.now_millis());
        let mut runs = self.runs.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = runs.by_key.get(&opening.definition.key).and_then(|id| runs.by_id.get(id)) {
            let run = Arc::clone(run);
            drop(runs);
            return Ok(lock(&run).open(logger_id, false, now));
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| StoreError::NoRandomness(error.to_string()))?;
        let id = RunId::from_bytes(bytes.to_vec().into());
        let key = opening.definition.key.clone();
        let mut run = Run::new(id.clone(), opening, now);
        run.stamp(self.feed.next());
        let opened = run.open(logger_id, true, now);
        let run = Arc::new(Mutex::new(run));
        runs.by_key.insert(key, id.clone());
        runs.by_id.insert(id, Arc::clone(&run));
        runs.in_order.push(run);
        Ok(opened)
    }

    fn find_by_key(&self, key: &RunKey) -> Option<RunId> {
        self.runs.read().unwrap_or_else(PoisonError::into_inner).by_key.get(key).cloned()
    }

    fn take_traces(&self, traces: &Traces) -> Result<Applied, StoreError> {
        let mut logs = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        let log = logs.entry(traces.target.clone()).or_default();
        let applied = log.take(traces)?;
        if applied != Applied::Duplicate {
            log.keep(traces);
        }
        Ok(applied)
    }

    fn traces_of(&self, target: &TraceTarget, offset: u64, limit: u64, bytes: u64) -> Page<TraceMessage> {
        let logs = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        logs.get(target).map_or_else(|| Page::empty(offset), |log| log.read(offset, limit, bytes))
    }

    /// Adds what tracers sent: for one run, or for everything.
    fn add_traces(&self, run: Option<&RunKey>, counts: &mut Counts) {
        let logs = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        let target = run.map(TraceTarget::of_run);
        for (_, log) in logs.iter().filter(|(is, _)| target.as_ref().is_none_or(|target| target == *is)) {
            let (updates, duplicates) = log.counts();
            counts.trace_updates += updates;
            counts.duplicate_messages += duplicates;
        }
    }

    fn counts_of(&self, run: &RunId) -> Result<Counts, StoreError> {
        let run = self.find(run)?;
        let (mut counts, key) = {
            let run = lock(&run);
            (run.counts(), run.key().clone())
        };
        self.add_traces(Some(&key), &mut counts);
        Ok(counts)
    }

    fn remove(&self, id: &RunId) -> Result<(), StoreError> {
        let mut runs = self.runs.write().unwrap_or_else(PoisonError::into_inner);
        let run = runs.remove(id).ok_or_else(|| StoreError::UnknownRun(id.clone()))?;
        let target = TraceTarget::of_run(lock(&run).key());
        self.traces.lock().unwrap_or_else(PoisonError::into_inner).remove(&target);
        self.feed.delete(id.clone());
        Ok(())
    }

    fn remove_project(&self, project: &ProjectKey) -> Result<u64, StoreError> {
        let mut runs = self.runs.write().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<RunId> = runs
            .by_key
            .iter()
            .filter(|(key, _)| key.project() == *project)
            .map(|(_, id)| id.clone())
            .collect();
        let mut traces = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        let before = traces.len();
        traces.retain(|target, _| target.project() != *project);
        if gone.is_empty() && traces.len() == before {
            return Err(StoreError::UnknownProject(project.clone()));
        }
        for id in &gone {
            runs.remove(id);
            self.feed.delete(id.clone());
        }
        Ok(gone.len() as u64)
    }

    fn all_counts(&self) -> Counts {
        let mut counts = Counts::default();
        for run in self.all() {
            counts.add(&lock(&run).counts());
        }
        self.add_traces(None, &mut counts);
        counts
    }

    /// Draws from a copy, which copies no points, so that nobody waits for it.
    async fn draw(
        &self,
        run: &RunId,
        series: SeriesId,
        parts: Vec<Part>,
        along: Along,
        blank: Sketch,
    ) -> Result<Vec<Sketch>, StoreError> {
        let found = self.find(run)?;
        let (content, places) = {
            let run = lock(&found);
            let place = |part: &Part| run.environment(part.environment.as_deref()?);
            let places: Vec<_> = parts.iter().map(place).collect();
            (run.catalogue().get(series)?.content.copy(), places)
        };
        let mut sketches = Vec::with_capacity(parts.len());
        for (part, place) in parts.iter().zip(places) {
            sketches.push(match Drawn::find(&content, series, part, place, &blank)? {
                None => blank.clone(),
                Some(Drawn::Strand(mut strand)) => {
                    while !strand.go_on(along) {
                        tokio::task::yield_now().await;
                    }
                    strand.sketch
                }
                Some(Drawn::Merged) => {
                    self.draw_merged(&found, series, &content, (part, place), along, &blank).await?
                }
            });
        }
        Ok(sketches)
    }

    /// Draws points whose order is not that of their arrival, a stretch at a time.
    async fn draw_merged(
        &self,
        run: &Mutex<Run>,
        series: SeriesId,
        content: &Content,
        (part, place): (&Part, Option<usize>),
        along: Along,
        blank: &Sketch,
    ) -> Result<Sketch, StoreError> {
        let mut sketch = blank.clone();
        let mut onward = Onward::new(part.points);
        while let Some(begin) = onward.begin() {
            let window = lock(run).catalogue().get(series)?.window(place, begin, onward.most());
            let Some(mut merge) = onward.stretch(window, place.is_some()) else { break };
            fill(content, place, &mut merge);
            onward.draw(merge, place.is_some(), along, &mut sketch);
            tokio::task::yield_now().await;
        }
        Ok(sketch)
    }

    fn changes_since(&self, since: Option<Cursor>) -> Changes {
        let mut changes = self.feed.since(since);
        if let Some(since) = since.filter(|_| !changes.reset) {
            changes.runs = self.all().iter().filter_map(|run| lock(run).changes(since.revision)).collect();
        }
        changes
    }
}

impl Store for MemoryStore {
    fn open_run(&self, opening: Opening) -> Pending<'_, OpenedRun> {
        Box::pin(ready(self.find_or_create(opening)))
    }

    fn find_run<'a>(&'a self, key: &'a RunKey) -> Pending<'a, Option<RunId>> {
        Box::pin(ready(Ok(self.find_by_key(key))))
    }

    fn begin_stream<'a>(&'a self, run: &'a RunId) -> Pending<'a, ()> {
        let now = self.clock.now_millis();
        self.change(run, |run| {
            run.begin_stream(now);
            Ok(())
        })
    }

    fn end_stream(&self, run: &RunId) {
        if let Ok(run) = self.find(run) {
            let mut run = lock(&run);
            run.stamp(self.feed.next());
            run.end_stream(self.clock.now_millis());
        }
    }

    fn append_traces(&self, traces: Traces) -> Pending<'_, Enqueued<Applied>> {
        Box::pin(ready(self.take_traces(&traces).map(Enqueued::done)))
    }

    fn traces<'a>(
        &'a self,
        target: &'a TraceTarget,
        offset: u64,
        limit: u64,
        bytes: u64,
    ) -> Pending<'a, Page<TraceMessage>> {
        Box::pin(ready(Ok(self.traces_of(target, offset, limit, bytes))))
    }

    fn declare<'a>(
        &'a self,
        run: &'a RunId,
        series: Vec<SeriesDefinition>,
    ) -> Pending<'a, Enqueued<Vec<DeclarationId>>> {
        self.change(run, |run| {
            Ok(Enqueued::done(series.into_iter().map(|definition| run.declare(definition)).collect()))
        })
    }

    fn apply<'a>(&'a self, run: &'a RunId, update: Update) -> Pending<'a, Enqueued<Applied>> {
        self.change(run, |run| run.apply(update).map(Enqueued::done))
    }

    fn how_many_runs(&self) -> u64 {
        self.all().len() as u64
    }

    fn runs(&self) -> Pending<'_, Vec<RunInfo>> {
        let now = self.clock.now_millis();
        Box::pin(ready(Ok(self.all().iter().map(|run| lock(run).info(now)).collect())))
    }

    fn run<'a>(&'a self, run: &'a RunId) -> Pending<'a, RunInfo> {
        let now = self.clock.now_millis();
        self.read(run, |run| Ok(run.info(now)))
    }

    fn series<'a>(&'a self, run: &'a RunId) -> Pending<'a, Vec<SeriesInfo>> {
        self.read(run, |run| Ok(run.all_series()))
    }

    fn one_series<'a>(&'a self, run: &'a RunId, series: SeriesId) -> Pending<'a, SeriesInfo> {
        self.read(run, |run| run.series(series))
    }

    fn points<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
    ) -> Pending<'a, FloatPoints> {
        self.read(run, |run| run.points(series, view, offset, limit))
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
        self.read(run, |run| run.rl_points(series, environment, view, offset, limit))
    }

    fn sketch<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        parts: Vec<Part>,
        along: Along,
        blank: Sketch,
    ) -> Pending<'a, Vec<Sketch>> {
        Box::pin(self.draw(run, series, parts, along, blank))
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
        self.read(run, |run| run.histograms(series, Which { view, offset, limit, bytes }))
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
        self.read(run, |run| run.scatters(series, Which { view, offset, limit, bytes }))
    }

    fn attributes<'a>(&'a self, run: &'a RunId) -> Pending<'a, Attributes> {
        self.read(run, |run| Ok(run.attributes()))
    }

    fn environments<'a>(&'a self, run: &'a RunId) -> Pending<'a, Vec<EnvironmentInfo>> {
        self.read(run, |run| Ok(run.environments()))
    }

    fn stored_bytes<'a>(&'a self, run: &'a RunId) -> Pending<'a, Option<u64>> {
        Box::pin(ready(self.find(run).map(|_| None)))
    }

    fn counts<'a>(&'a self, run: Option<&'a RunId>) -> Pending<'a, Counts> {
        match run {
            Some(run) => Box::pin(ready(self.counts_of(run))),
            None => Box::pin(ready(Ok(self.all_counts()))),
        }
    }

    fn delete_run<'a>(&'a self, run: &'a RunId) -> Pending<'a, ()> {
        Box::pin(ready(self.remove(run)))
    }

    fn edit_run<'a>(&'a self, run: &'a RunId, edit: RunEdit) -> Pending<'a, RunInfo> {
        let now = self.clock.now_millis();
        self.change(run, |run| {
            run.edit(edit);
            Ok(run.info(now))
        })
    }

    fn delete_project<'a>(&'a self, project: &'a ProjectKey) -> Pending<'a, u64> {
        Box::pin(ready(self.remove_project(project)))
    }

    fn changes(&self, since: Option<Cursor>) -> Pending<'_, Changes> {
        Box::pin(ready(Ok(self.changes_since(since))))
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.feed.watch()
    }

    fn health(&self) -> Health {
        Health::Good
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
