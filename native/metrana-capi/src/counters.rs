//! The books of a logger, as C sees them.

use metrana_ingestion_logger::{Counters, KindCounters};

use crate::boundary::pointers::WithStructSize;

/// The books of one kind of data. In every snapshot
/// `added = refused + enqueued` and `enqueued = sent + dropped + spooled + pending`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_kind_counters {
    /// Everything that valid calls brought, whether or not there was room for it.
    pub added: u64,
    /// Turned away because the queue was full.
    pub refused: u64,
    /// Accepted into the queue.
    pub enqueued: u64,
    /// Acknowledged by the service.
    pub sent: u64,
    /// Accepted and then lost.
    pub dropped: u64,
    /// Accepted and left on disk.
    pub spooled: u64,
    /// Accepted and still under way.
    pub pending: u64,
}

/// A snapshot of everything that a logger counts, taken at one moment.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_counters {
    /// `sizeof(metrana_counters)`, set by the caller before the call.
    pub struct_size: usize,
    /// Points of ordinary series.
    pub float_points: metrana_kind_counters,
    /// Points of reinforcement-learning series.
    pub rl_float_points: metrana_kind_counters,
    /// Histograms.
    pub histogram_points: metrana_kind_counters,
    /// Scatter sets.
    pub scatter_points: metrana_kind_counters,
    /// Attribute leaves of the run.
    pub attribute_updates: metrana_kind_counters,
    /// Attribute leaves of environments.
    pub env_attribute_updates: metrana_kind_counters,
    /// Streams that were tried.
    pub connection_attempts: u64,
    /// Streams that failed.
    pub send_errors: u64,
    /// Data messages that were acknowledged.
    pub requests_sent: u64,
    /// Errors that were put into the list that `metrana_logger_take_errors` empties.
    pub errors_reported: u64,
    /// Errors that fell out of that list because it was full.
    pub errors_evicted: u64,
    /// Bytes of the acknowledged data messages.
    pub bytes_sent: u64,
    /// Bytes that were accepted and not yet acknowledged: what `queue_bytes` bounds.
    pub pending_bytes: u64,
    /// Points logged at or below the last step of their series.
    pub mis_steps: u64,
    /// Log calls that had to wait for room in the queue, those that wait now among them.
    pub waits: u64,
    /// How long all of them together waited that wait no more, in nanoseconds.
    pub waited_nanos: u64,
}

// SAFETY: `struct_size` is the first field of a `repr(C)` structure.
unsafe impl WithStructSize for metrana_counters {}

impl From<KindCounters> for metrana_kind_counters {
    fn from(counters: KindCounters) -> Self {
        // Taken apart by name, so that a counter added there is missed here by the compiler.
        let KindCounters { added, refused, enqueued, sent, dropped, spooled, pending } = counters;
        Self { added, refused, enqueued, sent, dropped, spooled, pending }
    }
}

impl From<Counters> for metrana_counters {
    fn from(counters: Counters) -> Self {
        let Counters {
            float_points,
            rl_float_points,
            histogram_points,
            scatter_points,
            attribute_updates,
            env_attribute_updates,
            connection_attempts,
            send_errors,
            requests_sent,
            errors_reported,
            errors_evicted,
            bytes_sent,
            pending_bytes,
            mis_steps,
            waits,
            waited,
        } = counters;
        Self {
            struct_size: size_of::<Self>(),
            float_points: float_points.into(),
            rl_float_points: rl_float_points.into(),
            histogram_points: histogram_points.into(),
            scatter_points: scatter_points.into(),
            attribute_updates: attribute_updates.into(),
            env_attribute_updates: env_attribute_updates.into(),
            connection_attempts,
            send_errors,
            requests_sent,
            errors_reported,
            errors_evicted,
            bytes_sent,
            pending_bytes,
            mis_steps,
            waits,
            waited_nanos: u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX),
        }
    }
}
