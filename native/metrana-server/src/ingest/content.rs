//! The content of a data message, turned into what a store takes in.

use super::codec::Incoming;
use super::sorted::{Oddity, Sorted};
use super::{attributes, floats, histograms, rl, scatters};
use crate::store::{Close, DeclarationId, MessageKey, Update};

/// Turns a message whose declarations were taken out before.
pub(super) fn sort(
    incoming: Incoming,
    find: &dyn Fn(u64) -> Option<DeclarationId>,
) -> (Update, Option<Oddity>) {
    let Incoming { rest: message, floats, rl, names, body, now, .. } = incoming;
    let update = Update {
        message: MessageKey {
            logger_id: message.logger_id,
            session_id: message.logger_session_id,
            sequence_number: message.sequence_number,
        },
        body,
        received_at: now,
        names,
        close: message.close_run.map(|close| Close { message: close.close_message }),
        ..Update::default()
    };
    let mut sorted = Sorted { update, oddity: None, now, find };
    floats::sort(floats, &mut sorted);
    rl::sort(rl, &mut sorted);
    histograms::sort(message.histogram_series, &mut sorted);
    scatters::sort(message.scatter_series, &mut sorted);
    attributes::sort(message.attributes, message.env_attr_updates, &mut sorted);
    (sorted.update, sorted.oddity)
}

/// Whether the message holds nothing but declarations and has no number.
pub(super) fn only_declares(incoming: &Incoming) -> bool {
    let message = &incoming.rest;
    !incoming.has_series
        && message.sequence_number == 0
        && message.close_run.is_none()
        && message.histogram_series.is_empty()
        && message.scatter_series.is_empty()
        && message.attributes.is_empty()
        && message.env_attr_updates.is_empty()
}
