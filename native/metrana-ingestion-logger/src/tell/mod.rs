//! What the engine has to say to its host: lines for a log, and ends of operations that the host began. Everything goes into
//! a bounded queue that the host reads; nothing here calls the host or waits for it.

pub(crate) mod events;
pub(crate) mod lines;
pub(crate) mod throttle;
