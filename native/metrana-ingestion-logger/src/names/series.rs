//! The series of a run: who they are, what pins them, and where their steps stand.

#![allow(
    clippy::indexing_slicing,
    reason = "an id comes from this table, and is asked for by check_handle where it comes from outside"
)]
#![allow(clippy::expect_used, reason = "four thousand million series do not fit into memory")]

#[cfg(test)]
mod tests;

use hashbrown::hash_table::{Entry, HashTable};
use std::collections::HashMap;
use std::hash::BuildHasher;

use metrana_proto::common::SeriesValueKind;
use metrana_proto::types::{OrderingMode, SeriesDeclaration};

use crate::errors::Error;
use crate::names::ids::{LaneId, SeriesId};
use crate::names::key::{Key, LabelRoom, Who, World, hash_name};
use crate::names::validate;
use crate::tell::lines::{Line, LineId};
use crate::wire::field::request;

/// What a call asks of a series: what it shares with its family for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nature {
    pub ordering: OrderingMode,
    pub kind: SeriesValueKind,
    /// Of a reinforcement-learning series: whether its points belong to episodes.
    pub episodic: bool,
}

impl Nature {
    pub(crate) const STD: Self =
        Self { ordering: OrderingMode::AbsoluteOrdered, kind: SeriesValueKind::Float, episodic: false };
    /// Of reinforcement learning.
    pub(crate) const fn rl(ordered: bool, episodic: bool) -> Self {
        let ordering = if ordered { OrderingMode::AbsoluteOrdered } else { OrderingMode::AbsoluteUnordered };
        Self { ordering, kind: SeriesValueKind::Float, episodic }
    }

    pub(crate) const DISTRIBUTED: Self = Self { ordering: OrderingMode::AbsoluteUnordered, ..Self::STD };

    /// Of histograms and scatters, which have no order.
    pub(crate) const fn unordered(kind: SeriesValueKind) -> Self {
        Self { ordering: OrderingMode::AbsoluteUnordered, kind, episodic: false }
    }

    /// Whether steps may come in any order, and so none is given out.
    pub(crate) fn is_unordered(self) -> bool {
        self.ordering == OrderingMode::AbsoluteUnordered
    }

    /// The nature of floats that go where this rules; ordered, where it does not say.
    pub(crate) fn of_floats(mut self) -> Self {
        self.kind = Self::STD.kind;
        self.complete(Self::STD);
        self
    }

    /// Takes over what it does not say itself.
    fn complete(&mut self, told: Self) {
        if self.kind == SeriesValueKind::Undefined {
            self.kind = told.kind;
        }
        if self.ordering == OrderingMode::Undefined {
            self.ordering = told.ordering;
        }
    }

    /// Why points of this nature cannot go where `other` rules; None: they can.
    fn conflict(self, wanted: Self) -> Option<Conflict> {
        // A service that does not say what a series holds, or in which order, does not pin it either.
        let unknown = [self.kind, wanted.kind].contains(&SeriesValueKind::Undefined);
        if !unknown && self.kind != wanted.kind {
            let kind = spoken_kind(self.kind);
            return Some(Conflict {
                text: format!("already holds {kind} points"),
                of_one_series: "; a metric's value kind is set by its first point and cannot change",
            });
        }
        let unknown = [self.ordering, wanted.ordering].contains(&OrderingMode::Undefined);
        if !unknown && self.ordering != wanted.ordering {
            let ordering = spoken_ordering(self.ordering);
            return Some(Conflict {
                text: format!(
                    "was already declared as {ordering}; ordered and distributed logging cannot be mixed"
                ),
                of_one_series: " for the same series",
            });
        }
        if self.episodic != wanted.episodic {
            let (old, new) = if self.episodic { ("with", "without") } else { ("without", "with") };
            return Some(Conflict {
                text: format!(
                    "already holds points {old} episodes; points {new} episodes cannot be mixed in"
                ),
                of_one_series: "",
            });
        }
        None
    }
}

/// Why points may not go where they were meant to.
struct Conflict {
    text: String,
    /// What is said as well where the very series is known, and not only others of its metric and scale.
    of_one_series: &'static str,
}

/// One series.
pub(crate) struct Series {
    world: World,
    metric: Box<str>,
    scale: Box<str>,
    labels: Box<[(Box<str>, Box<str>)]>,
    nature: Nature,
    /// Where its points queue up, unless each environment has a lane of its own.
    pub lane: Option<LaneId>,
    /// The largest step logged or seeded; of reinforcement learning, the largest of the training.
    pub last_step: Option<u64>,
    /// The value that was logged there last.
    last_value: Option<f64>,
    /// Whether a message of this logger declares it, on its way or sent.
    pub declared: bool,
    /// Whether its declaration is kept for streams to come.
    pub kept: bool,
    /// Why nothing may go into it any more: the service refused it.
    refused: Option<Box<Error>>,
}

impl Series {
    fn is(&self, key: &Key<'_>) -> bool {
        self.world == key.world
            && *self.metric == *key.metric
            && *self.scale == *key.scale
            && self.labels.len() == key.labels.len()
            && self
                .labels
                .iter()
                .zip(key.labels)
                .all(|(own, wanted)| *own.0 == *wanted.0 && *own.1 == *wanted.1)
    }

    fn hash(&self, hasher: &impl BuildHasher) -> u64 {
        hash_name(
            hasher,
            self.world,
            &self.metric,
            &self.scale,
            self.labels.iter().map(|(key, value)| (&**key, &**value)),
        )
    }

    pub(crate) fn nature(&self) -> Nature {
        self.nature
    }

    /// For messages to people.
    pub(crate) fn name(&self) -> String {
        let labels: Vec<String> = self.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{} (scale '{}', labels [{}])", self.metric, self.scale, labels.join(", "))
    }

    /// The line that says that steps of a call did not grow.
    pub(crate) fn steps_did_not_grow(&self, text: String, count: u64) -> Line {
        Line::new(LineId::StepsDidNotGrow, text)
            .with("metric", &*self.metric)
            .with("scale", &*self.scale)
            .with("count", count)
    }

    fn known(&self) -> KnownSeries {
        let text = |text: &str| text.to_owned();
        KnownSeries {
            rl: self.world == World::Rl,
            metric: text(&self.metric),
            scale: text(&self.scale),
            labels: self.labels.iter().map(|(key, value)| (text(key), text(value))).collect(),
            values: match self.nature.kind {
                SeriesValueKind::Undefined => KnownValues::Unknown,
                SeriesValueKind::Float => KnownValues::Floats,
                SeriesValueKind::Histogram => KnownValues::Histograms,
                SeriesValueKind::DensityHistogram => KnownValues::DensityHistograms,
                SeriesValueKind::Scatter => KnownValues::Scatters,
                SeriesValueKind::Scatter3d => KnownValues::Scatters3d,
            },
            ordered: !self.nature.is_unordered(),
            episodic: self.nature.episodic,
            last_step: self.last_step,
            last_value: self.last_value,
        }
    }

    fn declaration(&self, id: SeriesId) -> SeriesDeclaration {
        let text = |text: &str| text.to_owned();
        SeriesDeclaration {
            metric_name: text(&self.metric),
            scale: text(&self.scale),
            labels: self.labels.iter().map(|(key, value)| (text(key), text(value))).collect(),
            ordering: self.nature.ordering.into(),
            declaration_id: id.on_wire(),
        }
    }
}

/// What a logger knows of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownSeries {
    /// Whether it is one of reinforcement learning.
    pub rl: bool,
    /// What is measured.
    pub metric: String,
    /// What a step counts.
    pub scale: String,
    /// What tells it from others of the same metric and scale, in the order of the keys.
    pub labels: Vec<(String, String)>,
    /// What it holds.
    pub values: KnownValues,
    /// Whether its points come in the order of their steps.
    pub ordered: bool,
    /// Whether its points belong to episodes.
    pub episodic: bool,
    /// The largest step that was logged to it, or that the service told of. Of reinforcement learning, the largest step of the
    /// training that this logger has logged at.
    pub last_step: Option<u64>,
    /// The value that this logger logged there last; only of floats.
    pub last_value: Option<f64>,
}

/// What a series holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownValues {
    /// The service did not say, and nothing was logged.
    Unknown,
    /// Numbers.
    Floats,
    /// Histograms of counts.
    Histograms,
    /// Histograms of densities.
    DensityHistograms,
    /// Sets of points in two dimensions.
    Scatters,
    /// Sets of points in three dimensions.
    Scatters3d,
}

/// What the first series of a (metric, scale) fixes for all that follow.
struct Family {
    label_keys: String,
    nature: Nature,
    /// None: the service told of the family and named no series.
    founder: Option<SeriesId>,
}

type FamilyName = (World, Box<str>, Box<str>);

fn family_name(key: &Key<'_>) -> FamilyName {
    (key.world, key.metric.into(), key.scale.into())
}

/// All series of a logger.
#[derive(Default)]
pub(crate) struct Registry {
    series: Vec<Series>,
    by_name: HashTable<SeriesId>,
    hasher: foldhash::fast::RandomState,
    families: HashMap<FamilyName, Family>,
}

impl Registry {
    pub(crate) fn get(&self, id: SeriesId) -> &Series {
        &self.series[id.index()]
    }

    pub(crate) fn get_mut(&mut self, id: SeriesId) -> &mut Series {
        &mut self.series[id.index()]
    }

    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    pub(crate) fn find(&self, key: &Key<'_>) -> Option<SeriesId> {
        self.by_name.find(key.hash(&self.hasher), |id| self.get(*id).is(key)).copied()
    }

    /// Whether points of this nature may go into a series that is known.
    pub(crate) fn check_known(&self, id: SeriesId, nature: Nature) -> Result<(), Error> {
        let Series { metric, scale, nature: own, refused, .. } = self.get(id);
        if let Some(error) = refused {
            return Err(Error::clone(error));
        }
        own.conflict(nature).map_or(Ok(()), |Conflict { text, of_one_series }| {
            Err(Error::validation(format!(
                "invalid points: series '{metric}' (scale '{scale}') {text}{of_one_series}"
            )))
        })
    }

    /// Turns down what comes to a series from here on.
    pub(crate) fn refuse(&mut self, id: SeriesId, error: Error) {
        if let Some(series) = self.series.get_mut(id.index()) {
            series.refused = Some(Box::new(error));
        }
    }

    /// Whether a series that is not known may come to be. The order of the checks is the published engine's: the
    /// pins of a known family speak before the rules for labels do.
    pub(crate) fn check_new(&self, key: &Key<'_>, nature: Nature) -> Result<(), Error> {
        let Key { metric, scale, .. } = key;
        validate::metric(metric)?;
        validate::scale(scale)?;
        if let Some(family) = self.families.get(&family_name(key)) {
            let label_keys = key.label_keys();
            if label_keys != family.label_keys {
                return Err(Error::validation(format!(
                    "invalid points: ({metric}/{scale}): label keys [{label_keys}] do not match the already-declared [{}]",
                    family.label_keys
                )));
            }
            if let Some(Conflict { text, .. }) = family.nature.conflict(nature) {
                return Err(Error::validation(format!("invalid points: ({metric}/{scale}) {text}")));
            }
        }
        validate::labels(key.labels)
    }

    /// Whether a call without points names a series as one may be named. What the series is pinned to does not matter: no
    /// point goes there.
    pub(crate) fn check_name(&self, who: &Who<'_>) -> Result<(), Error> {
        match who {
            Who::Named(key) if self.find(key).is_some() => Ok(()),
            Who::Named(key) => {
                validate::metric(key.metric)?;
                validate::scale(key.scale)?;
                validate::labels(key.labels)
            }
            Who::Known(world, id) => self.check_handle(*world, *id),
        }
    }

    fn check_handle(&self, world: World, id: SeriesId) -> Result<(), Error> {
        if self.series.get(id.index()).is_some_and(|series| series.world == world) {
            return Ok(());
        }
        Err(Error::validation("invalid points: the handle belongs to a series of another kind"))
    }

    /// The series that a call is about, if it is known, and whether points of this nature may go into it.
    pub(crate) fn resolve(&self, who: &Who<'_>, nature: Nature) -> Result<Option<SeriesId>, Error> {
        let (world, id) = match who {
            Who::Named(key) => return self.resolve_name(key, nature),
            Who::Known(world, id) => (*world, *id),
        };
        self.check_handle(world, id)?;
        self.check_known(id, nature)?;
        Ok(Some(id))
    }

    /// A series by its name, if it is known, and whether points of this nature may go into it.
    pub(crate) fn resolve_name(&self, key: &Key<'_>, nature: Nature) -> Result<Option<SeriesId>, Error> {
        let known = self.find(key);
        match known {
            Some(id) => self.check_known(id, nature)?,
            None => self.check_new(key, nature)?,
        }
        Ok(known)
    }

    /// What a series that a handle stands for holds.
    pub(crate) fn nature_of(&self, id: SeriesId) -> Result<Nature, Error> {
        let unknown =
            || Error::validation("invalid points: the handle does not belong to a series of this logger");
        self.series.get(id.index()).map(|series| series.nature).ok_or_else(unknown)
    }

    /// Pins a family that the service told of.
    pub(crate) fn pin(&mut self, world: World, metric: &str, scale: &str, label_keys: &str, nature: Nature) {
        let family = Family { label_keys: label_keys.to_owned(), nature, founder: None };
        self.families.insert((world, metric.into(), scale.into()), family);
    }

    /// The most bytes that declaring a series adds to a message; none when one declares it already.
    pub(crate) fn declaration_weight(&self, who: &Who<'_>, known: Option<SeriesId>) -> usize {
        match (known, who) {
            (Some(id), _) if self.get(id).declared => 0,
            (Some(id), _) => self.declaration_len_of(id),
            (None, Who::Named(key)) => Self::declaration_len(key),
            (None, Who::Known(..)) => 0,
        }
    }

    /// The first points of a series say what the service did not.
    pub(crate) fn complete(&mut self, id: SeriesId, nature: Nature) {
        self.get_mut(id).nature.complete(nature);
    }

    /// What a series that points are written to holds, its metric holds, where the service did not say.
    pub(super) fn complete_family(&mut self, id: SeriesId) {
        let series = self.get(id);
        let (nature, name) = (series.nature, (series.world, series.metric.clone(), series.scale.clone()));
        if let Some(family) = self.families.get_mut(&name) {
            family.nature.complete(nature);
        }
    }

    /// A series has come to a step. Answers with the last one before.
    pub(crate) fn reach(&mut self, id: SeriesId, step: Option<u64>) -> Option<u64> {
        self.reach_with(id, step, None)
    }

    /// A series has come to a step, with a value that is its last one unless it has come further before. Answers with the
    /// last step before.
    pub(crate) fn reach_with(&mut self, id: SeriesId, step: Option<u64>, value: Option<f64>) -> Option<u64> {
        let series = self.get_mut(id);
        let before = series.last_step;
        if step >= before {
            series.last_step = step;
            series.last_value = value.or(series.last_value);
        }
        before
    }

    /// All series as others may see them, in the order in which they came.
    pub(crate) fn all(&self) -> impl Iterator<Item = KnownSeries> {
        let indices = 0_u32..;
        let listed = self.series.iter().zip(indices).filter(|(series, index)| {
            // A service that names a series twice means the later one.
            let hash = series.hash(&self.hasher);
            self.by_name.find(hash, |id| id.as_index() == *index).is_some()
        });
        listed.map(|(series, _)| series.known())
    }

    /// The series that a planned call is about; it comes to be now, where it is new.
    pub(crate) fn open(&mut self, who: &Who<'_>, known: Option<SeriesId>, nature: Nature) -> SeriesId {
        match (known, who) {
            (Some(id), _) => id,
            (None, Who::Known(_, id)) => *id,
            (None, Who::Named(key)) => self.add(key, nature, None),
        }
    }

    /// Where the registry stands, to come back to.
    pub(crate) fn savepoint(&self) -> usize {
        self.series.len()
    }

    /// Forgets the series that came after a savepoint.
    pub(crate) fn roll_back(&mut self, savepoint: usize) {
        while self.series.len() > savepoint {
            let Some(series) = self.series.pop() else { break };
            let index = self.series.len();
            let hash = series.hash(&self.hasher);
            if let Ok(entry) = self.by_name.find_entry(hash, |id| id.index() == index) {
                entry.remove();
            }
            let family = (series.world, series.metric, series.scale);
            let founder = self.families.get(&family).and_then(|family| family.founder);
            if founder.is_some_and(|founder| founder.index() == index) {
                self.families.remove(&family);
            }
        }
    }

    /// Adds a series that `check_new` has passed, or that the service told of.
    pub(crate) fn add(&mut self, key: &Key<'_>, nature: Nature, last_step: Option<u64>) -> SeriesId {
        let id = SeriesId::from_index(
            u32::try_from(self.series.len()).expect("fewer series than memory has bytes"),
        );
        let owned = |text: &str| Box::<str>::from(text);
        self.families.entry(family_name(key)).or_insert_with(|| Family {
            label_keys: key.label_keys(),
            nature,
            founder: Some(id),
        });
        self.series.push(Series {
            world: key.world,
            metric: owned(key.metric),
            scale: owned(key.scale),
            labels: key.labels.iter().map(|(key, value)| (owned(key), owned(value))).collect(),
            nature,
            lane: None,
            last_step,
            last_value: None,
            declared: false,
            kept: false,
            refused: None,
        });
        let Self { series, by_name, hasher, .. } = self;
        let entry = by_name.entry(
            key.hash(hasher),
            |other| series[other.index()].is(key),
            |other| series[other.index()].hash(hasher),
        );
        match entry {
            // A service that names a series twice means the later one.
            Entry::Occupied(mut known) => *known.get_mut() = id,
            Entry::Vacant(free) => drop(free.insert(id)),
        }
        id
    }

    /// Adds a series as the handshake tells of it: `flat_labels` is `key=value&key=value`.
    pub(crate) fn seed(
        &mut self,
        metric: &str,
        scale: &str,
        flat_labels: &str,
        nature: Nature,
        last_step: u64,
    ) {
        let labels: Vec<(&str, &str)> =
            flat_labels.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let mut room = LabelRoom::new();
        self.add(&Key::new(World::Std, metric, scale, &labels, &mut room), nature, Some(last_step));
    }

    /// Writes the declaration of a series as a field of a request.
    pub(crate) fn put_declaration(&self, id: SeriesId, out: &mut Vec<u8>) {
        let declaration = self.get(id).declaration(id);
        put_declaration(&declaration, out);
    }

    /// How many bytes `put_declaration` will write, at most.
    fn declaration_len(key: &Key<'_>) -> usize {
        declaration_len(key.metric, key.scale, key.labels.iter().map(|(key, value)| key.len() + value.len()))
    }

    /// The same for a series that is known.
    pub(crate) fn declaration_len_of(&self, id: SeriesId) -> usize {
        let Series { metric, scale, labels, .. } = self.get(id);
        declaration_len(metric, scale, labels.iter().map(|(key, value)| key.len() + value.len()))
    }

    /// Writes the declaration of a series that is to be kept. False: it is kept already, or nobody knows yet what to say.
    pub(super) fn keep(&mut self, index: usize, out: &mut Vec<u8>) -> bool {
        let Some(series) = self.series.get_mut(index) else { return false };
        if series.kept || series.nature.ordering == OrderingMode::Undefined {
            return false;
        }
        series.kept = true;
        if let Ok(index) = u32::try_from(index) {
            self.put_declaration(SeriesId::from_index(index), out);
        }
        true
    }
}

fn put_declaration(declaration: &SeriesDeclaration, out: &mut Vec<u8>) {
    prost::encoding::message::encode(request::SERIES_DECLARATIONS.into(), declaration, out);
}

/// Tags and lengths take two or three bytes each; this leaves room for more.
fn declaration_len(metric: &str, scale: &str, labels: impl Iterator<Item = usize>) -> usize {
    metric.len() + scale.len() + labels.map(|bytes| bytes + 12).sum::<usize>() + 32
}

/// The ordering as messages name it.
fn spoken_ordering(ordering: OrderingMode) -> &'static str {
    match ordering {
        OrderingMode::Undefined => "Undefined",
        OrderingMode::RelativeOrdered => "RelativeOrdered",
        OrderingMode::AbsoluteUnordered => "AbsoluteUnordered",
        OrderingMode::AbsoluteOrdered => "AbsoluteOrdered",
    }
}

/// The kind as messages name it.
fn spoken_kind(kind: SeriesValueKind) -> &'static str {
    match kind {
        SeriesValueKind::Undefined => "undefined",
        SeriesValueKind::Float => "float",
        SeriesValueKind::Histogram => "histogram",
        SeriesValueKind::DensityHistogram => "density histogram",
        SeriesValueKind::Scatter => "scatter",
        SeriesValueKind::Scatter3d => "3-D scatter",
    }
}
