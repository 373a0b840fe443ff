//! One process at a time: the lock on a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::store::StoreError;

/// The name of the file that is locked. It holds the id of the process that has it.
pub(super) const FILE: &str = "store.lock";

/// Holds the directory for this process, until it is dropped or the process ends in any way.
#[derive(Debug)]
pub(super) struct DirectoryLock(#[expect(dead_code, reason = "the lock is on it")] File);

impl DirectoryLock {
    pub(super) fn take(directory: &Path) -> Result<Self, StoreError> {
        refuse_networks(directory)?;
        let path = directory.join(FILE);
        let io = |error: std::io::Error| StoreError::Io(format!("{}: {error}", path.display()));
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Some systems let nobody read a locked file.
                let _ = file.read_to_string(&mut text);
                let who = text
                    .trim()
                    .parse::<u32>()
                    .map_or_else(|_| "another process".to_owned(), |pid| format!("the process {pid}"));
                return Err(StoreError::Busy(format!(
                    "{who} has {}; stop it, or use another data directory",
                    directory.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self(file))
    }
}

/// The database's write-ahead log needs memory that processes share, which no network file system has.
#[cfg(target_os = "linux")]
fn refuse_networks(directory: &Path) -> Result<(), StoreError> {
    let of = rustix::fs::statfs(directory)
        .map_err(|error| StoreError::Io(format!("{}: {error}", directory.display())))?;
    match network(u64::from_ne_bytes(of.f_type.to_ne_bytes())) {
        None => Ok(()),
        Some(name) => Err(StoreError::Io(format!(
            "{} is on a network file system ({name}), which cannot keep a database safe; choose a directory on a local \
             disk",
            directory.display()
        ))),
    }
}

#[cfg(not(target_os = "linux"))]
fn refuse_networks(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// The network file system with this number.
#[cfg(target_os = "linux")]
fn network(magic: u64) -> Option<&'static str> {
    Some(match magic & 0xffff_ffff {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "SMB",
        0x0102_1997 => "9P",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x4750_4653 => "GPFS",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x0116_1970 => "GFS2",
        0x7461_636f => "OCFS2",
        0x786f_4256 => "a folder that VirtualBox shares",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{DirectoryLock, FILE};
    use crate::store::StoreError;
    use crate::store::sqlite::scratch::Scratch;

    #[test]
    fn a_directory_is_one_processs_who_is_named() {
        let scratch = Scratch::new("lock");
        let held = DirectoryLock::take(scratch.path()).expect("nobody has it");
        match DirectoryLock::take(scratch.path()) {
            Err(StoreError::Busy(who)) => {
                assert!(who.contains(&format!("the process {}", std::process::id())), "{who}");
                assert!(who.contains(&scratch.path().display().to_string()), "{who}");
            }
            other => panic!("{other:?}"),
        }
        drop(held);
        DirectoryLock::take(scratch.path()).expect("nobody has it any more");
        assert!(scratch.path().join(FILE).exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn network_file_systems_are_known() {
        assert_eq!(super::network(0x6969), Some("NFS"));
        assert_eq!(super::network(0xffff_ffff_ff53_4d42), Some("SMB"), "its number is negative");
        assert_eq!(super::network(0x0116_1970), Some("GFS2"));
        assert_eq!(super::network(0xef53), None, "ext4");
    }
}
