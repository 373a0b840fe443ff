//! Batches of float points: from the message to the store, with no value looked at.

use super::codec::Floats;
use super::sorted::Sorted;

pub(super) fn sort(batches: Vec<Floats>, sorted: &mut Sorted<'_>) {
    sorted.update.floats.reserve(batches.len());
    for Floats { series, batch } in batches {
        match (batch, sorted.find(series)) {
            (Ok(batch), Some(declaration)) => sorted.update.floats.push((declaration, batch)),
            (Ok(batch), None) => sorted.unknown(series, batch.values.len() as u64),
            (Err(malformed), _) => sorted.malformed(malformed.points, malformed.why),
        }
    }
}
