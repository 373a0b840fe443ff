//! The float points of one series, in the order of their arrival.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::arrivals::{Arrivals, Taken, View};
use super::merge::{Merge, Sample};
use super::rl::RlHead;
use super::sketch::whole;
use super::{Values, Width};

/// Points of one series that came as one batch. Whoever makes one sees to it that the columns have one length.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatBatch {
    /// The values; they say how many points there are.
    pub values: Values,
    /// Their steps.
    pub steps: Steps,
    /// Their times.
    pub timestamps: Timestamps,
}

impl FloatBatch {
    /// The largest of its steps, if there are any.
    pub(super) fn largest_step(&self) -> Option<u64> {
        let last = self.values.len().checked_sub(1)?;
        match &self.steps {
            Steps::From(_) => Some(self.steps.get(last)),
            Steps::Each(steps) => steps.iter().max().copied(),
        }
    }
}

/// The steps of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Steps {
    /// The first step; each further point is one step later.
    From(u64),
    /// A step for each point.
    Each(Box<[u64]>),
}

/// The times of a batch, in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timestamps {
    /// One time for all points.
    At(i64),
    /// A time for each point.
    Each(Box<[i64]>),
}

/// Points read back: columns of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FloatPoints {
    /// How many points the series has in all, in the view that was asked for.
    pub total: u64,
    /// The index among them of the first one here.
    pub offset: u64,
    /// Steps.
    pub steps: Vec<u64>,
    /// Times in milliseconds since 1970.
    pub timestamps: Vec<i64>,
    /// Values; those that came in 32 bits are widened, which changes none of them.
    pub values: Vec<f64>,
    /// The width in bits that each value came in.
    pub widths: Vec<u8>,
}

/// Which columns are copied beside the values.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) steps: bool,
    pub(super) times: bool,
    pub(super) widths: bool,
}

impl Wanted {
    const ALL: Self = Self { steps: true, times: true, widths: true };
}

/// The first place of which it is not so; it is so of all before it and of none behind it.
fn partition_point(places: Range<usize>, is_so: impl Fn(usize) -> bool) -> usize {
    let Range { start: mut low, end: mut high } = places;
    while low < high {
        let middle = low.midpoint(high);
        if is_so(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

impl Steps {
    fn copy_to(&self, points: Range<usize>, out: &mut Vec<u64>) {
        match self {
            Self::From(first) => out.extend(points.map(|index| first.wrapping_add(index as u64))),
            Self::Each(steps) => out.extend_from_slice(steps.get(points).unwrap_or_default()),
        }
    }

    fn get(&self, index: usize) -> u64 {
        match self {
            Self::From(first) => first.wrapping_add(index as u64),
            Self::Each(steps) => steps.get(index).copied().unwrap_or_default(),
        }
    }
}

impl Timestamps {
    fn get(&self, index: usize) -> i64 {
        match self {
            Self::At(time) => *time,
            Self::Each(times) => times.get(index).copied().unwrap_or_default(),
        }
    }
}

/// A batch of at least this many points keeps the memory that it came in; smaller ones are gathered.
pub(super) const LARGE: usize = 32;
/// A gathered segment takes this many points before the next one begins.
const GATHERED: usize = 4096;

/// All points of a series: segments of many points each, however small the batches were that brought them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct FloatSeries {
    /// Those in memory, in order; what came before them is kept elsewhere.
    #[serde(skip)]
    segments: Vec<Segment>,
    points: usize,
    /// How many of the first points are safe elsewhere, whether or not they are still in memory as well.
    sealed: usize,
    arrivals: Arrivals,
}

#[derive(Clone, Debug)]
struct Segment {
    /// How many points lie in the segments before.
    start: usize,
    points: Arc<Points>,
}

#[derive(Clone, Debug)]
enum Points {
    /// A batch as it came.
    Kept(FloatBatch),
    /// Small batches, one behind the other.
    Gathered(Gathered),
    /// Points that were read from elsewhere for one reader.
    Read(FloatPoints),
}

/// Points of one width. It takes further small batches.
#[derive(Clone, Debug)]
struct Gathered {
    width: Width,
    values: Vec<u8>,
    steps: Vec<u64>,
    timestamps: Vec<i64>,
}

impl FloatSeries {
    pub(super) fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// How many arrived.
    pub(super) fn len(&self) -> usize {
        self.points
    }

    /// Takes a batch, of which some points may not count.
    pub(super) fn append(&mut self, batch: FloatBatch, taken: &Taken) {
        let count = batch.values.len();
        if count == 0 {
            return;
        }
        self.arrivals.push(count, taken);
        let start = self.points;
        self.points += count;
        if count >= LARGE {
            self.segments.push(Segment { start, points: Arc::new(Points::Kept(batch)) });
            return;
        }
        if let Some(last) = self.segments.last_mut()
            // Not while a reader or the sealing still looks at it.
            && let Some(Points::Gathered(gathered)) = Arc::get_mut(&mut last.points)
            && gathered.width == batch.values.width()
            && gathered.len() + count <= GATHERED
        {
            gathered.add(&batch);
            return;
        }
        let mut gathered = Gathered::new(batch.values.width());
        gathered.add(&batch);
        self.segments.push(Segment { start, points: Arc::new(Points::Gathered(gathered)) });
    }

    /// After it was kept elsewhere, all its points are there.
    pub(super) fn restore(&mut self) {
        self.sealed = self.points;
    }

    /// How many of the first points are not in memory.
    pub(super) fn absent(&self) -> usize {
        self.segments.first().map_or(self.points, |first| first.start)
    }

    /// How many of the first points are safe elsewhere.
    pub(super) fn sealed(&self) -> usize {
        self.sealed
    }

    /// Notes that the first points are safe elsewhere, and lets go of those that no reader has begun with.
    pub(super) fn seal(&mut self, points: usize) {
        self.sealed = self.sealed.max(points);
        let gone = self.segments.partition_point(|segment| segment.start + segment.points.len() <= points);
        self.segments.drain(..gone);
    }

    /// Puts points back that are not in memory. There may be more between them and the first that is, which nobody asks
    /// for then.
    pub(super) fn put_back(&mut self, start: usize, points: FloatPoints) {
        self.segments.insert(0, Segment { start, points: Arc::new(Points::Read(points)) });
    }

    /// Puts points back that were kept elsewhere and are not sealed: from the `first` on all that there are. False: they
    /// are others.
    pub(super) fn put_rest_back(&mut self, first: usize, points: FloatPoints) -> bool {
        let fits = self.segments.is_empty() && first.checked_add(points.values.len()) == Some(self.points);
        if fits {
            self.sealed = first;
            self.put_back(first, points);
        }
        fits
    }

    /// Copies points by the places of their arrival.
    pub(super) fn arrived(&self, points: Range<usize>) -> FloatPoints {
        self.columns(points, Wanted::ALL)
    }

    /// Copies some columns of points by the places of their arrival; the others are left empty.
    pub(super) fn columns(&self, points: Range<usize>, wanted: Wanted) -> FloatPoints {
        let mut out = FloatPoints::default();
        out.reserve(points.len(), wanted);
        self.copy(points, wanted, &mut out);
        out
    }

    /// Those among points in memory that arrived in the order of their steps whose steps lie in a stretch.
    pub(super) fn between(&self, points: Range<usize>, from: f64, to: f64) -> Range<usize> {
        let first = partition_point(points.clone(), |place| whole(self.step(place)) < from);
        first..partition_point(first..points.end, |place| whole(self.step(place)) <= to)
    }

    /// The beginning of a stretch of points in memory within which their steps are told in the same way: the first of
    /// consecutive ones, or none where each point has a step of its own.
    pub(super) fn first_stretch(&self, points: Range<usize>) -> (Range<usize>, Option<u64>) {
        let (mut end, mut first) = (points.start, None);
        for Segment { start, points: here } in self.segments.iter().skip(self.segment_of(points.start)) {
            let until = (start + here.len()).min(points.end);
            if until <= end {
                break;
            }
            let one = here.first_of_consecutive(end - start);
            if end == points.start {
                first = one;
            } else if one != first.and_then(|first| first.checked_add((end - points.start) as u64)) {
                break;
            }
            end = until;
        }
        // A stretch that nobody has: its end is what is asked for, so that whoever goes on comes to an end.
        if end == points.start { (points, None) } else { (points.start..end, first) }
    }

    fn step(&self, place: usize) -> u64 {
        let segment = self.segments.get(self.segment_of(place));
        segment.map_or(0, |segment| segment.points.step(place.saturating_sub(segment.start)))
    }

    /// A page whose order is that of the arrival; none is of other views.
    pub(super) fn read(&self, view: View, offset: u64, limit: u64) -> Option<FloatPoints> {
        let ranges = self.arrivals.ranges(view, offset, limit)?;
        let mut out = FloatPoints { total: self.arrivals.total(view), offset, ..FloatPoints::default() };
        out.reserve(ranges.iter().map(Range::len).sum(), Wanted::ALL);
        for range in ranges {
            self.copy(range, Wanted::ALL, &mut out);
        }
        Some(out)
    }

    /// Puts the points in memory where they belong in a stretch. `heads` cuts arrivals into parts with one head each.
    pub(super) fn merge<H: Iterator<Item = (Range<usize>, Option<RlHead>)>>(
        &self,
        merge: &mut Merge,
        heads: impl Fn(Range<usize>) -> H,
    ) {
        let mut found = Vec::new();
        for Segment { start, points } in &self.segments {
            let here = *start..start + points.len();
            for (part, head) in self.arrivals.kept_of(here).flat_map(&heads) {
                merge.find(head, part.start - start..part.end - start, |at| points.step(at), &mut found);
                for (at, place) in found.drain(..) {
                    merge.put(place, head, points.sample(at));
                }
            }
        }
    }

    fn segment_of(&self, index: usize) -> usize {
        self.segments.partition_point(|segment| segment.start <= index).saturating_sub(1)
    }

    fn copy(&self, points: Range<usize>, wanted: Wanted, out: &mut FloatPoints) {
        for segment in self.segments.iter().skip(self.segment_of(points.start)) {
            if segment.start >= points.end {
                break;
            }
            let count = segment.points.len();
            let low = points.start.saturating_sub(segment.start).min(count);
            let high = (points.end - segment.start).min(count);
            segment.points.copy_to(low..high, wanted, out);
        }
    }
}

impl Points {
    fn len(&self) -> usize {
        match self {
            Self::Kept(batch) => batch.values.len(),
            Self::Gathered(gathered) => gathered.len(),
            Self::Read(points) => points.steps.len(),
        }
    }

    fn step(&self, index: usize) -> u64 {
        match self {
            Self::Kept(batch) => batch.steps.get(index),
            Self::Gathered(Gathered { steps, .. }) | Self::Read(FloatPoints { steps, .. }) => {
                steps.get(index).copied().unwrap_or_default()
            }
        }
    }

    /// The step of a point, if each further one is one step later.
    fn first_of_consecutive(&self, index: usize) -> Option<u64> {
        match self {
            Self::Kept(FloatBatch { steps: Steps::From(first), .. }) => first.checked_add(index as u64),
            _ => None,
        }
    }

    fn sample(&self, index: usize) -> Sample {
        let one = |width: Width, bytes: &[u8], timestamp| {
            let bytes = bytes.get(index * width.bytes()..(index + 1) * width.bytes());
            let mut value = Vec::with_capacity(1);
            width.read(bytes.unwrap_or_default(), &mut value);
            Sample { timestamp, value: value.first().copied().unwrap_or_default(), width: width.bits() }
        };
        match self {
            Self::Kept(FloatBatch { values, timestamps, .. }) => {
                one(values.width(), values.as_bytes(), timestamps.get(index))
            }
            Self::Gathered(gathered) => {
                let timestamp = gathered.timestamps.get(index).copied().unwrap_or_default();
                one(gathered.width, &gathered.values, timestamp)
            }
            Self::Read(read) => Sample {
                timestamp: read.timestamps.get(index).copied().unwrap_or_default(),
                value: read.values.get(index).copied().unwrap_or_default(),
                width: read.widths.get(index).copied().unwrap_or_default(),
            },
        }
    }

    fn copy_to(&self, points: Range<usize>, wanted: Wanted, out: &mut FloatPoints) {
        match self {
            Self::Kept(FloatBatch { steps, timestamps, .. }) => {
                if wanted.steps {
                    steps.copy_to(points.clone(), &mut out.steps);
                }
                if wanted.times {
                    out.timestamps.extend(points.clone().map(|index| timestamps.get(index)));
                }
            }
            Self::Gathered(Gathered { steps, timestamps, .. })
            | Self::Read(FloatPoints { steps, timestamps, .. }) => {
                if wanted.steps {
                    out.steps.extend_from_slice(steps.get(points.clone()).unwrap_or_default());
                }
                if wanted.times {
                    out.timestamps.extend_from_slice(timestamps.get(points.clone()).unwrap_or_default());
                }
            }
        }
        let (width, bytes) = match self {
            Self::Kept(FloatBatch { values, .. }) => (values.width(), values.as_bytes()),
            Self::Gathered(gathered) => (gathered.width, gathered.values.as_slice()),
            Self::Read(read) => {
                out.values.extend_from_slice(read.values.get(points.clone()).unwrap_or_default());
                if wanted.widths {
                    out.widths.extend_from_slice(read.widths.get(points).unwrap_or_default());
                }
                return;
            }
        };
        let range = points.start * width.bytes()..points.end * width.bytes();
        width.read(bytes.get(range).unwrap_or_default(), &mut out.values);
        if wanted.widths {
            out.widths.extend(points.map(|_| width.bits()));
        }
    }
}

impl Gathered {
    fn new(width: Width) -> Self {
        Self { width, values: Vec::new(), steps: Vec::new(), timestamps: Vec::new() }
    }

    fn len(&self) -> usize {
        self.steps.len()
    }

    /// Puts a small batch of the same width behind what is there.
    fn add(&mut self, batch: &FloatBatch) {
        let count = batch.values.len();
        self.values.extend_from_slice(batch.values.as_bytes());
        self.steps.extend((0..count).map(|index| batch.steps.get(index)));
        self.timestamps.extend((0..count).map(|index| batch.timestamps.get(index)));
    }
}

impl FloatPoints {
    fn reserve(&mut self, points: usize, wanted: Wanted) {
        self.steps.reserve(if wanted.steps { points } else { 0 });
        self.timestamps.reserve(if wanted.times { points } else { 0 });
        self.values.reserve(points);
        self.widths.reserve(if wanted.widths { points } else { 0 });
    }
}

#[cfg(test)]
#[path = "floats_tests.rs"]
mod tests;
