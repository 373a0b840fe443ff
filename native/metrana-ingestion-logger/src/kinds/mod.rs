//! What can be logged, a file for each kind: how a call is checked against the names, what room it needs, and how it is
//! staged. It may ask the names and write to the stage; it never waits, and a call that is refused has changed nothing.

pub(crate) mod attributes;
pub(crate) mod histogram;
pub(crate) mod rl;
pub(crate) mod scatter;
pub(crate) mod several;
pub(crate) mod std;
#[cfg(test)]
mod tests;

use crate::books::counters::{Counters, Kind};
use crate::errors::Error;
use crate::names::Names;
use crate::stage::Stage;
use crate::wire::{Content, Head};

/// A log call.
pub(crate) trait Call {
    /// What checking it found out.
    type Plan;

    /// What the books count it as, and how many.
    fn size(&self) -> (Kind, usize);

    /// Books all of it as turned away.
    fn refuse(&self, counters: &mut Counters) {
        let (kind, size) = self.size();
        counters.of(kind).refuse(size);
    }

    /// Checks a call that brings nothing: its names, and no more. What they are pinned to is asked of calls that bring points.
    fn check_names(&self, names: &Names) -> Result<(), Error>;

    /// Checks the call against everything that is known, and says how many bytes it needs at most. Leaves everything as
    /// it was.
    fn plan(&self, stage: &mut Stage) -> Result<(usize, Self::Plan), Error>;

    /// Writes a planned call. Nothing has changed since it was planned.
    fn commit(&self, stage: &mut Stage, plan: Self::Plan, now: i64);
}

/// A message of the contract as a field.
pub(crate) struct Encoded<'a, M> {
    pub field: u8,
    pub message: &'a M,
}

impl<M: prost::Message> Content for Encoded<'_, M> {
    fn inner_len(&self) -> usize {
        self.message.encoded_len()
    }

    fn put_behind(&self, _inner_len: usize, head: &mut Head, out: &mut Vec<u8>) {
        head.flush(out);
        prost::encoding::message::encode(self.field.into(), self.message, out);
    }
}
