//! Where runs are kept: what a store can do, in the words of the protocol but without its messages.

mod attributes;
mod catalogue;
mod content;
mod counts;
mod dedupe;
mod environments;
mod floats;
mod histograms;
mod memory;
mod model;
mod rl;
mod run;
mod scatters;
mod update;
mod values;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub use attributes::{AttributeChange, AttributeValue, Attributes, Change, EnvironmentChanges};
pub use content::{SeriesKind, World};
pub use counts::{Counts, NotKept};
pub use environments::{EnvironmentInfo, EnvironmentState};
pub use floats::{FloatBatch, FloatPoints, Steps, Timestamps};
pub use histograms::{Bins, Histogram, Page, Stats};
pub use memory::MemoryStore;
pub use model::{
    DeclarationId, ForkPoint, OpenedRun, RlFamily, RunDefinition, RunId, RunInfo, RunKey, Seed,
    SeriesDefinition, SeriesId, SeriesInfo,
};
pub use rl::{RlBatch, RlHead, RlPoints};
pub use scatters::Scatter;
pub use update::{Applied, MessageKey, NameRange, RlUpdate, ScatterUpdate, Update};
pub use values::{Values, Width};

/// What a writing call gives. It is done when what was written is as safe as the store makes it, which is what an
/// acknowledgement waits for.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps runs, their series and their points.
///
/// Calls of one stream come one after another; many streams, also of one run, call side by side.
pub trait Store: Send + Sync + 'static {
    /// Creates the run, or finds the one that has its key. A closed run is open again after this.
    fn open_run(&self, definition: RunDefinition) -> Pending<'_, OpenedRun>;

    /// Notes that a stream begins to update the run. Fails when there is no such run.
    fn begin_stream(&self, run: &RunId) -> Result<(), StoreError>;

    /// Finds or creates what is declared, and answers with the ids in the order of the definitions.
    fn declare<'a>(
        &'a self,
        run: &'a RunId,
        series: Vec<SeriesDefinition>,
    ) -> Pending<'a, Vec<DeclarationId>>;

    /// Takes in one message, whole or, when its number was taken in before, not at all.
    fn apply<'a>(&'a self, run: &'a RunId, update: Update) -> Pending<'a, Applied>;

    /// Every run, in the order of creation.
    fn runs(&self) -> Vec<RunInfo>;

    /// One run.
    fn run(&self, run: &RunId) -> Result<RunInfo, StoreError>;

    /// The series of a run, in the order of their first declaration.
    fn series(&self, run: &RunId) -> Result<Vec<SeriesInfo>, StoreError>;

    /// One of them.
    fn one_series(&self, run: &RunId, series: SeriesId) -> Result<SeriesInfo, StoreError>;

    /// Up to `limit` points of an ordinary float series from the `offset`-th on, in the order of their arrival.
    fn points(
        &self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<FloatPoints, StoreError>;

    /// The same of one environment of a reinforcement-learning series.
    fn rl_points(
        &self,
        run: &RunId,
        series: SeriesId,
        environment: &str,
        offset: u64,
        limit: u64,
    ) -> Result<RlPoints, StoreError>;

    /// The same of a series of histograms.
    fn histograms(
        &self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<Page<Histogram>, StoreError>;

    /// The same of a series of scatters.
    fn scatters(
        &self,
        run: &RunId,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<Page<Scatter>, StoreError>;

    /// The attributes of a run as they stand.
    fn attributes(&self, run: &RunId) -> Result<Attributes, StoreError>;

    /// The environments of a run, in the order of their first mention.
    fn environments(&self, run: &RunId) -> Result<Vec<EnvironmentInfo>, StoreError>;

    /// What one run, or without a run all of them, took in.
    fn counts(&self, run: Option<&RunId>) -> Result<Counts, StoreError>;
}

/// Why a store did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is no run with this id.
    UnknownRun(RunId),
    /// The run has no series with this id.
    UnknownSeries(SeriesId),
    /// The run has no such declaration.
    UnknownDeclaration(DeclarationId),
    /// The series has no points of an environment with this name.
    UnknownEnvironment(String),
    /// The series holds points of another kind than was asked for.
    OtherKind(SeriesId),
    /// A session left too many gaps between its sequence numbers to remember them all.
    TooManyGaps,
    /// The system gave no random bytes for a new run's id.
    NoRandomness(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRun(run) => write!(f, "there is no run {run}"),
            Self::UnknownSeries(series) => write!(f, "the run has no series {series}"),
            Self::UnknownDeclaration(DeclarationId(index)) => write!(f, "the run has no declaration {index}"),
            Self::UnknownEnvironment(name) => {
                write!(f, "the series has no points of an environment {name:?}")
            }
            Self::OtherKind(series) => write!(f, "series {series} holds points of another kind"),
            Self::TooManyGaps => {
                f.write_str("the session left more gaps between its sequence numbers than can be kept")
            }
            Self::NoRandomness(why) => write!(f, "no random bytes for the id of a new run: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}
