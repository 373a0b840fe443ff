//! Where runs are kept: what a store can do, in the words of the protocol but without its messages.

mod arrivals;
mod attributes;
mod catalogue;
mod content;
mod counts;
mod dedupe;
mod edit;
mod environments;
mod feed;
mod floats;
mod histograms;
mod join;
pub(crate) mod lineage;
mod list;
mod memory;
mod merge;
mod model;
mod pages;
mod progress;
mod reading;
mod rl;
mod run;
mod scatters;
mod sketch;
mod sqlite;
mod status;
mod steps;
pub(crate) mod strand;
mod traces;
mod update;
mod values;
mod window;
mod written;

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use tokio::sync::watch;

pub use arrivals::View;
pub use attributes::{AttributeChange, AttributeValue, Attributes, Change, EnvironmentChanges, Moment};
pub use content::{SeriesKind, World};
pub use counts::{Counts, NotKept};
pub use edit::{Marks, ProjectKey, RunEdit, TAGS};
pub use environments::{EnvironmentInfo, EnvironmentState};
pub use feed::{Changes, Cursor, RunChanges};
pub use floats::{FloatBatch, FloatPoints, Steps, Timestamps};
pub use histograms::{Bins, Histogram, Page, Stats};
pub use lineage::{Inheritance, InheritedPoints, InheritedSeries};
pub(crate) use list::AtStep;
pub use memory::MemoryStore;
pub use model::{
    Aggregate, DeclarationId, ForkPoint, OpenedRun, Opening, RlFamily, RunDefinition, RunId, RunInfo, RunKey,
    Seed, SeriesDefinition, SeriesId, SeriesInfo, SeriesKey,
};
pub use reading::Reading;
pub use rl::{EPISODE, InheritedTrack, RlBatch, RlHead, RlPoints};
pub use scatters::Scatter;
pub use sketch::{Along, Axis, Bucket, Flags, Grid, Part, Sketch};
#[cfg(any(fuzzing, test))]
pub(crate) use sqlite::fuzzing;
pub use sqlite::{Durability, Findings, Sealing, SqliteOptions, SqliteStore};
pub use status::{Ending, How, RunStatus};
pub use traces::{TraceMessage, TraceTarget, Traces};
pub use update::{Applied, Close, MessageKey, NameRange, Numbers, RlUpdate, ScatterUpdate, Update};
pub use values::{Values, Width};

/// What a call gives once it is done. No call blocks the thread that waits for it.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Something that was taken in, in the order of the calls, and is readable from then on.
pub struct Enqueued<T> {
    /// What came of it.
    pub value: T,
    /// Done when it is as safe as the store makes it, which is what an acknowledgement waits for. It may be dropped: what
    /// was taken in becomes safe whether or not anybody waits.
    pub receipt: Pending<'static, ()>,
}

impl<T> Enqueued<T> {
    /// Something that is as safe as it will ever be.
    pub(crate) fn done(value: T) -> Self {
        Self { value, receipt: Box::pin(ready(Ok(()))) }
    }
}

impl<T: fmt::Debug> fmt::Debug for Enqueued<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enqueued").field("value", &self.value).finish_non_exhaustive()
    }
}

/// Keeps runs, their series and their points.
///
/// Calls of one stream come one after another; many streams, also of one run, call side by side. A writing call waits
/// until the store has room for what it brings, which is how a store that is slow slows its clients down.
pub trait Store: Send + Sync + 'static {
    /// Creates the run, or finds the one that has its key, which this does not change. Done when it is safe.
    fn open_run(&self, opening: Opening) -> Pending<'_, OpenedRun>;

    /// The run that has a key.
    fn find_run<'a>(&'a self, key: &'a RunKey) -> Pending<'a, Option<RunId>>;

    /// Notes that a stream begins to update the run. Fails when there is no such run.
    fn begin_stream<'a>(&'a self, run: &'a RunId) -> Pending<'a, ()>;

    /// Notes that a stream is over that has not closed the run. It neither waits nor fails: whoever drops a stream calls
    /// it.
    fn end_stream(&self, run: &RunId);

    /// Finds or creates what is declared, and answers with the ids in the order of the definitions.
    fn declare<'a>(
        &'a self,
        run: &'a RunId,
        series: Vec<SeriesDefinition>,
    ) -> Pending<'a, Enqueued<Vec<DeclarationId>>>;

    /// Takes in one message, whole or, when its number was taken in before, not at all.
    fn apply<'a>(&'a self, run: &'a RunId, update: Update) -> Pending<'a, Enqueued<Applied>>;

    /// Takes in one message of a tracer, whole or, when its number was taken in before, not at all.
    fn append_traces(&self, traces: Traces) -> Pending<'_, Enqueued<Applied>>;

    /// The messages of tracers for a target, in the order of their arrival: up to `limit` from the `offset`-th on, and no
    /// more of them than have so many bytes together. One is given however long it is.
    fn traces<'a>(
        &'a self,
        target: &'a TraceTarget,
        offset: u64,
        limit: u64,
        bytes: u64,
    ) -> Pending<'a, Page<TraceMessage>>;

    /// How many runs there are.
    fn how_many_runs(&self) -> u64;

    /// Every run, in the order of creation.
    fn runs(&self) -> Pending<'_, Vec<RunInfo>>;

    /// One run.
    fn run<'a>(&'a self, run: &'a RunId) -> Pending<'a, RunInfo>;

    /// The series of a run, in the order of their first declaration.
    fn series<'a>(&'a self, run: &'a RunId) -> Pending<'a, Vec<SeriesInfo>>;

    /// One of them.
    fn one_series<'a>(&'a self, run: &'a RunId, series: SeriesId) -> Pending<'a, SeriesInfo>;

    /// Up to `limit` of the run's own points of an ordinary float series, from the `offset`-th of a view on.
    fn points<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
    ) -> Pending<'a, FloatPoints>;

    /// The same of one environment of a reinforcement-learning series.
    fn rl_points<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        environment: &'a str,
        view: View,
        offset: u64,
        limit: u64,
    ) -> Pending<'a, RlPoints>;

    /// Draws parts of the run's own points of a float series into a sketch each, which begins as this one. A store that
    /// keeps summaries of many points reads no more of the points than it must.
    fn sketch<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        parts: Vec<Part>,
        along: Along,
        blank: Sketch,
    ) -> Pending<'a, Vec<Sketch>>;

    /// The same as [`points`](Self::points) of a series of histograms, and no more of them than have so many bytes together.
    /// One is given however long it is.
    fn histograms<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
        bytes: u64,
    ) -> Pending<'a, Page<Histogram>>;

    /// The same of a series of scatters.
    fn scatters<'a>(
        &'a self,
        run: &'a RunId,
        series: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
        bytes: u64,
    ) -> Pending<'a, Page<Scatter>>;

    /// The attributes of a run as they stand.
    fn attributes<'a>(&'a self, run: &'a RunId) -> Pending<'a, Attributes>;

    /// The environments of a run, in the order of their first mention.
    fn environments<'a>(&'a self, run: &'a RunId) -> Pending<'a, Vec<EnvironmentInfo>>;

    /// What one run, or without a run all of them, took in.
    fn counts<'a>(&'a self, run: Option<&'a RunId>) -> Pending<'a, Counts>;

    /// How many bytes what a run logged takes on disk; none where nothing is on disk.
    fn stored_bytes<'a>(&'a self, run: &'a RunId) -> Pending<'a, Option<u64>>;

    /// Removes a run with all that it holds and gives its space back. Its id and its name mean nothing from then on. A
    /// stream that still updates it is told that there is no such run.
    fn delete_run<'a>(&'a self, run: &'a RunId) -> Pending<'a, ()>;

    /// Changes what people see of a run. Done when it is safe; the answer is the run as it is then.
    fn edit_run<'a>(&'a self, run: &'a RunId, edit: RunEdit) -> Pending<'a, RunInfo>;

    /// Removes a project: all its runs, as [`delete_run`](Self::delete_run) does, and all its traces. How many runs there
    /// were.
    fn delete_project<'a>(&'a self, project: &'a ProjectKey) -> Pending<'a, u64>;

    /// What changed since a reader last asked, and where it stands now. Without a cursor, or with one that this store
    /// cannot know, nothing is listed and the answer says to read everything anew.
    fn changes(&self, since: Option<Cursor>) -> Pending<'_, Changes>;

    /// Tells that something changed: its value grows with each change. What changed, [`changes`](Self::changes) says.
    fn changed(&self) -> watch::Receiver<u64>;

    /// Whether it can take in more.
    fn health(&self) -> Health;
}

/// Whether a store can take in more. It can be read in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// It can.
    #[default]
    Good,
    /// There is no room left where it keeps its data. What comes waits, unacknowledged; it goes on by itself.
    Full {
        /// Since when, in milliseconds since 1970.
        since_millis: i64,
    },
    /// It cannot write, in words. What comes waits, unacknowledged, while it goes on trying.
    Failing {
        /// Since when, in milliseconds since 1970.
        since_millis: i64,
        /// Why.
        why: String,
    },
}

/// Why a store did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is no run with this id.
    UnknownRun(RunId),
    /// There is no project with this name.
    UnknownProject(ProjectKey),
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
    /// There is no room left where the data is kept: nothing new can be begun.
    Full(String),
    /// Somebody else uses the data, and who.
    Busy(String),
    /// Reading or writing the data failed.
    Io(String),
    /// The data is damaged or is not what this store writes, and where.
    Corrupt(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRun(run) => write!(f, "there is no run {}", run.shown()),
            Self::UnknownProject(key) => {
                write!(f, "there is no project {:?} in the workspace {:?}", key.project, key.workspace)?;
                match &key.organization {
                    Some(organization) => write!(f, " of the organization {organization:?}"),
                    None => Ok(()),
                }
            }
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
            Self::Full(what) => write!(f, "no room is left: {what}"),
            Self::Busy(who) => write!(f, "the data is in use: {who}"),
            Self::Io(what) => write!(f, "reading or writing the data failed: {what}"),
            Self::Corrupt(what) => write!(f, "the data is damaged: {what}"),
        }
    }
}

impl std::error::Error for StoreError {}
