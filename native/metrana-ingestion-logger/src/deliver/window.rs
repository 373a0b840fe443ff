//! The window: sealed messages that have no answer yet, in the order of their numbers.

use std::collections::VecDeque;

use crate::books::counters::Tally;
use crate::connect::transport::Outgoing;
use crate::deliver::envelope::Numbered;
use crate::deliver::sealed::{self, SeriesNumbers};

/// A sealed message. Its number is final, and so are its bytes, unless a series is taken out of it.
pub(crate) struct Message {
    pub number: Numbered,
    pub outgoing: Outgoing,
    pub tally: Tally,
    /// Bytes that it holds of the queue.
    pub weight: usize,
    /// The records in it: those after this one,
    pub start: u64,
    /// and up to this one.
    pub end: u64,
}

/// What was taken out of a message, and which records that message holds.
pub(crate) struct TakenOut {
    pub tally: Tally,
    pub start: u64,
    pub end: u64,
}

#[derive(Default)]
pub(crate) struct Window {
    messages: VecDeque<Message>,
}

impl Message {
    /// Takes series out of it.
    fn take_out(&mut self, series: &SeriesNumbers) -> Option<TakenOut> {
        let (outgoing, tally) = sealed::without(&self.outgoing, series)?;
        self.outgoing = outgoing;
        self.tally.subtract(&tally);
        Some(TakenOut { tally, start: self.start, end: self.end })
    }
}

impl Window {
    pub(crate) fn push(&mut self, message: Message) {
        self.messages.push_back(message);
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The message that so many others come before.
    pub(crate) fn get(&self, index: usize) -> Option<&Message> {
        self.messages.get(index)
    }

    /// The number of the youngest message.
    pub(crate) fn newest(&self) -> Option<u64> {
        self.messages.back().map(|message| message.number.sequence)
    }

    /// Whether every message up to a number has found its end.
    pub(crate) fn is_through(&self, sequence: u64) -> bool {
        self.messages.front().is_none_or(|oldest| oldest.number.sequence > sequence)
    }

    /// The oldest message has found its end.
    pub(crate) fn pop(&mut self) -> Option<Message> {
        self.messages.pop_front()
    }

    /// Takes series out of all messages.
    pub(crate) fn take_out(&mut self, series: &SeriesNumbers) -> Vec<TakenOut> {
        self.messages.iter_mut().filter_map(|message| message.take_out(series)).collect()
    }

    /// Takes series out of the youngest message, which was put in just now.
    pub(crate) fn take_out_of_newest(&mut self, series: &SeriesNumbers) -> Option<TakenOut> {
        self.messages.back_mut()?.take_out(series)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn window(numbers: u64) -> Window {
        let mut window = Window::default();
        for n in 1..=numbers {
            window.push(Message {
                number: Numbered { sequence: n * 256, closes_run: false },
                outgoing: Outgoing { head: Bytes::from_static(&[0; 5]), rest: Bytes::new() },
                tally: Tally::default(),
                weight: 13,
                start: n - 1,
                end: n,
            });
        }
        window
    }

    #[test]
    fn messages_leave_in_the_order_in_which_they_came() {
        let mut window = window(2);
        assert_eq!((window.len(), window.newest()), (2, Some(512)));
        assert_eq!(window.get(0).map(|message| message.number.sequence), Some(256));
        assert_eq!(window.pop().map(|message| message.number.sequence), Some(256));
        assert_eq!(window.get(0).map(|message| message.number.sequence), Some(512));
    }

    #[test]
    fn everything_up_to_a_number_is_through_when_its_message_is_gone() {
        let mut window = window(2);
        assert!(window.is_through(0) && !window.is_through(256) && !window.is_through(512));
        window.pop();
        assert!(window.is_through(256) && !window.is_through(512));
        window.pop();
        assert!(window.is_through(512) && window.is_empty());
    }
}
