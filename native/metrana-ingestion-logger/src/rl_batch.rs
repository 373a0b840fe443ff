//! An `RlStepBatch` in its wire form: points of one environment within one reinforcement-learning step and episode.

use crate::batch::{BatchSteps, BatchTimes, unsigned};
use crate::chunk::{Content, Field};
use crate::points::Width;
use crate::rl_cursor::StepStrategy;
use crate::wire::{self, Head, field};

pub(crate) struct RlBatch<'a> {
    pub rl_step: u64,
    pub episode: Option<u64>,
    pub values: &'a [u8],
    pub width: Width,
    pub steps: BatchSteps<'a>,
    pub timestamps: BatchTimes<'a>,
    pub strategy: StepStrategy,
}

/// The most bytes of everything but values, steps and timestamps that come one by one.
pub(crate) const RL_BATCH_FRAME: usize = 6 + 10 + 11 + 3 * 6 + 11 + 11 + 4;

impl Field for RlBatch<'_> {
    fn field_len(&self) -> usize {
        wire::len_len(self.inner_len())
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.put_behind(self.inner_len(), &mut Head::new(), out);
    }
}

impl Content for RlBatch<'_> {
    #[inline]
    fn inner_len(&self) -> usize {
        // As with every plain number of the contract, 0 is said by saying nothing.
        let rl_step = if self.rl_step == 0 { 0 } else { wire::uint_len(self.rl_step) };
        let flag = if self.strategy == StepStrategy::WithinRlStep { 0 } else { wire::uint_len(1) };
        rl_step
            + self.episode.map_or(0, wire::uint_len)
            + wire::len_len(self.values.len())
            + self.steps.len()
            + self.timestamps.len()
            + flag
    }

    #[inline]
    fn put_behind(&self, inner_len: usize, head: &mut Head, out: &mut Vec<u8>) {
        head.len(field::rl::RL_STEP_BATCHES, inner_len);
        if self.rl_step != 0 {
            head.uint(field::rl_batch::RL_STEP, self.rl_step);
        }
        if let Some(episode) = self.episode {
            head.uint(field::rl_batch::EPISODE, episode);
        }
        if self.width == Width::F64 {
            head.len(field::rl_batch::VALUES, self.values.len());
            head.flush(out);
            out.extend_from_slice(self.values);
        }
        match self.steps {
            BatchSteps::From(first) => head.uint(field::rl_batch::FIRST_MINOR_STEP, first),
            BatchSteps::Each(steps) => {
                head.flush(out);
                wire::put_packed(out, field::rl_batch::MINOR_STEPS, steps.iter().copied());
            }
        }
        match self.timestamps {
            BatchTimes::At(millis) => head.uint(field::rl_batch::TIMESTAMP_MILLIS, wire::zag(millis)),
            BatchTimes::Each(millis) => {
                head.flush(out);
                wire::put_packed(out, field::rl_batch::TIMESTAMPS_MILLIS, unsigned(millis));
            }
        }
        match self.strategy {
            StepStrategy::WithinRlStep => {}
            StepStrategy::AcrossRlSteps => head.uint(field::rl_batch::TREAT_MINORS_AS_FLAT_STEPS, 1),
            StepStrategy::FromOne => head.uint(field::rl_batch::ENV_STEPS_FROM_ONE, 1),
        }
        if self.width == Width::F32 {
            head.len(field::rl_batch::VALUES_F32, self.values.len());
        }
        head.flush(out);
        if self.width == Width::F32 {
            out.extend_from_slice(self.values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrana_proto::types::{RlStepBatch, StreamingRlSeriesUpdate};
    use prost::Message as _;

    #[test]
    fn what_is_written_is_what_the_contract_says() {
        for (rl_step, episode, strategy) in [
            (0, None, StepStrategy::WithinRlStep),
            (7, Some(0), StepStrategy::FromOne),
            (300, Some(9), StepStrategy::AcrossRlSteps),
        ] {
            let (values, steps, millis) = ([1.5f32, -0.0], [7, 300], [-1, 5]);
            let batch = RlBatch {
                rl_step,
                episode,
                values: wire::raw(&values),
                width: Width::F32,
                steps: BatchSteps::Each(&steps),
                timestamps: BatchTimes::Each(&millis),
                strategy,
            };
            let mut out = Vec::new();
            batch.put(&mut out);
            assert_eq!(out.len(), batch.field_len());
            let read =
                StreamingRlSeriesUpdate::decode(out.as_slice()).expect("valid").rl_step_batches.remove(0);
            let wanted = RlStepBatch {
                rl_step,
                episode,
                minor_steps: steps.to_vec(),
                timestamps_millis: millis.to_vec(),
                treat_minors_as_flat_steps: strategy == StepStrategy::AcrossRlSteps,
                env_steps_from_one: strategy == StepStrategy::FromOne,
                values_f32: values.to_vec(),
                ..RlStepBatch::default()
            };
            assert_eq!(read, wanted);
        }
    }
}
