//! How a durable store is to work.

use std::time::Duration;

/// What an acknowledged message survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process, of the system and of the power.
    #[default]
    Full,
    /// The end of the process. When the system ends, what was acknowledged last may be lost.
    Commit,
}

/// How a store on disk is to work.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// What an acknowledged message survives.
    pub durability: Durability,
    /// Whether it writes lines on standard error.
    pub log: bool,
    /// How many bytes may wait to be written. What comes beyond them waits with its sender.
    pub queue_bytes: usize,
    /// How far the write-ahead log may grow before writing waits for it.
    pub wal_bytes: u64,
    /// Room that is set aside, so that runs can be deleted when the disk is full.
    pub ballast_bytes: u64,
    /// When points leave the journal.
    pub sealing: Sealing,
}

/// When the points of a run leave the journal and are compressed. The first that is reached counts; so does the end of
/// the run.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// So many bytes of a run in the journal.
    pub bytes: u64,
    /// So many points in one series. It does not wait for others that have fewer, nor they for it, as long as those with
    /// many have at least half of all points.
    pub points: u64,
    /// So long without a message.
    pub idle: Duration,
    /// How often it is looked.
    pub every: Duration,
    /// Whether small tiles are joined into large ones in the background.
    pub join: bool,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            log: false,
            queue_bytes: 64 << 20,
            wal_bytes: 256 << 20,
            ballast_bytes: 16 << 20,
            sealing: Sealing::default(),
        }
    }
}

impl Default for Sealing {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            points: 4096,
            idle: Duration::from_secs(30),
            every: Duration::from_millis(500),
            join: true,
        }
    }
}
