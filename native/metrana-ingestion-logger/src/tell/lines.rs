//! Lines for the host's log, as the engine writes them. Where they go is none of its business.

use std::sync::Arc;
use std::time::Duration;

use crate::config::LogLevel;

/// What a line says, for those who filter by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineId {
    /// A try to open the run failed; there will be another.
    OpeningFailed,
    /// The service has not answered yet.
    OpeningUnanswered,
    /// The stream to the service broke, and there will be another.
    DeliveryInterrupted,
    /// The service takes data again.
    DeliveryResumed,
    /// Something that was accepted is lost.
    DataLost,
    /// The logger takes nothing more.
    LoggerStopped,
    /// A call panicked, and what was not under way is lost.
    LoggerPanicked,
    /// Log calls wait for room.
    QueueFull,
    /// Steps of a call did not grow.
    StepsDidNotGrow,
}

/// What a line says in one word: a name and a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What it is called.
    pub name: &'static str,
    /// What it is.
    pub value: FieldValue,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for FieldValue {
    /// No count of what one logger does comes near the largest.
    fn from(count: u64) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<usize> for FieldValue {
    fn from(count: usize) -> Self {
        Self::from(count as u64)
    }
}

impl From<u32> for FieldValue {
    fn from(count: u32) -> Self {
        Self::Int(count.into())
    }
}

impl From<i32> for FieldValue {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<Duration> for FieldValue {
    /// In seconds.
    fn from(time: Duration) -> Self {
        Self::Float(time.as_secs_f64())
    }
}

/// A line: which one it is, for a person, and in single words.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which line it is.
    pub id: LineId,
    /// For a person.
    pub message: String,
    /// The same in single words, in an order that stays.
    pub fields: Vec<Field>,
}

impl Line {
    pub(crate) fn new(id: LineId, message: String) -> Self {
        Self { id, message, fields: Vec::new() }
    }

    /// With one more field.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<FieldValue>) -> Self {
        self.fields.push(Field { name, value: value.into() });
        self
    }

    /// With one more field, where there is something to say.
    pub(crate) fn with_some(self, name: &'static str, value: Option<impl Into<FieldValue>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

/// Where lines go. It must not wait and must not call the host.
pub(crate) trait Listener: Send + Sync {
    fn line(&self, tag: u64, level: LogLevel, line: Line);
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

    /// Writes a line. It is made only when somebody listens at this level.
    pub(crate) fn log(&self, level: LogLevel, line: impl FnOnce() -> Line) {
        if let Some(listener) = &self.listener
            && level <= self.level
        {
            listener.line(self.tag, level, line());
        }
    }
}
