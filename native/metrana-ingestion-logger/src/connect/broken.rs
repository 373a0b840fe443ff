//! Why a call or a stream ended before its time.

use std::fmt;

use tonic::Code;

#[derive(Debug)]
pub(crate) enum Broken {
    /// The service said so, in a status that it really sent.
    Answered(tonic::Status),
    /// The way to it broke, or was never there.
    Transport(String),
    /// What answers is not the service, or cannot prove that it is. Time does not heal that.
    Wrong(String),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(status) => {
                write!(f, "code: '{}', message: {:?}", status.code().description(), status.message())
            }
            Self::Transport(text) | Self::Wrong(text) => f.write_str(text),
        }
    }
}

impl Broken {
    /// The code that the service answered with, where it was the service that ended it.
    pub(crate) fn code(&self) -> Option<Code> {
        match self {
            Self::Answered(status) => Some(status.code()),
            Self::Transport(_) | Self::Wrong(_) => None,
        }
    }

    /// The same with something said before it. What the service said stays as it is.
    pub(crate) fn told(self, before: &str) -> Self {
        match self {
            Self::Answered(status) => Self::Answered(status),
            Self::Transport(text) => Self::Transport(format!("{before}: {text}")),
            Self::Wrong(text) => Self::Wrong(format!("{before}: {text}")),
        }
    }
}
