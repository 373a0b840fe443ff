//! How a call gets in: past the gate, or through the side door of a tray.

#![allow(
    clippy::indexing_slicing,
    reason = "a series has its tray by its number, which is below the number of trays"
)]

use crate::clock;
use crate::config::Backpressure;
use crate::errors::{Error, Status};
use crate::kinds::Call;
use crate::names::ids::SeriesId;
use crate::points::Scalar;
use crate::stage::gate::Turned;
use crate::stage::slots::Slot;
use crate::stage::tray;
use crate::stage::{Stage, Terms};

/// Puts a value into the tray of its series. False: it goes the long way.
pub(crate) fn put(slot: &Slot, generation: u32, series: SeriesId, scalar: &Scalar) -> bool {
    !slot.gate.is_poisoned() && slot.trays[tray::of(series)].put(generation, series, scalar)
}

pub(crate) fn gone() -> Error {
    Error::new(Status::LoggerClosed, "logger is closed, and this handle belonged to it")
}

/// Lets a call of a logger in, or says why not.
pub(crate) fn admit<C: Call>(slot: &Slot, generation: u32, call: &C) -> Result<(), Error> {
    if call.size().1 == 0 {
        // Names are checked, shapes were before, and nothing else happens.
        let state = slot.gate.lock()?;
        state.admits()?;
        check_generation(&state.inner, generation)?;
        return call.check_names(&state.inner.names);
    }
    let now = clock::now_millis();
    let staged = slot.gate.admit(
        |stage| stage.terms.patience(),
        |stage| {
            check_generation(stage, generation)?;
            if stage.terms.raise_errors && !stage.books.reports.is_empty() {
                let what = "this call logged nothing, because errors have happened since the last one";
                return Err(stage.books.reports.take_as_one(Status::SenderErrors, what));
            }
            call.plan(stage)
        },
        |stage, plan, spare| {
            stage.note_clock(now);
            stage.spare = spare;
            call.commit(stage, plan, now);
            let staged = stage.finish_call();
            (staged.weight, staged)
        },
        |stage, _| {
            call.refuse(&mut stage.books.counters);
            stage.terms
        },
    );
    match staged {
        Ok(staged) => {
            if staged.wake_sender {
                slot.wake.notify_one();
            }
            Ok(())
        }
        Err(Turned::Down(error)) => Err(error),
        Err(Turned::Away(terms)) => turned_away(&terms),
    }
}

fn check_generation(stage: &Stage, generation: u32) -> Result<(), Error> {
    if stage.generation == generation { Ok(()) } else { Err(gone()) }
}

fn turned_away(terms: &Terms) -> Result<(), Error> {
    let Terms { backpressure, queue_bytes, enqueue_timeout, .. } = terms;
    if *backpressure == Backpressure::DropNew {
        return Ok(());
    }
    let waited = enqueue_timeout.unwrap_or_default();
    Err(Error::new(
        Status::QueueFull,
        format!(
            "send queue is full: no room in its {queue_bytes} bytes for {waited:?}, nothing was logged; \
             the service takes data more slowly than it is logged"
        ),
    ))
}
