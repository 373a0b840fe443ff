//! Points of reinforcement learning: from the message to the store, with no value looked at.

use metrana_proto::types::{RlStepBatch, StreamingRlSeriesUpdate};

use super::content::Sorted;
use super::floats::{Columns, Malformed};
use crate::store::{RlBatch, RlHead, RlUpdate};

pub(super) fn sort(series: Vec<StreamingRlSeriesUpdate>, sorted: &mut Sorted<'_>) {
    for series in series {
        let declaration = sorted.find(series.series_id);
        let mut batches = Vec::with_capacity(series.rl_step_batches.len());
        for batch in series.rl_step_batches {
            match (take(batch, sorted.now), declaration) {
                (Ok(None), _) => {}
                (Ok(Some(batch)), Some(_)) => batches.push(batch),
                (Ok(Some(batch)), None) => {
                    sorted.unknown(series.series_id, batch.floats.values.len() as u64);
                }
                (Err(malformed), _) => sorted.malformed(malformed.points, malformed.why),
            }
        }
        if let Some(declaration) = declaration
            && !batches.is_empty()
        {
            sorted.update.rl.push(RlUpdate { declaration, environment: series.environment_id, batches });
        }
    }
}

/// Takes a batch over. None when it holds no points.
fn take(batch: RlStepBatch, now: i64) -> Result<Option<RlBatch>, Malformed> {
    let head = RlHead {
        rl_step: batch.rl_step,
        episode: batch.episode,
        flat: batch.treat_minors_as_flat_steps,
        from_one: batch.env_steps_from_one,
    };
    let columns = Columns {
        values: batch.values,
        values_f32: batch.values_f32,
        first_step: batch.first_minor_step,
        steps: batch.minor_steps,
        timestamp: batch.timestamp_millis,
        timestamps: batch.timestamps_millis,
    };
    Ok(columns.take(now)?.map(|floats| RlBatch { head, floats }))
}
