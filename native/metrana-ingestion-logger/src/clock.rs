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

/// The same at the kernel's last tick, which is at most a few milliseconds ago: reading the time exactly costs as much as
/// all the rest of logging a value.
#[cfg(target_os = "linux")]
pub(crate) fn tick_millis() -> i64 {
    let tick = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    tick.tv_sec.saturating_mul(1000) + tick.tv_nsec / 1_000_000
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn tick_millis() -> i64 {
    now_millis()
}
