//! The clocks of the engine, and the one place where they are read, timers of the runtime aside: the wall clock, as points
//! carry it, and the one that only goes forward, by which deadlines are kept. A test puts a clock of its own in their place,
//! so that what it does can be done again.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Now, on the clock that only goes forward.
#[inline]
pub(crate) fn instant() -> Instant {
    #[cfg(test)]
    if let Some((instant, _)) = manual::now() {
        return instant;
    }
    Instant::now()
}

/// Milliseconds since 1970; before that they are negative.
pub(crate) fn now_millis() -> i64 {
    #[cfg(test)]
    if let Some((_, millis)) = manual::now() {
        return millis;
    }
    let clamp = |millis: u128| i64::try_from(millis).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => clamp(since.as_millis()),
        Err(before) => -clamp(before.duration().as_millis()),
    }
}

/// The same at the kernel's last tick, which is at most a few milliseconds ago: reading the time exactly costs as much as
/// all the rest of logging a value.
#[cfg(target_os = "linux")]
#[inline]
pub(crate) fn tick_millis() -> i64 {
    #[cfg(test)]
    if let Some((_, millis)) = manual::now() {
        return millis;
    }
    let tick = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    tick.tv_sec.saturating_mul(1000) + tick.tv_nsec / 1_000_000
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn tick_millis() -> i64 {
    now_millis()
}

/// A clock that stands still until the thread whose clock it is moves it.
#[cfg(test)]
pub(crate) mod manual {
    use std::cell::Cell;
    use std::time::{Duration, Instant};

    thread_local! {
        static NOW: Cell<Option<(Instant, i64)>> = const { Cell::new(None) };
    }

    pub(super) fn now() -> Option<(Instant, i64)> {
        NOW.get()
    }

    /// The clock of this thread, until it is dropped. It begins in 1970.
    pub(crate) struct Manual {
        /// What is added to the time of the beginning.
        elapsed: Cell<Duration>,
        /// By how many milliseconds somebody has set the wall clock wrong.
        set_by: Cell<i64>,
        start: Instant,
    }

    impl Manual {
        pub(crate) fn begin() -> Self {
            let start = Instant::now();
            NOW.set(Some((start, 0)));
            Self { elapsed: Cell::new(Duration::ZERO), set_by: Cell::new(0), start }
        }

        pub(crate) fn advance(&self, by: Duration) {
            let elapsed = self.elapsed.get() + by;
            self.elapsed.set(elapsed);
            self.show();
        }

        /// Sets the wall clock on, or back, by so many milliseconds. The clock that only goes forward knows nothing of it.
        pub(crate) fn set_wall_by(&self, millis: i64) {
            self.set_by.set(self.set_by.get() + millis);
            self.show();
        }

        fn show(&self) {
            let elapsed = self.elapsed.get();
            let millis = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
            NOW.set(Some((self.start + elapsed, millis.saturating_add(self.set_by.get()))));
        }
    }

    impl Drop for Manual {
        fn drop(&mut self) {
            NOW.set(None);
        }
    }
}
