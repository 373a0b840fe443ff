//! Random numbers from the system: ids, and jitter so that many loggers do not come back at once.

use std::time::Duration;

/// A random number that is not 0, because 0 means "none" on the wire.
pub(crate) fn id() -> u64 {
    loop {
        match getrandom::u64() {
            Ok(0) => {}
            Ok(id) => return id,
            // A system without randomness still has a clock and addresses that differ.
            Err(_) => return foldhash_of_now() | 1,
        }
    }
}

fn foldhash_of_now() -> u64 {
    use std::hash::BuildHasher as _;
    foldhash::fast::RandomState::default().hash_one(std::time::Instant::now())
}

/// 32 hexadecimal digits.
pub(crate) fn token() -> String {
    format!("{:016x}{:016x}", id(), id())
}

/// `pause` and up to a tenth more.
pub(crate) fn jittered(pause: Duration) -> Duration {
    let permille = u32::try_from(id() % 100).unwrap_or(0);
    pause + pause * permille / 1000
}
