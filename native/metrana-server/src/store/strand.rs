//! A part of a series on its way into a sketch.

use std::ops::Range;

use super::content::Content;
use super::floats::{FloatSeries, Wanted};
use super::merge::Merge;
use super::rl::Track;
use super::sketch::{Along, Axis, Part, Sketch, whole};
use super::window::{Begin, Known, Window};
use super::{FloatPoints, RlHead, RlPoints, SeriesId, StoreError};

/// Points in memory are put into a sketch in pieces of so many.
const AT_ONCE: usize = 1 << 16;
/// Points out of order are put in order in stretches of so many, for each of which all are looked at.
const STRETCH: usize = 1 << 18;

/// The points of an ordinary series or of one environment whose order of arrival is that of their steps.
pub(super) struct Strand<'a> {
    floats: &'a FloatSeries,
    track: Option<&'a Track>,
    /// Where those lie that are drawn, by their arrival.
    wanted: Vec<Range<usize>>,
    /// All that arrived before this are in the sketch.
    pub(super) next: usize,
    pub(super) sketch: Sketch,
}

/// How a part can be drawn.
pub(super) enum Drawn<'a> {
    /// In the order of arrival.
    Strand(Strand<'a>),
    /// Stretch by stretch: steps came out of order, or again.
    Merged,
}

/// Columns of points. Those that the axis does not ask for may be missing.
pub(super) struct Columns<'a> {
    pub(super) steps: StepColumn<'a>,
    pub(super) times: &'a [i64],
    pub(super) values: &'a [f64],
    /// What batches said: from which point on, and what. None of an ordinary series.
    pub(super) heads: Option<&'a [(usize, RlHead)]>,
}

/// The steps of points.
pub(super) enum StepColumn<'a> {
    /// The first step; each further point is one step later.
    From(u64),
    /// A step for each point.
    Each(&'a [u64]),
}

impl<'a> Drawn<'a> {
    /// Finds a part in what a series holds. `place` is the place of its environment in the run, if it is there.
    pub(super) fn find(
        content: &'a Content,
        id: SeriesId,
        part: &Part,
        place: Option<usize>,
        blank: &Sketch,
    ) -> Result<Option<Self>, StoreError> {
        let (floats, track) = match (content, &part.environment) {
            (Content::None, None) => return Ok(None),
            (Content::Floats(floats), None) => (floats, None),
            (Content::Rl(rl), Some(name)) => {
                let track = place.and_then(|place| rl.track(place));
                let track = track.ok_or_else(|| StoreError::UnknownEnvironment(name.clone()))?;
                (track.floats(), Some(track))
            }
            _ => return Err(StoreError::OtherKind(id)),
        };
        Ok(Some(match floats.arrivals().in_order(part.points) {
            Some(wanted) => Self::Strand(Strand { floats, track, wanted, next: 0, sketch: blank.clone() }),
            None => Self::Merged,
        }))
    }
}

impl Strand<'_> {
    /// How many of the first points are not in memory.
    pub(super) fn absent(&self) -> usize {
        self.floats.absent()
    }

    /// Whether some of its points are of environments.
    pub(super) fn is_rl(&self) -> bool {
        self.track.is_some()
    }

    /// Which points of a stretch of arrivals are drawn.
    pub(super) fn wanted(&self, arrivals: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let first = self.wanted.partition_point(|range| range.end <= arrivals.start);
        let here = self.wanted.iter().skip(first).take_while({
            let end = arrivals.end;
            move |range| range.start < end
        });
        here.map(move |range| range.start.max(arrivals.start)..range.end.min(arrivals.end))
    }

    /// Draws some more of the points in memory. Whether that was all.
    pub(super) fn go_on(&mut self, along: Along) -> bool {
        let from = self.next.max(self.absent());
        let until = self.floats.len().min(from + AT_ONCE);
        let here: Vec<Range<usize>> =
            self.wanted(from..until).map(|range| self.in_sight(range, along)).collect();
        let by_time = along.is_time();
        let by_step = !by_time && (self.track.is_none() || along.axis == Axis::OwnStep);
        for mut rest in here {
            while !rest.is_empty() {
                let (piece, first_step) =
                    if by_step { self.floats.first_stretch(rest.clone()) } else { (rest.clone(), None) };
                rest.start = piece.end;
                let wanted = Wanted { steps: by_step && first_step.is_none(), times: by_time, widths: false };
                let points = self.floats.columns(piece.clone(), wanted);
                let heads = self.track.map(|track| track.heads(piece));
                let columns = Columns {
                    steps: first_step.map_or(StepColumn::Each(&points.steps), StepColumn::From),
                    times: &points.timestamps,
                    values: &points.values,
                    heads: heads.as_deref(),
                };
                columns.draw(along, &mut self.sketch);
            }
        }
        self.next = until;
        until >= self.floats.len()
    }
}

impl Strand<'_> {
    /// Those of some points that may lie on the grid. What is asked for again and again is the end of a long series.
    fn in_sight(&self, points: Range<usize>, along: Along) -> Range<usize> {
        match &self.sketch {
            Sketch::Row(grid, _) if self.track.is_none() && !along.is_time() => {
                self.floats.between(points, grid.from, grid.to)
            }
            _ => points,
        }
    }
}

impl Columns<'_> {
    /// Puts the points where they belong.
    pub(super) fn draw(&self, along: Along, sketch: &mut Sketch) {
        let values = self.values;
        match (along.axis, self.heads) {
            (Axis::WallTime | Axis::RelativeTime, _) => {
                let xs: Vec<f64> = self.times.iter().map(|&time| along.time(time)).collect();
                sketch.add(&xs, values);
            }
            (Axis::Step | Axis::RlStep, None) | (Axis::OwnStep, _) => match self.steps {
                StepColumn::From(first) => sketch.add_consecutive(first, values),
                StepColumn::Each(steps) => {
                    let xs: Vec<f64> = steps.iter().map(|&step| whole(step)).collect();
                    sketch.add(&xs, values);
                }
            },
            // An ordinary series has no episodes.
            (Axis::Episode, None) => {}
            (axis, Some(heads)) => {
                let mut xs = Vec::with_capacity(values.len());
                let mut kept = Vec::with_capacity(values.len());
                let ends = heads.iter().skip(1).map(|(start, _)| *start).chain([values.len()]);
                for ((start, head), end) in heads.iter().zip(ends) {
                    let x = if axis == Axis::Episode { head.episode } else { Some(head.rl_step) };
                    if let (Some(x), Some(values)) = (x, values.get(*start..end)) {
                        kept.extend_from_slice(values);
                        xs.resize(kept.len(), whole(x));
                    }
                }
                sketch.add(&xs, &kept);
            }
        }
    }
}

/// How far the points of an unordered series are drawn, in the order of their steps. Each stretch begins behind the last
/// one, so that steps that come meanwhile move nothing.
pub(super) struct Onward {
    begin: Begin,
    left: u64,
    /// Where the stretch ends that is being drawn.
    last: Option<Known>,
}

impl Onward {
    /// So many points are to be drawn.
    pub(super) fn new(points: u64) -> Self {
        Self { begin: Begin::At(0), left: points, last: None }
    }

    /// Where the next stretch begins. None: all is drawn.
    pub(super) fn begin(&self) -> Option<Begin> {
        (self.left > 0).then_some(self.begin)
    }

    /// How many points the next stretch may have.
    pub(super) fn most(&self) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX).min(STRETCH)
    }

    /// The next stretch, to be filled. None: there is none.
    pub(super) fn stretch(&mut self, window: Option<Window>, is_rl: bool) -> Option<Merge> {
        let window = window?;
        self.last = Some(window.last()?);
        Some(Merge::new(window, is_rl))
    }

    /// Draws it.
    pub(super) fn draw(&mut self, merge: Merge, is_rl: bool, along: Along, sketch: &mut Sketch) {
        let points = merge.finish(0, 0);
        if is_rl {
            draw_rl(&points, along, sketch);
        } else {
            draw(&points.floats, along, sketch);
        }
        self.left = self.left.saturating_sub(points.floats.values.len() as u64);
        match self.last.take() {
            Some(last) => self.begin = Begin::Behind(last),
            None => self.left = 0,
        }
    }
}

/// Draws points of an ordinary series that were read.
pub(crate) fn draw(points: &FloatPoints, along: Along, sketch: &mut Sketch) {
    let FloatPoints { steps, timestamps: times, values, .. } = points;
    Columns { steps: StepColumn::Each(steps), times, values, heads: None }.draw(along, sketch);
}

/// Draws points of an environment that were read.
pub(crate) fn draw_rl(points: &RlPoints, along: Along, sketch: &mut Sketch) {
    let mut heads: Vec<(usize, RlHead)> = Vec::new();
    for (at, head) in points.heads.iter().enumerate() {
        if heads.last().is_none_or(|(_, last)| last != head) {
            heads.push((at, *head));
        }
    }
    let FloatPoints { steps, timestamps: times, values, .. } = &points.floats;
    Columns { steps: StepColumn::Each(steps), times, values, heads: Some(&heads) }.draw(along, sketch);
}
