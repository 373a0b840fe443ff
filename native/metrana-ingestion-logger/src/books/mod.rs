//! What is counted and what is reported: numbers that add up at every instant, and errors that nobody waited for. Both are
//! touched under the gate's lock, together with the data they are about.

pub(crate) mod counters;
pub(crate) mod reports;
