//! From the stage to the service's acknowledgement: the handshake, sealing, streams, and what a broken one means. One task for
//! each logger does all of it on the network thread; it takes the gate's lock to fetch and to book, never to encode or send.

pub(crate) mod envelope;
pub(crate) mod handshake;
mod retry;
pub(crate) mod seal;
pub(crate) mod sender;
pub(crate) mod shared;
mod stream;
