//! The wall clock, as points carry it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970; before that they are negative.
pub(crate) fn now_millis() -> i64 {
    let clamp = |millis: u128| i64::try_from(millis).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => clamp(since.as_millis()),
        Err(before) => -clamp(before.duration().as_millis()),
    }
}
