//! What tracers send, kept as it came.

use std::collections::HashMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::arrivals::page;
use super::dedupe::SequenceNumbers;
use super::{Applied, MessageKey, Page, ProjectKey, RunKey, StoreError};

/// Where traces belong. Unlike points they need no run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TraceTarget {
    /// The organization, where one was named.
    pub organization: Option<String>,
    /// The workspace.
    pub workspace: String,
    /// The project.
    pub project: String,
    /// The run, where they are of one.
    pub run_name: Option<String>,
}

/// One message of a tracer.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// Where it belongs.
    pub target: TraceTarget,
    /// Which message it is.
    pub message: MessageKey,
    /// How many parts of traces it holds.
    pub updates: u64,
    /// The message as it came.
    pub body: Bytes,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
}

/// One message of a tracer read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceMessage {
    /// Which message it is.
    pub message: MessageKey,
    /// How many parts of traces it holds.
    pub updates: u64,
    /// When it came, in milliseconds since 1970.
    pub received_at: i64,
    /// The message as it came.
    pub body: Bytes,
}

/// The traces of one target.
#[derive(Debug, Default)]
pub(super) struct TraceLog {
    /// Those that are kept in memory, in the order of their arrival.
    messages: Vec<TraceMessage>,
    updates: u64,
    duplicates: u64,
    /// By logger and session.
    sessions: HashMap<(u64, u64), SequenceNumbers>,
}

impl TraceLog {
    /// Takes a message in, or nothing of it when its number was taken in before.
    pub(super) fn take(&mut self, traces: &Traces) -> Result<Applied, StoreError> {
        let key = traces.message;
        if key.sequence_number != 0
            && !self
                .sessions
                .entry((key.logger_id, key.session_id))
                .or_default()
                .insert(key.sequence_number)?
        {
            self.duplicates += 1;
            return Ok(Applied::Duplicate);
        }
        self.updates += traces.updates;
        Ok(Applied::Stored { conflict: None })
    }

    /// Keeps a message that was taken in.
    pub(super) fn keep(&mut self, traces: &Traces) {
        let Traces { message, updates, received_at, .. } = *traces;
        // A message may be a small part of a larger piece of memory.
        let body = Bytes::copy_from_slice(&traces.body);
        self.messages.push(TraceMessage { message, updates, received_at, body });
    }

    /// A page of those that are kept.
    pub(super) fn read(&self, offset: u64, limit: u64, bytes: u64) -> Page<TraceMessage> {
        let total = self.messages.len() as u64;
        let page = self.messages.get(page(offset, limit, total)).unwrap_or_default();
        let mut bound = Bound::new(bytes);
        let items = page.iter().take_while(|message| bound.admits(message.body.len())).cloned().collect();
        Page { total, offset, items }
    }

    /// Counts messages that came again.
    pub(super) fn came_again(&mut self, messages: u64) {
        self.duplicates += messages;
    }

    /// How many parts of traces it holds, and how many messages came again.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.updates, self.duplicates)
    }
}

/// The bytes that are left for a page, which has room for its first message in any case.
#[derive(Debug)]
pub(super) struct Bound {
    left: u64,
    is_first: bool,
}

impl Bound {
    pub(super) fn new(bytes: u64) -> Self {
        Self { left: bytes, is_first: true }
    }

    /// Whether a message of this length is still on the page.
    pub(super) fn admits(&mut self, length: usize) -> bool {
        let left = self.left.checked_sub(length as u64);
        let admitted = self.is_first || left.is_some();
        self.is_first = false;
        self.left = left.unwrap_or(0);
        admitted
    }
}

impl TraceTarget {
    /// The project that they are of.
    #[must_use]
    pub fn project(&self) -> ProjectKey {
        ProjectKey {
            organization: self.organization.clone(),
            workspace: self.workspace.clone(),
            project: self.project.clone(),
        }
    }

    /// The target of a run's traces.
    #[must_use]
    pub fn of_run(key: &RunKey) -> Self {
        Self {
            organization: key.organization.clone(),
            workspace: key.workspace.clone(),
            project: key.project.clone(),
            run_name: Some(key.run_name.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TraceLog, Traces};
    use crate::store::{Applied, MessageKey};

    #[test]
    fn a_message_that_comes_again_is_kept_once() {
        let mut log = TraceLog::default();
        let message = |number| Traces {
            message: MessageKey { logger_id: 1, session_id: 2, sequence_number: number },
            updates: 3,
            body: vec![1, 2].into(),
            ..Traces::default()
        };
        for number in [256, 512, 256, 512] {
            log.take(&message(number)).expect("it is taken");
        }
        assert_eq!(log.take(&message(256)), Ok(Applied::Duplicate));
        log.take(&message(0)).expect("without a number it is never a duplicate");
        assert_eq!(log.counts(), (9, 3));
    }
}
