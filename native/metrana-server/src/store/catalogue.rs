//! The series of one run: which there are, and where the points of a declaration go.
//!
//! A declaration does not say whether its points will be of reinforcement learning: its first points do. Points of both
//! worlds under one declaration, as older clients send them, go to two series.

use std::collections::{BTreeMap, HashMap};

use super::content::{Content, SeriesKind, World};
use super::{DeclarationId, RlFamily, Seed, SeriesDefinition, SeriesId, StoreError};

#[derive(Debug, Default)]
pub(super) struct Catalogue {
    series: Vec<Series>,
    declared: Vec<Declared>,
    by_definition: HashMap<SeriesDefinition, DeclarationId>,
    families: Vec<Family>,
    by_name: HashMap<(World, String, String), usize>,
    /// The change that is being made.
    revision: u64,
}

#[derive(Debug)]
pub(super) struct Series {
    pub(super) definition: SeriesDefinition,
    pub(super) content: Content,
    pub(super) titles: BTreeMap<String, String>,
    /// Once it has points.
    membership: Option<Membership>,
    /// Its last change.
    revision: u64,
}

#[derive(Clone, Copy, Debug)]
struct Membership {
    family: usize,
    /// Whether its declaration is as the family's first one was.
    fits: bool,
}

/// What was declared under one definition, and the series that came of it: places in the list.
#[derive(Debug)]
struct Declared {
    std: Option<usize>,
    rl: Option<usize>,
    /// The one of the declaration itself, until points say in which world it is.
    unclaimed: Option<usize>,
}

/// The series of one metric and scale in one world. The first points of any of them settle what all ought to be.
#[derive(Debug)]
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

/// What was at odds with what had come before.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    /// Points that are not what their family is.
    pub(super) points: u64,
    /// Those among them that their series cannot hold.
    pub(super) not_kept: u64,
    /// The first one, in words.
    pub(super) first: Option<String>,
}

impl Catalogue {
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

    pub(super) fn declare(&mut self, definition: SeriesDefinition) -> DeclarationId {
        if let Some(&id) = self.by_definition.get(&definition) {
            return id;
        }
        let id = DeclarationId(self.declared.len());
        self.by_definition.insert(definition.clone(), id);
        let series = self.add(definition);
        self.declared.push(Declared { std: None, rl: None, unclaimed: Some(series) });
        id
    }

    pub(super) fn knows(&self, declaration: DeclarationId) -> bool {
        declaration.0 < self.declared.len()
    }

    fn add(&mut self, definition: SeriesDefinition) -> usize {
        self.series.push(Series {
            definition,
            content: Content::None,
            titles: BTreeMap::new(),
            membership: None,
            revision: self.revision,
        });
        self.series.len() - 1
    }

    /// The series that holds what was declared, in one world.
    pub(super) fn resolve(&mut self, declaration: DeclarationId, world: World) -> Option<&mut Series> {
        let place = self.place(declaration, world)?;
        let series = self.series.get_mut(place)?;
        series.revision = self.revision;
        Some(series)
    }

    fn place(&mut self, declaration: DeclarationId, world: World) -> Option<usize> {
        let declared = self.declared.get_mut(declaration.0)?;
        let own = match world {
            World::Std => &mut declared.std,
            World::Rl => &mut declared.rl,
        };
        if own.is_some() {
            return *own;
        }
        if let Some(unclaimed) = declared.unclaimed.take() {
            *own = Some(unclaimed);
            return *own;
        }
        let other = declared.std.or(declared.rl)?;
        let definition = self.series.get(other)?.definition.clone();
        let place = self.add(definition);
        match (self.declared.get_mut(declaration.0)?, world) {
            (declared, World::Std) => declared.std = Some(place),
            (declared, World::Rl) => declared.rl = Some(place),
        }
        Some(place)
    }

    /// Where to put what comes. None: the series is of another kind.
    pub(super) fn receive(
        &mut self,
        declaration: DeclarationId,
        arrival: Arrival,
        conflicts: &mut Conflicts,
    ) -> Option<&mut Content> {
        let place = self.place(declaration, arrival.world)?;
        let Membership { family, fits } = self.membership(place, arrival)?;
        let (family, series) = (self.families.get(family)?, self.series.get_mut(place)?);
        series.revision = self.revision;
        if matches!(series.content, Content::None) {
            series.content = Content::new(arrival.world, arrival.kind);
        }
        let kept = series.content.kind() == arrival.kind;
        if !(kept && fits && family.kind == arrival.kind && family.episodic == arrival.episodic) {
            conflicts.points += arrival.points;
            conflicts.not_kept += if kept { 0 } else { arrival.points };
            conflicts.first.get_or_insert_with(|| family.tell(series, arrival, kept));
        }
        kept.then_some(&mut series.content)
    }

    fn membership(&mut self, place: usize, arrival: Arrival) -> Option<Membership> {
        let series = self.series.get_mut(place)?;
        if let Some(membership) = series.membership {
            return Some(membership);
        }
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

    /// Where each ordinary series stands.
    pub(super) fn seeds(&self) -> Vec<Seed> {
        let seed = |series: &Series| {
            Some(Seed {
                definition: series.definition.clone(),
                last_step: series.content.largest_step()?,
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

impl Family {
    fn fits(&self, definition: &SeriesDefinition) -> bool {
        self.first.ordering == definition.ordering && self.first.labels.keys().eq(definition.labels.keys())
    }

    fn tell(&self, series: &Series, arrival: Arrival, kept: bool) -> String {
        let SeriesDefinition { metric, scale, labels, ordering } = &series.definition;
        format!(
            "({metric:?} / {scale:?} {labels:?}) holds {:?} points and got {:?} points{}; the metric and scale began \
             with {:?} points{}, {:?}, label keys {:?}, and this series is {ordering:?}",
            series.content.kind(),
            arrival.kind,
            if kept { "" } else { ", which are left out" },
            self.kind,
            if self.episodic { " in episodes" } else { "" },
            self.first.ordering,
            self.first.labels.keys().collect::<Vec<_>>(),
        )
    }
}
