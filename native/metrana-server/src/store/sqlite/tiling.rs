//! How a tile is written: pages are cut, columns compressed, summaries made.

use pco::errors::PcoError;

use super::bytes::{put, put_bytes};
use super::column::{compress, put_flag, small};
use super::reach::Reach;
use super::summary::Summary;
use crate::store::{FloatPoints, RlHead};

/// A tile has no more points.
pub(super) const TILE: usize = 1 << 16;
/// A page of an ordinary series has at most so many points.
const PAGE: usize = 1024;
/// A page of an environment is no shorter, unless nothing follows: it may hold several steps of the training then.
const SHORT: usize = 32;
/// The points of one environment, or those of an ordinary series.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Track {
    /// Which environment; 0 in an ordinary series.
    pub(super) environment: u64,
    /// The place of its first point among all that arrived.
    pub(super) first: u64,
    /// Columns in the order of arrival.
    pub(super) points: FloatPoints,
    /// From which point on, and what; none in an ordinary series.
    pub(super) heads: Vec<(usize, RlHead)>,
}

/// A tile as it is written.
#[derive(Debug, PartialEq)]
pub(super) struct Sealed {
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
    pub(super) points: usize,
}

/// Where the pages of a track end, as lengths.
pub(super) fn pages(track: &Track) -> Vec<usize> {
    let points = track.points.values.len();
    if track.heads.is_empty() {
        let mut pages = vec![PAGE; points / PAGE];
        pages.extend(Some(points % PAGE).filter(|rest| *rest > 0));
        return pages;
    }
    let mut pages = Vec::new();
    let mut start = 0;
    let mut step = None;
    let ends = track.heads.iter().skip(1).map(|(start, _)| *start).chain([points]);
    for ((from, head), until) in track.heads.iter().zip(ends) {
        if step != Some(head.rl_step) && from - start >= SHORT {
            pages.push(from - start);
            start = *from;
        }
        step = Some(head.rl_step);
        while until - start > PAGE {
            pages.push(PAGE);
            start += PAGE;
        }
    }
    pages.extend(Some(points - start).filter(|rest| *rest > 0));
    pages
}

/// Steps that go on by one stride within every page.
fn strides(steps: &[u64], pages: &[usize]) -> Option<(Vec<u64>, Vec<u64>)> {
    let mut from = 0;
    let (mut firsts, mut strides) = (Vec::new(), Vec::new());
    for &length in pages {
        let page = steps.get(from..from + length)?;
        let first = *page.first()?;
        let stride = page.get(1).map_or(1, |second| second.wrapping_sub(first));
        if !page.windows(2).all(|pair| matches!(pair, [a, b] if b.wrapping_sub(*a) == stride)) {
            return None;
        }
        firsts.push(first);
        strides.push(stride);
        from += length;
    }
    Some((firsts, strides))
}

/// One time in every page.
fn moments(times: &[i64], pages: &[usize]) -> Option<Vec<i64>> {
    let mut from = 0;
    let mut moments = Vec::new();
    for &length in pages {
        let page = times.get(from..from + length)?;
        let first = *page.first()?;
        if page.iter().any(|time| *time != first) {
            return None;
        }
        moments.push(first);
        from += length;
    }
    Some(moments)
}

/// Runs of equal things: how many, and what.
fn runs<T: PartialEq + Copy>(items: impl IntoIterator<Item = T>) -> Vec<(u64, T)> {
    let mut runs: Vec<(u64, T)> = Vec::new();
    for item in items {
        match runs.last_mut() {
            Some((count, last)) if *last == item => *count += 1,
            _ => runs.push((1, item)),
        }
    }
    runs
}

/// Seals tracks that all have points, and tries so hard.
pub(super) fn seal(tracks: &[Track], level: usize) -> Result<Sealed, PcoError> {
    let (mut head, mut body) = (Vec::new(), Vec::new());
    put(&mut head, tracks.len() as u64);
    let mut lengths = Vec::new();
    for track in tracks {
        let pages = pages(track);
        for number in [track.environment, track.first, pages.len() as u64] {
            put(&mut head, number);
        }
        lengths.extend(pages);
    }
    put_bytes(&mut head, &small(&lengths.iter().map(|&length| length as u64).collect::<Vec<_>>())?);
    let gather = |column: fn(&FloatPoints) -> &[u64]| -> Vec<u64> {
        tracks.iter().flat_map(|track| column(&track.points)).copied().collect()
    };
    let steps = gather(|points| &points.steps);
    let mut reaches = Vec::new();
    if let Some((firsts, strides)) = strides(&steps, &lengths) {
        put_flag(&mut head, true);
        put_bytes(&mut head, &small(&firsts)?);
        put_bytes(&mut head, &small(&strides)?);
    } else {
        put_flag(&mut head, false);
        compress(&steps, &lengths, level, &mut head, &mut body)?;
        Reach::put(&steps, &lengths, &mut reaches)?;
    }
    let times: Vec<i64> = tracks.iter().flat_map(|track| &track.points.timestamps).copied().collect();
    if let Some(moments) = moments(&times, &lengths) {
        put_flag(&mut head, true);
        put_bytes(&mut head, &small(&moments)?);
    } else {
        put_flag(&mut head, false);
        compress(&times, &lengths, level, &mut head, &mut body)?;
        Reach::put(&times, &lengths, &mut reaches)?;
    }
    let widths = runs(tracks.iter().flat_map(|track| track.points.widths.iter().copied()));
    put(&mut head, widths.len() as u64);
    for (count, width) in &widths {
        put(&mut head, *count);
        put(&mut head, u64::from(*width));
    }
    let values: Vec<f64> = tracks.iter().flat_map(|track| &track.points.values).copied().collect();
    if widths.iter().all(|(_, width)| *width == 32) {
        #[expect(clippy::cast_possible_truncation, reason = "each was widened from 32 bits")]
        let values: Vec<f32> = values.iter().map(|&value| value as f32).collect();
        compress(&values, &lengths, level, &mut head, &mut body)?;
    } else {
        compress(&values, &lengths, level, &mut head, &mut body)?;
    }
    seal_heads(tracks, &mut head)?;
    let mut from = 0;
    let mut summaries = Vec::with_capacity(lengths.len());
    for &length in &lengths {
        summaries.push(Summary::of(values.get(from..from + length).unwrap_or_default()));
        from += length;
    }
    let floats = [
        |s: &Summary| s.min,
        |s: &Summary| s.max,
        |s: &Summary| s.sum,
        |s: &Summary| s.first,
        |s: &Summary| s.last,
    ];
    for column in floats {
        put_bytes(&mut head, &small(&summaries.iter().map(column).collect::<Vec<f64>>())?);
    }
    put_bytes(&mut head, &small(&summaries.iter().map(|summary| summary.flags).collect::<Vec<u32>>())?);
    head.extend(reaches);
    Ok(Sealed { head, body, points: values.len() })
}

/// What the batches said about the points of environments: for each run of points with one head.
fn seal_heads(tracks: &[Track], head: &mut Vec<u8>) -> Result<(), PcoError> {
    let all: Vec<&(usize, RlHead)> = tracks.iter().flat_map(|track| &track.heads).collect();
    put(head, all.len() as u64);
    if all.is_empty() {
        return Ok(());
    }
    let of_each = tracks.iter().map(|track| track.heads.len() as u64).collect::<Vec<_>>();
    put_bytes(head, &small(&of_each)?);
    put_bytes(head, &small(&all.iter().map(|(from, _)| *from as u64).collect::<Vec<_>>())?);
    put_bytes(head, &small(&all.iter().map(|(_, is)| is.rl_step).collect::<Vec<_>>())?);
    put_bytes(head, &small(&all.iter().map(|(_, is)| is.episode.unwrap_or_default()).collect::<Vec<_>>())?);
    let bits =
        |is: &RlHead| u32::from(is.episode.is_some()) | u32::from(is.flat) << 1 | u32::from(is.from_one) << 2;
    put_bytes(head, &small(&all.iter().map(|(_, is)| bits(is)).collect::<Vec<u32>>())?);
    Ok(())
}
