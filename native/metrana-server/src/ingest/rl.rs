//! Points of reinforcement learning: from the message to the store.

use super::codec::RlFloats;
use super::sorted::{LONGEST_NAME, Sorted};
use crate::store::RlUpdate;

pub(super) fn sort(batches: Vec<RlFloats>, sorted: &mut Sorted<'_>) {
    sorted.update.rl.reserve(batches.len());
    for RlFloats { series, environment, batch } in batches {
        if environment.of(&sorted.update.names).len() > LONGEST_NAME {
            sorted.surplus(
                batch.map_or_else(|malformed| malformed.points, |batch| batch.floats.values.len() as u64),
            );
            continue;
        }
        match (batch, sorted.find(series)) {
            (Ok(batch), Some(declaration)) => {
                sorted.update.rl.push(RlUpdate { declaration, environment, batch });
            }
            (Ok(batch), None) => sorted.unknown(series, batch.floats.values.len() as u64),
            (Err(malformed), _) => sorted.malformed(malformed.points, malformed.why),
        }
    }
}
