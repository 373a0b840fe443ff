//! What a store is told to take in, and what became of it.

use std::collections::BTreeMap;

use super::{
    AttributeChange, DeclarationId, EnvironmentChanges, FloatBatch, Histogram, NotKept, RlBatch, Scatter,
};

/// By what a message is known again when it comes a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct MessageKey {
    /// The logger that sent it.
    pub logger_id: u64,
    /// That logger's session.
    pub session_id: u64,
    /// Its number in the session. 0 is no number: such a message is never a duplicate.
    pub sequence_number: u64,
}

/// The content of one message, with its series resolved; each kind in the order of the message.
#[derive(Debug, Default)]
pub struct Update {
    /// Which message this is.
    pub message: MessageKey,
    /// Float points of ordinary series.
    pub floats: Vec<(DeclarationId, FloatBatch)>,
    /// Float points of reinforcement learning.
    pub rl: Vec<RlUpdate>,
    /// Histograms. Those of one entry are all of counts or all of densities.
    pub histograms: Vec<(DeclarationId, Vec<Histogram>)>,
    /// Scatters.
    pub scatters: Vec<ScatterUpdate>,
    /// Changes to the attributes of the run.
    pub attributes: Vec<AttributeChange>,
    /// Changes to the attributes of its environments.
    pub environment_attributes: Vec<EnvironmentChanges>,
    /// What the message held besides.
    pub not_kept: NotKept,
    /// Whether the message says that the run is over.
    pub close: bool,
}

/// Points of one series in one environment.
#[derive(Debug)]
pub struct RlUpdate {
    /// The series.
    pub declaration: DeclarationId,
    /// The environment.
    pub environment: String,
    /// Its points.
    pub batches: Vec<RlBatch>,
}

/// Scatters of one series.
#[derive(Debug)]
pub struct ScatterUpdate {
    /// The series.
    pub declaration: DeclarationId,
    /// Whether they are in three dimensions.
    pub is_3d: bool,
    /// The titles of the axes. Any replace all that the series had.
    pub titles: BTreeMap<String, String>,
    /// The scatters.
    pub points: Vec<Scatter>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was taken in.
    Stored {
        /// The first thing in it that was at odds with what had come before, in words.
        conflict: Option<String>,
    },
    /// Its number had been taken in before, and nothing was changed.
    Duplicate,
}

impl Update {
    /// The declarations that its points came under.
    pub(super) fn declarations(&self) -> impl Iterator<Item = DeclarationId> + '_ {
        let floats = self.floats.iter().map(|(declaration, _)| *declaration);
        let histograms = self.histograms.iter().map(|(declaration, _)| *declaration);
        let rl = self.rl.iter().map(|update| update.declaration);
        floats.chain(rl).chain(histograms).chain(self.scatters.iter().map(|update| update.declaration))
    }
}
