//! What the server tells the people who run it: lines on standard error.

use std::fmt;
use std::io::Write;

use crate::clock::now_millis;

/// Writes lines, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    on: bool,
}

impl Log {
    pub(crate) fn new(on: bool) -> Self {
        Self { on }
    }

    /// What happened, in a line of its own. Texts that came from outside belong in `{:?}`, which keeps it one line.
    pub(crate) fn line(self, message: fmt::Arguments<'_>) {
        if self.on {
            let millis = now_millis();
            // Nobody is left to be told when standard error is closed.
            let _ = writeln!(
                std::io::stderr().lock(),
                "metrana-server {}.{:03} {message}",
                millis / 1000,
                millis % 1000
            );
        }
    }
}
