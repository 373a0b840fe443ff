//! The content of a data message, turned into what a store takes in.

use super::codec::Incoming;
use super::declarations::Declarations;
use super::{attributes, floats, histograms, rl, scatters};
use crate::store::{DeclarationId, MessageKey, Update};

/// What was odd about a message, for the log. The message is acknowledged all the same: a status would make the client
/// lose everything that it has under way, and not only what is odd.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// Points for a number that no declaration on this stream explains.
    UnknownSeries(u64),
    /// Something that makes no sense.
    Malformed(&'static str),
    /// Something at odds with what had come before.
    Conflict(String),
}

/// A message being turned: what is good so far, and the first odd thing.
pub(super) struct Sorted<'a> {
    pub(super) update: Update,
    pub(super) oddity: Option<Oddity>,
    pub(super) now: i64,
    declarations: &'a Declarations,
}

/// Turns a message whose declarations were taken out before.
pub(super) fn sort(incoming: Incoming, declarations: &Declarations) -> (Update, Option<Oddity>) {
    let Incoming { rest: message, floats, rl, names, length, now, .. } = incoming;
    let update = Update {
        message: MessageKey {
            logger_id: message.logger_id,
            session_id: message.logger_session_id,
            sequence_number: message.sequence_number,
        },
        length,
        names,
        close: message.close_run.is_some(),
        ..Update::default()
    };
    let mut sorted = Sorted { update, oddity: None, now, declarations };
    floats::sort(floats, &mut sorted);
    rl::sort(rl, &mut sorted);
    histograms::sort(message.histogram_series, &mut sorted);
    scatters::sort(message.scatter_series, &mut sorted);
    attributes::sort(message.attributes, message.env_attr_updates, &mut sorted);
    (sorted.update, sorted.oddity)
}

impl Sorted<'_> {
    pub(super) fn find(&self, number: u64) -> Option<DeclarationId> {
        self.declarations.find(number)
    }

    /// Leaves out points whose series this stream has not declared.
    pub(super) fn unknown(&mut self, number: u64, points: u64) {
        self.update.not_kept.unknown_series_points += points;
        self.oddity.get_or_insert(Oddity::UnknownSeries(number));
    }

    /// Leaves out points that make no sense.
    pub(super) fn malformed(&mut self, points: u64, why: &'static str) {
        self.update.not_kept.ignored_points += points;
        self.oddity.get_or_insert(Oddity::Malformed(why));
    }
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
