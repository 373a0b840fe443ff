//! The server's data directory: who lives in it, and the key to it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use metrana_server::Secret;
use serde::Serialize;

/// Where the server keeps what it is not told to keep elsewhere: in the user's own folder for such things.
pub fn usual() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|user| user.data_local_dir().join("metrana"))
}

/// The data directory of a server that lives. Nobody else can live in it meanwhile.
#[derive(Debug)]
pub struct Home {
    directory: PathBuf,
    /// Locked. The system unlocks it when the process ends, however it does.
    lock: File,
    announced: bool,
}

/// What other programs find in the directory to talk to the server that lives there.
#[derive(Debug, Serialize)]
pub struct Living<'a> {
    pub pid: u32,
    pub version: &'a str,
    pub grpc: &'a str,
    pub http: &'a str,
    /// What it asks for, if it asks for a key.
    pub key: Option<&'a str>,
}

impl Home {
    /// Moves in: makes the directory when it is not there, and fails with `ResourceBusy` when another server lives in it.
    pub fn enter(directory: &Path) -> io::Result<Self> {
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", directory.display()));
        make_private_directory(directory).map_err(named)?;
        let directory = &fs::canonicalize(directory).map_err(named)?;
        let mut lock = private(OpenOptions::new().read(true).write(true).create(true).truncate(false))
            .open(directory.join("server.lock"))
            .map_err(named)?;
        match lock_soon(&lock) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is helps, but is not known for the moment that a server takes to write its number down.
                let _ = lock.read_to_string(&mut holder);
                let holder = holder.trim();
                let who = if holder.is_empty() {
                    "another server"
                } else {
                    &format!("the server with the process id {holder}")
                };
                return Err(io::Error::new(
                    io::ErrorKind::ResourceBusy,
                    format!(
                        "{who} lives in {}: use that one, or name another --data directory",
                        directory.display()
                    ),
                ));
            }
            Err(TryLockError::Error(error)) => return Err(named(error)),
        }
        lock.set_len(0)?;
        lock.rewind()?;
        writeln!(lock, "{}", std::process::id())?;
        Ok(Self { directory: directory.to_owned(), lock, announced: false })
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The key that is asked for here. It stays the same from one server to the next, so that what was exported once is
    /// good tomorrow. One that others could read is no secret any more, and is replaced.
    pub fn key(&self) -> io::Result<Secret> {
        let path = self.directory.join("token");
        match fs::metadata(&path) {
            Ok(metadata) if is_private(&metadata) => {
                let text = fs::read_to_string(&path)?;
                if let Ok(key) = Secret::new(text.trim().to_owned()) {
                    return Ok(key);
                }
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let mut text = "mk-".to_owned();
        for byte in random {
            use std::fmt::Write;
            let _ = write!(text, "{byte:02x}");
        }
        self.replace("token", text.as_bytes())?;
        Secret::new(text).map_err(io::Error::other)
    }

    /// Tells other programs of this user how to reach the server.
    pub fn announce(&mut self, living: &Living<'_>) -> io::Result<()> {
        self.announced = true;
        self.replace("server.json", &serde_json::to_vec(living)?)
    }

    /// Writes a file that only the user can read, so that nobody ever sees half of it.
    fn replace(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let half = self.directory.join(format!("{name}.new"));
        let _ = fs::remove_file(&half);
        let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&half)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&half, self.directory.join(name))
    }
}

/// Takes the lock. Somebody who looks whether a server lives here has it for a moment.
fn lock_soon(lock: &File) -> Result<(), TryLockError> {
    let deadline = Instant::now() + Duration::from_millis(300);
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(20));
            }
            result => return result,
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.announced {
            let _ = fs::remove_file(self.directory.join("server.json"));
        }
        let _ = self.lock.set_len(0);
    }
}

#[cfg(unix)]
fn make_private_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_private_directory(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn is_private(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode().trailing_zeros() >= 6
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}
