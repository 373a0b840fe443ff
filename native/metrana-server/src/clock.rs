//! The wall clock as the protocol tells time.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970. A clock that stands before it counts as 1970.
pub(crate) fn now_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
