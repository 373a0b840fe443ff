//! What callers and the sender of a logger share.

use tokio::sync::Notify;

use crate::config::{Config, LogLevel};
use crate::errors::Error;
use crate::stage::Stage;
use crate::stage::slots::{self, Slot};
use crate::tell::lines::{Line, LineId, Lines};

/// What callers and sender share.
pub(crate) struct Shared {
    pub config: Config,
    pub slot: &'static Slot,
    /// Nothing is to be done any more.
    pub abandon: Notify,
    pub events: Lines,
}

impl Drop for Shared {
    fn drop(&mut self) {
        slots::vacate(self.slot);
    }
}

impl Shared {
    /// Delivery has failed for good.
    pub(crate) fn stop(&self, cause: Error) {
        self.events.log(LogLevel::Error, || {
            Line::new(LineId::LoggerStopped, format!("the logger has stopped: {cause}"))
                .with("reason", cause.message.as_str())
                .with_some("grpc_code", cause.grpc)
        });
        // Poisoned: then it has stopped already.
        drop(self.slot.gate.stop(cause, Stage::write_off));
    }
}
