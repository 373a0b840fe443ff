//! What is counted and what is reported: numbers that add up at every instant, losses that a flush has to answer for,
//! and errors that nobody waited for. All are touched under the gate's lock, together with the data they are about.

pub(crate) mod counters;
pub(crate) mod losses;
pub(crate) mod reports;
