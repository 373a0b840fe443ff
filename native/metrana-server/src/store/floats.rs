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
mod tests {
    use super::{
        FloatBatch, FloatSeries, GATHERED, LARGE, Merge, Steps, Taken, Timestamps, Values, View, Wanted,
    };
    use crate::store::window::{ONLY, Window};

    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn batch(first: u64, count: usize, narrow: bool) -> FloatBatch {
        let values = (0..count).map(|k| first as f64 + k as f64);
        FloatBatch {
            values: if narrow {
                Values::of(&values.map(|v| v as f32).collect::<Vec<_>>())
            } else {
                Values::of(&values.collect::<Vec<_>>())
            },
            steps: Steps::From(first),
            timestamps: Timestamps::At(7),
        }
    }

    #[test]
    fn points_of_any_batch_size_are_read_back_in_order() {
        let mut series = FloatSeries::default();
        let mut expected = Vec::new();
        for (k, count) in
            [1, LARGE - 1, LARGE, 3, 1, GATHERED, 2, LARGE - 1].into_iter().cycle().take(300).enumerate()
        {
            let first = expected.len() as u64;
            series.append(batch(first, count, k % 5 == 0), &Taken::default());
            expected.extend(first..first + count as u64);
        }
        assert_eq!(series.len(), expected.len());
        let all = series.read(View::Raw, 0, u64::MAX).expect("in order");
        assert_eq!(all.steps, expected);
        assert_eq!((all.total, all.offset), (expected.len() as u64, 0));
        assert!(all.timestamps.iter().all(|&time| time == 7));
        assert_eq!(all.widths.len(), expected.len());
        for (offset, limit) in
            [(0, 1), (1, 200), (127, 5000), (all.total - 1, 10), (all.total, 10), (u64::MAX, u64::MAX)]
        {
            let part = series.read(View::Merged, offset, limit).expect("in order");
            let from = usize::try_from(offset).unwrap().min(expected.len());
            let until = from.saturating_add(usize::try_from(limit).unwrap()).min(expected.len());
            assert_eq!(part.steps, expected[from..until], "{offset} {limit}");
            assert_eq!(part.values, all.values[from..until], "{offset} {limit}");
            assert_eq!(part.widths, all.widths[from..until], "{offset} {limit}");
        }
    }

    #[test]
    fn a_stretch_of_steps_is_found_among_points_in_order() {
        let mut series = FloatSeries::default();
        for (first, count) in [(10, LARGE), (100, 3), (200, 2), (300, LARGE)] {
            series.append(batch(first, count, false), &Taken::default());
        }
        let steps = series.read(View::Raw, 0, u64::MAX).expect("in order").steps;
        let all = 0..steps.len();
        for (from, to) in [
            (0.0, 1e9),
            (11.0, 11.0),
            (41.5, 100.0),
            (102.5, 250.0),
            (201.0, 300.5),
            (0.0, 9.0),
            (400.0, 500.0),
        ] {
            #[allow(clippy::cast_precision_loss)]
            let expected: Vec<_> =
                steps.iter().copied().filter(|&step| (from..=to).contains(&(step as f64))).collect();
            assert_eq!(steps[series.between(all.clone(), from, to)], expected, "{from} to {to}");
        }
        assert_eq!(series.between(5..9, 0.0, 1e9), 5..9, "only those that are asked for");
        let only_steps = series.columns(all.clone(), Wanted { steps: true, times: false, widths: false });
        assert_eq!((only_steps.steps, only_steps.values.len()), (steps, all.len()));
        assert_eq!((only_steps.timestamps.len(), only_steps.widths.len()), (0, 0));
    }

    #[test]
    fn small_batches_share_segments() {
        let mut series = FloatSeries::default();
        for k in 0..GATHERED * 2 {
            series.append(batch(k as u64, 1, false), &Taken::default());
        }
        assert_eq!(series.segments.len(), 2);
    }

    #[test]
    fn what_does_not_count_is_read_only_as_it_came() {
        let mut series = FloatSeries::default();
        series.append(batch(0, LARGE, false), &Taken::default());
        let taken = Taken { left_out: vec![0..1, 2..3], ..Taken::default() };
        series.append(FloatBatch { steps: Steps::Each([3, 40, 5].into()), ..batch(3, 3, false) }, &taken);
        series.append(batch(50, 2, true), &Taken::default());
        let merged = series.read(View::Merged, LARGE as u64 - 1, 10).expect("in order");
        assert_eq!((merged.total, merged.steps), (LARGE as u64 + 3, vec![LARGE as u64 - 1, 40, 50, 51]));
        let raw = series.read(View::Raw, LARGE as u64, 10).expect("in order");
        assert_eq!((raw.total, raw.steps), (LARGE as u64 + 5, vec![3, 40, 5, 50, 51]));
        assert_eq!(raw.widths, [64, 64, 64, 32, 32]);
    }

    #[test]
    fn the_last_value_of_a_step_is_the_one_that_is_read() {
        let mut series = FloatSeries::default();
        let unsorted = Taken { unsorted: true, ..Taken::default() };
        series.append(FloatBatch { steps: Steps::Each([7, 2, 9].into()), ..batch(0, 3, false) }, &unsorted);
        let replacing = Taken { replaced: 1, ..unsorted };
        series.append(FloatBatch { steps: Steps::Each([2, 1].into()), ..batch(10, 2, false) }, &replacing);
        assert_eq!(series.read(View::Merged, 0, 10), None, "it is not in the order of its arrival");
        let read = |begin, most| {
            let mut window = Window::default();
            let _ = [1, 2, 7, 9].into_iter().skip(begin).any(|step| window.push(ONLY, step, step, most));
            let mut merge = Merge::new(window, false);
            series.merge(&mut merge, |range| std::iter::once((range, None)));
            merge.finish(4, begin as u64).floats
        };
        let merged = read(0, 10);
        assert_eq!((merged.steps, merged.values), (vec![1, 2, 7, 9], vec![11.0, 10.0, 0.0, 2.0]));
        assert_eq!(read(1, 2).steps, [2, 7]);
        assert_eq!(series.read(View::Raw, 0, 10).expect("in order").steps, [7, 2, 9, 2, 1]);
    }
}
