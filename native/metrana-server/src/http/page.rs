//! Which part of a long list is asked for.

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
}

impl Range {
    /// The view, the offset and the limit.
    pub(super) fn read(
        range: Result<Query<Self>, QueryRejection>,
        bounds: (u64, u64),
    ) -> Result<(View, u64, u64), Problem> {
        let Query(range) = range?;
        Ok((view(range.raw), range.offset.unwrap_or(0), limit(range.limit, bounds)?))
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
