//! Places in the store where tests end the process, or fill its disk. Nothing of it is in other builds.

/// A place that the store passes again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Point {
    /// Everything of a commit is written, but it is not committed.
    Commit,
    /// It is committed, and nobody has heard of it.
    Committed,
    /// The tiles of a run are written, and the journal still has their points; nothing is committed.
    Sealing,
    /// They are committed, and the points are still in memory.
    Sealed,
    /// Tiles are removed, and the one that takes their place is not there; nothing is committed.
    Joining,
    /// It is committed.
    Joined,
    /// The write-ahead log is about to be moved into the database.
    Moving,
    /// Some of it was moved.
    Moved,
    /// The file is open, and nothing of it is read.
    Opening,
    /// Another row of the journal is done again.
    Recovering,
}

/// The store is at this place.
#[cfg(not(test))]
pub(super) fn reach(_: Point) {}

#[cfg(test)]
pub(super) use armed::reach;

#[cfg(test)]
pub(super) mod armed {
    use std::io::Write;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Point;

    /// Where something happens, and when it is passed for which time: like `Commit:3`.
    pub(in crate::store::sqlite) const AT: &str = "METRANA_TEST_POINT";
    /// What happens: a file with this name takes all room that is left. Without it the process is killed.
    pub(in crate::store::sqlite) const FILL: &str = "METRANA_TEST_FILL";

    pub(in crate::store::sqlite) fn reach(point: Point) {
        static ARMED: OnceLock<Option<(String, u64)>> = OnceLock::new();
        static PASSED: AtomicU64 = AtomicU64::new(0);
        let armed = ARMED.get_or_init(|| {
            let text = std::env::var(AT).ok()?;
            let (name, time) = text.split_once(':')?;
            Some((name.to_owned(), time.parse().ok()?))
        });
        let Some((_, time)) = armed.as_ref().filter(|(name, _)| *name == format!("{point:?}")) else {
            return;
        };
        if PASSED.fetch_add(1, Ordering::Relaxed) + 1 != *time {
            return;
        }
        match std::env::var_os(FILL) {
            Some(path) => fill(path.as_ref()),
            None => die(),
        }
    }

    fn fill(path: &std::path::Path) {
        let mut file = std::fs::File::create(path).expect("a file that takes the room");
        // In small pieces at the end, so that nothing is left.
        for piece in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![7; piece]).is_ok() {}
        }
    }

    #[cfg(unix)]
    fn die() {
        use rustix::process::{Signal, getpid, kill_process};

        let _ = kill_process(getpid(), Signal::KILL);
        // It may take a moment.
        loop {
            std::thread::park();
        }
    }

    #[cfg(not(unix))]
    fn die() {
        std::process::abort();
    }
}
