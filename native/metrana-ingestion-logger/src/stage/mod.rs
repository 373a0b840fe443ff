//! Where what was logged lies, in the order it came, until the sender takes it a message at a time: behind a gate that bounds
//! it, on a stage made of chunks. Everything here is touched under the gate's lock, except trays, which have locks of their
//! own and are taken either under the gate's or alone.

pub(crate) mod chunk;
mod chunk_log;
pub(crate) mod gate;
#[cfg(test)]
mod gate_tests;
pub(crate) mod pool;
mod shelf;
pub(crate) mod slots;
#[allow(
    clippy::module_inception,
    reason = "the folder is about the stage, and this file is the stage itself"
)]
mod stage;
mod sync;
#[cfg(test)]
mod tests;
pub(crate) mod tray;
mod trays;

pub(crate) use chunk_log::Timing;
pub(crate) use stage::{Row, Sizes, Stage, Taken, Terms};
