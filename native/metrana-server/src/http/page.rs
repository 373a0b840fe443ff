//! Which part of a long list is asked for.

use super::answer::Problem;
use crate::store::View;

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
