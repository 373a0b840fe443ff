//! One run in memory.

use std::collections::HashMap;

use super::attributes::change;
use super::catalogue::{Arrival, Catalogue, Conflicts, Series};
use super::content::{Content, SeriesKind, World};
use super::dedupe::SequenceNumbers;
use super::environments::Environments;
use super::{
    Applied, Attributes, Counts, DeclarationId, EnvironmentInfo, FloatBatch, FloatPoints, Histogram,
    OpenedRun, Page, RlPoints, RlUpdate, RunChanges, RunDefinition, RunId, RunInfo, Scatter, ScatterUpdate,
    SeriesDefinition, SeriesId, SeriesInfo, StoreError, Update,
};

/// Everything that is known about a run.
#[derive(Debug)]
pub(super) struct Run {
    id: RunId,
    definition: RunDefinition,
    created_at_millis: i64,
    closed: bool,
    catalogue: Catalogue,
    environments: Environments,
    attributes: Attributes,
    /// By logger and session.
    sessions: HashMap<(u64, u64), SequenceNumbers>,
    counts: Counts,
    /// Its last change.
    revision: u64,
    /// The last change of an attribute, also of an environment.
    attributes_revision: u64,
}

impl Run {
    pub(super) fn new(id: RunId, definition: RunDefinition, created_at_millis: i64) -> Self {
        Self {
            id,
            definition,
            created_at_millis,
            closed: false,
            catalogue: Catalogue::default(),
            environments: Environments::default(),
            attributes: Attributes::new(),
            sessions: HashMap::new(),
            counts: Counts { runs: 1, ..Counts::default() },
            revision: 0,
            attributes_revision: 0,
        }
    }

    /// Numbers the change that is about to be made.
    pub(super) fn stamp(&mut self, revision: u64) {
        self.revision = revision;
        self.catalogue.stamp(revision);
    }

    /// What changed after a revision.
    pub(super) fn changes(&self, after: u64) -> Option<RunChanges> {
        (self.revision > after).then(|| RunChanges {
            run: self.id.clone(),
            revision: self.revision,
            series: self.catalogue.changed(after).collect(),
            attributes: self.attributes_revision > after,
        })
    }

    /// A logger opens the run, which is there or was just made.
    pub(super) fn open(&mut self, created: bool) -> OpenedRun {
        self.closed = false;
        OpenedRun {
            created,
            run: self.info(),
            seeds: self.catalogue.seeds(),
            rl_families: self.catalogue.rl_families(),
            environments: self.environments.states(),
        }
    }

    pub(super) fn begin_stream(&mut self) {
        self.counts.streams += 1;
    }

    pub(super) fn declare(&mut self, definition: SeriesDefinition) -> DeclarationId {
        self.catalogue.declare(definition)
    }

    pub(super) fn apply(&mut self, mut update: Update) -> Result<Applied, StoreError> {
        if let Some(unknown) = update.declarations().find(|declaration| !self.catalogue.knows(*declaration)) {
            return Err(StoreError::UnknownDeclaration(unknown));
        }
        let key = update.message;
        if key.sequence_number != 0
            && !self
                .sessions
                .entry((key.logger_id, key.session_id))
                .or_default()
                .insert(key.sequence_number)?
        {
            self.counts.duplicate_messages += 1;
            return Ok(Applied::Duplicate);
        }
        update.detach();
        let mut conflicts = Conflicts::default();
        for (declaration, batch) in update.floats {
            self.take_floats(declaration, batch, &mut conflicts);
        }
        for rl in update.rl {
            self.take_rl(rl, &update.names, &mut conflicts);
        }
        for (declaration, histograms) in update.histograms {
            self.take_histograms(declaration, histograms, &mut conflicts);
        }
        for scatters in update.scatters {
            self.take_scatters(scatters, &mut conflicts);
        }
        if !(update.attributes.is_empty() && update.environment_attributes.is_empty()) {
            self.attributes_revision = self.revision;
        }
        self.counts.attribute_updates += update.attributes.len() as u64;
        for attribute in update.attributes {
            change(&mut self.attributes, attribute);
        }
        for changes in update.environment_attributes {
            self.counts.env_attribute_updates += changes.changes.len() as u64;
            self.environments.change(changes);
        }
        self.counts.messages += 1;
        self.counts.not_kept.add(update.not_kept);
        self.counts.not_kept.ignored_points += conflicts.not_kept;
        self.counts.conflicting_points += conflicts.points;
        self.closed |= update.close;
        Ok(Applied::Stored { conflict: conflicts.first })
    }

    fn take_floats(&mut self, declaration: DeclarationId, batch: FloatBatch, conflicts: &mut Conflicts) {
        let points = batch.values.len() as u64;
        let arrival = Arrival { world: World::Std, kind: SeriesKind::Float, episodic: false, points };
        if let Some(Content::Floats(floats)) = self.catalogue.receive(declaration, arrival, conflicts) {
            floats.append(batch);
            self.counts.points += points;
        }
    }

    fn take_rl(&mut self, update: RlUpdate, names: &str, conflicts: &mut Conflicts) {
        let RlUpdate { declaration, environment, batch } = update;
        let environment = self.environments.find_or_add(environment.of(names));
        let points = batch.floats.values.len() as u64;
        let episodic = batch.head.episode.is_some();
        let arrival = Arrival { world: World::Rl, kind: SeriesKind::Float, episodic, points };
        if let Some(Content::Rl(rl)) = self.catalogue.receive(declaration, arrival, conflicts) {
            self.environments.reach(environment, &batch.head);
            rl.append(environment, batch);
            self.counts.rl_points += points;
        }
    }

    fn take_histograms(
        &mut self,
        declaration: DeclarationId,
        histograms: Vec<Histogram>,
        conflicts: &mut Conflicts,
    ) {
        let Some(first) = histograms.first() else { return };
        let kind =
            if first.bins.are_densities() { SeriesKind::DensityHistogram } else { SeriesKind::Histogram };
        let count = histograms.len() as u64;
        let arrival = Arrival { world: World::Std, kind, episodic: false, points: count };
        if let Some(Content::Histograms { points, .. }) =
            self.catalogue.receive(declaration, arrival, conflicts)
        {
            points.extend(histograms);
            self.counts.histograms += count;
        }
    }

    fn take_scatters(&mut self, update: ScatterUpdate, conflicts: &mut Conflicts) {
        let ScatterUpdate { declaration, is_3d, titles, points: scatters } = update;
        let kind = if is_3d { SeriesKind::Scatter3d } else { SeriesKind::Scatter };
        let count = scatters.len() as u64;
        let arrival = Arrival { world: World::Std, kind, episodic: false, points: count };
        if count > 0
            && let Some(Content::Scatters { points, .. }) =
                self.catalogue.receive(declaration, arrival, conflicts)
        {
            points.extend(scatters);
            self.counts.scatters += count;
        }
        // They may come ahead of the first points.
        if !titles.is_empty()
            && let Some(series) = self.catalogue.resolve(declaration, World::Std)
            && [SeriesKind::Undefined, kind].contains(&series.content.kind())
        {
            series.titles = titles;
        }
    }

    pub(super) fn info(&self) -> RunInfo {
        RunInfo {
            id: self.id.clone(),
            definition: self.definition.clone(),
            created_at_millis: self.created_at_millis,
            closed: self.closed,
            series: self.catalogue.len() as u64,
            points: self.counts.all_points(),
        }
    }

    pub(super) fn all_series(&self) -> Vec<SeriesInfo> {
        self.catalogue.all().map(|(id, series)| self.series_info(id, series)).collect()
    }

    pub(super) fn series(&self, id: SeriesId) -> Result<SeriesInfo, StoreError> {
        self.catalogue.get(id).map(|series| self.series_info(id, series))
    }

    fn series_info(&self, id: SeriesId, series: &Series) -> SeriesInfo {
        let environments = match &series.content {
            Content::Rl(rl) => rl.environments().filter_map(|index| self.environments.name(index)).collect(),
            _ => Vec::new(),
        };
        SeriesInfo {
            id,
            definition: series.definition.clone(),
            world: series.content.world(),
            kind: series.content.kind(),
            points: series.content.len() as u64,
            last_step: series.content.largest_step(),
            titles: series.titles.clone(),
            environments: environments.into_iter().map(str::to_owned).collect(),
            episodic: self.catalogue.is_episodic(series),
        }
    }

    pub(super) fn points(&self, id: SeriesId, offset: u64, limit: u64) -> Result<FloatPoints, StoreError> {
        match &self.catalogue.get(id)?.content {
            Content::None => Ok(FloatPoints { offset, ..FloatPoints::default() }),
            Content::Floats(floats) => Ok(floats.read(offset, limit)),
            _ => Err(StoreError::OtherKind(id)),
        }
    }

    pub(super) fn rl_points(
        &self,
        id: SeriesId,
        environment: &str,
        offset: u64,
        limit: u64,
    ) -> Result<RlPoints, StoreError> {
        let Content::Rl(rl) = &self.catalogue.get(id)?.content else { return Err(StoreError::OtherKind(id)) };
        let found = self.environments.find(environment).and_then(|index| rl.read(index, offset, limit));
        found.ok_or_else(|| StoreError::UnknownEnvironment(environment.to_owned()))
    }

    pub(super) fn histograms(
        &self,
        id: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<Page<Histogram>, StoreError> {
        match &self.catalogue.get(id)?.content {
            Content::None => Ok(Page::of(&[], offset, limit)),
            Content::Histograms { points, .. } => Ok(Page::of(points, offset, limit)),
            _ => Err(StoreError::OtherKind(id)),
        }
    }

    pub(super) fn scatters(
        &self,
        id: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<Page<Scatter>, StoreError> {
        match &self.catalogue.get(id)?.content {
            Content::None => Ok(Page::of(&[], offset, limit)),
            Content::Scatters { points, .. } => Ok(Page::of(points, offset, limit)),
            _ => Err(StoreError::OtherKind(id)),
        }
    }

    pub(super) fn attributes(&self) -> Attributes {
        self.attributes.clone()
    }

    pub(super) fn environments(&self) -> Vec<EnvironmentInfo> {
        self.environments.all().to_vec()
    }

    pub(super) fn counts(&self) -> Counts {
        Counts { series: self.catalogue.len() as u64, ..self.counts }
    }
}
