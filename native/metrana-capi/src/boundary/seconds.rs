//! Durations across the boundary: a `double` of seconds.

use std::time::Duration;

use crate::boundary::failure::Failure;
use crate::status::metrana_status;

/// The longest duration that is kept apart: some thirty years. Infinity and everything above counts as this, so that
/// no sum of a duration and a point in time can overflow.
const LONGEST: f64 = 1e9;

/// A duration that has to be one.
pub(crate) fn duration(seconds: f64, what: &str) -> Result<Duration, Failure> {
    if seconds >= 0.0 {
        return Ok(Duration::from_secs_f64(seconds.min(LONGEST)));
    }
    let message = format!("{what} is {seconds}, expected seconds, zero or more");
    Err(Failure::new(metrana_status::InvalidDuration, message))
}

/// A duration where a negative number says that there is none.
pub(crate) fn limit(seconds: f64, what: &str) -> Result<Option<Duration>, Failure> {
    if seconds < 0.0 { Ok(None) } else { duration(seconds, what).map(Some) }
}

/// What `limit` reads back as the same limit.
pub(crate) fn from_limit(limit: Option<Duration>) -> f64 {
    limit.map_or(-1.0, |duration| duration.as_secs_f64())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_durations_or_refused() {
        assert_eq!(duration(0.05, "x").unwrap(), Duration::from_millis(50));
        assert_eq!(duration(-0.0, "x").unwrap(), Duration::ZERO);
        assert_eq!(duration(f64::INFINITY, "x").unwrap(), Duration::from_secs(1_000_000_000));
        for wrong in [f64::NAN, -1.0, -1e-300, f64::NEG_INFINITY] {
            assert_eq!(duration(wrong, "x").unwrap_err().status, metrana_status::InvalidDuration, "{wrong}");
        }
    }

    #[test]
    fn a_negative_limit_is_none() {
        assert_eq!(limit(-1.0, "x").unwrap(), None);
        assert_eq!(limit(f64::NEG_INFINITY, "x").unwrap(), None);
        assert_eq!(limit(0.0, "x").unwrap(), Some(Duration::ZERO));
        assert_eq!(limit(f64::NAN, "x").unwrap_err().status, metrana_status::InvalidDuration);
        for there in
            [None, Some(Duration::ZERO), Some(Duration::from_millis(50)), Some(Duration::from_mins(15))]
        {
            assert_eq!(limit(from_limit(there), "x").unwrap(), there);
        }
    }
}
