//! Lines for the host's log, as the engine writes them. Where they go is none of its business.

use std::sync::Arc;

use crate::config::LogLevel;

/// Where lines go. It must not wait and must not call the host.
pub(crate) trait Listener: Send + Sync {
    fn line(&self, tag: u64, level: LogLevel, message: String);
}

/// The way to a listener, with the tag that goes on every line and how much detail is wanted.
#[derive(Clone)]
pub(crate) struct Lines {
    listener: Option<Arc<dyn Listener>>,
    tag: u64,
    level: LogLevel,
}

impl Lines {
    /// To nobody.
    pub(crate) fn none() -> Self {
        Self { listener: None, tag: 0, level: LogLevel::Off }
    }

    pub(crate) fn to(listener: Arc<dyn Listener>, tag: u64, level: LogLevel) -> Self {
        Self { listener: Some(listener), tag, level }
    }

    /// Writes a line. The text is made only when somebody listens at this level.
    pub(crate) fn log(&self, level: LogLevel, message: impl FnOnce() -> String) {
        if let Some(listener) = &self.listener
            && level <= self.level
        {
            listener.line(self.tag, level, message());
        }
    }
}
