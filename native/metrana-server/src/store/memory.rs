//! A store that lives as long as its process.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::run::Run;
use super::{
    Applied, Attributes, Counts, DeclarationId, EnvironmentInfo, FloatPoints, Histogram, OpenedRun, Page,
    Pending, RlPoints, RunDefinition, RunId, RunInfo, RunKey, Scatter, SeriesDefinition, SeriesId,
    SeriesInfo, Store, StoreError, Update,
};
use crate::clock::now_millis;

/// Keeps everything in memory, and each run behind a lock of its own.
#[derive(Debug, Default)]
pub struct MemoryStore {
    runs: RwLock<Runs>,
}

#[derive(Debug, Default)]
struct Runs {
    by_key: HashMap<RunKey, RunId>,
    by_id: HashMap<RunId, Arc<Mutex<Run>>>,
    in_order: Vec<Arc<Mutex<Run>>>,
}

/// A panic while the lock was held left the run as it was between two statements, which is a run that can be read.
fn lock(run: &Mutex<Run>) -> MutexGuard<'_, Run> {
    run.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryStore {
    fn find(&self, id: &RunId) -> Result<Arc<Mutex<Run>>, StoreError> {
        let runs = self.runs.read().unwrap_or_else(PoisonError::into_inner);
        runs.by_id.get(id).cloned().ok_or_else(|| StoreError::UnknownRun(id.clone()))
    }

    fn all(&self) -> Vec<Arc<Mutex<Run>>> {
        self.runs.read().unwrap_or_else(PoisonError::into_inner).in_order.clone()
    }

    fn find_or_create(&self, definition: RunDefinition) -> Result<OpenedRun, StoreError> {
        let mut runs = self.runs.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = runs.by_key.get(&definition.key).and_then(|id| runs.by_id.get(id)) {
            let run = Arc::clone(run);
            drop(runs);
            return Ok(lock(&run).open(false));
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| StoreError::NoRandomness(error.to_string()))?;
        let id = RunId::from_bytes(bytes.to_vec().into());
        let key = definition.key.clone();
        let mut run = Run::new(id.clone(), definition, now_millis());
        let opened = run.open(true);
        let run = Arc::new(Mutex::new(run));
        runs.by_key.insert(key, id.clone());
        runs.by_id.insert(id, Arc::clone(&run));
        runs.in_order.push(run);
        Ok(opened)
    }
}

impl Store for MemoryStore {
    fn open_run(&self, definition: RunDefinition) -> Pending<'_, OpenedRun> {
        Box::pin(ready(self.find_or_create(definition)))
    }

    fn begin_stream(&self, run: &RunId) -> Result<(), StoreError> {
        self.find(run).map(|run| lock(&run).begin_stream())
    }

    fn declare<'a>(
        &'a self,
        run: &'a RunId,
        series: Vec<SeriesDefinition>,
    ) -> Pending<'a, Vec<DeclarationId>> {
        Box::pin(ready(self.find(run).map(|run| {
            let mut run = lock(&run);
            series.into_iter().map(|definition| run.declare(definition)).collect()
        })))
    }

    fn apply<'a>(&'a self, run: &'a RunId, update: Update) -> Pending<'a, Applied> {
        Box::pin(ready(self.find(run).and_then(|run| lock(&run).apply(update))))
    }

    fn runs(&self) -> Vec<RunInfo> {
        self.all().iter().map(|run| lock(run).info()).collect()
    }

    fn run(&self, run: &RunId) -> Result<RunInfo, StoreError> {
        self.find(run).map(|run| lock(&run).info())
    }

    fn series(&self, run: &RunId) -> Result<Vec<SeriesInfo>, StoreError> {
        self.find(run).map(|run| lock(&run).all_series())
    }

    fn one_series(&self, run: &RunId, series: SeriesId) -> Result<SeriesInfo, StoreError> {
        self.find(run).and_then(|run| lock(&run).series(series))
    }

    fn points(
        &self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<FloatPoints, StoreError> {
        self.find(run).and_then(|run| lock(&run).points(series, offset, limit))
    }

    fn rl_points(
        &self,
        run: &RunId,
        series: SeriesId,
        environment: &str,
        offset: u64,
        limit: u64,
    ) -> Result<RlPoints, StoreError> {
        self.find(run).and_then(|run| lock(&run).rl_points(series, environment, offset, limit))
    }

    fn histograms(
        &self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<Page<Histogram>, StoreError> {
        self.find(run).and_then(|run| lock(&run).histograms(series, offset, limit))
    }

    fn scatters(
        &self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<Page<Scatter>, StoreError> {
        self.find(run).and_then(|run| lock(&run).scatters(series, offset, limit))
    }

    fn attributes(&self, run: &RunId) -> Result<Attributes, StoreError> {
        self.find(run).map(|run| lock(&run).attributes())
    }

    fn environments(&self, run: &RunId) -> Result<Vec<EnvironmentInfo>, StoreError> {
        self.find(run).map(|run| lock(&run).environments())
    }

    fn counts(&self, run: Option<&RunId>) -> Result<Counts, StoreError> {
        if let Some(run) = run {
            return self.find(run).map(|run| lock(&run).counts());
        }
        let mut counts = Counts::default();
        for run in self.all() {
            counts.add(&lock(&run).counts());
        }
        Ok(counts)
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
        DeclarationId, FloatBatch, NameRange, RlBatch, RlHead, RlUpdate, RunDefinition, RunId,
        SeriesDefinition, Steps, Store, Timestamps, Update, Values, Width,
    };

    const LENGTH: usize = 100_000;

    fn store() -> (MemoryStore, RunId, DeclarationId) {
        let store = MemoryStore::default();
        let opened = store.open_run(RunDefinition::default()).now_or_never().expect("it does not wait");
        let run = opened.expect("it opens").run.id;
        let series = SeriesDefinition {
            metric: "m".into(),
            scale: "s".into(),
            labels: BTreeMap::new(),
            ordering: OrderingMode::AbsoluteOrdered,
        };
        let declared = store.declare(&run, vec![series]).now_or_never();
        let declaration = declared.expect("it does not wait").expect("it declares").remove(0);
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
            length,
            floats: batches(&message, points, count / 2).map(|batch| (declaration, batch)).collect(),
            rl: batches(&message, points, count - count / 2).map(rl).collect(),
            ..Update::default()
        };
        store.apply(&run, update).now_or_never().expect("it does not wait").expect("it is taken in");
        let counts = store.counts(Some(&run)).expect("the run is there");
        assert_eq!(counts.all_points(), (points * count) as u64);
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
}
