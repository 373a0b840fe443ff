//! Reading a store from a thread that may wait.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{Thread, current, park};

use super::lineage;
use super::{
    Attributes, Counts, EnvironmentInfo, FloatPoints, Histogram, Page, RlPoints, RunId, RunInfo, Scatter,
    SeriesId, SeriesInfo, Store, StoreError, View,
};

/// What a store holds, for callers without a runtime: each call waits on the thread that makes it. Points are read as they
/// came, unless [`merged`](Self::merged) is asked.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    store: &'a dyn Store,
    view: View,
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => park(),
        }
    }
}

impl<'a> Reading<'a> {
    /// Reads this store.
    #[must_use]
    pub fn new(store: &'a dyn Store) -> Self {
        Self { store, view: View::Raw }
    }

    /// The same, with the points that count, those of a run's parent included.
    #[must_use]
    pub fn merged(self) -> Self {
        Self { view: View::Merged, ..self }
    }

    /// See [`Store::runs`].
    pub fn runs(self) -> Result<Vec<RunInfo>, StoreError> {
        wait(self.store.runs())
    }

    /// See [`Store::run`].
    pub fn run(self, run: &RunId) -> Result<RunInfo, StoreError> {
        wait(self.store.run(run))
    }

    /// See [`Store::series`].
    pub fn series(self, run: &RunId) -> Result<Vec<SeriesInfo>, StoreError> {
        wait(self.store.series(run))
    }

    /// See [`Store::points`].
    pub fn points(
        self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<FloatPoints, StoreError> {
        wait(lineage::points(self.store, run, series, self.view, offset, limit))
    }

    /// See [`Store::rl_points`].
    pub fn rl_points(
        self,
        run: &RunId,
        series: SeriesId,
        environment: &str,
        offset: u64,
        limit: u64,
    ) -> Result<RlPoints, StoreError> {
        wait(lineage::rl_points(self.store, run, series, environment, self.view, offset, limit))
    }

    /// See [`Store::histograms`].
    pub fn histograms(
        self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<Page<Histogram>, StoreError> {
        wait(lineage::histograms(self.store, run, series, self.view, offset, limit, u64::MAX))
    }

    /// See [`Store::scatters`].
    pub fn scatters(
        self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<Page<Scatter>, StoreError> {
        wait(lineage::scatters(self.store, run, series, self.view, offset, limit, u64::MAX))
    }

    /// See [`Store::attributes`].
    pub fn attributes(self, run: &RunId) -> Result<Attributes, StoreError> {
        wait(self.store.attributes(run))
    }

    /// See [`Store::environments`].
    pub fn environments(self, run: &RunId) -> Result<Vec<EnvironmentInfo>, StoreError> {
        wait(self.store.environments(run))
    }

    /// See [`Store::counts`].
    pub fn counts(self, run: Option<&RunId>) -> Result<Counts, StoreError> {
        wait(self.store.counts(run))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::wait;

    #[test]
    fn a_thread_waits_for_what_another_one_does() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let other = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            tell.send(7)
        });
        assert_eq!(wait(told), Ok(7));
        assert_eq!(other.join().unwrap(), Ok(()));
    }
}
