//! What can be logged, a file for each kind: how a call is checked, what it needs, and how it is staged.

pub(crate) mod attributes;
pub(crate) mod batch;
pub(crate) mod histogram;
pub(crate) mod rl;
pub(crate) mod scatter;
pub(crate) mod std;
#[cfg(test)]
mod tests;

use crate::counters::Kind;
use crate::errors::Error;
use crate::stage::Stage;
use crate::wire::Head;

/// A log call.
pub(crate) trait Call {
    /// What checking it found out.
    type Plan;

    /// What the books count it as, and how many.
    fn size(&self) -> (Kind, usize);

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

impl<M: prost::Message> crate::chunk::Field for Encoded<'_, M> {
    fn field_len(&self) -> usize {
        prost::encoding::message::encoded_len(self.field.into(), self.message)
    }

    fn put(&self, out: &mut Vec<u8>) {
        prost::encoding::message::encode(self.field.into(), self.message, out);
    }
}

impl<M: prost::Message> crate::chunk::Content for Encoded<'_, M> {
    fn inner_len(&self) -> usize {
        self.message.encoded_len()
    }

    fn put_behind(&self, _inner_len: usize, head: &mut Head, out: &mut Vec<u8>) {
        head.flush(out);
        crate::chunk::Field::put(self, out);
    }
}
