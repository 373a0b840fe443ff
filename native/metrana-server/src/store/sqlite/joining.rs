//! Which small tiles of a series are joined into larger ones.
//!
//! Neighbours are joined when together they fill a tile, or when nothing more comes. While more comes, sixteen of about
//! one size are joined into one of the next size, so that no point is written again more than a few times on its way
//! into a large tile.

use std::ops::Range;

use super::tiling::TILE;

/// A tile with more points is large: it is left as it is.
const SMALL: u64 = TILE as u64 / 2;
/// So many tiles of about one size are joined at the end of a series that grows.
const FAN: usize = 16;
/// No more are joined at once, however small they are.
const MOST: usize = 1024;

/// The tiles that are joined next, of tiles with so many points each in the order of their arrival. `settled`: no more
/// come. What is joined has at most as many points as a tile.
pub(super) fn due(counts: &[u64], settled: bool) -> Option<Range<usize>> {
    let (mut start, mut sum) = (0, 0);
    for (at, &count) in counts.iter().enumerate() {
        if count > SMALL {
            if at - start >= 2 {
                return Some(start..at);
            }
            (start, sum) = (at + 1, 0);
            continue;
        }
        if sum + count > TILE as u64 || at - start == MOST {
            return Some(start..at);
        }
        sum += count;
    }
    let tail = counts.get(start..).unwrap_or_default();
    if settled {
        return (tail.len() >= 2).then_some(start..counts.len());
    }
    let mut size = FAN as u64;
    while size <= SMALL * FAN as u64 {
        let last = tail.iter().rev().take_while(|&&count| count < size);
        if last.clone().filter(|&&count| count >= size / FAN as u64).count() >= FAN {
            return Some(counts.len() - last.count()..counts.len());
        }
        size *= FAN as u64;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{FAN, MOST, SMALL, TILE, due};

    /// Joins all that is due: what is left, and how many points were written for it.
    fn join(counts: &mut Vec<u64>, settled: bool) -> u64 {
        let mut written = 0;
        while let Some(range) = due(counts, settled) {
            let sum: u64 = counts[range.clone()].iter().sum();
            assert!(range.len() >= 2 && sum <= TILE as u64 && range.len() <= MOST, "{range:?} {sum}");
            written += sum;
            counts.splice(range, [sum]);
        }
        written
    }

    #[test]
    fn large_tiles_are_left_as_they_are() {
        let large = SMALL + 1;
        for settled in [false, true] {
            assert_eq!(due(&[], settled), None);
            assert_eq!(due(&[5], settled), None);
            assert_eq!(due(&[large, large, TILE as u64], settled), None);
            assert_eq!(due(&[large, 5, large, 5, large], settled), None, "there is nothing beside them");
            assert_eq!(
                due(&[large, 5, 6, large], settled),
                Some(1..3),
                "nothing comes between them any more"
            );
        }
        assert_eq!(due(&[large, 5, 6], true), Some(1..3));
        assert_eq!(due(&[large, 5, 6], false), None, "more comes");
        assert_eq!(due(&[SMALL, SMALL, 1], false), Some(0..2), "they fill a tile");
    }

    #[test]
    fn a_series_that_grows_by_any_steps_has_few_tiles_and_is_not_written_again_and_again() {
        for each in [1_u64, 3, 17, 100, 1000, 4096, 20_000, SMALL] {
            let (mut counts, mut all, mut written, mut most) = (Vec::new(), 0, 0, 0);
            while all < 4 * TILE as u64 {
                counts.push(each);
                all += each;
                written += join(&mut counts, false);
                most = most.max(counts.len());
            }
            assert_eq!(counts.iter().sum::<u64>(), all);
            assert!(most <= 4 * FAN + 8, "{each}: {most} tiles");
            assert!(written <= 6 * all, "{each}: {written} points were written for {all}");
            join(&mut counts, true);
            assert!(counts.len() <= 9, "{each}: {counts:?}");
        }
    }

    #[test]
    fn many_tiles_of_an_older_server_are_joined_in_bounded_parts() {
        let mut counts = vec![1; 10 * MOST];
        join(&mut counts, true);
        assert_eq!(counts, [10 * MOST as u64]);
    }
}
