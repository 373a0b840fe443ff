//! What tracers send, kept as it came.

use std::collections::HashMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::dedupe::SequenceNumbers;
use super::{Applied, MessageKey, ProjectKey, RunKey, StoreError};

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

/// The traces of one target.
#[derive(Debug, Default)]
pub(super) struct TraceLog {
    bodies: Vec<Bytes>,
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
        // A message may be a small part of a larger piece of memory.
        self.bodies.push(Bytes::copy_from_slice(&traces.body));
        Ok(Applied::Stored { conflict: None })
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
        assert_eq!((log.counts(), log.bodies.len()), ((9, 3), 3));
    }
}
