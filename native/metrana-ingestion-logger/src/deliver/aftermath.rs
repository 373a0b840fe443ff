//! What is still done for a logger after a call panicked while it had the stage. Nobody knows what the stage holds then, and
//! every call is refused; what was sealed before is as good as ever, and so are the counters, which are plain numbers.

use super::sender::Sender;
use super::shared::Shared;
use super::stream::Stream;
use super::window::Message;
use crate::books::counters::Fate;
use crate::config::LogLevel;

impl Sender {
    /// Delivers what was sealed before the panic, on the stream that is open; there is no other after it.
    pub(super) async fn see_off(&mut self, mut stream: Stream) {
        if !self.shared.slot.gate.is_poisoned() {
            return;
        }
        while !self.window.is_empty() {
            let room = self.room().min(self.window.len());
            while stream.under_way() < room {
                let Some(message) = self.window.get(stream.under_way()) else { return };
                if stream.send(message.outgoing.clone()).await.is_err() {
                    return;
                }
            }
            if stream.acknowledged().await.is_err() {
                return;
            }
            let Some(message) = self.window.pop() else { return };
            delivered(&self.shared, &message);
        }
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
        format!("the engine panicked in a call on this logger, which stops: {lost} point(s) and attribute(s) are lost")
    });
}
