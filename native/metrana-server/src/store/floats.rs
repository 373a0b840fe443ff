//! The float points of one series, as they came.

use std::ops::Range;

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
    /// How many points the series has in all.
    pub total: u64,
    /// The index in the series of the first one here.
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

impl Steps {
    fn get(&self, index: usize) -> u64 {
        match self {
            Self::From(first) => first.wrapping_add(index as u64),
            Self::Each(steps) => steps.get(index).copied().unwrap_or_default(),
        }
    }

    fn largest(&self, points: usize) -> Option<u64> {
        match self {
            Self::From(_) => points.checked_sub(1).map(|last| self.get(last)),
            Self::Each(steps) => steps.iter().copied().max(),
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
#[derive(Debug, Default)]
pub(super) struct FloatSeries {
    segments: Vec<Segment>,
    points: usize,
    largest_step: Option<u64>,
}

#[derive(Debug)]
struct Segment {
    /// How many points lie in the segments before.
    start: usize,
    points: Points,
}

#[derive(Debug)]
enum Points {
    /// A batch as it came.
    Kept(FloatBatch),
    /// Small batches, one behind the other.
    Gathered(Box<Gathered>),
}

/// Points of one width. It takes further small batches.
#[derive(Debug)]
struct Gathered {
    width: Width,
    values: Vec<u8>,
    steps: Vec<u64>,
    timestamps: Vec<i64>,
}

impl FloatSeries {
    pub(super) fn len(&self) -> usize {
        self.points
    }

    pub(super) fn largest_step(&self) -> Option<u64> {
        self.largest_step
    }

    pub(super) fn append(&mut self, batch: FloatBatch) {
        let count = batch.values.len();
        if count == 0 {
            return;
        }
        self.largest_step = self.largest_step.max(batch.steps.largest(count));
        let start = self.points;
        self.points += count;
        if count >= LARGE {
            self.segments.push(Segment { start, points: Points::Kept(batch) });
            return;
        }
        if let Some(Segment { points: Points::Gathered(gathered), .. }) = self.segments.last_mut()
            && gathered.width == batch.values.width()
            && gathered.len() + count <= GATHERED
        {
            gathered.add(&batch);
            return;
        }
        let mut gathered = Gathered::new(batch.values.width());
        gathered.add(&batch);
        self.segments.push(Segment { start, points: Points::Gathered(Box::new(gathered)) });
    }

    pub(super) fn read(&self, offset: u64, limit: u64) -> FloatPoints {
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(self.points);
        let until = from.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX)).min(self.points);
        let mut out = FloatPoints { total: self.points as u64, offset, ..FloatPoints::default() };
        out.reserve(until - from);
        let first = self.segments.partition_point(|segment| segment.start <= from).saturating_sub(1);
        for segment in self.segments.iter().skip(first) {
            if segment.start >= until {
                break;
            }
            let count = segment.points.len();
            let low = from.saturating_sub(segment.start).min(count);
            let high = (until - segment.start).min(count);
            segment.points.copy_to(low..high, &mut out);
        }
        out
    }
}

impl Points {
    fn len(&self) -> usize {
        match self {
            Self::Kept(batch) => batch.values.len(),
            Self::Gathered(gathered) => gathered.len(),
        }
    }

    fn copy_to(&self, points: Range<usize>, out: &mut FloatPoints) {
        let (width, bytes) = match self {
            Self::Kept(FloatBatch { values, steps, timestamps }) => {
                out.steps.extend(points.clone().map(|index| steps.get(index)));
                out.timestamps.extend(points.clone().map(|index| timestamps.get(index)));
                (values.width(), values.as_bytes())
            }
            Self::Gathered(gathered) => {
                out.steps.extend_from_slice(gathered.steps.get(points.clone()).unwrap_or_default());
                out.timestamps.extend_from_slice(gathered.timestamps.get(points.clone()).unwrap_or_default());
                (gathered.width, gathered.values.as_slice())
            }
        };
        let range = points.start * width.bytes()..points.end * width.bytes();
        width.read(bytes.get(range).unwrap_or_default(), &mut out.values);
        out.widths.extend(points.map(|_| width.bits()));
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
    fn reserve(&mut self, points: usize) {
        self.steps.reserve(points);
        self.timestamps.reserve(points);
        self.values.reserve(points);
        self.widths.reserve(points);
    }
}

#[cfg(test)]
mod tests {
    use super::{FloatBatch, FloatSeries, GATHERED, LARGE, Steps, Timestamps, Values};

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
            series.append(batch(first, count, k % 5 == 0));
            expected.extend(first..first + count as u64);
        }
        assert_eq!(series.len(), expected.len());
        assert_eq!(series.largest_step(), expected.last().copied());
        let all = series.read(0, u64::MAX);
        assert_eq!(all.steps, expected);
        assert_eq!((all.total, all.offset), (expected.len() as u64, 0));
        assert!(all.timestamps.iter().all(|&time| time == 7));
        assert_eq!(all.widths.len(), expected.len());
        for (offset, limit) in
            [(0, 1), (1, 200), (127, 5000), (all.total - 1, 10), (all.total, 10), (u64::MAX, u64::MAX)]
        {
            let part = series.read(offset, limit);
            let from = usize::try_from(offset).unwrap().min(expected.len());
            let until = from.saturating_add(usize::try_from(limit).unwrap()).min(expected.len());
            assert_eq!(part.steps, expected[from..until], "{offset} {limit}");
            assert_eq!(part.values, all.values[from..until], "{offset} {limit}");
            assert_eq!(part.widths, all.widths[from..until], "{offset} {limit}");
        }
    }

    #[test]
    fn small_batches_share_segments() {
        let mut series = FloatSeries::default();
        for k in 0..GATHERED * 2 {
            series.append(batch(k as u64, 1, false));
        }
        assert_eq!(series.segments.len(), 2);
    }

    #[test]
    fn the_largest_step_need_not_be_the_last_one() {
        let mut series = FloatSeries::default();
        series.append(batch(100, 3, false));
        series.append(FloatBatch { steps: Steps::Each([5, 9].into()), ..batch(0, 2, false) });
        assert_eq!(series.largest_step(), Some(102));
    }
}
