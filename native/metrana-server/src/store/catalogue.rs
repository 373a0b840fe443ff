//! The series of one run: which there are, and where the points of a declaration go.
//!
//! A series is known by its metric, its scale and its labels, in either world. A declaration says besides how steps follow
//! one another, but not whether its points will be of reinforcement learning: the first points of a series settle its
//! world, its ordering and its kind. Points of both worlds under one declaration, as older clients send them, go to two
//! series.

use std::collections::{BTreeMap, HashMap};

use metrana_proto::types::OrderingMode;
use serde::{Deserialize, Serialize};

use super::content::{Content, SeriesKind, World};
use super::lineage::{InheritedPoints, InheritedSeries};
use super::progress::Progress;
use super::window::{Begin, Window};
use super::{
    DeclarationId, NotKept, RlFamily, Seed, SeriesDefinition, SeriesId, SeriesKey, StoreError, View,
};

/// How many series a run may have.
const MOST_SERIES: usize = 1 << 18;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Catalogue {
    /// Each is written on its own.
    #[serde(skip)]
    series: Vec<Series>,
    declared: Vec<Declared>,
    #[serde(skip)]
    by_definition: HashMap<SeriesDefinition, DeclarationId>,
    keys: Vec<Places>,
    #[serde(skip)]
    by_key: HashMap<SeriesKey, usize>,
    families: Vec<Family>,
    #[serde(skip)]
    by_name: HashMap<(World, String, String), usize>,
    /// The change that is being made.
    #[serde(skip)]
    revision: u64,
    #[serde(skip, default = "most")]
    most: usize,
}

fn most() -> usize {
    MOST_SERIES
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            series: Vec::new(),
            declared: Vec::new(),
            by_definition: HashMap::new(),
            keys: Vec::new(),
            by_key: HashMap::new(),
            families: Vec::new(),
            by_name: HashMap::new(),
            revision: 0,
            most: MOST_SERIES,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Series {
    /// What was declared first, with the ordering of its first points.
    pub(super) definition: SeriesDefinition,
    pub(super) content: Content,
    pub(super) titles: BTreeMap<String, String>,
    /// How far it has come. Environments of reinforcement learning each go their own way.
    pub(super) progress: Progress,
    /// What it has of the run that its own run branched off from.
    pub(super) inherited: Option<InheritedPoints>,
    /// What came for it and does not count.
    pub(super) not_kept: NotKept,
    /// Once it has points.
    membership: Option<Membership>,
    /// Its last change.
    #[serde(skip)]
    pub(super) revision: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Membership {
    family: usize,
    /// Whether its declaration is as the family's first one was.
    fits: bool,
}

/// One declaration: a key and an ordering.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Declared {
    key: usize,
    #[serde(with = "super::model::as_number")]
    ordering: OrderingMode,
}

/// The series of one key: places in the list.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Places {
    std: Option<usize>,
    rl: Option<usize>,
    /// The one of the first declaration, until points say in which world it is.
    unclaimed: Option<usize>,
}

/// The series of one metric and scale in one world. The first points of any of them settle what all ought to be.
#[derive(Debug, Serialize, Deserialize)]
struct Family {
    world: World,
    first: SeriesDefinition,
    kind: SeriesKind,
    episodic: bool,
}

/// What comes for a series.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) world: World,
    pub(super) kind: SeriesKind,
    pub(super) episodic: bool,
    pub(super) points: u64,
}

/// What of a message is not as it should be.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    /// Points that are kept but are not what their family is.
    pub(super) conflicting: u64,
    /// Points that do not count.
    pub(super) not_kept: NotKept,
    /// The first one, in words.
    pub(super) first: Option<String>,
}

/// Where points go.
pub(super) struct Destination<'a> {
    pub(super) series: &'a mut Series,
    /// Whether they can count: not when they came under another ordering.
    pub(super) counts: bool,
}

impl Catalogue {
    #[cfg(test)]
    fn with_most(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Takes its series over from where they were kept, and knows again what it can be asked by.
    pub(super) fn restore(&mut self, series: Vec<Series>) {
        self.series = series;
        self.series.iter_mut().for_each(|series| series.content.restore());
        for (key, places) in self.keys.iter().enumerate() {
            let place = places.std.or(places.rl).or(places.unclaimed);
            let Some(series) = place.and_then(|place| self.series.get(place)) else { continue };
            self.by_key.insert(series.definition.key(), key);
        }
        for (place, declared) in self.declared.iter().enumerate() {
            let places = self.keys.get(declared.key);
            let series = places.and_then(|places| places.std.or(places.rl).or(places.unclaimed));
            let Some(series) = series.and_then(|place| self.series.get(place)) else { continue };
            let definition = SeriesDefinition { ordering: declared.ordering, ..series.definition.clone() };
            self.by_definition.insert(definition, DeclarationId(place));
        }
        for (place, family) in self.families.iter().enumerate() {
            let name = (family.world, family.first.metric.clone(), family.first.scale.clone());
            self.by_name.insert(name, place);
        }
    }

    /// All series, to be changed.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Series> {
        self.series.iter_mut()
    }

    pub(super) fn len(&self) -> usize {
        self.series.len()
    }

    /// Numbers the change that is about to be made.
    pub(super) fn stamp(&mut self, revision: u64) {
        self.revision = revision;
    }

    /// The series that changed after a revision.
    pub(super) fn changed(&self, after: u64) -> impl Iterator<Item = SeriesId> {
        self.all().filter(move |(_, series)| series.revision > after).map(|(id, _)| id)
    }

    /// Finds or adds what is declared. Beyond the most series that a run may have, it is one whose points are left out.
    pub(super) fn declare(&mut self, definition: SeriesDefinition) -> DeclarationId {
        if let Some(&id) = self.by_definition.get(&definition) {
            return id;
        }
        let key = match self.by_key.get(&definition.key()) {
            Some(&key) => key,
            None if self.series.len() >= self.most => return DeclarationId::SURPLUS,
            None => self.add_key(&definition),
        };
        let id = DeclarationId(self.declared.len());
        self.declared.push(Declared { key, ordering: definition.ordering });
        self.by_definition.insert(definition, id);
        id
    }

    fn add_key(&mut self, definition: &SeriesDefinition) -> usize {
        let series = self.add(definition.clone());
        self.keys.push(Places { std: None, rl: None, unclaimed: Some(series) });
        self.by_key.insert(definition.key(), self.keys.len() - 1);
        self.keys.len() - 1
    }

    pub(super) fn knows(&self, declaration: DeclarationId) -> bool {
        declaration == DeclarationId::SURPLUS || declaration.0 < self.declared.len()
    }

    fn add(&mut self, definition: SeriesDefinition) -> usize {
        self.series.push(Series {
            progress: Progress::new(definition.is_ordered()),
            definition,
            content: Content::None,
            titles: BTreeMap::new(),
            inherited: None,
            not_kept: NotKept::default(),
            membership: None,
            revision: self.revision,
        });
        self.series.len() - 1
    }

    /// Adds a series of the run that this one branched off from. None: there are too many.
    pub(super) fn inherit(&mut self, inherited: &InheritedSeries) -> Option<&mut Series> {
        let declaration = self.declare(inherited.definition.clone());
        let place = self.place(declaration, inherited.world)?;
        let arrival =
            Arrival { world: inherited.world, kind: inherited.kind, episodic: inherited.episodic, points: 0 };
        self.settle(place, declaration, arrival)?;
        self.series.get_mut(place)
    }

    /// The series that holds what was declared, in one world.
    pub(super) fn resolve(&mut self, declaration: DeclarationId, world: World) -> Option<&mut Series> {
        let place = self.place(declaration, world)?;
        let series = self.series.get_mut(place)?;
        series.revision = self.revision;
        Some(series)
    }

    fn place(&mut self, declaration: DeclarationId, world: World) -> Option<usize> {
        let key = self.declared.get(declaration.0)?.key;
        let places = self.keys.get_mut(key)?;
        let own = match world {
            World::Std => &mut places.std,
            World::Rl => &mut places.rl,
        };
        if own.is_some() {
            return *own;
        }
        if let Some(unclaimed) = places.unclaimed.take() {
            *own = Some(unclaimed);
            return *own;
        }
        let other = places.std.or(places.rl)?;
        let definition = self.series.get(other)?.definition.clone();
        let place = self.add(definition);
        let places = self.keys.get_mut(key)?;
        match world {
            World::Std => places.std = Some(place),
            World::Rl => places.rl = Some(place),
        }
        Some(place)
    }

    /// The first points of a series make it what it is.
    fn settle(&mut self, place: usize, declaration: DeclarationId, arrival: Arrival) -> Option<Membership> {
        let ordering = self.declared.get(declaration.0)?.ordering;
        let series = self.series.get_mut(place)?;
        if let Some(membership) = series.membership {
            return Some(membership);
        }
        series.definition.ordering = ordering;
        let ordered = series.definition.is_ordered();
        series.progress = Progress::new(ordered);
        series.content = Content::new(arrival.world, arrival.kind, ordered);
        let definition = &series.definition;
        let name = (arrival.world, definition.metric.clone(), definition.scale.clone());
        let families = &mut self.families;
        let family = *self.by_name.entry(name).or_insert_with(|| {
            families.push(Family {
                world: arrival.world,
                first: definition.clone(),
                kind: arrival.kind,
                episodic: arrival.episodic,
            });
            families.len() - 1
        });
        let fits = families.get(family)?.fits(definition);
        series.membership = Some(Membership { family, fits });
        series.membership
    }

    /// Where to put what comes. None: nowhere, and it is counted.
    pub(super) fn receive(
        &mut self,
        declaration: DeclarationId,
        arrival: Arrival,
        odd: &mut Oddities,
    ) -> Option<Destination<'_>> {
        if declaration == DeclarationId::SURPLUS {
            odd.not_kept.surplus_points += arrival.points;
            odd.first.get_or_insert_with(|| {
                "points beyond the limits on series and names are left out".to_owned()
            });
            return None;
        }
        let place = self.place(declaration, arrival.world)?;
        let Membership { family, fits } = self.settle(place, declaration, arrival)?;
        let ordering = self.declared.get(declaration.0)?.ordering;
        let (family, series) = (self.families.get(family)?, self.series.get_mut(place)?);
        series.revision = self.revision;
        if series.content.kind() != arrival.kind {
            series.not_kept.other_kind_points += arrival.points;
            odd.not_kept.other_kind_points += arrival.points;
            odd.first.get_or_insert_with(|| {
                format!("{} and got {:?} points, which are left out", series.tell(), arrival.kind)
            });
            return None;
        }
        if series.definition.ordering != ordering {
            series.not_kept.other_ordering_points += arrival.points;
            odd.not_kept.other_ordering_points += arrival.points;
            odd.first.get_or_insert_with(|| {
                format!("{} and got {ordering:?} points, which do not count", series.tell())
            });
            return Some(Destination { series, counts: false });
        }
        if !(fits && family.kind == arrival.kind && family.episodic == arrival.episodic) {
            odd.conflicting += arrival.points;
            odd.first.get_or_insert_with(|| family.tell(series, arrival));
        }
        Some(Destination { series, counts: true })
    }

    pub(super) fn get(&self, id: SeriesId) -> Result<&Series, StoreError> {
        let index = usize::try_from(id.0).ok().and_then(|id| id.checked_sub(1));
        index.and_then(|index| self.series.get(index)).ok_or(StoreError::UnknownSeries(id))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (SeriesId, &Series)> {
        (1..).map(SeriesId).zip(&self.series)
    }

    /// Whether the points of a series' family have episodes.
    pub(super) fn is_episodic(&self, series: &Series) -> bool {
        series.membership.and_then(|is| self.families.get(is.family)).is_some_and(|family| family.episodic)
    }

    /// Where each ordinary series stands: one seed for each key.
    pub(super) fn seeds(&self) -> Vec<Seed> {
        let seed = |series: &Series| {
            Some(Seed {
                definition: series.definition.clone(),
                last_step: series.last_step()?,
                kind: series.content.kind(),
            })
        };
        let std = self.series.iter().filter(|series| series.content.world() == Some(World::Std));
        std.filter_map(seed).collect()
    }

    pub(super) fn rl_families(&self) -> Vec<RlFamily> {
        let rl = self.families.iter().filter(|family| family.world == World::Rl);
        rl.map(|family| RlFamily {
            metric: family.first.metric.clone(),
            scale: family.first.scale.clone(),
            label_keys: family.first.labels.keys().cloned().collect(),
            ordering: family.first.ordering,
            episodic: family.episodic,
        })
        .collect()
    }
}

impl Series {
    /// The largest step of a point that counts; of reinforcement learning the largest step of the training.
    pub(super) fn last_step(&self) -> Option<u64> {
        match &self.content {
            Content::Rl(rl) => rl.largest_rl_step(),
            _ => self.progress.last().max(self.inherited.as_ref().map(|is| is.last_step)),
        }
    }

    /// A stretch of its points that count, or of those of the environment at a place. None: their order is that of their
    /// arrival.
    pub(super) fn window(&self, environment: Option<usize>, begin: Begin, most: usize) -> Option<Window> {
        let arrivals = match &self.content {
            Content::None => return None,
            Content::Rl(rl) => return rl.track(environment?)?.window(begin, most),
            Content::Floats(floats) => floats.arrivals(),
            Content::Histograms { points, .. } => points.arrivals(),
            Content::Scatters { points, .. } => points.arrivals(),
        };
        if arrivals.has_order(View::Merged) { None } else { self.progress.window(begin, most) }
    }

    /// How many points of its parent it has.
    pub(super) fn points_inherited(&self) -> u64 {
        match &self.content {
            Content::Rl(rl) => rl.points_inherited(),
            _ => self.inherited.as_ref().map_or(0, |is| is.points),
        }
    }

    pub(super) fn tell(&self) -> String {
        let SeriesDefinition { metric, scale, labels, ordering } = &self.definition;
        format!("({metric:?} / {scale:?} {labels:?}) holds {ordering:?} {:?} points", self.content.kind())
    }
}

impl Family {
    fn fits(&self, definition: &SeriesDefinition) -> bool {
        self.first.ordering == definition.ordering && self.first.labels.keys().eq(definition.labels.keys())
    }

    fn tell(&self, series: &Series, arrival: Arrival) -> String {
        format!(
            "{}{}; the metric and scale began with {:?} points{}, {:?}, label keys {:?}",
            series.tell(),
            if arrival.episodic { " in episodes" } else { "" },
            self.kind,
            if self.episodic { " in episodes" } else { "" },
            self.first.ordering,
            self.first.labels.keys().collect::<Vec<_>>(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrival, Catalogue, Oddities};
    use crate::store::{DeclarationId, SeriesDefinition, SeriesKind, World};

    #[test]
    fn beyond_the_most_series_points_are_counted_and_known_series_go_on() {
        let mut catalogue = Catalogue::with_most(2);
        let named = |name: &str| SeriesDefinition { metric: name.to_owned(), ..SeriesDefinition::default() };
        let known = catalogue.declare(named("a"));
        catalogue.declare(named("b"));
        let surplus = catalogue.declare(named("c"));
        assert_eq!((surplus, catalogue.len()), (DeclarationId::SURPLUS, 2));
        assert_eq!(catalogue.declare(named("a")), known);
        assert!(catalogue.knows(surplus));
        let arrival = Arrival { world: World::Std, kind: SeriesKind::Float, episodic: false, points: 5 };
        let mut odd = Oddities::default();
        assert!(catalogue.receive(surplus, arrival, &mut odd).is_none());
        assert!(catalogue.receive(known, arrival, &mut odd).is_some());
        assert_eq!(odd.not_kept.surplus_points, 5);
    }
}
