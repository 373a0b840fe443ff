//! A `PointBatch` in its wire form: columns of one series, as a caller gave them or as scalars were gathered.

use crate::chunk::{Content, Field};
use crate::points::Width;
use crate::wire::{self, Head, field};

pub(crate) enum BatchSteps<'a> {
    From(u64),
    Each(&'a [u64]),
}

pub(crate) enum BatchTimes<'a> {
    At(i64),
    Each(&'a [i64]),
}

pub(crate) struct Batch<'a> {
    /// The values as they lie in memory, which is how they travel.
    pub values: &'a [u8],
    pub width: Width,
    pub steps: BatchSteps<'a>,
    pub timestamps: BatchTimes<'a>,
}

impl BatchSteps<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::From(first) => wire::uint_len(*first),
            Self::Each(steps) => wire::len_len(wire::packed_len(steps.iter().copied())),
        }
    }
}

impl BatchTimes<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::At(millis) => wire::uint_len(wire::zag(*millis)),
            Self::Each(millis) => wire::len_len(wire::packed_len(unsigned(millis))),
        }
    }
}

impl Field for Batch<'_> {
    fn field_len(&self) -> usize {
        wire::len_len(self.inner_len())
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.put_behind(self.inner_len(), &mut Head::new(), out);
    }
}

impl Content for Batch<'_> {
    #[inline]
    fn inner_len(&self) -> usize {
        wire::len_len(self.values.len()) + self.steps.len() + self.timestamps.len()
    }

    #[inline]
    fn put_behind(&self, inner_len: usize, head: &mut Head, out: &mut Vec<u8>) {
        head.len(field::series::POINT_BATCHES, inner_len);
        if self.width == Width::F64 {
            head.len(field::batch::VALUES, self.values.len());
            head.flush(out);
            out.extend_from_slice(self.values);
        }
        match self.steps {
            BatchSteps::From(first) => head.uint(field::batch::FIRST_STEP, first),
            BatchSteps::Each(steps) => {
                head.flush(out);
                wire::put_packed(out, field::batch::STEPS, steps.iter().copied());
            }
        }
        match self.timestamps {
            BatchTimes::At(millis) => head.uint(field::batch::TIMESTAMP_MILLIS, wire::zag(millis)),
            BatchTimes::Each(millis) => {
                head.flush(out);
                wire::put_packed(out, field::batch::TIMESTAMPS_MILLIS, unsigned(millis));
            }
        }
        if self.width == Width::F32 {
            head.len(field::batch::VALUES_F32, self.values.len());
        }
        head.flush(out);
        if self.width == Width::F32 {
            out.extend_from_slice(self.values);
        }
    }
}

pub(crate) fn unsigned(millis: &[i64]) -> impl Iterator<Item = u64> + Clone + '_ {
    millis.iter().map(|millis| wire::zag(*millis))
}

/// The most bytes that one more point adds to a batch.
pub(crate) fn worst_point_len(width: Width, steps_each: bool, timestamps_each: bool) -> usize {
    width.bytes() + if steps_each { 9 } else { 0 } + if timestamps_each { 10 } else { 0 }
}

/// The most bytes of everything else in a batch: tags, lengths (five bytes each at most), a first step, a timestamp.
pub(crate) const BATCH_FRAME: usize = 6 + 3 * 6 + 10 + 11;

#[cfg(test)]
mod tests {
    use super::*;
    use metrana_proto::types::{PointBatch, StreamingSeriesUpdate};
    use prost::Message as _;

    #[test]
    fn what_is_written_is_what_the_contract_says() {
        let values = [1.5, f64::NAN, -0.0];
        let steps = [7, 300, crate::validate::MAX_STEP];
        let millis = [-1, 0, i64::MAX];
        let batch = Batch {
            values: wire::raw(&values),
            width: Width::F64,
            steps: BatchSteps::Each(&steps),
            timestamps: BatchTimes::Each(&millis),
        };
        let mut out = Vec::new();
        batch.put(&mut out);
        assert_eq!(out.len(), batch.field_len());
        assert!(out.len() <= 3 * worst_point_len(Width::F64, true, true) + BATCH_FRAME);
        let read = StreamingSeriesUpdate::decode(out.as_slice()).expect("valid").point_batches.remove(0);
        assert_eq!(read.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>(), values.map(f64::to_bits));
        assert_eq!((read.steps, read.timestamps_millis), (steps.to_vec(), millis.to_vec()));
        assert_eq!((read.first_step, read.timestamp_millis), (None, None));
    }

    #[test]
    fn shared_steps_and_timestamps_are_present_even_when_zero() {
        let batch = Batch {
            values: wire::raw(&[0.1f32]),
            width: Width::F32,
            steps: BatchSteps::From(0),
            timestamps: BatchTimes::At(0),
        };
        let mut out = Vec::new();
        batch.put(&mut out);
        let read = StreamingSeriesUpdate::decode(out.as_slice()).expect("valid").point_batches.remove(0);
        let wanted = PointBatch {
            first_step: Some(0),
            timestamp_millis: Some(0),
            values_f32: vec![0.1],
            ..PointBatch::default()
        };
        assert_eq!(read, wanted);
    }
}
