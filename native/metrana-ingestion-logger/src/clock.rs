//! The wall clock, as points carry it.

/// Milliseconds since 1970; before that they are negative.
///
/// Of the kernel's last tick, which is at most a few milliseconds ago: reading the time exactly costs more than all the
/// rest of logging a value.
#[cfg(target_os = "linux")]
pub(crate) fn now_millis() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    now.tv_sec.saturating_mul(1000) + now.tv_nsec / 1_000_000
}

/// Milliseconds since 1970; before that they are negative.
#[cfg(not(target_os = "linux"))]
pub(crate) fn now_millis() -> i64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    let clamp = |millis: u128| i64::try_from(millis).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => clamp(since.as_millis()),
        Err(before) => -clamp(before.duration().as_millis()),
    }
}
