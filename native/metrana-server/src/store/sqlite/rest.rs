//! Points of series that have too few of them to be sealed with the others of their run.
//!
//! Sealing takes a run's messages out of the journal. The points of such series are put into rows of their own then, many
//! series in one, and stay in memory. Each sealing writes them anew, until there are enough of them for tiles.

use std::sync::Arc;

use rusqlite::Connection;

use super::bytes::Damaged;
use super::chunk::{self, BELONGS, Chunk, FLOATS, HISTOGRAMS, SCATTERS, belongs};
use super::column::SEALING;
use super::schema;
use super::sum::check;
use super::tile::Tile;
use super::tiling::{TILE, Track, seal};
use crate::store::content::Content;
use crate::store::floats::FloatSeries;
use crate::store::run::Run;
use crate::store::{FloatPoints, StoreError};

/// In a tile of many series a track is known by the place of the series and that of the environment.
const ENVIRONMENT_BITS: u32 = 32;

fn key(place: usize, environment: usize) -> u64 {
    (place as u64) << ENVIRONMENT_BITS | environment as u64
}

fn places(key: u64) -> (usize, usize) {
    let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    (index(key >> ENVIRONMENT_BITS), index(key & ((1 << ENVIRONMENT_BITS) - 1)))
}

/// The rows for what is not sealed of these series, which are known by their places.
pub(super) fn pack(rest: &[(usize, Content)]) -> Result<Vec<Chunk>, StoreError> {
    let io = |error: std::io::Error| StoreError::Io(error.to_string());
    let (mut chunks, mut tracks, mut points) = (Vec::new(), Vec::new(), 0);
    let mut put = |track: Track, chunks: &mut Vec<Chunk>| {
        let count = track.points.values.len();
        if points > 0 && points + count > TILE {
            chunks.push(tile(chunks.len(), &std::mem::take(&mut tracks))?);
            points = 0;
        }
        points += count;
        tracks.push(track);
        Ok::<_, StoreError>(())
    };
    for (place, content) in rest {
        let series = i64::try_from(*place).unwrap_or(i64::MAX).saturating_add(1);
        match content {
            Content::None => {}
            Content::Floats(floats) => {
                if let Some(track) = track(key(*place, 0), floats) {
                    put(track, &mut chunks)?;
                }
            }
            Content::Rl(rl) => {
                for of in rl.tracks() {
                    if let Some(mut track) = track(key(*place, of.environment()), of.floats()) {
                        track.heads = of.heads(of.floats().sealed()..of.floats().len());
                        put(track, &mut chunks)?;
                    }
                }
            }
            Content::Histograms { points, .. } => {
                chunks.push(Chunk::histograms(series, points.sealed(), points.in_memory()).map_err(io)?);
            }
            Content::Scatters { points, .. } => {
                chunks.push(Chunk::scatters(series, points.sealed(), points.in_memory()).map_err(io)?);
            }
        }
    }
    if !tracks.is_empty() {
        chunks.push(tile(chunks.len(), &tracks)?);
    }
    Ok(chunks)
}

fn track(key: u64, floats: &FloatSeries) -> Option<Track> {
    let points = floats.sealed()..floats.len();
    let first = points.start as u64;
    (!points.is_empty()).then(|| Track {
        environment: key,
        first,
        points: floats.arrived(points),
        heads: Vec::new(),
    })
}

fn tile(number: usize, tracks: &[Track]) -> Result<Chunk, StoreError> {
    let sealed = seal(tracks, SEALING).map_err(|error| StoreError::Io(error.to_string()))?;
    Ok(Chunk::tile(0, 0..0, number as u64, sealed))
}

/// Puts the points back into a run whose series were just restored. Whether there are any.
pub(super) fn restore(db: &Connection, row: i64, run: &mut Run) -> Result<bool, StoreError> {
    let sql = |e: rusqlite::Error| schema::error(&e);
    let mut select = db
        .prepare_cached(&format!(
            "select id, head, head_crc, body, body_crc, {BELONGS} from rest where run = ?1 order by id"
        ))
        .map_err(sql)?;
    let mut rows = select.query([row]).map_err(sql)?;
    let mut contents: Vec<_> = run.catalogue_mut().all_mut().map(|series| &mut series.content).collect();
    let mut any = false;
    while let Some(found) = rows.next().map_err(sql)? {
        any = true;
        let id: i64 = found.get(0).map_err(sql)?;
        let head = found.get_ref(1).and_then(|head| Ok(head.as_blob()?)).map_err(sql)?;
        let body = found.get_ref(3).and_then(|body| Ok(body.as_blob()?)).map_err(sql)?;
        let belongs = belongs(found, 5).map_err(sql)?;
        check(head, &belongs, found.get(2).map_err(sql)?, id, "rest")?;
        check(body, &belongs, found.get(4).map_err(sql)?, id, "rest")?;
        let [_, series, kind, _, _, first, count] = belongs;
        let (first, count) = (first.cast_unsigned(), count.cast_unsigned());
        let broken = |Damaged(what): Damaged| damaged(id, what);
        if kind == FLOATS {
            put_tile_back(&Tile::read(head).map_err(broken)?, body, &mut contents).map_err(broken)?;
            continue;
        }
        let place = usize::try_from(series - 1).unwrap_or(usize::MAX);
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        let fits = match (kind, contents.get_mut(place)) {
            (HISTOGRAMS, Some(Content::Histograms { points, .. })) => {
                let list =
                    chunk::histograms_of(body, count).ok_or_else(|| damaged(id, "it cannot be read"))?;
                points.put_rest_back(first, list.into_iter().map(Arc::new).collect())
            }
            (SCATTERS, Some(Content::Scatters { points, .. })) => {
                let list = chunk::scatters_of(body, count).ok_or_else(|| damaged(id, "it cannot be read"))?;
                points.put_rest_back(first, list.into_iter().map(Arc::new).collect())
            }
            _ => false,
        };
        if !fits {
            return Err(damaged(id, OTHER));
        }
    }
    Ok(any)
}

const OTHER: &str = "it has other points than its series lacks";

fn damaged(row: i64, what: &str) -> StoreError {
    StoreError::Corrupt(format!("the row {row} of the table rest: {what}"))
}

fn put_tile_back(tile: &Tile, body: &[u8], contents: &mut [&mut Content]) -> Result<(), Damaged> {
    for extent in tile.tracks() {
        let (place, environment) = places(extent.environment);
        let mut points = FloatPoints::default();
        let heads = tile.points(body, extent, &(0..u64::MAX), &mut points)?;
        let first = usize::try_from(extent.points.start).unwrap_or(usize::MAX);
        let fits = match contents.get_mut(place) {
            Some(Content::Floats(floats)) => floats.put_rest_back(first, points),
            Some(Content::Rl(rl)) => {
                rl.track_mut(environment).is_some_and(|track| track.put_rest_back(first, points, heads))
            }
            _ => false,
        };
        if !fits {
            return Err(Damaged(OTHER));
        }
    }
    Ok(())
}
