//! A `PointBatch` in its wire form: points of one series.

use super::columns::{Columns, Numbers};
use super::{Content, Head, field};

pub(crate) struct Batch<'a>(pub Columns<'a>);

const NUMBERS: Numbers = Numbers {
    values: field::batch::VALUES,
    first_step: field::batch::FIRST_STEP,
    steps: field::batch::STEPS,
    timestamp: field::batch::TIMESTAMP_MILLIS,
    timestamps: field::batch::TIMESTAMPS_MILLIS,
    values_f32: field::batch::VALUES_F32,
};

impl Content for Batch<'_> {
    #[inline]
    fn inner_len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn put_behind(&self, inner_len: usize, head: &mut Head, out: &mut Vec<u8>) {
        head.len(field::series::POINT_BATCHES, inner_len);
        self.0.put_behind(&NUMBERS, None, head, out);
    }
}

/// The most bytes of everything else in a batch: tags, lengths (five bytes each at most), a first step, a timestamp.
pub(crate) const BATCH_FRAME: usize = 6 + 3 * 6 + 10 + 11;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::{Width, raw};
    use crate::wire::{BatchSteps, BatchTimes, MessageField as _, worst_point_len};
    use metrana_proto::types::{PointBatch, StreamingSeriesUpdate};
    use prost::Message as _;

    #[test]
    fn what_is_written_is_what_the_contract_says() {
        let values = [1.5, f64::NAN, -0.0];
        let steps = [7, 300, (1 << 62) - 1];
        let millis = [-1, 0, i64::MAX];
        let batch = Batch(Columns {
            values: raw(&values),
            width: Width::F64,
            steps: BatchSteps::Each(&steps),
            timestamps: BatchTimes::Each(&millis),
        });
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
        let batch = Batch(Columns {
            values: raw(&[0.1f32]),
            width: Width::F32,
            steps: BatchSteps::From(0),
            timestamps: BatchTimes::At(0),
        });
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
