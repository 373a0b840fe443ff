//! Rows of sealed points: how they are written, and how they are read back.

use std::ops::Range;
use std::sync::Arc;

use metrana_proto::types::histogram_point::HistogramStats;
use metrana_proto::types::{
    HistogramPoint, ScatterPoint, StreamingHistogramSeriesUpdate, StreamingScatterSeriesUpdate,
};
use prost::Message;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::bytes::Damaged;
use super::schema;
use super::sum::{check, sum};
use super::tile::Tile;
use super::tiling::Sealed;
use crate::store::{Bins, FloatPoints, Histogram, RlHead, Scatter, Stats, StoreError};

/// Points of one series or of some of its environments, as the table keeps them.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) series: i64,
    pub(super) kind: i64,
    pub(super) environments: Range<i64>,
    /// The place of its first point among all that arrived; of several environments, that of the first one's.
    pub(super) first: i64,
    pub(super) count: i64,
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

/// A tile of floats.
pub(super) const FLOATS: i64 = 1;
pub(super) const HISTOGRAMS: i64 = 2;
pub(super) const SCATTERS: i64 = 3;

/// The level that lists are compressed with; zstd's own usual one.
const ZSTD: i32 = 3;
/// No list is longer when it is read, whatever it says.
const LONGEST: usize = 1 << 30;

impl Chunk {
    pub(super) fn tile(series: i64, environments: Range<i64>, first: u64, sealed: Sealed) -> Self {
        Self {
            series,
            kind: FLOATS,
            environments,
            first: first.cast_signed(),
            count: i64::try_from(sealed.points).unwrap_or(i64::MAX),
            head: sealed.head,
            body: sealed.body,
        }
    }

    fn list(series: i64, kind: i64, first: usize, count: usize, plain: &[u8]) -> std::io::Result<Self> {
        Ok(Self {
            series,
            kind,
            environments: 0..1,
            first: i64::try_from(first).unwrap_or(i64::MAX),
            count: i64::try_from(count).unwrap_or(i64::MAX),
            head: Vec::new(),
            body: zstd::bulk::compress(plain, ZSTD)?,
        })
    }

    pub(super) fn histograms(series: i64, first: usize, list: &[Arc<Histogram>]) -> std::io::Result<Self> {
        let points = list.iter().map(|one| histogram(one)).collect();
        let plain = StreamingHistogramSeriesUpdate { series_id: 0, points }.encode_to_vec();
        Self::list(series, HISTOGRAMS, first, list.len(), &plain)
    }

    pub(super) fn scatters(series: i64, first: usize, list: &[Arc<Scatter>]) -> std::io::Result<Self> {
        let points = list.iter().map(|one| scatter(one)).collect();
        let is_3d = list.iter().any(|scatter| scatter.zs.is_some());
        let plain = StreamingScatterSeriesUpdate { points, is_3d, ..StreamingScatterSeriesUpdate::default() }
            .encode_to_vec();
        Self::list(series, SCATTERS, first, list.len(), &plain)
    }

    fn belongs(&self, run: i64) -> [i64; 7] {
        let environments = &self.environments;
        [run, self.series, self.kind, environments.start, environments.end, self.first, self.count]
    }

    /// Puts it behind all others.
    pub(super) fn insert(&self, to: &Transaction<'_>, run: i64) -> rusqlite::Result<()> {
        self.put(to, "chunk", run, None)
    }

    /// Gives it the number of a row that is gone.
    pub(super) fn insert_as(&self, to: &Transaction<'_>, run: i64, id: i64) -> rusqlite::Result<()> {
        self.put(to, "chunk", run, Some(id))
    }

    /// Puts it where points wait that are too few for a tile of their own.
    pub(super) fn insert_as_rest(&self, to: &Transaction<'_>, run: i64) -> rusqlite::Result<()> {
        self.put(to, "rest", run, None)
    }

    fn put(&self, to: &Transaction<'_>, table: &str, run: i64, id: Option<i64>) -> rusqlite::Result<()> {
        let mut insert = to.prepare_cached(&format!(
            "insert into {table} (run, series, kind, environment_from, environment_until, first, count, head_crc, \
             body_crc, head, body, id) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        ))?;
        insert.execute(params![
            run,
            self.series,
            self.kind,
            self.environments.start,
            self.environments.end,
            self.first,
            self.count,
            sum(&self.head, &self.belongs(run)),
            sum(&self.body, &self.belongs(run)),
            self.head,
            self.body,
            id
        ])?;
        Ok(())
    }
}

fn damaged(chunk: i64, what: &str) -> StoreError {
    StoreError::Corrupt(format!("the row {chunk} of the table chunk: {what}"))
}

/// What a row says that it belongs to: behind the columns that come before it in a query.
pub(super) const BELONGS: &str = "run, series, kind, environment_from, environment_until, first, count";

/// Reads that from a row.
pub(super) fn belongs(row: &Row<'_>, at: usize) -> rusqlite::Result<[i64; 7]> {
    let mut belongs = [0; 7];
    for (column, number) in (at..).zip(&mut belongs) {
        *number = row.get(column)?;
    }
    Ok(belongs)
}

/// Reads points of an ordinary series or of one environment by the places of their arrival. They must all be there.
pub(super) fn read_floats(
    db: &Connection,
    run: i64,
    series: i64,
    environment: u64,
    wanted: &Range<u64>,
) -> Result<(FloatPoints, Vec<(usize, RlHead)>), StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let mut select = db
        .prepare_cached(
            &format!(
                "select id, head, head_crc, body_crc, {BELONGS} from chunk where run = ?1 and series = ?2 and kind = 1 and \
                 environment_from <= ?3 and environment_until > ?3 order by id"
            ),
        )
        .map_err(sql)?;
    let mut rows = select.query(params![run, series, environment.cast_signed()]).map_err(sql)?;
    let (mut points, mut heads) = (FloatPoints::default(), Vec::new());
    let mut next = wanted.start;
    while let Some(row) = rows.next().map_err(sql)? {
        let id: i64 = row.get(0).map_err(sql)?;
        let head = row.get_ref(1).and_then(|head| Ok(head.as_blob()?)).map_err(sql)?;
        let belongs = belongs(row, 4).map_err(sql)?;
        check(head, &belongs, row.get(2).map_err(sql)?, id, "chunk")?;
        let broken = |Damaged(what)| damaged(id, what);
        let tile = Tile::read(head).map_err(broken)?;
        for track in tile.tracks().iter().filter(|track| track.environment == environment) {
            if track.points.end <= next || track.points.start >= wanted.end {
                continue;
            }
            if track.points.start > next {
                break;
            }
            let body: Vec<u8> =
                db.query_row("select body from chunk where id = ?1", [id], |row| row.get(0)).map_err(sql)?;
            check(&body, &belongs, row.get(3).map_err(sql)?, id, "chunk")?;
            let before = points.values.len();
            let here = tile.points(&body, track, &(next..wanted.end), &mut points).map_err(broken)?;
            heads.extend(here.into_iter().map(|(at, head)| (before + at, head)));
            next = track.points.end.min(wanted.end);
        }
        if next >= wanted.end {
            break;
        }
    }
    if next < wanted.end {
        return Err(StoreError::Corrupt(format!(
            "the points {next} to {} of series {series} of run {run} are missing",
            wanted.end
        )));
    }
    Ok((points, heads))
}

/// The rows with sealed floats of some environments of a series, in the order in which they were written.
pub(super) fn ids(
    db: &Connection,
    run: i64,
    series: i64,
    environments: Range<u64>,
) -> Result<Vec<i64>, StoreError> {
    let ids = || {
        let mut select = db.prepare_cached(
            "select id from chunk where run = ?1 and series = ?2 and kind = 1 and environment_from < ?4 and \
             environment_until > ?3 order by id",
        )?;
        let (from, until) = (environments.start.cast_signed(), environments.end.cast_signed());
        select
            .query_map(params![run, series, from, until], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()
    };
    ids().map_err(|e| schema::error(&e))
}

/// How far a look at the rows of a series came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Everything was there.
    Whole,
    /// Something was not, and whether it came further than the look before.
    Partial { further: bool },
}

/// Looks at rows one by one until everything is found that is wanted. Meanwhile tiles may be joined: what was not found
/// then is in another row, and `look` goes on with it. The last look is of one moment. Only a look that finds nothing new
/// in it misses something.
pub(super) fn look(
    db: &Connection,
    mut look: impl FnMut() -> Result<Look, StoreError>,
) -> Result<(), StoreError> {
    while let Look::Partial { further } = look()? {
        if !further {
            let _moment = db.unchecked_transaction().map_err(|e| schema::error(&e))?;
            look()?;
            break;
        }
    }
    Ok(())
}

/// A row of sealed floats without their body.
pub(super) struct Head {
    id: i64,
    bytes: Vec<u8>,
    body_crc: u32,
    belongs: [i64; 7],
}

impl Head {
    /// Reads it; none when the series has no such row any more.
    pub(super) fn read(db: &Connection, run: i64, series: i64, id: i64) -> Result<Option<Self>, StoreError> {
        let read = || {
            let mut select = db.prepare_cached(&format!(
                "select head, head_crc, body_crc, {BELONGS} from chunk where id = ?1 and run = ?2 and series = ?3"
            ))?;
            let found = select.query_row([id, run, series], |row| {
                let crc: u32 = row.get(1)?;
                Ok((Self { id, bytes: row.get(0)?, body_crc: row.get(2)?, belongs: belongs(row, 3)? }, crc))
            });
            found.optional()
        };
        let Some((head, crc)) = read().map_err(|e| schema::error(&e))? else { return Ok(None) };
        check(&head.bytes, &head.belongs, crc, id, "chunk")?;
        Ok(Some(head))
    }

    pub(super) fn tile(&self) -> Result<Tile, StoreError> {
        Tile::read(&self.bytes).map_err(|Damaged(what)| self.damaged(what))
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Reads the body, too. None: another row has its number by now, because tiles were joined.
    pub(super) fn body(&self, db: &Connection) -> Result<Option<Vec<u8>>, StoreError> {
        let read = || {
            let mut select = db.prepare_cached("select body, body_crc from chunk where id = ?1")?;
            select
                .query_row([self.id], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, u32>(1)?)))
                .optional()
        };
        match read().map_err(|e| schema::error(&e))? {
            Some((body, crc)) if crc == self.body_crc => {
                check(&body, &self.belongs, crc, self.id, "chunk")?;
                Ok(Some(body))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn damaged(&self, what: &str) -> StoreError {
        damaged(self.id, what)
    }
}

/// Gives histograms or scatters by the places of their arrival, until it is told that they are enough.
fn read_list<T>(
    db: &Connection,
    (run, series, kind): (i64, i64, i64),
    wanted: &Range<u64>,
    decode: impl Fn(&[u8], u64) -> Option<Vec<T>>,
    take: &mut dyn FnMut(usize, T) -> bool,
) -> Result<(), StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let mut select = db
        .prepare_cached(&format!(
            "select id, body, body_crc, first, count, {BELONGS} from chunk where run = ?1 and series = ?2 and kind = ?3 and \
             first < ?5 and first + count > ?4 order by first"
        ))
        .map_err(sql)?;
    let (from, until) = (wanted.start.cast_signed(), wanted.end.cast_signed());
    let mut rows = select.query(params![run, series, kind, from, until]).map_err(sql)?;
    let mut next = wanted.start;
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, first, count): (i64, i64, i64) =
            (row.get(0).map_err(sql)?, row.get(3).map_err(sql)?, row.get(4).map_err(sql)?);
        let (first, count) = (first.cast_unsigned(), count.cast_unsigned());
        let body = row.get_ref(1).and_then(|body| Ok(body.as_blob()?)).map_err(sql)?;
        check(body, &belongs(row, 5).map_err(sql)?, row.get(2).map_err(sql)?, id, "chunk")?;
        if first > next {
            return Err(damaged(id, "something is missing before it"));
        }
        let list = decode(body, count).ok_or_else(|| damaged(id, "it cannot be read"))?;
        for (at, item) in (first..).zip(list) {
            if at < next || at >= wanted.end {
                continue;
            }
            next = at + 1;
            if !take(usize::try_from(at).unwrap_or(usize::MAX), item) {
                return Ok(());
            }
        }
    }
    if next < wanted.end {
        return Err(StoreError::Corrupt(format!(
            "the entries {next} to {} of series {series} of run {run} are missing",
            wanted.end
        )));
    }
    Ok(())
}

fn plain(body: &[u8]) -> Option<Vec<u8>> {
    let most = zstd::bulk::Decompressor::upper_bound(body).unwrap_or(LONGEST).min(LONGEST);
    zstd::bulk::decompress(body, most).ok()
}

/// Reads a list of so many histograms.
pub(super) fn histograms_of(body: &[u8], count: u64) -> Option<Vec<Histogram>> {
    let update = StreamingHistogramSeriesUpdate::decode(plain(body)?.as_slice()).ok()?;
    (update.points.len() as u64 == count).then(|| update.points.into_iter().map(of_histogram).collect())
}

/// Reads a list of so many scatters.
pub(super) fn scatters_of(body: &[u8], count: u64) -> Option<Vec<Scatter>> {
    let update = StreamingScatterSeriesUpdate::decode(plain(body)?.as_slice()).ok()?;
    let is_3d = update.is_3d;
    (update.points.len() as u64 == count)
        .then(|| update.points.into_iter().map(|point| of_scatter(point, is_3d)).collect())
}

pub(super) fn read_histograms(
    db: &Connection,
    run: i64,
    series: i64,
    wanted: &Range<u64>,
    take: &mut dyn FnMut(usize, Histogram) -> bool,
) -> Result<(), StoreError> {
    read_list(db, (run, series, HISTOGRAMS), wanted, histograms_of, take)
}

pub(super) fn read_scatters(
    db: &Connection,
    run: i64,
    series: i64,
    wanted: &Range<u64>,
    take: &mut dyn FnMut(usize, Scatter) -> bool,
) -> Result<(), StoreError> {
    read_list(db, (run, series, SCATTERS), wanted, scatters_of, take)
}

fn histogram(of: &Histogram) -> HistogramPoint {
    let (counts, densities) = match &of.bins {
        Bins::Counts(counts) => (counts.clone(), Vec::new()),
        Bins::Densities(densities) => (Vec::new(), densities.clone()),
    };
    let stats = |stats: Stats| HistogramStats {
        min: stats.min,
        max: stats.max,
        sum: stats.sum,
        sum_of_squares: stats.sum_of_squares,
    };
    HistogramPoint {
        step: of.step,
        timestamp_millis: Some(of.timestamp),
        bin_edges: of.edges.clone(),
        counts,
        densities,
        stats: of.stats.map(stats),
    }
}

fn of_histogram(point: HistogramPoint) -> Histogram {
    let stats = |stats: HistogramStats| Stats {
        min: stats.min,
        max: stats.max,
        sum: stats.sum,
        sum_of_squares: stats.sum_of_squares,
    };
    Histogram {
        step: point.step,
        timestamp: point.timestamp_millis.unwrap_or_default(),
        edges: point.bin_edges,
        bins: if point.densities.is_empty() {
            Bins::Counts(point.counts)
        } else {
            Bins::Densities(point.densities)
        },
        stats: point.stats.map(stats),
    }
}

fn scatter(of: &Scatter) -> ScatterPoint {
    ScatterPoint {
        step: of.step,
        timestamp_millis: Some(of.timestamp),
        xs: of.xs.clone(),
        ys: of.ys.clone(),
        zs: of.zs.clone().unwrap_or_default(),
    }
}

fn of_scatter(point: ScatterPoint, is_3d: bool) -> Scatter {
    Scatter {
        step: point.step,
        timestamp: point.timestamp_millis.unwrap_or_default(),
        xs: point.xs,
        ys: point.ys,
        zs: is_3d.then_some(point.zs),
    }
}
