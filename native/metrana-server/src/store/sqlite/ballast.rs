//! Room that is set aside: where the disk is full, even removing something needs some.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The name of the file that takes the room.
pub(super) const FILE: &str = "ballast";

#[derive(Debug)]
pub(super) struct Ballast {
    path: PathBuf,
    bytes: u64,
}

impl Ballast {
    pub(super) fn new(directory: &Path, bytes: u64) -> Self {
        Self { path: directory.join(FILE), bytes }
    }

    /// Sets room aside when there is none yet and there is plenty.
    pub(super) fn take_on(&self) {
        if self.bytes == 0 || self.path.exists() {
            return;
        }
        let filled = room(&self.path).and_then(|room| {
            if room < self.bytes.saturating_mul(4) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            fill(&File::create(&self.path)?, self.bytes)
        });
        if filled.is_err() {
            // Without it everything works but deleting on a full disk.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Gives the room up.
    pub(super) fn drop(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn room(path: &Path) -> io::Result<u64> {
    let of = rustix::fs::statvfs(path.parent().unwrap_or(path))?;
    Ok(of.f_bavail.saturating_mul(of.f_frsize))
}

#[cfg(not(unix))]
fn room(_: &Path) -> io::Result<u64> {
    Ok(u64::MAX)
}

#[cfg(target_os = "linux")]
fn fill(file: &File, bytes: u64) -> io::Result<()> {
    Ok(rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, bytes)?)
}

#[cfg(not(target_os = "linux"))]
fn fill(mut file: &File, bytes: u64) -> io::Result<()> {
    use std::io::Write;

    let zeros = vec![0; 1 << 16];
    let mut left = bytes;
    while left > 0 {
        let part =
            zeros.get(..usize::try_from(left).unwrap_or(zeros.len()).min(zeros.len())).unwrap_or(&zeros);
        file.write_all(part)?;
        left -= part.len() as u64;
    }
    Ok(())
}
