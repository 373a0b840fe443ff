//! Joins small tiles into large ones and compresses them harder, on a thread of its own.
//!
//! A join reads some neighbours among the rows of a series, at most as many points as a tile has, and puts one row in
//! their place in one commit. The points, their order and their places stay, so that no reader sees it. The new row takes
//! the number of the first one that it replaces: the rows of a series stay in the order of their arrival.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::bytes::Damaged;
use super::chunk::{Chunk, Head};
use super::column::JOINING;
use super::handle::Handle;
use super::health::Doctor;
use super::joining::due;
use super::points::{Point, reach};
use super::queue::{Queue, Work};
use super::tiling::{Track, seal};
use super::{Runs, schema};
use crate::store::StoreError;
use crate::store::reading::wait;

/// After a join it rests for so many times as long as that took: it takes a quarter of one core at most.
const REST: u32 = 3;

/// The rows of some neighbouring tiles, and the one that takes their place.
pub(super) struct Join {
    run: i64,
    series: i64,
    ids: Vec<i64>,
    chunk: Chunk,
    /// How many bytes the rows had.
    before: usize,
}

/// Whether a join was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    One,
    Nothing,
}

pub(super) struct Compactor {
    pub(super) db: Connection,
    pub(super) runs: Arc<Runs>,
    pub(super) queue: Arc<Queue>,
    pub(super) doctor: Arc<Doctor>,
    pub(super) stop: Arc<AtomicBool>,
    /// How often it is looked.
    pub(super) every: Duration,
}

impl Compactor {
    pub(super) fn run(&self) {
        // By run and series: what cannot be joined.
        let mut damaged = HashSet::new();
        while !self.is_over() {
            for handle in self.runs.all() {
                if self.is_over() {
                    return;
                }
                if !self.doctor.is_good() {
                    break;
                }
                if handle.take_note_to_join() && !handle.is_deleted() {
                    self.compact(&handle, &mut damaged);
                }
            }
            thread::park_timeout(self.every);
        }
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Joins what is due in a run. What is damaged stays as it is, and is told once.
    fn compact(&self, handle: &Handle, damaged: &mut HashSet<(i64, i64)>) {
        let settled = is_settled(handle);
        let series = match series(&self.db, handle.row) {
            Ok(series) => series,
            Err(error) => return self.tell(handle, &error),
        };
        for series in series {
            while !damaged.contains(&(handle.row, series)) {
                let began = Instant::now();
                match self.join_next(handle, series, settled) {
                    Ok(Done::One) if !self.is_over() => thread::park_timeout(began.elapsed() * REST),
                    Ok(Done::One) => return,
                    Ok(Done::Nothing) => break,
                    Err(_) if self.is_over() => return,
                    Err(error) => {
                        self.tell(handle, &error);
                        if matches!(error, StoreError::Corrupt(_)) {
                            damaged.insert((handle.row, series));
                        }
                        // It is tried again when more is sealed.
                        break;
                    }
                }
            }
        }
    }

    fn join_next(&self, handle: &Handle, series: i64, settled: bool) -> Result<Done, StoreError> {
        let Some(join) = next(&self.db, handle.row, series, settled)? else { return Ok(Done::Nothing) };
        let weight = join.chunk.head.len() + join.chunk.body.len();
        let job = Box::new(move |to: &Transaction<'_>| join.write(to));
        wait(self.queue.push(Work::Chance(job, weight as u64), None))?;
        reach(Point::Joined);
        Ok(Done::One)
    }

    fn tell(&self, handle: &Handle, error: &StoreError) {
        // Without room it is not the time for it.
        if !matches!(error, StoreError::Full(_)) {
            self.doctor.say(format_args!("the tiles of run {} cannot be joined: {error}", handle.id));
        }
    }
}

/// Whether nothing more is expected of a run.
fn is_settled(handle: &Handle) -> bool {
    let state = handle.lock();
    state.run.as_ref().is_none_or(|run| !run.is_live() && run.info(0).ending.is_some())
}

/// The series of a run that have more than one tile.
fn series(db: &Connection, run: i64) -> Result<Vec<i64>, StoreError> {
    let list = || {
        let mut select = db.prepare_cached(
            "select series from chunk where run = ?1 and kind = 1 group by series having count(*) > 1",
        )?;
        select.query_map([run], |row| row.get(0))?.collect::<rusqlite::Result<_>>()
    };
    list().map_err(|e| schema::error(&e))
}

/// The tiles of a series: their rows, and how many points they have.
fn tiles(db: &Connection, run: i64, series: i64) -> rusqlite::Result<(Vec<i64>, Vec<u64>)> {
    let mut select = db.prepare_cached(
        "select id, count from chunk where run = ?1 and series = ?2 and kind = 1 order by id",
    )?;
    let mut rows = select.query([run, series])?;
    let (mut ids, mut counts) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        ids.push(row.get(0)?);
        counts.push(row.get::<_, i64>(1)?.unsigned_abs());
    }
    Ok((ids, counts))
}

/// What is joined next of a series.
fn next(db: &Connection, run: i64, series: i64, settled: bool) -> Result<Option<Join>, StoreError> {
    let (ids, counts) = tiles(db, run, series).map_err(|e| schema::error(&e))?;
    match due(&counts, settled) {
        Some(range) => Join::read(db, run, series, ids.get(range).unwrap_or_default()),
        None => Ok(None),
    }
}

impl Join {
    /// Reads neighbouring tiles. None: one of them is gone, and its run with it.
    fn read(db: &Connection, run: i64, series: i64, ids: &[i64]) -> Result<Option<Self>, StoreError> {
        let mut tracks: BTreeMap<u64, Track> = BTreeMap::new();
        let mut before = 0;
        for &id in ids {
            let Some(head) = Head::read(db, run, series, id)? else { return Ok(None) };
            let Some(body) = head.body(db)? else { return Ok(None) };
            before += head.len() + body.len();
            let tile = head.tile()?;
            for extent in tile.tracks() {
                let track = tracks.entry(extent.environment).or_insert_with(|| Track {
                    environment: extent.environment,
                    first: extent.points.start,
                    ..Track::default()
                });
                let have = track.points.values.len();
                if track.first + have as u64 != extent.points.start {
                    return Err(head.damaged("something is missing between it and the tile before"));
                }
                let broken = |Damaged(what)| head.damaged(what);
                let heads = tile.points(&body, extent, &(0..u64::MAX), &mut track.points).map_err(broken)?;
                for (at, is) in heads {
                    if track.heads.last().is_none_or(|(_, last)| *last != is) {
                        track.heads.push((have + at, is));
                    }
                }
            }
        }
        let tracks: Vec<Track> = tracks.into_values().collect();
        let (Some(first), Some(last)) = (tracks.first(), tracks.last()) else { return Ok(None) };
        let environments = first.environment.cast_signed()..last.environment.cast_signed() + 1;
        let sealed = seal(&tracks, JOINING).map_err(|error| StoreError::Io(error.to_string()))?;
        let chunk = Chunk::tile(series, environments, first.first, sealed);
        Ok(Some(Self { run, series, ids: ids.to_vec(), chunk, before }))
    }

    /// Puts the one in the place of the others, unless the run is being removed.
    fn write(&self, to: &Transaction<'_>) -> rusqlite::Result<()> {
        let live = to
            .prepare_cached("select 1 from run where id = ?1 and deleted = 0")?
            .query_row([self.run], |_| Ok(()))
            .optional()?;
        let (Some(()), Some(first)) = (live, self.ids.first()) else { return Ok(()) };
        let mut delete = to.prepare_cached("delete from chunk where id = ?1 and run = ?2 and series = ?3")?;
        for id in &self.ids {
            if delete.execute(params![id, self.run, self.series])? != 1 {
                return Err(rusqlite::Error::QueryReturnedNoRows);
            }
        }
        reach(Point::Joining);
        self.chunk.insert_as(to, self.run, *first)
    }
}

/// Joins all tiles of a file that nobody else uses, and compresses those harder that are large already.
pub(super) fn all(db: &Connection) -> Result<(), StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let write = |join: &Join| -> rusqlite::Result<()> {
        let transaction = db.unchecked_transaction()?;
        join.write(&transaction)?;
        transaction.commit()
    };
    let list = || -> rusqlite::Result<Vec<(i64, i64)>> {
        let mut select = db.prepare("select distinct run, series from chunk where kind = 1")?;
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    for (run, series) in list().map_err(sql)? {
        while let Some(join) = next(db, run, series, true)? {
            write(&join).map_err(sql)?;
        }
        let (ids, _) = tiles(db, run, series).map_err(sql)?;
        for id in ids {
            if let Some(again) = Join::read(db, run, series, &[id])?
                && again.chunk.head.len() + again.chunk.body.len() < again.before
            {
                write(&again).map_err(sql)?;
            }
        }
    }
    Ok(())
}
