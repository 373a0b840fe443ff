//! Moves points from the journal into compressed tiles, on a thread of its own.
//!
//! A run is cut at one moment: its state and the points that are not sealed yet. What is made of them is written, and what
//! they came from removed from the journal, in one commit. A crash before it costs only that the work is done again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rusqlite::params;

use super::chunk::Chunk;
use super::column::SEALING;
use super::handle::{Handle, State};
use super::health::Doctor;
use super::points::{Point, reach};
use super::queue::{Queue, Work};
use super::runs::Outline;
use super::sum::sum;
use super::tiling::{TILE, Track, seal};
use super::{Runs, Sealing, rest};
use crate::store::content::Content;
use crate::store::floats::FloatSeries;
use crate::store::reading::wait;
use crate::store::{Histogram, Scatter, StoreError};

/// No more points are left behind when the others of their run are sealed: they are written anew each time.
const REST: u64 = 1 << 18;
/// A list of histograms or scatters has no more numbers, about.
const LIST: usize = 1 << 17;

/// A run that nobody wants for so long is no longer kept in memory.
const UNUSED: Duration = Duration::from_mins(10);

/// A run at one moment.
pub(super) struct Cut {
    through: i64,
    journal: u64,
    state: String,
    counts: (i64, i64),
    series: Vec<SeriesRow>,
    environments: Vec<(i64, String, String)>,
    /// Copies of what is to be sealed, by the places of the series.
    content: Vec<(usize, Content)>,
    /// Copies of what is left behind.
    rest: Vec<(usize, Content)>,
    revision: u64,
}

struct SeriesRow {
    id: i64,
    metric: String,
    scale: String,
    labels: String,
    kind: String,
    points: i64,
    last_step: Option<String>,
    state: String,
}

pub(super) struct Sealer {
    pub(super) runs: Arc<Runs>,
    pub(super) queue: Arc<Queue>,
    pub(super) sealing: Sealing,
    pub(super) doctor: Arc<Doctor>,
    pub(super) stop: Arc<AtomicBool>,
}

impl Sealer {
    pub(super) fn run(&self) {
        // By the rows of runs: the last revision that is written.
        let mut written = HashMap::new();
        while !self.stop.load(Ordering::Acquire) {
            for handle in self.runs.all() {
                let cut = {
                    let mut state = handle.lock();
                    if fall_asleep(&mut state) {
                        handle.note_to_join();
                    }
                    let Some(least) = due(&state, &self.sealing).filter(|_| !handle.is_deleted()) else {
                        continue;
                    };
                    cut(&mut state, written.get(&handle.row).copied().unwrap_or(0), least)
                };
                match cut.and_then(|cut| self.write(&handle, &cut).map(|()| cut.revision)) {
                    Ok(revision) => {
                        written.insert(handle.row, revision);
                    }
                    Err(_) if self.stop.load(Ordering::Acquire) => return,
                    Err(error) => {
                        // It stays in the journal, where it is safe.
                        self.doctor.say(format_args!("run {} cannot be sealed: {error}", handle.id));
                        thread::park_timeout(self.sealing.idle);
                    }
                }
                if self.stop.load(Ordering::Acquire) {
                    return;
                }
            }
            thread::park_timeout(self.sealing.every);
        }
    }

    /// Seals a run now, whatever it has.
    pub(super) fn write(&self, handle: &Arc<Handle>, cut: &Cut) -> Result<(), StoreError> {
        let job = job(handle.row, cut)?;
        wait(self.queue.push(Work::Job(job), None))?;
        reach(Point::Sealed);
        let mut state = handle.lock();
        state.sealed = cut.through;
        state.rest = !cut.rest.is_empty();
        state.journal = state.journal.saturating_sub(cut.journal);
        if let Some(run) = &mut state.run {
            let mut copies = cut.content.iter().peekable();
            for (place, series) in run.catalogue_mut().all_mut().enumerate() {
                if let Some((_, copy)) = copies.next_if(|(at, _)| *at == place) {
                    series.content.seal(copy);
                }
            }
        }
        handle.note_to_join();
        Ok(())
    }
}

/// Lets go of a run that nobody has wanted for a while and that is sealed as a whole. Whether it did.
fn fall_asleep(state: &mut State) -> bool {
    let Some(run) = &state.run else { return false };
    let sleeps =
        state.next == state.sealed + 1 && !state.rest && !run.is_live() && state.used.elapsed() >= UNUSED;
    if sleeps {
        state.outline = Some(Outline { info: run.info(i64::MIN), counts: run.counts() });
        state.run = None;
    }
    sleeps
}

/// Whether it is worth to seal a run: then of those series that have at least so many points. The others stay behind.
pub(super) fn due(state: &State, sealing: &Sealing) -> Option<u64> {
    let run = state.run.as_ref()?;
    let is_new = state.next > state.sealed + 1;
    if !is_new && !state.rest {
        return None;
    }
    if state.touched.elapsed() >= sealing.idle || (!run.is_live() && run.info(0).ending.is_some()) {
        return Some(0);
    }
    if !is_new {
        return None;
    }
    let (mut many, mut few) = (0_u64, 0_u64);
    for (_, one) in run.catalogue().all() {
        let unsealed = one.content.unsealed();
        *(if unsealed >= sealing.points { &mut many } else { &mut few }) += unsealed;
    }
    // What stays behind is written anew, which is worth it when at least as much is sealed for good.
    if many > 0 && few <= many.min(REST) {
        return Some(sealing.points);
    }
    (state.journal >= sealing.bytes).then_some(0)
}

/// Cuts a run whose lock is held: series with at least so many points are sealed. Those that have not changed since
/// `written` are left as they are.
pub(super) fn cut(state: &mut State, written: u64, least: u64) -> Result<Cut, StoreError> {
    let (through, journal) = (state.next - 1, state.journal);
    let Some(run) = &mut state.run else { return Err(StoreError::Io("the run is not in memory".to_owned())) };
    run.count_written();
    let json = |error: serde_json::Error| StoreError::Io(error.to_string());
    let mut series = Vec::new();
    let (mut content, mut rest) = (Vec::new(), Vec::new());
    for (place, (id, one)) in run.catalogue().all().enumerate() {
        match one.content.unsealed() {
            0 => {}
            points if points >= least => content.push((place, one.content.copy())),
            _ => rest.push((place, one.content.copy())),
        }
        if one.revision > written || state.sealed == 0 {
            series.push(SeriesRow {
                id: id.0.cast_signed(),
                metric: one.definition.metric.clone(),
                scale: one.definition.scale.clone(),
                labels: serde_json::to_string(&one.definition.labels).map_err(json)?,
                kind: serde_json::to_string(&one.content.kind())
                    .map_err(json)?
                    .trim_matches('"')
                    .to_lowercase(),
                points: one.content.raw().cast_signed(),
                last_step: one.last_step().map(|step| step.to_string()),
                state: serde_json::to_string(one).map_err(json)?,
            });
        }
    }
    let mut environments = Vec::new();
    for (place, one) in run.environments().iter().enumerate() {
        environments.push((
            i64::try_from(place).unwrap_or(i64::MAX),
            one.name.clone(),
            serde_json::to_string(one).map_err(json)?,
        ));
    }
    let counts = run.counts();
    Ok(Cut {
        through,
        journal,
        state: serde_json::to_string(run).map_err(json)?,
        counts: (counts.series.cast_signed(), counts.all_points().cast_signed()),
        series,
        environments,
        content,
        rest,
        revision: run.revision(),
    })
}

/// What writes a cut.
fn job(row: i64, cut: &Cut) -> Result<super::queue::Job, StoreError> {
    let mut chunks = Vec::new();
    for (place, content) in &cut.content {
        let series = i64::try_from(*place).unwrap_or(i64::MAX).saturating_add(1);
        chunks_of(series, content, &mut chunks)?;
    }
    let rest = rest::pack(&cut.rest)?;
    let (through, state, counts) = (cut.through, cut.state.clone(), cut.counts);
    let series: Vec<_> = cut
        .series
        .iter()
        .map(|one| {
            (
                one.id,
                one.metric.clone(),
                one.scale.clone(),
                one.labels.clone(),
                one.kind.clone(),
                one.points,
                one.last_step.clone(),
                one.state.clone(),
            )
        })
        .collect();
    let environments = cut.environments.clone();
    Ok(Box::new(move |to| {
        let live = to
            .prepare_cached(
                "update run set sealed = ?2, state = ?3, series = ?4, points = ?5, state_crc = ?6 where id = ?1 and \
                 deleted = 0",
            )?
            .execute(params![row, through, state, counts.0, counts.1, sum(state.as_bytes(), &[row, through])])?;
        if live == 0 {
            return Ok(());
        }
        for chunk in &chunks {
            chunk.insert(to, row)?;
        }
        to.prepare_cached("delete from rest where run = ?1")?.execute([row])?;
        for chunk in &rest {
            chunk.insert_as_rest(to, row)?;
        }
        reach(Point::Sealing);
        let mut insert = to.prepare_cached(
            "insert or replace into series (run, id, metric, scale, labels, kind, points, last_step, state, state_crc) \
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for (id, metric, scale, labels, kind, points, last_step, state) in &series {
            let crc = sum(state.as_bytes(), &[row, *id]);
            insert.execute(params![row, id, metric, scale, labels, kind, points, last_step, state, crc])?;
        }
        let mut insert = to.prepare_cached(
            "insert or replace into environment (run, id, name, state, state_crc) values (?1, ?2, ?3, ?4, ?5)",
        )?;
        for (id, name, state) in &environments {
            insert.execute(params![row, id, name, state, sum(state.as_bytes(), &[row, *id])])?;
        }
        to.prepare_cached("delete from journal where run = ?1 and last <= ?2")?
            .execute(params![row, through])?;
        Ok(())
    }))
}

fn chunks_of(series: i64, content: &Content, out: &mut Vec<Chunk>) -> Result<(), StoreError> {
    match content {
        Content::None => {}
        Content::Floats(floats) => {
            for track in tracks(0, floats, |_| Vec::new()) {
                tile(series, &[track], out)?;
            }
        }
        Content::Rl(rl) => {
            let mut block = Vec::new();
            let mut points = 0;
            for track in rl.tracks() {
                for part in tracks(track.environment() as u64, track.floats(), |points| track.heads(points)) {
                    let count = part.points.values.len();
                    // The environments of a tile grow, so that the table finds it by the first and the last.
                    let grows = block.last().is_none_or(|last: &Track| last.environment < part.environment);
                    if points + count > TILE || !grows {
                        tile(series, &std::mem::take(&mut block), out)?;
                        points = 0;
                    }
                    points += count;
                    block.push(part);
                }
            }
            tile(series, &block, out)?;
        }
        Content::Histograms { points, .. } => {
            let weight = |one: &Arc<Histogram>| one.edges.len() * 2 + 8;
            lists(points.sealed(), points.in_memory(), weight, |first, part| {
                out.push(
                    Chunk::histograms(series, first, part)
                        .map_err(|error| StoreError::Io(error.to_string()))?,
                );
                Ok(())
            })?;
        }
        Content::Scatters { points, .. } => {
            let weight = |one: &Arc<Scatter>| one.xs.len() * 3 + 8;
            lists(points.sealed(), points.in_memory(), weight, |first, part| {
                out.push(
                    Chunk::scatters(series, first, part)
                        .map_err(|error| StoreError::Io(error.to_string()))?,
                );
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// The points of a series that are not sealed, in parts of which each fits into a tile.
fn tracks(
    environment: u64,
    floats: &FloatSeries,
    heads: impl Fn(std::ops::Range<usize>) -> Vec<(usize, crate::store::RlHead)>,
) -> impl Iterator<Item = Track> {
    let (from, until) = (floats.sealed(), floats.len());
    (from..until).step_by(TILE).map(move |first| {
        let points = first..until.min(first + TILE);
        Track {
            environment,
            first: first as u64,
            points: floats.arrived(points.clone()),
            heads: heads(points),
        }
    })
}

fn tile(series: i64, block: &[Track], out: &mut Vec<Chunk>) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (block.first(), block.last()) else { return Ok(()) };
    let environments = first.environment.cast_signed()..last.environment.cast_signed() + 1;
    let start = first.first;
    let sealed = seal(block, SEALING).map_err(|error| StoreError::Io(error.to_string()))?;
    out.push(Chunk::tile(series, environments, start, sealed));
    Ok(())
}

fn lists<T>(
    first: usize,
    all: &[T],
    weight: impl Fn(&T) -> usize,
    mut write: impl FnMut(usize, &[T]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (mut from, mut heavy) = (0, 0);
    for (place, one) in all.iter().enumerate() {
        heavy += weight(one);
        if heavy > LIST {
            write(first + from, all.get(from..=place).unwrap_or_default())?;
            (from, heavy) = (place + 1, 0);
        }
    }
    match all.get(from..) {
        Some(rest) if !rest.is_empty() => write(first + from, rest),
        _ => Ok(()),
    }
}
