//! Fills a stretch of an unordered series from the file: pages that hold nothing of it are not read.

use std::ops::Range;

use rusqlite::Connection;

use super::bytes::Damaged;
use super::chunk::{self, Head, Look};
use super::tile::{Extent, Opened, Tile};
use crate::store::floats::FloatSeries;
use crate::store::merge::{Merge, Sample};
use crate::store::window::ONLY;
use crate::store::{RlHead, StoreError};

/// Puts the points of a series of a run, or of the environment at a place, that are only in the file where they belong.
pub(super) fn fill_sealed(
    db: &Connection,
    (run, series, place): (i64, i64, Option<usize>),
    floats: &FloatSeries,
    merge: &mut Merge,
) -> Result<(), StoreError> {
    let absent = floats.absent();
    if absent == 0 {
        return Ok(());
    }
    let environment = place.unwrap_or_default() as u64;
    let mut next = 0;
    chunk::look(db, || {
        let before = next;
        for id in chunk::ids(db, run, series, environment..environment + 1)? {
            let Some(head) = Head::read(db, run, series, id)? else { continue };
            let tile = head.tile()?;
            for track in tile.tracks().iter().filter(|track| track.environment == environment) {
                let arrived = index(track.points.start)..index(track.points.end);
                if next >= absent || arrived.start > next || arrived.end <= next {
                    continue;
                }
                let pages = pages(&tile, track, next..absent, place.is_some());
                let wanted: Vec<_> = pages.into_iter().filter(|page| page.is_wanted(&tile, merge)).collect();
                if !wanted.is_empty() {
                    let Some(body) = head.body(db)? else { break };
                    let broken = |Damaged(what): Damaged| head.damaged(what);
                    let mut opened = tile.open(&body).map_err(broken)?;
                    for page in wanted {
                        fill_page(&mut opened, &page, floats, merge).map_err(broken)?;
                    }
                }
                next = arrived.end.min(absent);
            }
        }
        Ok(if next >= absent { Look::Whole } else { Look::Partial { further: next > before } })
    })?;
    if next < absent {
        return Err(StoreError::Corrupt(format!(
            "the points {next} to {absent} of series {series}, environment {environment}, of run {run} are missing"
        )));
    }
    Ok(())
}

fn index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// A page of a tile.
struct Page<'t> {
    number: usize,
    /// The places of its points among all that arrived.
    arrived: Range<usize>,
    /// The part of them that is only here.
    here: Range<usize>,
    /// What was said about its points: from which arrival on, and what. None of an ordinary series.
    heads: Option<Vec<(usize, &'t RlHead)>>,
    /// Where it begins in the tile.
    start: usize,
}

fn pages<'t>(tile: &'t Tile, track: &'t Extent, here: Range<usize>, is_rl: bool) -> Vec<Page<'t>> {
    let first = index(track.points.start);
    let (mut from, mut looked) = (first, 0);
    let mut pages = Vec::new();
    for number in track.pages.clone() {
        let arrived = from..from.saturating_add(tile.length(number));
        from = arrived.end;
        let inside = arrived.start - first..arrived.end - first;
        let heads = is_rl.then(|| {
            let heads = track.heads(&inside, &mut looked);
            heads.iter().map(|(at, head)| (first + at, head)).collect()
        });
        let here = arrived.start.max(here.start)..arrived.end.min(here.end);
        if !here.is_empty() {
            pages.push(Page { number, start: track.start + inside.start, arrived, here, heads });
        }
    }
    pages
}

impl Page<'_> {
    /// Whether it may hold something of a stretch.
    fn is_wanted(&self, tile: &Tile, merge: &Merge) -> bool {
        let groups = match &self.heads {
            None => Some((ONLY, ONLY)),
            Some(heads) => {
                let groups = heads.iter().map(|(_, head)| (head.rl_step, head.episode));
                groups.clone().min().zip(groups.max())
            }
        };
        let Some(groups) = groups else { return false };
        let steps = match tile.reach_of_steps(self.number) {
            // Steps begin anew in each group.
            Some(reach) if groups.0 == groups.1 => (reach.from, reach.to),
            _ => (0, u64::MAX),
        };
        merge.wants(groups, steps)
    }

    /// Cuts arrivals into parts with one head each.
    fn parts(&self, range: Range<usize>) -> Vec<(Range<usize>, Option<RlHead>)> {
        let Some(heads) = &self.heads else { return vec![(range, None)] };
        let ends = heads.iter().skip(1).map(|(start, _)| *start).chain([usize::MAX]);
        let parts = heads.iter().zip(ends);
        let parts =
            parts.map(|((from, head), end)| ((*from).max(range.start)..end.min(range.end), Some(**head)));
        parts.filter(|(part, _)| part.start < part.end).collect()
    }
}

fn fill_page(
    opened: &mut Opened<'_>,
    page: &Page<'_>,
    floats: &FloatSeries,
    merge: &mut Merge,
) -> Result<(), Damaged> {
    let mut steps = Vec::new();
    opened.steps(page.number, &mut steps)?;
    let mut found = Vec::new();
    for range in floats.arrivals().kept_of(page.here.clone()) {
        for (part, head) in page.parts(range) {
            let inside = part.start - page.arrived.start..part.end - page.arrived.start;
            let mut places = Vec::new();
            merge.find(head, inside, |at| steps.get(at).copied().unwrap_or_default(), &mut places);
            found.extend(places.into_iter().map(|(at, place)| (at, place, head)));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let (mut times, mut values, mut widths) = (Vec::new(), Vec::new(), Vec::new());
    opened.times(page.number, &mut times)?;
    opened.values(page.number, &mut values)?;
    opened.widths(page.start..page.start + page.arrived.len(), &mut widths);
    for (at, place, head) in found {
        let (Some(&timestamp), Some(&value), Some(&width)) = (times.get(at), values.get(at), widths.get(at))
        else {
            return Err(Damaged("a page has fewer points than it should"));
        };
        merge.put(place, head, Sample { timestamp, value, width });
    }
    Ok(())
}
