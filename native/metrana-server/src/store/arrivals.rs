//! The points of a series in the order of their arrival, and which of them are read.

use std::ops::Range;

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

impl Arrivals {
    /// Notes a batch of so many points.
    pub(super) fn push(&mut self, points: usize, taken: &Taken) {
        for range in &taken.left_out {
            self.left_out.push(self.total + range.start as u64..self.total + range.end as u64);
        }
        self.total += points as u64;
        self.replaced += taken.replaced;
        self.unsorted |= taken.unsorted;
    }

    /// How many arrived.
    pub(super) fn raw(&self) -> u64 {
        self.total
    }

    /// How many count.
    pub(super) fn counting(&self) -> u64 {
        self.total - self.left_out.len() - self.replaced
    }

    /// How many points there are in a view.
    pub(super) fn total(&self, view: View) -> u64 {
        match view {
            View::Raw => self.total,
            View::Merged => self.counting(),
        }
    }

    /// Whether the order of a view is that of the arrival.
    pub(super) fn has_order(&self, view: View) -> bool {
        view == View::Raw || !self.unsorted
    }

    /// Where the points of a page lie, in order. None: the order of the view is not that of their arrival.
    pub(super) fn ranges(&self, view: View, offset: u64, limit: u64) -> Option<Vec<Range<usize>>> {
        if !self.has_order(view) {
            return None;
        }
        let page = page(offset, limit, self.total(view));
        let mut ranges = match view {
            View::Raw => vec![page],
            View::Merged => self.left_out.around(page),
        };
        ranges.retain(|range| !range.is_empty());
        Some(ranges)
    }

    /// Those of some arrivals that count, or that another one replaced.
    pub(super) fn kept_of(&self, arrivals: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        self.left_out.others_of(arrivals)
    }

    /// Where the first points lie that count, so many of them. None: their order is not that of their arrival.
    pub(super) fn in_order(&self, points: u64) -> Option<Vec<Range<usize>>> {
        self.ranges(View::Merged, 0, points)
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

    /// What lies between the marks within a stretch of arrivals.
    fn others_of(&self, arrivals: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let (mut from, end) = (arrivals.start as u64, arrivals.end as u64);
        let first = self.marks.partition_point(|mark| mark.until <= from);
        let mut marks = self.marks.get(first..).unwrap_or_default().iter();
        let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        std::iter::from_fn(move || {
            while from < end {
                let (begin, until) = (from, marks.as_slice().first().map_or(end, |mark| mark.from.min(end)));
                from = marks.next().map_or(end, |mark| mark.until);
                if begin < until {
                    return Some(index(begin)..index(until));
                }
            }
            None
        })
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
    use super::{Arrivals, Taken, View};

    #[test]
    fn any_page_of_any_marks_is_what_a_plain_list_gives() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut arrivals = Arrivals::default();
        let (mut all, mut counting) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            let mut taken = Taken::default();
            let points = usize::try_from(random(5)).unwrap();
            for place in 0..points {
                if random(3) > 0 {
                    counting.push(all.len());
                } else {
                    taken.left_out.push(place..place + 1);
                }
                all.push(all.len());
            }
            arrivals.push(points, &taken);
        }
        assert_eq!((arrivals.raw(), arrivals.counting()), (all.len() as u64, counting.len() as u64));
        for (view, expected) in [(View::Raw, &all), (View::Merged, &counting)] {
            assert_eq!(arrivals.total(view), expected.len() as u64);
            for (offset, limit) in [(0, u64::MAX), (0, 1), (3, 17), (50, 40), (u64::MAX, 5), (10, 0)] {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(expected.len());
                let until = from.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX));
                let page = &expected[from..until.min(expected.len())];
                let ranges = arrivals.ranges(view, offset, limit).expect("it is in order");
                assert_eq!(
                    ranges.into_iter().flatten().collect::<Vec<_>>(),
                    page,
                    "{view:?} {offset} {limit}"
                );
            }
        }
        for _ in 0..300 {
            let from = usize::try_from(random(all.len() as u64)).unwrap();
            let until = from + usize::try_from(random(40)).unwrap();
            let kept: Vec<usize> =
                arrivals.kept_of(from..until).flatten().filter(|at| *at < all.len()).collect();
            let expected: Vec<usize> =
                counting.iter().copied().filter(|at| (from..until).contains(at)).collect();
            assert_eq!(kept, expected, "{from} to {until}");
        }
    }

    #[test]
    fn points_out_of_order_are_in_the_order_of_their_arrival_only_as_they_came() {
        let mut arrivals = Arrivals::default();
        arrivals.push(3, &Taken { unsorted: true, replaced: 1, ..Taken::default() });
        assert_eq!((arrivals.total(View::Raw), arrivals.total(View::Merged)), (3, 2));
        assert_eq!(arrivals.ranges(View::Merged, 0, 9), None);
        let raw = arrivals.ranges(View::Raw, 1, 9).expect("as they came");
        assert_eq!(raw.into_iter().flatten().collect::<Vec<_>>(), [1, 2]);
    }
}
