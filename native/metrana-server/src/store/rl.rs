//! The float points of a reinforcement-learning series, apart for each environment, in the order of their arrival.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::arrivals::{Taken, View};
use super::floats::FloatSeries;
use super::merge::Merge;
use super::progress::RlProgress;
use super::window::{Begin, Window};
use super::{FloatBatch, FloatPoints};

/// The scale of series with a point for each episode, whose steps are the episodes.
pub const EPISODE: &str = "EPISODE";

/// Points of one environment within one reinforcement-learning step and episode, that came as one batch.
#[derive(Clone, Debug, PartialEq)]
pub struct RlBatch {
    /// Where in the training they belong, and how their steps count.
    pub head: RlHead,
    /// The points; their steps are environment steps.
    pub floats: FloatBatch,
}

impl RlBatch {
    /// The largest episode that it tells of: its own, or in a series with a point for each episode the largest of its steps.
    pub(super) fn last_episode(&self, scale: &str) -> Option<u64> {
        let by_episode = scale.eq_ignore_ascii_case(EPISODE);
        self.head.episode.or_else(|| self.floats.largest_step().filter(|_| by_episode))
    }
}

/// What the points of a batch have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RlHead {
    /// The step of the training.
    pub rl_step: u64,
    /// The episode, where there are episodes.
    pub episode: Option<u64>,
    /// Environment steps go on over the steps of the training.
    pub flat: bool,
    /// Environment steps count from one over the whole episode.
    pub from_one: bool,
}

/// Points of one environment read back: columns of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RlPoints {
    /// What each point's batch said about it.
    pub heads: Vec<RlHead>,
    /// Environment steps, times and values.
    pub floats: FloatPoints,
}

impl RlPoints {
    /// Leaves the first point out.
    pub(crate) fn leave_out_first(&mut self) {
        let Self { heads, floats: FloatPoints { offset, steps, timestamps, values, widths, .. } } = self;
        *offset += 1;
        heads.drain(..heads.len().min(1));
        steps.drain(..steps.len().min(1));
        timestamps.drain(..timestamps.len().min(1));
        values.drain(..values.len().min(1));
        widths.drain(..widths.len().min(1));
    }
}

/// The place of an environment in its run.
pub(super) type EnvironmentIndex = usize;

/// All points of a series: a track for each environment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RlSeries {
    ordered: bool,
    /// In the order of their first points.
    tracks: Vec<Track>,
    #[serde(skip)]
    by_environment: HashMap<EnvironmentIndex, usize, foldhash::fast::RandomState>,
    /// The place behind the track that got the last points. A logger that writes for all its environments does so in the
    /// same order each time, so that this mostly is where the next points go.
    #[serde(skip)]
    next: usize,
}

/// The points of one environment. What a batch says once is kept once for all points that follow one another with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Track {
    environment: EnvironmentIndex,
    progress: RlProgress,
    /// What it has of the run that its own run branched off from.
    inherited: Option<InheritedTrack>,
    /// The largest step of the training of a point that counts, inherited ones included.
    last_rl_step: Option<u64>,
    floats: FloatSeries,
    /// From which point on, and what, for the points in memory.
    #[serde(skip)]
    heads: Vec<(usize, RlHead)>,
}

/// What one environment of a series has of the run that its own run branched off from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InheritedTrack {
    /// The environment.
    pub environment: String,
    /// The last step of the training that is inherited.
    pub last_rl_step: u64,
    /// How many of the parent's points that count are inherited: the first ones.
    pub points: u64,
}

impl RlSeries {
    pub(super) fn new(ordered: bool) -> Self {
        Self { ordered, tracks: Vec::new(), by_environment: HashMap::default(), next: 0 }
    }

    /// Knows again what it can be asked by.
    pub(super) fn restore(&mut self) {
        self.tracks.iter_mut().for_each(|track| track.floats.restore());
        self.by_environment =
            self.tracks.iter().enumerate().map(|(at, track)| (track.environment, at)).collect();
    }

    pub(super) fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    pub(super) fn tracks_mut(&mut self) -> &mut [Track] {
        &mut self.tracks
    }

    /// How many points arrived.
    pub(super) fn len(&self) -> usize {
        self.tracks.iter().map(|track| track.floats.len()).sum()
    }

    /// How many points count.
    pub(super) fn counting(&self) -> u64 {
        self.tracks.iter().map(|track| track.floats.arrivals().counting()).sum()
    }

    pub(super) fn inherited(&self, environment: EnvironmentIndex) -> Option<&InheritedTrack> {
        self.track(environment)?.inherited.as_ref()
    }

    /// How many points are inherited.
    pub(super) fn points_inherited(&self) -> u64 {
        self.tracks.iter().filter_map(|track| track.inherited.as_ref()).map(|is| is.points).sum()
    }

    pub(super) fn largest_rl_step(&self) -> Option<u64> {
        self.tracks.iter().filter_map(|track| track.last_rl_step).max()
    }

    pub(super) fn environments(&self) -> impl Iterator<Item = EnvironmentIndex> + '_ {
        self.tracks.iter().map(|track| track.environment)
    }

    /// Notes what an environment has of another run: its own points come behind that.
    pub(super) fn inherit(&mut self, environment: EnvironmentIndex, inherited: InheritedTrack) {
        let place = self.place(environment);
        let Some(track) = self.tracks.get_mut(place) else { return };
        track.last_rl_step = Some(inherited.last_rl_step);
        if let RlProgress::Ordered(cursor) = &mut track.progress {
            cursor.rl_step = inherited.last_rl_step.saturating_add(1);
        }
        track.inherited = Some(inherited);
    }

    /// Takes a batch; `counts` is false when none of its points can.
    pub(super) fn append(&mut self, environment: EnvironmentIndex, batch: RlBatch, counts: bool) -> Taken {
        let place = self.place(environment);
        self.next = if place + 1 < self.tracks.len() { place + 1 } else { 0 };
        self.tracks.get_mut(place).map_or_else(Taken::default, |track| track.append(batch, counts))
    }

    fn place(&mut self, environment: EnvironmentIndex) -> usize {
        if self.tracks.get(self.next).is_some_and(|next| next.environment == environment) {
            return self.next;
        }
        *self.by_environment.entry(environment).or_insert_with(|| {
            self.tracks.push(Track {
                environment,
                progress: RlProgress::new(self.ordered),
                inherited: None,
                last_rl_step: None,
                floats: FloatSeries::default(),
                heads: Vec::new(),
            });
            self.tracks.len() - 1
        })
    }

    pub(super) fn track(&self, environment: EnvironmentIndex) -> Option<&Track> {
        self.tracks.get(*self.by_environment.get(&environment)?)
    }

    pub(super) fn track_mut(&mut self, environment: EnvironmentIndex) -> Option<&mut Track> {
        self.tracks.get_mut(*self.by_environment.get(&environment)?)
    }

    /// A copy for readers, who do not care which steps there were.
    pub(super) fn copy(&self) -> Self {
        let track = |track: &Track| Track {
            environment: track.environment,
            progress: RlProgress::new(true),
            inherited: track.inherited.clone(),
            last_rl_step: track.last_rl_step,
            floats: track.floats.clone(),
            heads: track.heads.clone(),
        };
        Self {
            ordered: self.ordered,
            tracks: self.tracks.iter().map(track).collect(),
            by_environment: self.by_environment.clone(),
            next: self.next,
        }
    }
}

impl Track {
    pub(super) fn environment(&self) -> EnvironmentIndex {
        self.environment
    }

    pub(super) fn floats(&self) -> &FloatSeries {
        &self.floats
    }

    /// Notes that the first points are safe elsewhere, and lets go of them.
    pub(super) fn seal(&mut self, points: usize) {
        self.floats.seal(points);
        let gone = self.head_of(self.floats.absent());
        self.heads.drain(..gone);
    }

    /// Puts points back that are not in memory; see [`FloatSeries::put_back`].
    pub(super) fn put_back(&mut self, start: usize, points: FloatPoints, mut heads: Vec<(usize, RlHead)>) {
        let end = self.floats.absent();
        self.floats.put_back(start, points);
        for (from, head) in self.heads.drain(..) {
            let from = from.max(end);
            match heads.last_mut() {
                Some(last) if last.0 == from => last.1 = head,
                _ => heads.push((from, head)),
            }
        }
        self.heads = heads;
    }

    /// Puts points back that are not sealed; see [`FloatSeries::put_rest_back`].
    pub(super) fn put_rest_back(
        &mut self,
        first: usize,
        points: FloatPoints,
        heads: Vec<(usize, RlHead)>,
    ) -> bool {
        let fits = self.floats.put_rest_back(first, points);
        if fits {
            self.heads = heads.into_iter().map(|(at, head)| (first + at, head)).collect();
        }
        fits
    }

    /// What was said about points, by the places of their arrival; counted from the first of them.
    pub(super) fn heads(&self, points: Range<usize>) -> Vec<(usize, RlHead)> {
        let here = self.heads.iter().skip(self.head_of(points.start));
        let here = here.take_while(|(start, _)| *start < points.end);
        here.map(|(start, head)| (start.saturating_sub(points.start), *head)).collect()
    }

    fn append(&mut self, batch: RlBatch, counts: bool) -> Taken {
        let points = batch.floats.values.len();
        let taken =
            if counts { self.progress.take(&batch.head, &batch.floats) } else { Taken::nothing(points) };
        if taken.points_left_out() < points as u64 {
            self.last_rl_step = self.last_rl_step.max(Some(batch.head.rl_step));
        }
        if self.heads.last().is_none_or(|(_, head)| *head != batch.head) {
            self.heads.push((self.floats.len(), batch.head));
        }
        self.floats.append(batch.floats, &taken);
        taken
    }

    fn head_of(&self, index: usize) -> usize {
        self.heads.partition_point(|(start, _)| *start <= index).saturating_sub(1)
    }

    /// A page whose order is that of the arrival; none is of other views.
    pub(super) fn read(&self, view: View, offset: u64, limit: u64) -> Option<RlPoints> {
        let ranges = self.floats.arrivals().ranges(view, offset, limit)?;
        let floats = self.floats.read(view, offset, limit)?;
        let mut heads = Vec::with_capacity(floats.values.len());
        for (part, head) in ranges.into_iter().flat_map(|range| self.parts(range)) {
            heads.resize(heads.len() + part.len(), head);
        }
        Some(RlPoints { heads, floats })
    }

    /// A stretch of its points that count; none when their order is that of their arrival.
    pub(super) fn window(&self, begin: Begin, most: usize) -> Option<Window> {
        if self.floats.arrivals().has_order(View::Merged) { None } else { self.progress.window(begin, most) }
    }

    /// Puts the points in memory where they belong in a stretch.
    pub(super) fn merge(&self, merge: &mut Merge) {
        self.floats.merge(merge, |range| self.parts(range).map(|(part, head)| (part, Some(head))));
    }

    /// Cuts arrivals into parts with one head each.
    fn parts(&self, points: Range<usize>) -> impl Iterator<Item = (Range<usize>, RlHead)> + '_ {
        let mut runs = self.heads.iter().skip(self.head_of(points.start)).peekable();
        std::iter::from_fn(move || {
            let &(start, head) = runs.next().filter(|(start, _)| *start < points.end)?;
            let end = runs.peek().map_or(points.end, |(next, _)| *next).min(points.end);
            Some((start.max(points.start)..end, head))
        })
        .filter(|(part, _)| part.start < part.end)
    }
}

#[cfg(test)]
mod tests {
    use super::{Begin, Merge, RlBatch, RlHead, RlPoints, RlSeries};
    use crate::store::{FloatBatch, Steps, Timestamps, Values, View};

    fn batch(rl_step: u64, episode: Option<u64>, first: u64, count: usize) -> RlBatch {
        RlBatch {
            head: RlHead { rl_step, episode, flat: false, from_one: false },
            floats: FloatBatch {
                values: Values::of(&vec![0.5; count]),
                steps: Steps::From(first),
                timestamps: Timestamps::At(7),
            },
        }
    }

    fn read(series: &RlSeries, environment: usize, view: View, offset: u64, limit: u64) -> Option<RlPoints> {
        let track = series.track(environment)?;
        track.read(view, offset, limit).or_else(|| {
            let mut merge = Merge::new(track.window(Begin::At(offset), usize::try_from(limit).ok()?)?, true);
            track.merge(&mut merge);
            Some(merge.finish(series.counting(), offset))
        })
    }

    #[test]
    fn every_point_knows_its_batch_in_any_page() {
        let mut series = RlSeries::new(true);
        let mut expected = Vec::new();
        for (rl_step, episode, first, count) in [
            (1, None, 0, 3),
            (1, None, 3, 1),
            (1, Some(0), 0, 200),
            (2, Some(0), 0, 1),
            (1, Some(0), 0, 1),
            (2, Some(1), 9, 5),
        ] {
            series.append(4, batch(rl_step, episode, first, count), true);
            series.append(9, batch(100, None, 0, 1), true);
            expected.extend((first..).take(count).map(|step| (rl_step, episode, step)));
        }
        assert_eq!(series.len(), expected.len() + 6);
        assert_eq!(series.environments().collect::<Vec<_>>(), [4, 9]);
        assert_eq!(series.largest_rl_step(), Some(100));
        let total = expected.len();
        for (offset, limit) in
            [(0, total), (0, 1), (2, 5), (203, 2), (total - 1, 9), (total, 9), (total + 9, 1)]
        {
            let page =
                read(&series, 4, View::Raw, offset as u64, limit as u64).expect("the environment is there");
            let columns = page.heads.iter().zip(&page.floats.steps);
            let read: Vec<_> = columns.map(|(head, step)| (head.rl_step, head.episode, *step)).collect();
            let from = offset.min(total);
            assert_eq!(read, expected[from..(from + limit).min(total)], "{offset} {limit}");
            assert_eq!(page.heads.len(), page.floats.values.len());
        }
        assert_eq!(read(&series, 5, View::Raw, 0, 1), None);
    }

    #[test]
    fn the_points_that_count_are_read_with_their_heads() {
        let mut series = RlSeries::new(true);
        series.append(0, batch(1, Some(0), 0, 3), true);
        series.append(0, batch(1, Some(0), 1, 4), true);
        series.append(0, batch(0, Some(7), 0, 2), true);
        series.append(0, batch(2, Some(1), 0, 2), true);
        series.append(0, batch(3, Some(1), 0, 2), false);
        let read = |series: &RlSeries, view| {
            let page = read(series, 0, view, 0, 100).expect("the environment is there");
            let columns = page.heads.iter().zip(page.floats.steps);
            columns.map(|(head, step)| (head.rl_step, head.episode.unwrap(), step)).collect::<Vec<_>>()
        };
        let counting = [(1, 0, 0), (1, 0, 1), (1, 0, 2), (1, 0, 3), (1, 0, 4), (2, 1, 0), (2, 1, 1)];
        assert_eq!(read(&series, View::Merged), counting);
        assert_eq!((read(&series, View::Raw).len(), series.len(), series.counting()), (13, 13, 7));
        assert_eq!(series.largest_rl_step(), Some(2));

        let mut series = RlSeries::new(false);
        for (rl_step, episode, first, count) in [(2, 0, 0, 2), (1, 5, 0, 1), (2, 0, 1, 2), (1, 4, 3, 1)] {
            series.append(0, batch(rl_step, Some(episode), first, count), true);
        }
        let counting = [(1, 4, 3), (1, 5, 0), (2, 0, 0), (2, 0, 1), (2, 0, 2)];
        assert_eq!(read(&series, View::Merged), counting);
        assert_eq!((series.len(), series.counting()), (6, 5));
    }
}
