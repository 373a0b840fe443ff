//! Whether a run goes on, and how it ended.

use serde::{Deserialize, Serialize};

/// Without a stream and without a word for this long, a run's logger is taken for gone. It is longer than clients wait
/// between two attempts to come back.
pub(super) const LOST_AFTER_MILLIS: i64 = 60_000;

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// A logger is connected, was a moment ago, or is expected.
    Running,
    /// A logger said that it is over.
    Finished,
    /// A logger said that it failed.
    Failed,
    /// A logger said that it was broken off.
    Aborted,
    /// Its loggers are gone without a word.
    LostContact,
}

/// How a run was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// How.
    pub how: How,
    /// What else was said about it.
    pub message: Option<String>,
    /// When, in milliseconds since 1970.
    pub at_millis: i64,
}

/// The ways to close a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// It is over.
    Finished,
    /// It failed.
    Failed,
    /// It was broken off.
    Aborted,
}

impl Ending {
    /// Reads the message that a run was closed with: `failed: why` and `aborted: why` say so, and anything else means that
    /// it is over.
    #[must_use]
    pub fn new(message: Option<&str>, at_millis: i64) -> Self {
        let (how, text) = match message {
            None => (How::Finished, ""),
            Some(text) => [("failed", How::Failed), ("aborted", How::Aborted)]
                .into_iter()
                .find_map(|(word, how)| {
                    let rest = text.strip_prefix(word)?;
                    if rest.is_empty() {
                        Some((how, rest))
                    } else {
                        rest.strip_prefix(':').map(|rest| (how, rest))
                    }
                })
                .unwrap_or((How::Finished, text)),
        };
        let text = text.trim();
        Self { how, message: (!text.is_empty()).then(|| text.to_owned()), at_millis }
    }
}

impl From<How> for RunStatus {
    fn from(how: How) -> Self {
        match how {
            How::Finished => Self::Finished,
            How::Failed => Self::Failed,
            How::Aborted => Self::Aborted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ending, How};

    #[test]
    fn the_closing_message_says_how_it_ended() {
        for (message, how, rest) in [
            (None, How::Finished, None),
            (Some(""), How::Finished, None),
            (Some("all good"), How::Finished, Some("all good")),
            (Some("failed: out of memory"), How::Failed, Some("out of memory")),
            (Some("failed:"), How::Failed, None),
            (Some("failed"), How::Failed, None),
            (Some("aborted: Ctrl+C"), How::Aborted, Some("Ctrl+C")),
            (Some("failedly"), How::Finished, Some("failedly")),
            (Some("Failed: x"), How::Finished, Some("Failed: x")),
        ] {
            let ending = Ending::new(message, 5);
            assert_eq!((ending.how, ending.message.as_deref()), (how, rest), "{message:?}");
        }
    }
}
