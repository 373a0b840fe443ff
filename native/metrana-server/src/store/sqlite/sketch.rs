//! Draws a series from the summaries of its sealed pages: only pages that do not come to one place are read.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use rusqlite::Connection;

use super::bytes::Damaged;
use super::chunk::{self, Head, Look};
use super::read::Copied;
use super::tile::{Extent, Opened, Tile};
use crate::store::sketch::{Along, Axis, Bucket, Fit, Flags, Part, Sketch, whole};
use crate::store::strand::{Columns, Drawn, StepColumn, Strand};
use crate::store::{RlHead, StoreError};

/// Where the points of a page stand on the axis.
#[derive(Debug, PartialEq)]
enum Stand {
    /// None of them does.
    Nowhere,
    /// Between two places; and whether they go from the one to the other.
    Between(f64, f64, bool),
    /// Only the points tell.
    Unknown,
}

impl Copied {
    /// Draws parts of it; each with the place of its environment, if the run has it. Also which of them are not drawn: those
    /// that are to be put in order, stretch by stretch.
    pub(super) fn sketch(
        &self,
        db: &Connection,
        parts: &[(Part, Option<usize>)],
        along: Along,
        blank: &Sketch,
    ) -> Result<(Vec<Sketch>, Vec<usize>), StoreError> {
        let (mut sketches, mut to_merge) = (vec![blank.clone(); parts.len()], Vec::new());
        let mut strands: Vec<(u64, usize, Strand<'_>)> = Vec::new();
        for (at, (part, place)) in parts.iter().enumerate() {
            let environment = place.unwrap_or_default() as u64;
            match Drawn::find(&self.content, self.id, part, *place, blank)? {
                None => {}
                Some(Drawn::Strand(strand)) => strands.push((environment, at, strand)),
                Some(Drawn::Merged) => to_merge.push(at),
            }
        }
        self.sealed(db, &mut strands, along)?;
        for (_, at, mut strand) in strands {
            while !strand.go_on(along) {}
            if let Some(sketch) = sketches.get_mut(at) {
                *sketch = strand.sketch;
            }
        }
        Ok((sketches, to_merge))
    }

    /// Draws what is only in the file.
    fn sealed(
        &self,
        db: &Connection,
        strands: &mut [(u64, usize, Strand<'_>)],
        along: Along,
    ) -> Result<(), StoreError> {
        let absent = strands.iter().filter(|(_, _, strand)| strand.absent() > 0);
        let (Some(least), Some(greatest)) = (
            absent.clone().map(|(environment, ..)| *environment).min(),
            absent.map(|(environment, ..)| *environment).max(),
        ) else {
            return Ok(());
        };
        // A part may be asked for more than once.
        let mut by_environment: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, (environment, ..)) in strands.iter().enumerate() {
            by_environment.entry(*environment).or_default().push(at);
        }
        let series = self.series();
        chunk::look(db, || {
            let come = |strands: &[(u64, usize, Strand<'_>)]| -> usize {
                strands.iter().map(|(_, _, strand)| strand.next.min(strand.absent())).sum()
            };
            let before = come(strands);
            for id in chunk::ids(db, self.run, series, least..greatest + 1)? {
                let Some(head) = Head::read(db, self.run, series, id)? else { continue };
                let tile = head.tile()?;
                let pages = Pages { db, head: &head, tile: &tile, along, body: OnceCell::new() };
                for track in tile.tracks() {
                    for at in by_environment.get(&track.environment).into_iter().flatten() {
                        if let Some((_, _, strand)) = strands.get_mut(*at) {
                            pages.draw(track, strand)?;
                        }
                    }
                }
            }
            let is_whole = strands.iter().all(|(_, _, strand)| strand.next >= strand.absent());
            Ok(if is_whole { Look::Whole } else { Look::Partial { further: come(strands) > before } })
        })?;
        for (environment, _, strand) in strands {
            if strand.next < strand.absent() {
                return Err(StoreError::Corrupt(format!(
                    "the points {} to {} of series {series}, environment {environment}, of run {} are missing",
                    strand.next,
                    strand.absent(),
                    self.run
                )));
            }
        }
        Ok(())
    }
}

/// The pages of one tile.
struct Pages<'a> {
    db: &'a Connection,
    head: &'a Head,
    tile: &'a Tile,
    along: Along,
    /// Read when a page is, and whole, for its checksum is of the whole.
    body: OnceCell<Vec<u8>>,
}

impl Pages<'_> {
    /// Draws what it has of a strand. It ends before the first page that it would have to read when the tile was joined
    /// with others meanwhile.
    fn draw(&self, track: &Extent, strand: &mut Strand<'_>) -> Result<(), StoreError> {
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let arrived = place(track.points.start)..place(track.points.end);
        if arrived.start > strand.next || arrived.end <= strand.next || strand.next >= strand.absent() {
            return Ok(());
        }
        let mut from = arrived.start;
        let (mut looked, mut until) = (0, from);
        let pages: Vec<(usize, Range<usize>)> = track
            .pages
            .clone()
            .map(|page| {
                from = until;
                until = from.saturating_add(self.tile.length(page));
                (page, from..until)
            })
            .collect();
        let mut opened = None;
        for (page, range) in pages {
            let here = range.start.max(strand.next)..range.end.min(strand.absent());
            if here.is_empty() {
                continue;
            }
            let wanted: Vec<Range<usize>> = strand.wanted(here.clone()).collect();
            if wanted.is_empty() {
                strand.next = here.end;
                continue;
            }
            let inside = range.start - arrived.start..range.end - arrived.start;
            let heads = strand.is_rl().then(|| track.heads(&inside, &mut looked));
            let whole = wanted == [range.clone()];
            match self.stand(page, heads) {
                Stand::Nowhere => {
                    strand.next = here.end;
                    continue;
                }
                Stand::Between(from, to, sorted) => match strand.sketch.fit(from, to) {
                    Fit::Beside => {
                        strand.next = here.end;
                        continue;
                    }
                    Fit::One if whole => {
                        if let Some(bucket) = self.bucket(page, from, to, sorted, &strand.sketch) {
                            strand.sketch.add_page(&bucket);
                            strand.next = here.end;
                            continue;
                        }
                    }
                    Fit::One | Fit::Cut => {}
                },
                Stand::Unknown => {}
            }
            if self.body.get().is_none() {
                let Some(body) = self.head.body(self.db)? else { return Ok(()) };
                let _ = self.body.set(body);
            }
            let broken = |Damaged(what): Damaged| self.head.damaged(what);
            if opened.is_none() {
                opened = Some(self.tile.open(self.body.get().map_or(&[], Vec::as_slice)).map_err(broken)?);
            }
            if let Some(opened) = &mut opened {
                let heads = heads.map(|heads| (heads, inside.start));
                self.points(opened, page, range.start, &wanted, heads, &mut strand.sketch).map_err(broken)?;
            }
            strand.next = here.end;
        }
        Ok(())
    }

    /// Where the points of a page stand.
    fn stand(&self, page: usize, heads: Option<&[(usize, RlHead)]>) -> Stand {
        if self.along.is_time() {
            return self.tile.reach_of_times(page).map_or(Stand::Unknown, |reach| {
                Stand::Between(self.along.time(reach.from), self.along.time(reach.to), reach.sorted)
            });
        }
        let own_steps = self.along.axis == Axis::OwnStep;
        let Some(heads) = heads.filter(|_| !own_steps) else {
            if self.along.axis == Axis::Episode {
                return Stand::Nowhere;
            }
            return self.tile.reach_of_steps(page).map_or(Stand::Unknown, |reach| {
                Stand::Between(whole(reach.from), whole(reach.to), reach.sorted)
            });
        };
        let x = |head: &RlHead| {
            if self.along.axis == Axis::Episode { head.episode } else { Some(head.rl_step) }
        };
        let (mut least, mut greatest, mut sorted) = (u64::MAX, 0, true);
        let mut missing = 0;
        for (_, head) in heads {
            match x(head) {
                Some(x) => {
                    sorted &= x >= greatest;
                    (least, greatest) = (least.min(x), greatest.max(x));
                }
                None => missing += 1,
            }
        }
        if missing == heads.len() {
            Stand::Nowhere
        } else if missing > 0 {
            Stand::Unknown
        } else {
            Stand::Between(whole(least), whole(greatest), sorted)
        }
    }

    /// A whole page in short, if its summary says all that is to be known of it.
    fn bucket(&self, page: usize, from: f64, to: f64, sorted: bool, sketch: &Sketch) -> Option<Bucket> {
        let summary = self.tile.summaries().get(page)?;
        // An extent is all the same to what the values are.
        if (!sorted || summary.flags != 0) && matches!(sketch, Sketch::Row(..)) {
            return None;
        }
        Some(Bucket {
            count: summary.count,
            flags: Flags::default(),
            first_x: from,
            first: summary.first,
            last_x: to,
            last: summary.last,
            min: summary.min,
            max: summary.max,
            sum: summary.sum,
        })
    }

    /// Draws points of a page one by one.
    fn points(
        &self,
        opened: &mut Opened<'_>,
        page: usize,
        start: usize,
        wanted: &[Range<usize>],
        heads: Option<(&[(usize, RlHead)], usize)>,
        sketch: &mut Sketch,
    ) -> Result<(), Damaged> {
        let (mut steps, mut times, mut values) = (Vec::new(), Vec::new(), Vec::new());
        opened.values(page, &mut values)?;
        if self.along.is_time() {
            opened.times(page, &mut times)?;
        } else if heads.is_none() || self.along.axis == Axis::OwnStep {
            opened.steps(page, &mut steps)?;
        }
        for range in wanted {
            let part = range.start - start..range.end - start;
            // Counted from the first point of the part, as the columns are.
            let heads = heads.map(|(heads, from)| {
                let first = from + part.start;
                let here = heads.iter().filter(|(at, _)| *at < from + part.end);
                let mut heads: Vec<_> = here.map(|(at, head)| (at.saturating_sub(first), *head)).collect();
                let known = heads.iter().rposition(|(at, _)| *at == 0).unwrap_or_default();
                heads.drain(..known);
                heads
            });
            let columns = Columns {
                steps: StepColumn::Each(steps.get(part.clone()).unwrap_or_default()),
                times: times.get(part.clone()).unwrap_or_default(),
                values: values.get(part).ok_or(Damaged("a page has fewer points than it should"))?,
                heads: heads.as_deref(),
            };
            columns.draw(self.along, sketch);
        }
        Ok(())
    }
}
