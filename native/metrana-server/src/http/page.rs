//! Which part of a long list is asked for.

use std::num::NonZeroUsize;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use serde::Deserialize;

use super::answer::Problem;
use crate::store::View;

/// What stands behind the question mark.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    /// All as they came, and not those that count.
    #[serde(default)]
    raw: bool,
    offset: Option<u64>,
    limit: Option<u64>,
    /// Only each so manieth, for those who draw a long series.
    every: Option<NonZeroUsize>,
}

/// A part of a list, asked for in good form.
pub(super) struct Part {
    pub(super) view: View,
    pub(super) offset: u64,
    limit: u64,
    every: usize,
}

impl Range {
    pub(super) fn read(
        range: Result<Query<Self>, QueryRejection>,
        bounds: (u64, u64),
    ) -> Result<Part, Problem> {
        let Query(range) = range?;
        Ok(Part {
            view: view(range.raw),
            offset: range.offset.unwrap_or(0),
            limit: limit(range.limit, bounds)?,
            every: range.every.map_or(1, NonZeroUsize::get),
        })
    }
}

impl Part {
    /// How many have to be read, so that enough are left.
    pub(super) fn reach(&self) -> u64 {
        self.limit.saturating_mul(self.every as u64)
    }

    /// Those of what was read that are wanted.
    pub(super) fn pick<T>(&self, items: Vec<T>) -> impl Iterator<Item = T> {
        items.into_iter().step_by(self.every)
    }
}

/// The view that is asked for.
pub(super) fn view(raw: bool) -> View {
    if raw { View::Raw } else { View::Merged }
}

/// How many at once. The bounds are the most, and how many when nothing is said.
pub(super) fn limit(limit: Option<u64>, (most, usual): (u64, u64)) -> Result<u64, Problem> {
    match limit {
        None => Ok(usual),
        Some(limit) if limit <= most => Ok(limit),
        Some(limit) => {
            Err(Problem::bad_request(format!("limit is {limit}; at most {most} are given at once")))
        }
    }
}
