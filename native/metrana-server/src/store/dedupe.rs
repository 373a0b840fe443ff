//! Knows a message again that was taken in before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StoreError;

/// How many ranges one session may need. A session that is in order needs one, and one more for each message that it
/// gave up; this bounds what a sender of arbitrary numbers can make the server remember.
const MAX_RANGES: usize = 1 << 20;

/// The sequence numbers that one session has used.
///
/// Clients number their messages 256, 512, 768, ... and keep the numbers between for a message that must be cut. So the
/// multiples of 256 are kept apart and divided, and either part is a handful of ranges of consecutive numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct SequenceNumbers {
    whole: Ranges,
    between: Ranges,
}

impl SequenceNumbers {
    /// Notes a number. False: it was there.
    pub(super) fn insert(&mut self, number: u64) -> Result<bool, StoreError> {
        const STEP: u64 = 256;
        if number.is_multiple_of(STEP) {
            self.whole.insert(number / STEP, MAX_RANGES.saturating_sub(self.between.len()))
        } else {
            self.between.insert(number, MAX_RANGES.saturating_sub(self.whole.len()))
        }
    }

    #[cfg(test)]
    fn ranges(&self) -> usize {
        self.whole.len() + self.between.len()
    }
}

/// A set of numbers as ranges: first number to last number, both in the set.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn insert(&mut self, number: u64, most: usize) -> Result<bool, StoreError> {
        let before = self.0.range(..=number).next_back().map(|(&first, &last)| (first, last));
        if before.is_some_and(|(_, last)| last >= number) {
            return Ok(false);
        }
        let joins = before.filter(|&(_, last)| last.checked_add(1) == Some(number));
        let after = number.checked_add(1).and_then(|next| self.0.get(&next).map(|&last| (next, last)));
        if joins.is_none() && after.is_none() && self.0.len() >= most {
            return Err(StoreError::TooManyGaps);
        }
        if let Some((next, _)) = after {
            self.0.remove(&next);
        }
        let first = joins.map_or(number, |(first, _)| first);
        let last = after.map_or(number, |(_, last)| last);
        self.0.insert(first, last);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Ranges, SequenceNumbers, StoreError};

    #[test]
    fn numbers_in_order_need_one_range() {
        let mut seen = SequenceNumbers::default();
        for k in 1..=1000 {
            assert_eq!(seen.insert(k * 256), Ok(true));
            assert_eq!(seen.insert(k * 256), Ok(false));
        }
        assert_eq!(seen.ranges(), 1);
    }

    #[test]
    fn a_skipped_number_is_still_new_and_closes_the_gap() {
        let mut seen = SequenceNumbers::default();
        for k in [1, 2, 4, 5] {
            assert_eq!(seen.insert(k * 256), Ok(true));
        }
        assert_eq!(seen.ranges(), 2);
        assert_eq!(seen.insert(3 * 256), Ok(true));
        assert_eq!(seen.ranges(), 1);
        assert_eq!(seen.insert(3 * 256), Ok(false));
    }

    #[test]
    fn the_parts_of_a_cut_message_are_told_apart() {
        let mut seen = SequenceNumbers::default();
        for number in [256, 257, 258, 512] {
            assert_eq!(seen.insert(number), Ok(true), "{number}");
        }
        for number in [512, 258, 257, 256] {
            assert_eq!(seen.insert(number), Ok(false), "{number}");
        }
        assert_eq!(seen.ranges(), 2);
    }

    #[test]
    fn the_ends_of_the_number_space_are_numbers_like_others() {
        let mut ranges = Ranges::default();
        for number in [u64::MAX, 0, u64::MAX - 1, 1] {
            assert_eq!(ranges.insert(number, 10), Ok(true), "{number}");
            assert_eq!(ranges.insert(number, 10), Ok(false), "{number}");
        }
        assert_eq!(ranges.len(), 2);
    }

    #[test]
    fn any_order_gives_what_a_plain_set_gives() {
        let mut state = 1_u64;
        let mut ranges = Ranges::default();
        let mut model = BTreeSet::new();
        for _ in 0..5000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = (state >> 33) % 700;
            assert_eq!(ranges.insert(number, usize::MAX), Ok(model.insert(number)), "{number}");
        }
        let runs = model.iter().filter(|&&n| n == 0 || !model.contains(&(n - 1))).count();
        assert_eq!(ranges.len(), runs);
    }

    #[test]
    fn gaps_are_bounded_and_what_is_known_stays_known() {
        let mut ranges = Ranges::default();
        for k in 0..4 {
            assert_eq!(ranges.insert(k * 2, 4), Ok(true));
        }
        assert_eq!(ranges.insert(100, 4), Err(StoreError::TooManyGaps));
        assert_eq!(ranges.insert(2, 4), Ok(false));
        assert_eq!(ranges.insert(3, 4), Ok(true), "a number that fills a gap needs no room");
        assert_eq!(ranges.insert(100, 4), Ok(true), "and makes room");
    }
}
