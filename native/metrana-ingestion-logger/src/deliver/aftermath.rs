//! What is still done for a logger after a call panicked while it had the stage. Nobody knows what the stage holds then, and
//! every call is refused; what was sealed before is as good as ever, and so are the counters, which are plain numbers.

use super::shared::Shared;
use super::stream::Stream;
use super::window::{Message, Window};
use crate::books::counters::Fate;
use crate::config::LogLevel;
use crate::tell::lines::{Line, LineId};

/// Delivers what was sealed before the panic, on the stream that is open; there is no other after it. `room`: how many
/// messages may be under way.
pub(super) async fn see_off(shared: &Shared, window: &mut Window, room: usize, mut stream: Stream) {
    if !shared.slot.gate.is_poisoned() {
        return;
    }
    while !window.is_empty() {
        while stream.under_way() < room.min(window.len()) {
            let Some(message) = window.get(stream.under_way()) else { return };
            if stream.send(message.outgoing.clone()).await.is_err() {
                return;
            }
        }
        if stream.acknowledged().await.is_err() {
            return;
        }
        let Some(message) = window.pop() else { return };
        delivered(shared, &message);
    }
}

/// A message was acknowledged after a panic.
pub(super) fn delivered(shared: &Shared, message: &Message) {
    let gate = &shared.slot.gate;
    if !gate.is_poisoned() {
        return;
    }
    let mut state = gate.whatever_happened();
    if state.outcome().is_some() || state.stopped().is_some() {
        // It counts as lost already.
        return;
    }
    let counters = &mut state.inner.books.counters;
    counters.settle(&message.tally, Fate::Sent);
    counters.requests_sent += 1;
    counters.bytes_sent += message.outgoing.message_len() as u64;
}

/// Whatever has no end by now never will: it is counted, and the host's log says so.
pub(super) fn write_off(shared: &Shared) {
    let gate = &shared.slot.gate;
    if !gate.is_poisoned() {
        return;
    }
    let mut state = gate.whatever_happened();
    let before = state.inner.books.counters.lost();
    state.inner.write_off();
    let lost = state.inner.books.counters.lost() - before;
    drop(state);
    shared.events.log(LogLevel::Error, || {
        let text = format!(
            "the engine panicked in a call on this logger, which stops: {lost} point(s) and attribute(s) are lost"
        );
        Line::new(LineId::LoggerPanicked, text).with("lost", lost)
    });
}
