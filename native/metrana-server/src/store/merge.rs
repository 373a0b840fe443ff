//! Fills a stretch of an unordered series with its points as they arrived: of several at one step the last counts.

use std::ops::Range;

use super::content::Content;
use super::window::{Group, ONLY, Window};
use super::{FloatPoints, RlHead, RlPoints};

/// A stretch that is being filled. The points have to come in the order of their arrival.
pub(super) struct Merge {
    window: Window,
    /// Which places have a point. All that the series knew when the window was made have one in the end.
    filled: Vec<bool>,
    points: FloatPoints,
    /// None of an ordinary series.
    heads: Option<Vec<RlHead>>,
    /// Where the last point was found.
    at: usize,
}

/// A point without what it is known by.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub(super) timestamp: i64,
    pub(super) value: f64,
    pub(super) width: u8,
}

impl Merge {
    pub(super) fn new(window: Window, is_rl: bool) -> Self {
        let points = window.len();
        let columns = FloatPoints {
            steps: window.steps().collect(),
            timestamps: vec![0; points],
            values: vec![0.0; points],
            widths: vec![0; points],
            ..FloatPoints::default()
        };
        let blank = RlHead { rl_step: 0, episode: None, flat: false, from_one: false };
        let heads = is_rl.then(|| vec![blank; points]);
        Self { window, filled: vec![false; points], points: columns, heads, at: 0 }
    }

    /// Whether points of such groups, with steps from one to another, may belong to it.
    pub(super) fn wants(&self, groups: (Group, Group), steps: (u64, u64)) -> bool {
        self.window.meets((groups.0, steps.0), (groups.1, steps.1))
    }

    /// Finds the places of points of one group: where each is among `points`, and where it belongs.
    pub(super) fn find(
        &mut self,
        head: Option<RlHead>,
        points: Range<usize>,
        step: impl Fn(usize) -> u64,
        found: &mut Vec<(usize, usize)>,
    ) {
        let group = head.map_or(ONLY, |head| (head.rl_step, head.episode));
        for point in points {
            if let Some(place) = self.window.place((group, step(point)), &mut self.at) {
                found.push((point, place));
            }
        }
    }

    /// Puts a point in a place.
    pub(super) fn put(&mut self, place: usize, head: Option<RlHead>, sample: Sample) {
        let FloatPoints { timestamps, values, widths, .. } = &mut self.points;
        set(&mut self.filled, place, true);
        set(timestamps, place, sample.timestamp);
        set(values, place, sample.value);
        set(widths, place, sample.width);
        if let (Some(heads), Some(head)) = (&mut self.heads, head) {
            set(heads, place, head);
        }
    }

    /// What was put, in order.
    pub(super) fn finish(self, total: u64, offset: u64) -> RlPoints {
        let Self { filled, mut points, heads, .. } = self;
        let mut heads = heads.unwrap_or_default();
        // Steps that came after the points were copied have none.
        if filled.contains(&false) {
            keep(&mut points.steps, &filled);
            keep(&mut points.timestamps, &filled);
            keep(&mut points.values, &filled);
            keep(&mut points.widths, &filled);
            keep(&mut heads, &filled);
        }
        (points.total, points.offset) = (total, offset);
        RlPoints { heads, floats: points }
    }
}

fn set<T>(column: &mut [T], place: usize, value: T) {
    if let Some(here) = column.get_mut(place) {
        *here = value;
    }
}

fn keep<T>(column: &mut Vec<T>, filled: &[bool]) {
    let mut filled = filled.iter();
    column.retain(|_| filled.next().copied().unwrap_or(false));
}

/// Fills a window with the points of a series, or of the environment at a place, that lie in memory.
pub(super) fn fill(content: &Content, environment: Option<usize>, merge: &mut Merge) {
    match (content, environment) {
        (Content::Floats(floats), None) => floats.merge(merge, |range| std::iter::once((range, None))),
        (Content::Rl(rl), Some(place)) => {
            if let Some(track) = rl.track(place) {
                track.merge(merge);
            }
        }
        _ => {}
    }
}
