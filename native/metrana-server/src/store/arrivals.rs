//! The points of a series in the order of their arrival, and which of them are read.

use std::ops::Range;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// How the points of a series are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Those that count, each step once, in the order of the steps.
    #[default]
    Merged,
    /// All that arrived, in the order of their arrival.
    Raw,
}

/// What is to be known of points that are kept in the order of their arrival. The points themselves are kept by the owner.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Arrivals {
    total: u64,
    left_out: LeftOut,
    /// Points whose step another one took later.
    replaced: u64,
    /// Whether those that count are not in the order of their steps, or a step has several.
    unsorted: bool,
    /// The arrival indexes of those that count, by their steps. Made when it is first asked for.
    #[serde(skip)]
    merged: OnceLock<Box<[usize]>>,
}

/// What became of the points of one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// Those that do not count: ranges of places in the batch, in order.
    pub(super) left_out: Vec<Range<usize>>,
    /// How many points they replace.
    pub(super) replaced: u64,
    /// Whether their steps do not all follow what was there, and one another.
    pub(super) unsorted: bool,
}

impl Taken {
    /// None of so many points count.
    pub(super) fn nothing(points: usize) -> Self {
        Self {
            left_out: std::iter::once(0..points).filter(|all| !all.is_empty()).collect(),
            ..Self::default()
        }
    }

    /// How many points do not count.
    pub(super) fn points_left_out(&self) -> u64 {
        self.left_out.iter().map(|range| range.len() as u64).sum()
    }
}

/// What a reader gets: how many points there are in its view, and the arrival indexes of those on its page.
#[derive(Debug)]
pub(super) struct Selection<'a> {
    pub(super) total: u64,
    pub(super) picks: Picks<'a>,
}

#[derive(Debug)]
pub(super) enum Picks<'a> {
    /// Consecutive ones.
    Ranges(Vec<Range<usize>>),
    /// One by one.
    Each(&'a [usize]),
}

impl Arrivals {
    /// Notes a batch of so many points.
    pub(super) fn push(&mut self, points: usize, taken: &Taken) {
        for range in &taken.left_out {
            self.left_out.push(self.total + range.start as u64..self.total + range.end as u64);
        }
        self.total += points as u64;
        self.replaced += taken.replaced;
        self.unsorted |= taken.unsorted;
        self.merged = OnceLock::new();
    }

    /// How many arrived.
    pub(super) fn raw(&self) -> u64 {
        self.total
    }

    /// How many count.
    pub(super) fn counting(&self) -> u64 {
        self.total - self.left_out.len() - self.replaced
    }

    /// The arrivals that it takes to tell a page of a view. None: the page is empty.
    pub(super) fn reach_of(&self, view: View, offset: u64, limit: u64) -> Option<Range<usize>> {
        if view == View::Merged && self.unsorted {
            // Which ones count on a page depends on all steps.
            return Some(page(0, u64::MAX, self.total)).filter(|all| !all.is_empty());
        }
        let ranges = match view {
            View::Raw => vec![page(offset, limit, self.total)],
            View::Merged => self.left_out.around(page(offset, limit, self.counting())),
        };
        let mut ranges = ranges.into_iter().filter(|range| !range.is_empty());
        let first = ranges.next()?;
        let end = ranges.next_back().map_or(first.end, |last| last.end);
        Some(first.start..end)
    }

    /// Where the first points lie that count, so many of them. None: their order is not that of their arrival.
    pub(super) fn in_order(&self, points: u64) -> Option<Vec<Range<usize>>> {
        if self.unsorted {
            return None;
        }
        let mut ranges = self.left_out.around(page(0, points, self.counting()));
        ranges.retain(|range| !range.is_empty());
        Some(ranges)
    }

    /// The page of a view. `key` says by which step a point is known; of several with one the last counts.
    pub(super) fn select<K: Ord>(
        &self,
        view: View,
        offset: u64,
        limit: u64,
        key: impl Fn(usize) -> K,
    ) -> Selection<'_> {
        match view {
            View::Raw => {
                let total = self.total;
                Selection { total, picks: Picks::Ranges(vec![page(offset, limit, total)]) }
            }
            View::Merged if self.unsorted => {
                let merged = self.merged.get_or_init(|| self.merge(key));
                let page = page(offset, limit, merged.len() as u64);
                Selection {
                    total: merged.len() as u64,
                    picks: Picks::Each(merged.get(page).unwrap_or_default()),
                }
            }
            View::Merged => {
                let total = self.counting();
                let page = page(offset, limit, total);
                Selection { total, picks: Picks::Ranges(self.left_out.around(page)) }
            }
        }
    }

    fn merge<K: Ord>(&self, key: impl Fn(usize) -> K) -> Box<[usize]> {
        let counting = 0..usize::try_from(self.total - self.left_out.len()).unwrap_or(usize::MAX);
        let ranges = self.left_out.around(counting);
        let mut keyed: Vec<(K, usize)> =
            ranges.into_iter().flatten().map(|index| (key(index), index)).collect();
        // By key, and within it by arrival.
        keyed.sort_unstable();
        let mut merged: Vec<usize> = Vec::with_capacity(keyed.len());
        let mut keyed = keyed.into_iter().peekable();
        while let Some((key, index)) = keyed.next() {
            if keyed.peek().is_none_or(|(next, _)| *next != key) {
                merged.push(index);
            }
        }
        merged.into_boxed_slice()
    }
}

/// The places of a page among so many.
pub(super) fn page(offset: u64, limit: u64, total: u64) -> Range<usize> {
    let from = offset.min(total);
    let until = from.saturating_add(limit).min(total);
    let place = |index| usize::try_from(index).unwrap_or(usize::MAX);
    place(from)..place(until)
}

/// Points that do not count, as ranges of arrival indexes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct LeftOut {
    /// In order; no two of them touch.
    marks: Vec<Mark>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    from: u64,
    until: u64,
    /// How many count before it.
    counting: u64,
}

impl LeftOut {
    fn len(&self) -> u64 {
        self.marks.last().map_or(0, |mark| mark.until - mark.counting)
    }

    /// Adds a range behind the others.
    fn push(&mut self, range: Range<u64>) {
        match self.marks.last_mut() {
            Some(last) if last.until == range.start => last.until = range.end,
            _ => {
                let counting = range.start - self.len();
                self.marks.push(Mark { from: range.start, until: range.end, counting });
            }
        }
    }

    /// Where the points lie that are at some places among those that count.
    fn around(&self, places: Range<usize>) -> Vec<Range<usize>> {
        let (mut place, end) = (places.start as u64, places.end as u64);
        let mut ranges = Vec::new();
        // The marks up to here lie before the first place.
        let mut next = self.marks.partition_point(|mark| mark.counting <= place);
        let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        while place < end {
            let skipped = match next.checked_sub(1).and_then(|before| self.marks.get(before)) {
                Some(mark) => mark.until - mark.counting,
                None => 0,
            };
            let until = self.marks.get(next).map_or(end, |mark| mark.counting.min(end));
            ranges.push(index(place + skipped)..index(until + skipped));
            place = until;
            next += 1;
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrivals, Picks, Taken, View};

    fn read(arrivals: &Arrivals, view: View, offset: u64, limit: u64, keys: &[u64]) -> (u64, Vec<usize>) {
        let selection = arrivals.select(view, offset, limit, |index| keys[index]);
        let picks = match selection.picks {
            Picks::Ranges(ranges) => ranges.into_iter().flatten().collect(),
            Picks::Each(picks) => picks.to_vec(),
        };
        (selection.total, picks)
    }

    #[test]
    fn any_page_of_any_marks_is_what_a_plain_list_gives() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for unsorted in [false, true] {
            let mut arrivals = Arrivals::default();
            let (mut keys, mut counting) = (Vec::new(), Vec::new());
            let mut last = 0;
            for _ in 0..200 {
                let mut taken = Taken { unsorted, ..Taken::default() };
                let points = usize::try_from(random(5)).unwrap();
                for place in 0..points {
                    let counts = random(3) > 0;
                    last = if unsorted { random(300) } else { last + u64::from(counts) };
                    if counts {
                        counting.push(keys.len());
                    } else {
                        taken.left_out.push(place..place + 1);
                    }
                    keys.push(last);
                }
                if unsorted {
                    let known = |from: usize, key| counting[..from].iter().any(|&index| keys[index] == key);
                    let new =
                        counting.iter().position(|&i| i >= keys.len() - points).unwrap_or(counting.len());
                    taken.replaced =
                        (new..counting.len()).filter(|&at| known(at, keys[counting[at]])).count() as u64;
                }
                arrivals.push(points, &taken);
            }
            if unsorted {
                let all = counting.clone();
                counting
                    .retain(|&index| all.iter().all(|&other| other <= index || keys[other] != keys[index]));
                counting.sort_by_key(|&index| keys[index]);
            }
            assert_eq!((arrivals.raw(), arrivals.counting()), (keys.len() as u64, counting.len() as u64));
            let raw: Vec<usize> = (0..keys.len()).collect();
            for (view, expected) in [(View::Raw, raw), (View::Merged, counting)] {
                for (offset, limit) in [(0, u64::MAX), (0, 1), (3, 17), (50, 40), (u64::MAX, 5), (10, 0)] {
                    let from = usize::try_from(offset).unwrap_or(usize::MAX).min(expected.len());
                    let until = from.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX));
                    let page = &expected[from..until.min(expected.len())];
                    let total = expected.len() as u64;
                    let reach = match page {
                        _ if view == View::Merged && unsorted => Some(0..keys.len()),
                        [first, .., last] => Some(*first..last + 1),
                        [only] => Some(*only..only + 1),
                        [] => None,
                    };
                    assert_eq!(
                        arrivals.reach_of(view, offset, limit),
                        reach,
                        "no more is read than it takes"
                    );
                    assert_eq!(
                        read(&arrivals, view, offset, limit, &keys),
                        (total, page.to_vec()),
                        "{view:?} {offset} {limit}"
                    );
                }
            }
        }
    }
}
