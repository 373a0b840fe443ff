//! One run: what it is made of, and what each call does to it.
//!
//! Everything here follows from the calls and their arguments alone, clocks included: whoever makes the same calls again
//! gets the same run.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::arrivals::Taken;
use super::attributes::change;
use super::catalogue::{Arrival, Catalogue, Destination, Oddities, Series};
use super::content::{Content, SeriesKind, World};
use super::dedupe::SequenceNumbers;
use super::edit::{Marks, RunEdit, TAGS};
use super::environments::Environments;
use super::list::{AtStep, PointList};
use super::status::LOST_AFTER_MILLIS;
use super::{
    Applied, AttributeValue, Attributes, Close, Counts, DeclarationId, Ending, EnvironmentInfo, FloatBatch,
    Histogram, Inheritance, NotKept, OpenedRun, Opening, RlUpdate, RunChanges, RunDefinition, RunId, RunInfo,
    RunKey, RunStatus, ScatterUpdate, SeriesDefinition, SeriesId, SeriesInfo, Steps, StoreError, Update,
};

/// Everything that is known about a run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Run {
    id: RunId,
    definition: RunDefinition,
    created_at_millis: i64,
    /// The logger that created it; 0 did not say.
    created_by: u64,
    parent: Option<RunId>,
    /// How it was closed, until data comes again.
    ending: Option<Ending>,
    last_contact_millis: i64,
    /// Streams that are open and have not closed the run. None is when the store has just been opened.
    #[serde(skip)]
    streams: u32,
    catalogue: Catalogue,
    #[serde(skip)]
    environments: Environments,
    attributes: Attributes,
    /// What people said about it.
    #[serde(default)]
    marks: Marks,
    /// By logger and session.
    #[serde(with = "super::written::pairs")]
    sessions: HashMap<(u64, u64), SequenceNumbers>,
    counts: Counts,
    /// How many series and environments are written apart from it.
    apart: (u64, u64),
    /// Its last change.
    #[serde(skip)]
    revision: u64,
    /// The last change of an attribute, also of an environment.
    #[serde(skip)]
    attributes_revision: u64,
}

impl Run {
    pub(super) fn new(id: RunId, opening: Opening, created_at_millis: i64) -> Self {
        let Opening { definition, logger_id, inherited } = opening;
        let mut run = Self {
            id,
            definition,
            created_at_millis,
            created_by: logger_id,
            parent: None,
            ending: None,
            last_contact_millis: created_at_millis,
            streams: 0,
            catalogue: Catalogue::default(),
            environments: Environments::default(),
            attributes: Attributes::new(),
            marks: Marks::default(),
            sessions: HashMap::new(),
            counts: Counts { runs: 1, ..Counts::default() },
            apart: (0, 0),
            revision: 0,
            attributes_revision: 0,
        };
        run.inherit(inherited);
        run
    }

    fn inherit(&mut self, inherited: Inheritance) {
        self.parent = inherited.parent;
        for environment in &inherited.environments {
            self.environments.inherit(environment);
        }
        for inherited in inherited.series {
            let Some(series) = self.catalogue.inherit(&inherited) else { continue };
            series.inherited = Some(inherited.points);
            series.progress.pass(inherited.points.last_step);
            if let Content::Rl(rl) = &mut series.content {
                for track in inherited.tracks {
                    rl.inherit(self.environments.find_or_add(&track.environment), track);
                }
            }
        }
    }

    pub(super) fn key(&self) -> &RunKey {
        &self.definition.key
    }

    /// Takes over what was written apart from it.
    pub(super) fn restore(&mut self, series: Vec<Series>, environments: Vec<EnvironmentInfo>) {
        self.catalogue.restore(series);
        self.environments = Environments::restore(environments);
    }

    /// How many series and environments were written apart from it.
    pub(super) fn counts_written(&self) -> (u64, u64) {
        self.apart
    }

    /// Notes how many are about to be written.
    pub(super) fn count_written(&mut self) {
        self.apart = (self.catalogue.len() as u64, self.environments.all().len() as u64);
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(super) fn catalogue_mut(&mut self) -> &mut Catalogue {
        &mut self.catalogue
    }

    pub(super) fn environment(&self, name: &str) -> Option<usize> {
        self.environments.find(name)
    }

    /// Whether a stream updates it.
    pub(super) fn is_live(&self) -> bool {
        self.streams > 0
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
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

    /// A logger opens the run, which is there or was just made. That alone changes nothing: the logger may not want it.
    pub(super) fn open(&self, logger_id: u64, created: bool, now_millis: i64) -> OpenedRun {
        let asks_again = logger_id != 0 && logger_id == self.created_by && self.counts.messages == 0;
        OpenedRun {
            created: created || asks_again,
            run: self.info(now_millis),
            seeds: self.catalogue.seeds(),
            rl_families: self.catalogue.rl_families(),
            environments: self.environments.states(),
        }
    }

    pub(super) fn begin_stream(&mut self, now_millis: i64) {
        self.counts.streams += 1;
        self.streams += 1;
        self.last_contact_millis = self.last_contact_millis.max(now_millis);
    }

    /// A stream is over that has not closed the run.
    pub(super) fn end_stream(&mut self, now_millis: i64) {
        self.streams = self.streams.saturating_sub(1);
        self.last_contact_millis = self.last_contact_millis.max(now_millis);
    }

    pub(super) fn declare(&mut self, definition: SeriesDefinition) -> DeclarationId {
        self.catalogue.declare(definition)
    }

    /// A person changes what people see of it.
    pub(super) fn edit(&mut self, edit: RunEdit) {
        self.attributes_revision = self.revision;
        for attribute in edit.attributes() {
            change(&mut self.attributes, attribute);
        }
        self.marks.change(edit);
    }

    /// A message comes that had come before.
    pub(super) fn repeat(&mut self, received_at: i64, closing: Option<&Close>) {
        self.hear(received_at, closing);
        self.counts.duplicate_messages += 1;
    }

    /// Notes that a message came, whatever becomes of it.
    fn hear(&mut self, received_at: i64, closing: Option<&Close>) {
        self.last_contact_millis = self.last_contact_millis.max(received_at);
        if let Some(closing) = closing {
            // Also when the message is a duplicate: whatever made the logger send it again came in between.
            self.streams = self.streams.saturating_sub(1);
            self.ending = Some(Ending::new(closing.message.as_deref(), received_at));
        }
    }

    pub(super) fn apply(&mut self, mut update: Update) -> Result<Applied, StoreError> {
        if let Some(unknown) = update.declarations().find(|declaration| !self.catalogue.knows(*declaration)) {
            return Err(StoreError::UnknownDeclaration(unknown));
        }
        let closing = update.close.take();
        let key = update.message;
        if key.sequence_number != 0
            && !self
                .sessions
                .entry((key.logger_id, key.session_id))
                .or_default()
                .insert(key.sequence_number)?
        {
            self.repeat(update.received_at, closing.as_ref());
            return Ok(Applied::Duplicate);
        }
        self.hear(update.received_at, closing.as_ref());
        if closing.is_none() {
            self.ending = None;
        }
        update.detach();
        let mut odd = Oddities { not_kept: update.not_kept, ..Oddities::default() };
        for (declaration, batch) in update.floats {
            self.take_floats(declaration, batch, &mut odd);
        }
        for rl in update.rl {
            self.take_rl(rl, &update.names, &mut odd);
        }
        for (declaration, histograms) in update.histograms {
            self.take_histograms(declaration, histograms, &mut odd);
        }
        for scatters in update.scatters {
            self.take_scatters(scatters, &mut odd);
        }
        if !(update.attributes.is_empty() && update.environment_attributes.is_empty()) {
            self.attributes_revision = self.revision;
        }
        self.counts.attribute_updates += update.attributes.len() as u64;
        for attribute in update.attributes {
            change(&mut self.attributes, attribute);
        }
        for changes in update.environment_attributes {
            let count = changes.changes.len() as u64;
            if self.environments.has_room_for(&changes.environment) {
                self.counts.env_attribute_updates += count;
                self.environments.change(changes);
            } else {
                odd.not_kept.surplus_attributes += count;
            }
        }
        self.counts.messages += 1;
        self.counts.not_kept.add(odd.not_kept);
        self.counts.conflicting_points += odd.conflicting;
        Ok(Applied::Stored { conflict: odd.first })
    }

    fn take_floats(&mut self, declaration: DeclarationId, batch: FloatBatch, odd: &mut Oddities) {
        let points = batch.values.len();
        let arrival =
            Arrival { world: World::Std, kind: SeriesKind::Float, episodic: false, points: points as u64 };
        if let Some(Destination { series, counts }) = self.catalogue.receive(declaration, arrival, odd)
            && let Content::Floats(floats) = &mut series.content
        {
            let taken =
                if counts { series.progress.take(&batch.steps, points) } else { Taken::nothing(points) };
            floats.append(batch, &taken);
            self.counts.points += settle(series, arrival, counts, &taken, odd);
        }
    }

    fn take_rl(&mut self, update: RlUpdate, names: &str, odd: &mut Oddities) {
        let RlUpdate { declaration, environment, batch } = update;
        let name = environment.of(names);
        let points = batch.floats.values.len() as u64;
        if !self.environments.has_room_for(name) {
            odd.not_kept.surplus_points += points;
            return;
        }
        let head = batch.head;
        let arrival =
            Arrival { world: World::Rl, kind: SeriesKind::Float, episodic: head.episode.is_some(), points };
        if let Some(Destination { series, counts }) = self.catalogue.receive(declaration, arrival, odd)
            && let Content::Rl(rl) = &mut series.content
        {
            let environment = self.environments.find_or_add(name);
            let last_episode = batch.last_episode(&series.definition.scale);
            let taken = rl.append(environment, batch, counts);
            if taken.points_left_out() < points {
                self.environments.reach(environment, head.rl_step, last_episode);
            }
            self.counts.rl_points += settle(series, arrival, counts, &taken, odd);
        }
    }

    fn take_histograms(
        &mut self,
        declaration: DeclarationId,
        histograms: Vec<Histogram>,
        odd: &mut Oddities,
    ) {
        let Some(first) = histograms.first() else { return };
        let kind =
            if first.bins.are_densities() { SeriesKind::DensityHistogram } else { SeriesKind::Histogram };
        let count = histograms.len() as u64;
        let arrival = Arrival { world: World::Std, kind, episodic: false, points: count };
        if let Some(Destination { series, counts }) = self.catalogue.receive(declaration, arrival, odd)
            && let Content::Histograms { points, .. } = &mut series.content
        {
            let taken = take_list(&mut series.progress, counts, points, histograms);
            self.counts.histograms += settle(series, arrival, counts, &taken, odd);
        }
    }

    fn take_scatters(&mut self, update: ScatterUpdate, odd: &mut Oddities) {
        let ScatterUpdate { declaration, is_3d, titles, points: scatters } = update;
        let kind = if is_3d { SeriesKind::Scatter3d } else { SeriesKind::Scatter };
        let count = scatters.len() as u64;
        let arrival = Arrival { world: World::Std, kind, episodic: false, points: count };
        if count > 0
            && let Some(Destination { series, counts }) = self.catalogue.receive(declaration, arrival, odd)
            && let Content::Scatters { points, .. } = &mut series.content
        {
            let taken = take_list(&mut series.progress, counts, points, scatters);
            self.counts.scatters += settle(series, arrival, counts, &taken, odd);
        }
        // They may come ahead of the first points.
        if !titles.is_empty()
            && let Some(series) = self.catalogue.resolve(declaration, World::Std)
            && [SeriesKind::Undefined, kind].contains(&series.content.kind())
        {
            series.titles = titles;
        }
    }

    /// How it stands. A run that nobody closed and that no stream updates is lost when its logger has been silent for so
    /// long that it would have come back.
    fn status(&self, now_millis: i64) -> RunStatus {
        match &self.ending {
            _ if self.streams > 0 => RunStatus::Running,
            Some(ending) => ending.how.into(),
            None if now_millis.saturating_sub(self.last_contact_millis) <= LOST_AFTER_MILLIS => {
                RunStatus::Running
            }
            None => RunStatus::LostContact,
        }
    }

    pub(super) fn info(&self, now_millis: i64) -> RunInfo {
        RunInfo {
            id: self.id.clone(),
            definition: self.definition.clone(),
            created_at_millis: self.created_at_millis,
            status: self.status(now_millis),
            ending: self.ending.clone(),
            last_contact_millis: self.last_contact_millis,
            parent: self.parent.clone(),
            closed: self.ending.is_some() && self.streams == 0,
            marks: self.marks.clone(),
            tags: match self.attributes.get(TAGS) {
                Some(AttributeValue::TextSet(tags)) => tags.clone(),
                _ => Vec::new(),
            },
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
        let (mut environments, mut inherited_tracks) = (Vec::new(), Vec::new());
        if let Content::Rl(rl) = &series.content {
            environments.extend(rl.environments().filter_map(|index| self.environments.name(index)));
            inherited_tracks.extend(rl.environments().filter_map(|index| rl.inherited(index)).cloned());
        }
        SeriesInfo {
            id,
            definition: series.definition.clone(),
            world: series.content.world(),
            kind: series.content.kind(),
            points: series.points_inherited() + series.content.counting(),
            inherited: series.inherited,
            inherited_tracks,
            raw_points: series.content.raw(),
            not_kept: series.not_kept,
            last_step: series.last_step(),
            titles: series.titles.clone(),
            environments: environments.into_iter().map(str::to_owned).collect(),
            episodic: self.catalogue.is_episodic(series),
            aggregate: None,
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

fn take_list<T: AtStep + Clone>(
    progress: &mut super::progress::Progress,
    counts: bool,
    list: &mut PointList<T>,
    points: Vec<T>,
) -> Taken {
    let taken = if counts {
        let steps = Steps::Each(points.iter().map(AtStep::step).collect());
        progress.take(&steps, points.len())
    } else {
        Taken::nothing(points.len())
    };
    list.append(points, &taken);
    taken
}

/// Counts what became of points. How many more the series has now that count.
fn settle(series: &mut Series, arrival: Arrival, counts: bool, taken: &Taken, odd: &mut Oddities) -> u64 {
    if !counts {
        return 0;
    }
    let not_kept = NotKept {
        stale_points: taken.points_left_out(),
        replaced_points: taken.replaced,
        ..NotKept::default()
    };
    if not_kept.stale_points > 0 {
        odd.first.get_or_insert_with(|| {
            let points = not_kept.stale_points;
            format!("{}: {points} at steps that it had passed do not count", series.tell())
        });
    }
    series.not_kept.add(not_kept);
    odd.not_kept.add(not_kept);
    arrival.points - not_kept.stale_points - not_kept.replaced_points
}
