//! An `RlStepBatch` in its wire form: points of one environment within one reinforcement-learning step and episode.

use super::columns::{Columns, Numbers};
use super::{Content, Head, field, uint_len};
use crate::points::StepStrategy;

pub(crate) struct RlBatch<'a> {
    pub rl_step: u64,
    pub episode: Option<u64>,
    pub columns: Columns<'a>,
    pub strategy: StepStrategy,
}

const NUMBERS: Numbers = Numbers {
    values: field::rl_batch::VALUES,
    first_step: field::rl_batch::FIRST_MINOR_STEP,
    steps: field::rl_batch::MINOR_STEPS,
    timestamp: field::rl_batch::TIMESTAMP_MILLIS,
    timestamps: field::rl_batch::TIMESTAMPS_MILLIS,
    values_f32: field::rl_batch::VALUES_F32,
};

/// The most bytes of everything but values, steps and timestamps that come one by one.
pub(crate) const RL_BATCH_FRAME: usize = 6 + 10 + 11 + 3 * 6 + 11 + 11 + 4;

impl RlBatch<'_> {
    fn flag(&self) -> Option<u8> {
        match self.strategy {
            StepStrategy::WithinRlStep => None,
            StepStrategy::AcrossRlSteps => Some(field::rl_batch::TREAT_MINORS_AS_FLAT_STEPS),
            StepStrategy::FromOne => Some(field::rl_batch::ENV_STEPS_FROM_ONE),
        }
    }
}

impl Content for RlBatch<'_> {
    #[inline]
    fn inner_len(&self) -> usize {
        // As with every plain number of the contract, 0 is said by saying nothing.
        let rl_step = if self.rl_step == 0 { 0 } else { uint_len(self.rl_step) };
        let flag = self.flag().map_or(0, |_| uint_len(1));
        rl_step + self.episode.map_or(0, uint_len) + self.columns.len() + flag
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
        self.columns.put_behind(&NUMBERS, self.flag(), head, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::{Width, raw};
    use crate::wire::{BatchSteps, BatchTimes, MessageField as _};
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
                columns: Columns {
                    values: raw(&values),
                    width: Width::F32,
                    steps: BatchSteps::Each(&steps),
                    timestamps: BatchTimes::Each(&millis),
                },
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
