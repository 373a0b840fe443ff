//! A message on its way from the protocol's words into the store's.

use crate::store::{DeclarationId, Update};

/// The longest name of a metric, a scale, a label, an environment or an attribute that is taken, in bytes. The newest
/// published client bounds them at 512 at most, older ones not at all.
pub(super) const LONGEST_NAME: usize = 4096;

/// What was odd about a message, for the log. The message is acknowledged all the same: a status would make the client
/// lose everything that it has under way, and not only what is odd.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// Points for a number that no declaration on this stream explains.
    UnknownSeries(u64),
    /// Something that makes no sense.
    Malformed(&'static str),
    /// A message that nobody can read.
    Unreadable(String),
    /// Something at odds with what had come before.
    Conflict(String),
}

/// A message being turned: what is good so far, and the first odd thing.
pub(super) struct Sorted<'a> {
    pub(super) update: Update,
    pub(super) oddity: Option<Oddity>,
    pub(super) now: i64,
    /// What the stream's numbers mean.
    pub(super) find: &'a dyn Fn(u64) -> Option<DeclarationId>,
}

impl Sorted<'_> {
    pub(super) fn find(&mut self, number: u64) -> Option<DeclarationId> {
        let declaration = (self.find)(number)?;
        self.update.numbers.push(number, declaration);
        Some(declaration)
    }

    /// Leaves out points whose series this stream has not declared.
    pub(super) fn unknown(&mut self, number: u64, points: u64) {
        self.update.not_kept.unknown_series_points += points;
        self.oddity.get_or_insert(Oddity::UnknownSeries(number));
    }

    /// Leaves out points of what has a name that is too long.
    pub(super) fn surplus(&mut self, points: u64) {
        self.update.not_kept.surplus_points += points;
        self.oddity.get_or_insert(Oddity::Malformed("the name of an environment is too long"));
    }

    /// Leaves out points that make no sense.
    pub(super) fn malformed(&mut self, points: u64, why: &'static str) {
        self.update.not_kept.malformed_points += points;
        self.oddity.get_or_insert(Oddity::Malformed(why));
    }
}
