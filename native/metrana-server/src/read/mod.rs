//! Curves, heat maps and bands: what people look at, computed from what a store holds.
//!
//! Points fall into the buckets of a grid, and a [`Bucket`] can also be merged into another one: a store that keeps
//! summaries of its pages hands those over in place of the points of a page that lies within one bucket.

mod bands;
mod bucket;
mod grid;
mod heat_map;
mod rows;

pub(crate) use bands::bands;
pub(crate) use bucket::Bucket;
pub(crate) use grid::{Axis, Grid};
pub(crate) use heat_map::{Measure, heat_map};
pub(crate) use rows::{Line, environments_of, extent, row};
