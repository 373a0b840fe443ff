//! From the stage to the service's acknowledgement: the handshake, sealing, streams, and what a broken one means. One task for
//! each logger does all of it on the network thread; it takes the gate's lock to fetch and to book, never to encode or send.

mod aftermath;
mod backoff;
mod declaring;
pub(crate) mod envelope;
pub(crate) mod handshake;
mod judge;
mod retry;
#[allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "what is looked up is what the chunk wrote itself, and every scalar comes this way"
)]
pub(crate) mod seal;
mod sealed;
pub(crate) mod sender;
pub(crate) mod shared;
mod stream;
mod window;
