//! What was lost, and where it lay among what was taken in: what a flush has to answer for.

use std::collections::VecDeque;

use crate::errors::{Error, Status};

/// Losses that are told apart. More than that between two flushes, and the oldest two count as one.
const CAPACITY: usize = 256;

#[derive(Default)]
pub(crate) struct Losses {
    list: VecDeque<Loss>,
    last: Option<Error>,
    /// Up to where a flush has told of everything.
    told: u64,
}

/// So much of the records after `start` and up to `end` is lost.
struct Loss {
    start: u64,
    end: u64,
    amount: u64,
}

/// What a flush answers for: the records that no flush before it has answered for, up to the last one taken in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlushMark {
    start: u64,
    pub end: u64,
}

impl Losses {
    pub(crate) fn add(&mut self, start: u64, end: u64, amount: u64, why: Error) {
        self.list.push_back(Loss { start, end, amount });
        self.last = Some(why);
        if self.list.len() > CAPACITY
            && let Some(oldest) = self.list.pop_front()
            && let Some(next) = self.list.front_mut()
        {
            next.start = next.start.min(oldest.start);
            next.end = next.end.max(oldest.end);
            next.amount += oldest.amount;
        }
    }

    pub(crate) fn mark(&self, taken: u64) -> FlushMark {
        FlushMark { start: self.told.min(taken), end: taken }
    }

    /// The answer of a flush whose records have all found their end.
    pub(crate) fn answer(&mut self, mark: FlushMark) -> Result<(), Error> {
        self.told = self.told.max(mark.end);
        let within = self.list.iter().filter(|loss| loss.start < mark.end && loss.end > mark.start);
        let lost: u64 = within.map(|loss| loss.amount).sum();
        match &self.last {
            Some(cause) if lost > 0 => Err(Error {
                status: Status::FlushUndelivered,
                grpc: cause.grpc,
                message: format!(
                    "not everything was delivered: {lost} point(s) or attribute(s) logged since the last flush are lost; {cause}"
                ),
            }),
            _ => Ok(()),
        }
    }

    /// Why something was lost, the last time.
    pub(crate) fn last(&self) -> Option<&Error> {
        self.last.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why() -> Error {
        Error::new(Status::SenderStopped, "refused")
    }

    #[test]
    fn a_flush_answers_for_what_lies_between_it_and_the_one_before() {
        let mut losses = Losses::default();
        assert_eq!(losses.answer(losses.mark(10)), Ok(()));
        let (early, late) = (losses.mark(20), losses.mark(30));
        losses.add(18, 25, 3, why());
        // It lies across the end of the first: some of it may be the first one's.
        for mark in [early, late] {
            let error = losses.answer(mark).expect_err("lost");
            assert_eq!(error.status, Status::FlushUndelivered);
            assert!(error.message.contains("3 point(s)"), "{error}");
        }
        assert_eq!(losses.answer(losses.mark(40)), Ok(()), "it was told");
        losses.add(40, 41, 1, why());
        assert_eq!(losses.answer(FlushMark { start: 30, end: 40 }), Ok(()), "it lies behind");
    }

    #[test]
    fn many_losses_take_no_more_memory_and_none_is_forgotten() {
        let mut losses = Losses::default();
        for at in 0..10_000 {
            losses.add(at, at + 1, 1, why());
        }
        assert!(losses.list.len() <= CAPACITY);
        let error = losses.answer(losses.mark(10_000)).expect_err("lost");
        assert!(error.message.contains("10000 point(s)"), "{error}");
    }
}
