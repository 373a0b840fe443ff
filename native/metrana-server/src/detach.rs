//! Lets go of whoever started the program.

#[cfg(unix)]
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// The log begins anew when it has become this long.
#[cfg(unix)]
const LONGEST_LOG: u64 = 16 << 20;

/// Leaves the terminal's session, so that neither Ctrl+C nor its end reaches this process, and writes the log to a file.
#[cfg(unix)]
pub fn from_terminal(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let path = directory.join("server.log");
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LONGEST_LOG) {
        fs::rename(&path, directory.join("server.log.old"))?;
    }
    let log = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
    // The folder where it was started may be wanted away.
    std::env::set_current_dir("/")?;
    let nothing = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    rustix::stdio::dup2_stderr(&log)?;
    // It fails for the leader of a group, which a shell's child is: that one has no parent who would take it along.
    let _ = rustix::process::setsid();
    Ok(())
}

/// Lets go of standard output, when all is said that its reader waits for.
#[cfg(unix)]
pub fn from_output() -> io::Result<()> {
    let nothing = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    Ok(rustix::stdio::dup2_stdout(&nothing)?)
}

/// There is no session to leave.
#[cfg(not(unix))]
pub fn from_terminal(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub fn from_output() -> io::Result<()> {
    Ok(())
}
