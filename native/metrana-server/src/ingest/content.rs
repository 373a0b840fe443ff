//! The content of a data message, sorted into what is kept and what is only counted.

use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::RlStepBatch;

use super::declarations::Declarations;
use super::floats;
use crate::store::{MessageKey, Update};

/// What was odd about a message, for the log. The message is acknowledged all the same: a status would make the client
/// lose everything that it has under way, and not only what is odd.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// Points for a number that no declaration on this stream explains.
    UnknownSeries(u64),
    /// Points that make no sense.
    Malformed(&'static str),
}

/// Sorts a message whose declarations were taken out before.
pub(super) fn sort(
    message: UpdateRunRequest,
    declarations: &Declarations,
    now: i64,
) -> (Update, Option<Oddity>) {
    let mut update = Update {
        message: MessageKey {
            logger_id: message.logger_id,
            session_id: message.logger_session_id,
            sequence_number: message.sequence_number,
        },
        close: message.close_run.is_some(),
        ..Update::default()
    };
    let mut oddity = None;
    for series in message.series {
        let id = declarations.find(series.series_id);
        for batch in series.point_batches {
            match (floats::take(batch, now), id) {
                (Ok(None), _) => {}
                (Ok(Some(batch)), Some(id)) => update.floats.push((id, batch)),
                (Ok(Some(batch)), None) => {
                    update.not_kept.unknown_series_points += batch.values.len() as u64;
                    oddity.get_or_insert(Oddity::UnknownSeries(series.series_id));
                }
                (Err(malformed), _) => {
                    update.not_kept.ignored_points += malformed.points;
                    oddity.get_or_insert(Oddity::Malformed(malformed.why));
                }
            }
        }
    }
    let rl =
        message.rl_series.iter().flat_map(|series| &series.rl_step_batches).map(rl_points).sum::<usize>();
    let histograms = message.histogram_series.iter().map(|series| series.points.len()).sum::<usize>();
    let scatters = message.scatter_series.iter().map(|series| series.points.len()).sum::<usize>();
    update.not_kept.ignored_points += (rl + histograms + scatters) as u64;
    let of_environments =
        message.env_attr_updates.iter().map(|update| update.attributes.len()).sum::<usize>();
    update.not_kept.ignored_attributes += (message.attributes.len() + of_environments) as u64;
    (update, oddity)
}

fn rl_points(batch: &RlStepBatch) -> usize {
    batch.values.len() + batch.values_f32.len()
}

/// Whether the message holds nothing but declarations and has no number.
pub(super) fn only_declares(message: &UpdateRunRequest) -> bool {
    message.sequence_number == 0
        && message.close_run.is_none()
        && message.series.is_empty()
        && message.rl_series.is_empty()
        && message.histogram_series.is_empty()
        && message.scatter_series.is_empty()
        && message.attributes.is_empty()
        && message.env_attr_updates.is_empty()
}
