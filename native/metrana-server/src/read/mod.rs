//! Curves, heat maps and bands: what people look at, computed from what a store holds.
//!
//! A store draws points into the buckets of a grid by itself ([`Store::sketch`](crate::store::Store::sketch)): pages whose
//! summary it keeps and that lie within one bucket are not read. Here its sketches are put together, also those of a run
//! and of the run that it branched off from. Series that aggregation rules make of others are worked out here.

mod aggregated;
mod bands;
mod heat_map;
mod lists;
mod onward;
mod rows;

pub(crate) use crate::store::{Along, Axis, Bucket, Grid};
pub(crate) use aggregated::{all_series, made, one_series};
pub(crate) use bands::bands;
pub(crate) use heat_map::{Measure, heat_map};
pub(crate) use lists::{Lists, Read, Space};
pub(crate) use onward::{Page, Position, Source, points};
pub(crate) use rows::{AT_ONCE, Line, environments_of, extent, row};
