//! A test that hangs fails.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How long a test may take.
const LIMIT: Duration = Duration::from_mins(3);

/// Ends the process when the test that made it has not dropped it in time: a test that waits for ever fails, and says
/// which one it was.
#[derive(Debug)]
pub struct Deadline {
    _met: Sender<()>,
}

impl Deadline {
    /// Begins now, for the test of this thread.
    #[must_use]
    pub fn start() -> Self {
        let (met, waiting) = channel::<()>();
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        std::thread::spawn(move || {
            if waiting.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
                eprintln!("\n{test} did not end within {LIMIT:?}");
                std::process::exit(101);
            }
        });
        Self { _met: met }
    }
}
