//! Points of reinforcement learning: from the message to the store.

use super::codec::RlFloats;
use super::sorted::Sorted;
use crate::store::RlUpdate;

pub(super) fn sort(batches: Vec<RlFloats>, sorted: &mut Sorted<'_>) {
    sorted.update.rl.reserve(batches.len());
    for RlFloats { series, environment, batch } in batches {
        match (batch, sorted.find(series)) {
            (Ok(batch), Some(declaration)) => {
                sorted.update.rl.push(RlUpdate { declaration, environment, batch });
            }
            (Ok(batch), None) => sorted.unknown(series, batch.floats.values.len() as u64),
            (Err(malformed), _) => sorted.malformed(malformed.points, malformed.why),
        }
    }
}
