//! The protobuf that the engine writes by hand, because the hot path writes it straight into a chunk; everything else goes
//! through the generated types, and the tests decode with those what is written here. It knows what a point looks like and
//! nothing of queues, chunks or streams.

mod columns;
mod content;
pub(crate) mod field;
pub(crate) mod point_batch;
mod primitives;
pub(crate) mod rl_step_batch;

pub(crate) use columns::{BatchSteps, BatchTimes, Columns, worst_point_len};
pub(crate) use content::{Content, MessageField};
pub(crate) use primitives::{
    Head, len_head, len_head_len, len_len, packed_len, put_len, put_packed, put_uint, uint_len, zag,
};
