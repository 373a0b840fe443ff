//! Sealed points, read: a tile holds a stretch of one ordinary series, or of some environments of a series of reinforcement
//! learning.
//!
//! Its points lie in pages: of an environment as many as belong to one step of the training, of an ordinary series a
//! thousand. A page has a summary, so that whoever wants few numbers of many points reads the summaries and none of the
//! points. The summaries and the places of everything are the tile's head; the compressed columns are its body.

use std::ops::Range;

use super::bytes::{Damaged, Taker};
use super::column::{Index, LARGEST_PAGE, PageReader, read_flag, read_small};
use super::reach::{Reach, Stretch};
use super::summary::Summary;
use crate::store::{FloatPoints, RlHead};

/// No tile has more tracks, pages or points.
const MOST: usize = 1 << 22;

/// The head of a tile, read back.
#[derive(Debug)]
pub(super) struct Tile {
    tracks: Vec<Extent>,
    /// How many points each page has.
    lengths: Vec<usize>,
    steps: Column<(Vec<u64>, Vec<u64>), u64>,
    times: Column<Vec<i64>, i64>,
    /// Runs of points and the width that their values came in.
    widths: Vec<(usize, u8)>,
    narrow: bool,
    values: Index,
    summaries: Vec<Summary>,
}

/// One track of a tile.
#[derive(Debug)]
pub(super) struct Extent {
    pub(super) environment: u64,
    /// The places of its points among all that arrived.
    pub(super) points: Range<u64>,
    /// Its pages.
    pub(super) pages: Range<usize>,
    /// The place in the tile of its first point.
    pub(super) start: usize,
    heads: Vec<(usize, RlHead)>,
}

#[derive(Debug)]
enum Column<T, N> {
    /// A rule for each page.
    Ruled(T),
    /// How far each page reaches is missing in tiles of servers that did not write it.
    Compressed(Index, Option<Reach<N>>),
}

impl Tile {
    pub(super) fn read(head: &[u8]) -> Result<Self, Damaged> {
        let taker = &mut Taker(head);
        let tracks = count(taker)?;
        let mut extents = Vec::new();
        let mut pages = 0;
        for _ in 0..tracks {
            let (environment, first) = (taker.number()?, taker.number()?);
            let from = pages;
            pages += count(taker)?;
            if pages > MOST {
                return Err(Damaged("there are more pages than there can be points"));
            }
            extents.push(Extent {
                environment,
                points: first..first,
                pages: from..pages,
                start: 0,
                heads: Vec::new(),
            });
        }
        let lengths: Vec<usize> = read_small::<u64>(taker, pages)?
            .into_iter()
            .map(|length| usize::try_from(length).ok().filter(|length| (1..=LARGEST_PAGE).contains(length)))
            .collect::<Option<_>>()
            .ok_or(Damaged("a page has no length that a page can have"))?;
        let mut points = 0;
        for extent in &mut extents {
            extent.start = points;
            points += lengths.get(extent.pages.clone()).unwrap_or_default().iter().sum::<usize>();
            let end = extent.points.start.checked_add((points - extent.start) as u64);
            extent.points.end = end.ok_or(Damaged("a track ends beyond all points"))?;
        }
        if points > MOST {
            return Err(Damaged("a tile has too many points"));
        }
        let mut body = 0;
        let mut steps = if read_flag(taker)? {
            Column::Ruled((read_small(taker, pages)?, read_small(taker, pages)?))
        } else {
            Column::Compressed(index(taker, pages, &mut body)?, None)
        };
        let mut times = if read_flag(taker)? {
            Column::Ruled(read_small(taker, pages)?)
        } else {
            Column::Compressed(index(taker, pages, &mut body)?, None)
        };
        let mut widths = Vec::new();
        let mut wide = 0;
        for _ in 0..count(taker)? {
            let (run, width) = (taker.length()?, taker.number()?);
            let width = match width {
                32 => 32_u8,
                64 => 64,
                _ => return Err(Damaged("values have a width that none has")),
            };
            wide = run.checked_add(wide).ok_or(Damaged("the widths go on beyond the points"))?;
            widths.push((run, width));
        }
        if wide != points {
            return Err(Damaged("the widths are not those of the points"));
        }
        let narrow = widths.iter().all(|(_, width)| *width == 32);
        let values = index(taker, pages, &mut body)?;
        read_heads(taker, &mut extents)?;
        let floats: Vec<Vec<f64>> = (0..5).map(|_| read_small(taker, pages)).collect::<Result<_, _>>()?;
        let flags: Vec<u32> = read_small(taker, pages)?;
        if !taker.is_empty() {
            steps.read_reach(taker, pages)?;
            times.read_reach(taker, pages)?;
        }
        if !taker.is_empty() {
            return Err(Damaged("something follows the head of a tile"));
        }
        let at = |column: usize, page: usize| {
            floats.get(column).and_then(|column| column.get(page)).copied().unwrap_or(f64::NAN)
        };
        let summaries = lengths.iter().zip(&flags).enumerate();
        let summaries = summaries.map(|(page, (length, flags))| Summary {
            count: *length as u64,
            min: at(0, page),
            max: at(1, page),
            sum: at(2, page),
            first: at(3, page),
            last: at(4, page),
            flags: *flags,
        });
        let summaries = summaries.collect();
        Ok(Self { tracks: extents, lengths, steps, times, widths, narrow, values, summaries })
    }

    pub(super) fn tracks(&self) -> &[Extent] {
        &self.tracks
    }

    pub(super) fn summaries(&self) -> &[Summary] {
        &self.summaries
    }

    /// Reads the points of a track that are at these places among all that arrived, as far as they are here.
    pub(super) fn points(
        &self,
        body: &[u8],
        track: &Extent,
        wanted: &Range<u64>,
        out: &mut FloatPoints,
    ) -> Result<Vec<(usize, RlHead)>, Damaged> {
        let from = wanted.start.clamp(track.points.start, track.points.end) - track.points.start;
        let until = wanted.end.clamp(track.points.start, track.points.end) - track.points.start;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let (from, until) = (place(from), place(until));
        if from >= until {
            return Ok(Vec::new());
        }
        // The pages that the points are in, and the places of the first of them and behind the last.
        let (mut pages, mut ends) = (track.pages.start..track.pages.start, (0, 0));
        let mut at = 0;
        for page in track.pages.clone() {
            let length = self.lengths.get(page).copied().unwrap_or_default();
            if at + length <= from {
                pages = page + 1..page + 1;
                ends = (at + length, at + length);
            } else if at < until {
                pages.end = page + 1;
                ends.1 = at + length;
            }
            at += length;
        }
        let cut = from - ends.0..until - ends.0;
        let count = ends.1 - ends.0;
        out.steps.extend_from_slice(part(&self.steps(body, pages.clone(), count)?, &cut)?);
        out.timestamps.extend_from_slice(part(&self.times(body, pages.clone(), count)?, &cut)?);
        if self.narrow {
            let mut values = Vec::<f32>::with_capacity(count);
            self.values.pages(body, pages, &self.lengths, &mut values)?;
            out.values.extend(part(&values, &cut)?.iter().map(|&value| f64::from(value)));
        } else {
            let mut values = Vec::<f64>::with_capacity(count);
            self.values.pages(body, pages, &self.lengths, &mut values)?;
            out.values.extend_from_slice(part(&values, &cut)?);
        }
        self.widths(track.start + from..track.start + until, &mut out.widths);
        Ok(heads_of(&track.heads, from, until))
    }

    fn steps(&self, body: &[u8], pages: Range<usize>, count: usize) -> Result<Vec<u64>, Damaged> {
        let mut steps = Vec::with_capacity(count);
        match &self.steps {
            Column::Compressed(index, _) => index.pages(body, pages, &self.lengths, &mut steps)?,
            Column::Ruled((firsts, strides)) => {
                for page in pages {
                    let rule = (firsts.get(page), strides.get(page), self.lengths.get(page));
                    let (Some(&first), Some(&stride), Some(&length)) = rule else { continue };
                    steps.extend((0..length as u64).map(|k| first.wrapping_add(k.wrapping_mul(stride))));
                }
            }
        }
        Ok(steps)
    }

    fn times(&self, body: &[u8], pages: Range<usize>, count: usize) -> Result<Vec<i64>, Damaged> {
        let mut times = Vec::with_capacity(count);
        match &self.times {
            Column::Compressed(index, _) => index.pages(body, pages, &self.lengths, &mut times)?,
            Column::Ruled(moments) => {
                for page in pages {
                    let (Some(&time), Some(&length)) = (moments.get(page), self.lengths.get(page)) else {
                        continue;
                    };
                    times.resize(times.len() + length, time);
                }
            }
        }
        Ok(times)
    }

    fn widths(&self, points: Range<usize>, out: &mut Vec<u8>) {
        let mut start = 0;
        for &(run, width) in &self.widths {
            let (low, high) = (points.start.max(start), points.end.min(start + run));
            out.resize(out.len() + high.saturating_sub(low), width);
            start += run;
        }
    }
}

impl<T, N: pco::data_types::Number + Ord> Column<T, N> {
    fn read_reach(&mut self, taker: &mut Taker<'_>, pages: usize) -> Result<(), Damaged> {
        if let Self::Compressed(_, reach) = self {
            *reach = Some(Reach::read(taker, pages)?);
        }
        Ok(())
    }
}

impl Tile {
    /// How many points a page has.
    pub(super) fn length(&self, page: usize) -> usize {
        self.lengths.get(page).copied().unwrap_or_default()
    }

    /// From which step to which one a page reaches, where the head tells it.
    pub(super) fn reach_of_steps(&self, page: usize) -> Option<Stretch<u64>> {
        match &self.steps {
            Column::Compressed(_, reach) => reach.as_ref()?.of(page),
            Column::Ruled((firsts, strides)) => {
                let (&from, &stride) = (firsts.get(page)?, strides.get(page)?);
                let to = from.checked_add(stride.checked_mul(self.length(page).checked_sub(1)? as u64)?)?;
                Some(Stretch { from, to, sorted: true })
            }
        }
    }

    /// The same of times.
    pub(super) fn reach_of_times(&self, page: usize) -> Option<Stretch<i64>> {
        match &self.times {
            Column::Compressed(_, reach) => reach.as_ref()?.of(page),
            Column::Ruled(moments) => moments.get(page).map(|&at| Stretch { from: at, to: at, sorted: true }),
        }
    }

    /// Opens the body to read single pages.
    pub(super) fn open<'t>(&'t self, body: &'t [u8]) -> Result<Opened<'t>, Damaged> {
        let values = if self.narrow {
            Wideness::Narrow(self.values.open(body)?)
        } else {
            Wideness::Wide(self.values.open(body)?)
        };
        Ok(Opened { tile: self, body, values, steps: None, times: None, narrow: Vec::new() })
    }
}

/// A tile whose pages are read one by one.
pub(super) struct Opened<'t> {
    tile: &'t Tile,
    body: &'t [u8],
    values: Wideness<'t>,
    steps: Option<PageReader<'t, u64>>,
    times: Option<PageReader<'t, i64>>,
    narrow: Vec<f32>,
}

enum Wideness<'t> {
    Narrow(PageReader<'t, f32>),
    Wide(PageReader<'t, f64>),
}

impl Opened<'_> {
    /// Puts the values of a page behind others.
    pub(super) fn values(&mut self, page: usize, out: &mut Vec<f64>) -> Result<(), Damaged> {
        let length = self.tile.length(page);
        match &mut self.values {
            Wideness::Wide(values) => values.page(page, length, out),
            Wideness::Narrow(values) => {
                self.narrow.clear();
                values.page(page, length, &mut self.narrow)?;
                out.extend(self.narrow.iter().map(|&value| f64::from(value)));
                Ok(())
            }
        }
    }

    /// The same of its steps.
    pub(super) fn steps(&mut self, page: usize, out: &mut Vec<u64>) -> Result<(), Damaged> {
        let length = self.tile.length(page);
        match &self.tile.steps {
            Column::Ruled(_) => out.extend(self.tile.steps(self.body, page..page + 1, length)?),
            Column::Compressed(index, _) => {
                if self.steps.is_none() {
                    self.steps = Some(index.open(self.body)?);
                }
                if let Some(steps) = &mut self.steps {
                    steps.page(page, length, out)?;
                }
            }
        }
        Ok(())
    }

    /// Puts the widths of some of the tile's points behind others.
    pub(super) fn widths(&self, points: Range<usize>, out: &mut Vec<u8>) {
        self.tile.widths(points, out);
    }

    /// The same of its times.
    pub(super) fn times(&mut self, page: usize, out: &mut Vec<i64>) -> Result<(), Damaged> {
        let length = self.tile.length(page);
        match &self.tile.times {
            Column::Ruled(_) => out.extend(self.tile.times(self.body, page..page + 1, length)?),
            Column::Compressed(index, _) => {
                if self.times.is_none() {
                    self.times = Some(index.open(self.body)?);
                }
                if let Some(times) = &mut self.times {
                    times.page(page, length, out)?;
                }
            }
        }
        Ok(())
    }
}

impl Extent {
    /// What the batches said about some of its points, counted from its first one. `at` is where the last look ended:
    /// who goes on from page to page does not search anew.
    pub(super) fn heads(&self, points: &Range<usize>, at: &mut usize) -> &[(usize, RlHead)] {
        while self.heads.get(*at + 1).is_some_and(|(start, _)| *start <= points.start) {
            *at += 1;
        }
        let mut end = *at;
        while self.heads.get(end).is_some_and(|(start, _)| *start < points.end) {
            end += 1;
        }
        self.heads.get(*at..end).unwrap_or_default()
    }
}

fn part<'a, T>(column: &'a [T], cut: &Range<usize>) -> Result<&'a [T], Damaged> {
    column.get(cut.clone()).ok_or(Damaged("a column is shorter than its pages"))
}

fn count(taker: &mut Taker<'_>) -> Result<usize, Damaged> {
    let count = taker.length()?;
    if count <= MOST { Ok(count) } else { Err(Damaged("there are more of them than can be")) }
}

fn index(taker: &mut Taker<'_>, pages: usize, body: &mut usize) -> Result<Index, Damaged> {
    let (index, end) = Index::read(taker, pages, *body)?;
    *body = end;
    Ok(index)
}

/// The heads of some points of a track, counted from the first of them.
fn heads_of(heads: &[(usize, RlHead)], from: usize, until: usize) -> Vec<(usize, RlHead)> {
    let first = heads.partition_point(|(start, _)| *start <= from).saturating_sub(1);
    let here = heads.iter().skip(first).take_while(|(start, _)| *start < until);
    here.map(|(start, head)| (start.saturating_sub(from), *head)).collect()
}

fn read_heads(taker: &mut Taker<'_>, tracks: &mut [Extent]) -> Result<(), Damaged> {
    let all = count(taker)?;
    if all == 0 {
        return Ok(());
    }
    let of_each: Vec<u64> = read_small(taker, tracks.len())?;
    let starts: Vec<u64> = read_small(taker, all)?;
    let steps: Vec<u64> = read_small(taker, all)?;
    let episodes: Vec<u64> = read_small(taker, all)?;
    let bits: Vec<u32> = read_small(taker, all)?;
    let mut heads = starts.iter().zip(steps).zip(episodes).zip(bits);
    for (track, count) in tracks.iter_mut().zip(of_each) {
        for _ in 0..count {
            let Some((((&start, rl_step), episode), bits)) = heads.next() else {
                return Err(Damaged("a track has fewer heads than it should"));
            };
            let start = usize::try_from(start).map_err(|_| Damaged("a head is beyond all points"))?;
            let episode = (bits & 1 != 0).then_some(episode);
            let head = RlHead { rl_step, episode, flat: bits & 2 != 0, from_one: bits & 4 != 0 };
            if track.heads.last().map_or(start != 0, |(last, _)| *last >= start) {
                return Err(Damaged("the heads of a track are not in order"));
            }
            track.heads.push((start, head));
        }
    }
    if heads.next().is_some() { Err(Damaged("there are more heads than tracks have")) } else { Ok(()) }
}

#[cfg(test)]
#[path = "tile_tests.rs"]
mod tests;
