//! What batches of every kind are made of: values, steps and timestamps, as a caller gave them or as they were gathered.

use super::{Head, len_len, packed_len, put_packed, uint_len, zag};
use crate::points::Width;

pub(crate) enum BatchSteps<'a> {
    From(u64),
    Each(&'a [u64]),
}

pub(crate) enum BatchTimes<'a> {
    At(i64),
    Each(&'a [i64]),
}

pub(crate) struct Columns<'a> {
    /// The values as they lie in memory, which is how they travel.
    pub values: &'a [u8],
    pub width: Width,
    pub steps: BatchSteps<'a>,
    pub timestamps: BatchTimes<'a>,
}

/// The numbers of these fields in one kind of batch.
pub(super) struct Numbers {
    pub values: u8,
    pub first_step: u8,
    pub steps: u8,
    pub timestamp: u8,
    pub timestamps: u8,
    pub values_f32: u8,
}

impl BatchSteps<'_> {
    fn len(&self) -> usize {
        match self {
            Self::From(first) => uint_len(*first),
            Self::Each(steps) => len_len(packed_len(steps.iter().copied())),
        }
    }
}

impl BatchTimes<'_> {
    fn len(&self) -> usize {
        match self {
            Self::At(millis) => uint_len(zag(*millis)),
            Self::Each(millis) => len_len(packed_len(unsigned(millis))),
        }
    }
}

impl Columns<'_> {
    #[inline]
    pub(super) fn len(&self) -> usize {
        len_len(self.values.len()) + self.steps.len() + self.timestamps.len()
    }

    /// Writes what is gathered already, and the columns behind it. `flag`: a field that says yes, in its place between
    /// timestamps and values in single precision, so that the fields stand in the order of their numbers.
    #[inline]
    pub(super) fn put_behind(&self, numbers: &Numbers, flag: Option<u8>, head: &mut Head, out: &mut Vec<u8>) {
        if self.width == Width::F64 {
            head.len(numbers.values, self.values.len());
            head.flush(out);
            out.extend_from_slice(self.values);
        }
        match self.steps {
            BatchSteps::From(first) => head.uint(numbers.first_step, first),
            BatchSteps::Each(steps) => {
                head.flush(out);
                put_packed(out, numbers.steps, steps.iter().copied());
            }
        }
        match self.timestamps {
            BatchTimes::At(millis) => head.uint(numbers.timestamp, zag(millis)),
            BatchTimes::Each(millis) => {
                head.flush(out);
                put_packed(out, numbers.timestamps, unsigned(millis));
            }
        }
        if let Some(flag) = flag {
            head.uint(flag, 1);
        }
        if self.width == Width::F32 {
            head.len(numbers.values_f32, self.values.len());
        }
        head.flush(out);
        if self.width == Width::F32 {
            out.extend_from_slice(self.values);
        }
    }
}

fn unsigned(millis: &[i64]) -> impl Iterator<Item = u64> + Clone + '_ {
    millis.iter().map(|millis| zag(*millis))
}

/// The most bytes that one more point adds to a batch.
pub(crate) fn worst_point_len(width: Width, steps_each: bool, timestamps_each: bool) -> usize {
    width.bytes() + if steps_each { 9 } else { 0 } + if timestamps_each { 10 } else { 0 }
}
