//! The engine's own log calls and questions, by name and by handle, and how a call is let in. This is the floor that callers
//! stand on: it asks the kinds below it and takes the gate's lock, at most once for each call that is let in.

mod admit;
pub mod by_handle;
mod by_name;
#[cfg(test)]
mod schedules;

pub use by_name::{KnownEnvironment, SeriesKind, SeriesName};
