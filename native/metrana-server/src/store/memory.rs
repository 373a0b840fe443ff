//! A store that lives as long as its process.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::watch;

use super::feed::Feed;
use super::run::Run;
use super::strand::{Drawn, VIEW, draw, draw_rl};
use super::traces::TraceLog;
use super::{
    Along, Applied, Attributes, Changes, Counts, Cursor, DeclarationId, Enqueued, EnvironmentInfo,
    FloatPoints, Health, Histogram, OpenedRun, Opening, Page, Part, Pending, ProjectKey, RlPoints, RunEdit,
    RunId, RunInfo, RunKey, Scatter, SeriesDefinition, SeriesId, SeriesInfo, Sketch, Store, StoreError,
    TraceMessage, TraceTarget, Traces, Update, View,
};
use crate::clock::Clock;

/// So many points are looked at between two chances for others.
const AT_ONCE: u64 = 1 << 16;

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
            (run.catalogue().get(series)?.content.clone(), places)
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
                Some(Drawn::Whole) => self.draw_page_by_page(run, series, part, along, &blank).await?,
            });
        }
        Ok(sketches)
    }

    /// Draws points whose order is not that of their arrival. The order is made once and kept.
    async fn draw_page_by_page(
        &self,
        run: &RunId,
        series: SeriesId,
        part: &Part,
        along: Along,
        blank: &Sketch,
    ) -> Result<Sketch, StoreError> {
        let mut sketch = blank.clone();
        let mut offset = 0;
        while offset < part.points {
            let limit = AT_ONCE.min(part.points - offset);
            let read = match &part.environment {
                None => {
                    let points = self.points(run, series, VIEW, offset, limit).await?;
                    draw(&points, along, &mut sketch);
                    points.values.len()
                }
                Some(name) => {
                    let points = self.rl_points(run, series, name, VIEW, offset, limit).await?;
                    draw_rl(&points, along, &mut sketch);
                    points.floats.values.len()
                }
            };
            if read == 0 {
                break;
            }
            offset += read as u64;
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
    ) -> Pending<'a, Page<Histogram>> {
        self.read(run, |run| run.histograms(series, view, offset, limit))
    }

    fn scatters<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
    ) -> Pending<'a, Page<Scatter>> {
        self.read(run, |run| run.scatters(series, view, offset, limit))
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
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use futures_util::FutureExt;
    use metrana_proto::types::OrderingMode;

    use super::MemoryStore;
    use crate::store::{
        AttributeChange, AttributeValue, Change, DeclarationId, FloatBatch, NameRange, Opening, RlBatch,
        RlHead, RlUpdate, RunId, SeriesDefinition, SeriesId, Steps, Store, Timestamps, Update, Values, Width,
    };

    const LENGTH: usize = 100_000;

    fn store() -> (MemoryStore, RunId, DeclarationId) {
        let store = MemoryStore::default();
        let opened = store.open_run(Opening::default()).now_or_never().expect("it does not wait");
        let run = opened.expect("it opens").run.id;
        let series = SeriesDefinition {
            metric: "m".into(),
            scale: "s".into(),
            labels: BTreeMap::new(),
            ordering: OrderingMode::AbsoluteOrdered,
        };
        let declared = store.declare(&run, vec![series]).now_or_never();
        let declaration = declared.expect("it does not wait").expect("it declares").value.remove(0);
        (store, run, declaration)
    }

    /// Batches of so many points each, whose values are slices of a message.
    fn batches(message: &Bytes, points: usize, count: usize) -> impl Iterator<Item = FloatBatch> + '_ {
        (0..count).map(move |place| FloatBatch {
            values: Values::new(Width::F64, message.slice(place * points * 8..(place + 1) * points * 8)),
            steps: Steps::From(0),
            timestamps: Timestamps::At(0),
        })
    }

    /// Whether the message is still in memory when the store has taken in batches of it, half of them of each world.
    fn is_kept(length: usize, points: usize, count: usize) -> bool {
        let (store, run, declaration) = store();
        let message = Bytes::from(vec![1_u8; length]);
        let (head, environment) =
            (RlHead { rl_step: 1, episode: None, flat: false, from_one: false }, NameRange::default());
        let rl = |floats| RlUpdate { declaration, environment, batch: RlBatch { head, floats } };
        let update = Update {
            body: message.clone(),
            floats: batches(&message, points, count / 2).map(|batch| (declaration, batch)).collect(),
            rl: batches(&message, points, count - count / 2).map(rl).collect(),
            ..Update::default()
        };
        store.apply(&run, update).now_or_never().expect("it does not wait").expect("it is taken in");
        let series = store.series(&run).now_or_never().expect("it does not wait").expect("the run is there");
        assert_eq!(series.iter().map(|series| series.raw_points).sum::<u64>(), (points * count) as u64);
        !message.is_unique()
    }

    #[test]
    fn a_message_is_kept_for_its_values_when_it_is_next_to_nothing_else() {
        assert!(is_kept(LENGTH, 100, 124));
        assert!(is_kept(LENGTH, 100, 110));
        assert!(!is_kept(LENGTH, 100, 109), "more than an eighth of it is something else");
        assert!(!is_kept(LENGTH, 100, 1));
        assert!(!is_kept(8000, 1000, 1), "a small one may lie in the memory of a large one");
    }

    #[test]
    fn no_message_is_kept_for_batches_of_one_point() {
        assert!(!is_kept(LENGTH, 1, LENGTH / 8));
        // The longest message that a client of ours sends, and more of such batches than it can hold.
        assert!(!is_kept(1 << 20, 1, 100_000));
    }

    #[test]
    fn a_reader_is_told_which_series_of_which_run_changed() {
        let (store, run, declaration) = store();
        let changes =
            |since| store.changes(since).now_or_never().expect("it does not wait").expect("it tells");
        let begin = changes(None);
        assert!(begin.reset && begin.runs.is_empty());
        let body = Bytes::from(1.0_f64.to_le_bytes().to_vec());
        let apply = |update| {
            store.apply(&run, update).now_or_never().expect("it does not wait").expect("it is taken in")
        };
        apply(Update {
            floats: vec![(declaration, batches(&body, 1, 1).next().expect("one"))],
            ..Update::default()
        });
        let points = changes(Some(begin.cursor));
        assert_eq!(points.runs.len(), 1);
        let seen = &points.runs[0];
        assert_eq!(
            (&seen.run, seen.series.as_slice(), seen.attributes),
            (&run, [SeriesId(1)].as_slice(), false)
        );
        assert_eq!(seen.revision, points.cursor.revision);
        assert_eq!(changes(Some(points.cursor)).runs, []);
        let set = AttributeChange { path: "a".into(), change: Change::Set(AttributeValue::Null) };
        apply(Update { attributes: vec![set], ..Update::default() });
        let attributes = changes(Some(points.cursor));
        assert!(attributes.runs[0].attributes && attributes.runs[0].series.is_empty());
        assert_eq!(changes(Some(begin.cursor)).runs[0].series, [SeriesId(1)], "a slower reader sees both");
        store.delete_run(&run).now_or_never().expect("it does not wait").expect("it is removed");
        assert_eq!(changes(Some(attributes.cursor)).deleted, std::slice::from_ref(&run));
        assert!(store.run(&run).now_or_never().expect("it does not wait").is_err());
    }
}
