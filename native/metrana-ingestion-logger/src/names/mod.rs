//! What a run calls things: series, environments, and the lanes in which their points queue up. It answers whether a call may
//! be and keeps what a name is pinned to; it is touched under the gate's lock and knows nothing of bytes that are staged.

pub(crate) mod environments;
pub(crate) mod ids;
pub(crate) mod key;
pub(crate) mod lanes;
pub(crate) mod rl_cursor;
pub(crate) mod series;
pub(crate) mod validate;
