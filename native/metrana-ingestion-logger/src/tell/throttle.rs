//! Lines that could come by the thousand: the first ones are written, the rest are counted.

use std::time::{Duration, Instant};

/// How many lines of one sort are written in each span.
const LINES: u32 = 10;

const SPAN: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Throttle {
    span: Option<Instant>,
    written: u32,
    held_back: u64,
}

impl Throttle {
    /// Whether a line may be written, and if so, how many were held back since the last one.
    pub(crate) fn pass(&mut self, now: Instant) -> Option<u64> {
        if self.span.is_none_or(|began| now.saturating_duration_since(began) >= SPAN) {
            self.span = Some(now);
            self.written = 0;
        }
        if self.written >= LINES {
            self.held_back += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_becomes_ten_lines_a_span_and_a_count() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        let written = (0..1000).filter(|_| throttle.pass(start).is_some()).count();
        assert_eq!(written, 10);
        assert_eq!(throttle.pass(start + SPAN / 2), None);
        assert_eq!(throttle.pass(start + SPAN), Some(991));
        assert_eq!(throttle.pass(start + SPAN), Some(0));
    }
}
