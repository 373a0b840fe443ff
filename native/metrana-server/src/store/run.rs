//! One run in memory.

use std::collections::HashMap;

use super::dedupe::SequenceNumbers;
use super::floats::FloatSeries;
use super::{
    Applied, Counts, FloatPoints, NotKept, RunDefinition, RunId, RunInfo, Seed, SeriesDefinition, SeriesId,
    SeriesInfo, StoreError, Update,
};

/// Everything that is known about a run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: RunId,
    pub(super) definition: RunDefinition,
    created_at_millis: i64,
    closed: bool,
    series: Vec<Series>,
    by_definition: HashMap<SeriesDefinition, SeriesId>,
    /// By logger and session.
    sessions: HashMap<(u64, u64), SequenceNumbers>,
    points: u64,
    messages: u64,
    duplicate_messages: u64,
    streams: u64,
    not_kept: NotKept,
}

#[derive(Debug)]
struct Series {
    definition: SeriesDefinition,
    floats: FloatSeries,
}

impl Run {
    pub(super) fn new(id: RunId, definition: RunDefinition, created_at_millis: i64) -> Self {
        Self {
            id,
            definition,
            created_at_millis,
            closed: false,
            series: Vec::new(),
            by_definition: HashMap::new(),
            sessions: HashMap::new(),
            points: 0,
            messages: 0,
            duplicate_messages: 0,
            streams: 0,
            not_kept: NotKept::default(),
        }
    }

    pub(super) fn reopen(&mut self) {
        self.closed = false;
    }

    pub(super) fn begin_stream(&mut self) {
        self.streams += 1;
    }

    pub(super) fn declare(&mut self, definition: SeriesDefinition) -> SeriesId {
        if let Some(&id) = self.by_definition.get(&definition) {
            return id;
        }
        let id = SeriesId(self.series.len() as u64 + 1);
        self.by_definition.insert(definition.clone(), id);
        self.series.push(Series { definition, floats: FloatSeries::default() });
        id
    }

    pub(super) fn apply(&mut self, update: Update) -> Result<Applied, StoreError> {
        if let Some(&(unknown, _)) = update.floats.iter().find(|(series, _)| self.index(*series).is_none()) {
            return Err(StoreError::UnknownSeries(unknown));
        }
        let key = update.message;
        if key.sequence_number != 0
            && !self
                .sessions
                .entry((key.logger_id, key.session_id))
                .or_default()
                .insert(key.sequence_number)?
        {
            self.duplicate_messages += 1;
            return Ok(Applied::Duplicate);
        }
        for (series, batch) in update.floats {
            self.points += batch.values.len() as u64;
            if let Some(series) = self.index(series).and_then(|index| self.series.get_mut(index)) {
                series.floats.append(batch);
            }
        }
        self.messages += 1;
        self.not_kept.add(update.not_kept);
        self.closed |= update.close;
        Ok(Applied::Stored)
    }

    pub(super) fn seeds(&self) -> Vec<Seed> {
        let seed = |series: &Series| {
            let last_step = series.floats.largest_step()?;
            Some(Seed { definition: series.definition.clone(), last_step })
        };
        self.series.iter().filter_map(seed).collect()
    }

    pub(super) fn info(&self) -> RunInfo {
        RunInfo {
            id: self.id.clone(),
            definition: self.definition.clone(),
            created_at_millis: self.created_at_millis,
            closed: self.closed,
            series: self.series.len() as u64,
            points: self.points,
        }
    }

    pub(super) fn series(&self) -> Vec<SeriesInfo> {
        let info = |(series, id): (&Series, u64)| SeriesInfo {
            id: SeriesId(id),
            definition: series.definition.clone(),
            points: series.floats.len() as u64,
            last_step: series.floats.largest_step(),
        };
        self.series.iter().zip(1..).map(info).collect()
    }

    pub(super) fn points(
        &self,
        series: SeriesId,
        offset: u64,
        limit: u64,
    ) -> Result<FloatPoints, StoreError> {
        let found = self.index(series).and_then(|index| self.series.get(index));
        Ok(found.ok_or(StoreError::UnknownSeries(series))?.floats.read(offset, limit))
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            runs: 1,
            series: self.series.len() as u64,
            points: self.points,
            messages: self.messages,
            duplicate_messages: self.duplicate_messages,
            streams: self.streams,
            not_kept: self.not_kept,
        }
    }

    fn index(&self, series: SeriesId) -> Option<usize> {
        let index = usize::try_from(series.0).ok()?.checked_sub(1)?;
        (index < self.series.len()).then_some(index)
    }
}
