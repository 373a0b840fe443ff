//! Points of one environment of a series of reinforcement learning.

use serde::Serialize;

use super::json::{Value, Whole};
use crate::store;

/// Columns of one length: each step once, in the order of the steps of the training, or as they came.
#[derive(Serialize)]
pub(super) struct RlPoints {
    total: Whole<u64>,
    offset: Whole<u64>,
    /// Told where the question is not repeated beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
    rl_steps: Vec<Whole<u64>>,
    episodes: Vec<Option<Whole<u64>>>,
    env_steps: Vec<Whole<u64>>,
    /// Environment steps that go on over the steps of the training.
    flat: Vec<bool>,
    /// Environment steps that count from one over the whole episode.
    from_one: Vec<bool>,
    timestamps_millis: Vec<Whole<i64>>,
    values: Vec<Value>,
    /// The width in bits that each value was sent in.
    value_width: Vec<u8>,
}

impl RlPoints {
    pub(super) fn new(environment: Option<String>, points: store::RlPoints) -> Self {
        let store::RlPoints { heads, floats } = points;
        Self {
            total: Whole(floats.total),
            offset: Whole(floats.offset),
            environment,
            rl_steps: heads.iter().map(|head| Whole(head.rl_step)).collect(),
            episodes: heads.iter().map(|head| head.episode.map(Whole)).collect(),
            env_steps: floats.steps.into_iter().map(Whole).collect(),
            flat: heads.iter().map(|head| head.flat).collect(),
            from_one: heads.iter().map(|head| head.from_one).collect(),
            timestamps_millis: floats.timestamps.into_iter().map(Whole).collect(),
            values: floats.values.into_iter().map(Value).collect(),
            value_width: floats.widths,
        }
    }
}
