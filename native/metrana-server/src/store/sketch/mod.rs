//! Many points in few numbers: what a curve is drawn from.
//!
//! A [`Sketch`] takes points, or in place of them the summary of a page of points, where that comes to the same. So a
//! store that keeps summaries reads only those pages that an edge between two buckets cuts.

mod bucket;
mod grid;

pub use bucket::{Bucket, Flags};
pub use grid::{Axis, Grid};

/// Which points of a series are drawn as one: those that count of an ordinary series, or of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The environment; none of an ordinary series.
    pub environment: Option<String>,
    /// Only so many of them, the first ones.
    pub points: u64,
}

/// Where points stand from left to right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Along {
    /// What is counted.
    pub axis: Axis,
    /// What relative times count from.
    pub began_at_millis: i64,
}

/// What is made of points.
#[derive(Clone, Debug, PartialEq)]
pub enum Sketch {
    /// From where to where they reach. Without points it reaches from infinity to minus infinity.
    Extent(f64, f64),
    /// A row of buckets.
    Row(Grid, Vec<Bucket>),
}

/// How a stretch of the axis lies to a sketch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// Nothing of it is drawn.
    Beside,
    /// All of it comes to one place.
    One,
    /// It comes to several places.
    Cut,
}

impl Along {
    /// The place of a time.
    #[expect(clippy::cast_precision_loss, reason = "a picture needs no microseconds of the year 300,000")]
    pub(super) fn time(&self, millis: i64) -> f64 {
        let began = if self.axis == Axis::RelativeTime { self.began_at_millis } else { 0 };
        millis.saturating_sub(began) as f64
    }

    /// Whether the axis counts times.
    pub(super) fn is_time(&self) -> bool {
        matches!(self.axis, Axis::WallTime | Axis::RelativeTime)
    }
}

/// The place of a step or an episode.
#[expect(
    clippy::cast_precision_loss,
    reason = "a picture is no place for the last bits of a step beyond 2^53"
)]
pub(super) fn whole(number: u64) -> f64 {
    number as f64
}

impl Sketch {
    /// An empty one that finds out how far points reach.
    #[must_use]
    pub fn extent() -> Self {
        Self::Extent(f64::INFINITY, f64::NEG_INFINITY)
    }

    /// An empty row of buckets.
    #[must_use]
    pub fn row(grid: Grid) -> Self {
        Self::Row(grid, vec![Bucket::default(); grid.buckets])
    }

    /// Its buckets; an extent has none.
    #[must_use]
    pub fn into_buckets(self) -> Vec<Bucket> {
        match self {
            Self::Extent(..) => Vec::new(),
            Self::Row(_, buckets) => buckets,
        }
    }

    /// Adds points, the earlier ones first, which mostly go from left to right.
    pub(super) fn add(&mut self, xs: &[f64], values: &[f64]) {
        match self {
            Self::Extent(from, to) => {
                for &x in xs {
                    (*from, *to) = (from.min(x), to.max(x));
                }
            }
            Self::Row(grid, buckets) if xs.is_sorted() && xs.len() == values.len() => {
                add_sorted(*grid, buckets, |at| xs.get(at).copied().unwrap_or_default(), 0, values);
            }
            Self::Row(grid, buckets) => {
                for (&x, &value) in xs.iter().zip(values) {
                    if let Some(bucket) = grid.place(x).and_then(|place| buckets.get_mut(place)) {
                        bucket.add(x, value);
                    }
                }
            }
        }
    }

    /// Adds points at consecutive steps. Nothing has to be known of each of them but its value.
    pub(super) fn add_consecutive(&mut self, first_step: u64, values: &[f64]) {
        let x = |at: usize| whole(first_step.saturating_add(at as u64));
        match self {
            Self::Extent(from, to) => {
                if let Some(last) = values.len().checked_sub(1) {
                    (*from, *to) = (from.min(x(0)), to.max(x(last)));
                }
            }
            Self::Row(grid, buckets) => add_sorted(*grid, buckets, x, 0, values),
        }
    }

    /// How everything from one place to another lies.
    pub(super) fn fit(&self, from: f64, to: f64) -> Fit {
        match self {
            Self::Extent(..) => Fit::One,
            Self::Row(grid, _) if to < grid.from || from > grid.to => Fit::Beside,
            Self::Row(grid, _) => match (grid.place(from), grid.place(to)) {
                (Some(one), Some(other)) if one == other => Fit::One,
                _ => Fit::Cut,
            },
        }
    }

    /// Adds points in short that come to one place.
    pub(super) fn add_page(&mut self, page: &Bucket) {
        match self {
            Self::Extent(from, to) => (*from, *to) = (from.min(page.first_x), to.max(page.last_x)),
            Self::Row(grid, buckets) => {
                if let Some(bucket) = grid.place(page.first_x).and_then(|place| buckets.get_mut(place)) {
                    bucket.merge(page);
                }
            }
        }
    }

    /// Adds what another one of the same kind holds, which came later.
    pub(crate) fn merge(&mut self, later: &Self) {
        match (self, later) {
            (Self::Extent(from, to), Self::Extent(first, last)) => {
                (*from, *to) = (from.min(*first), to.max(*last));
            }
            (Self::Row(_, buckets), Self::Row(_, later)) => {
                buckets.iter_mut().zip(later).for_each(|(bucket, later)| bucket.merge(later));
            }
            _ => {}
        }
    }
}

/// Looks for the edges between buckets instead of asking of each point where it belongs. The place of `values[at]` is
/// `x(begin + at)`.
fn add_sorted(
    grid: Grid,
    buckets: &mut [Bucket],
    x: impl Fn(usize) -> f64 + Copy,
    begin: usize,
    values: &[f64],
) {
    let Some(last) = values.len().checked_sub(1) else { return };
    let (from, to) = (x(begin), x(begin + last));
    if to < grid.from || from > grid.to {
        return;
    }
    let place = grid.place(from);
    if place == grid.place(to) || last == 0 {
        // Two places beside the grid on its two sides are no one place.
        if let Some(bucket) = place.and_then(|place| buckets.get_mut(place)) {
            bucket.add_sorted(|at| x(begin + at), values);
            return;
        }
        if last == 0 {
            return;
        }
    }
    let middle = values.len() / 2;
    let (left, right) = values.split_at(middle);
    add_sorted(grid, buckets, x, begin, left);
    add_sorted(grid, buckets, x, begin + middle, right);
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Fit, Grid, Sketch};

    #[test]
    fn points_in_order_come_to_the_same_buckets_as_one_by_one() {
        for (from, to, buckets) in [(0.0, 99.0, 7), (20.5, 60.0, 3), (-5.0, 400.0, 1), (40.0, 40.0, 4)] {
            let grid = Grid::new(from, to, buckets);
            let xs: Vec<f64> = (0..150).map(|x| f64::from(x / 3)).collect();
            let values: Vec<f64> = (0..150).map(|x| f64::from(x * 37 % 50)).collect();
            let mut sketch = Sketch::row(grid);
            sketch.add(&xs, &values);
            let mut expected = vec![Bucket::default(); buckets];
            for (&x, &value) in xs.iter().zip(&values) {
                if let Some(place) = grid.place(x) {
                    expected[place].add(x, value);
                }
            }
            // As texts: what is in no bucket is NaN.
            let drawn = format!("{:?}", sketch.into_buckets());
            assert_eq!(drawn, format!("{expected:?}"), "{from} {to} {buckets}");
        }
    }

    #[test]
    fn points_at_consecutive_steps_come_to_the_same_buckets_as_one_by_one() {
        let mut values: Vec<f64> = (0..150).map(|x| f64::from(x * 37 % 50)).collect();
        (values[20], values[21], values[99]) = (f64::NAN, f64::INFINITY, f64::NEG_INFINITY);
        for (first, from, to, buckets) in [
            (0, 0.0, 149.0, 7),
            (5, 20.5, 60.0, 3),
            (1000, -5.0, 4000.0, 9),
            (7, 27.0, 27.0, 1),
            (9, 0.0, 8.0, 2),
        ] {
            let grid = Grid::new(from, to, buckets);
            let (mut sketch, mut extent) = (Sketch::row(grid), Sketch::extent());
            sketch.add_consecutive(first, &values);
            extent.add_consecutive(first, &values);
            extent.add_consecutive(0, &[]);
            let mut expected = vec![Bucket::default(); buckets];
            for (step, &value) in (first..).zip(&values) {
                if let Some(place) = grid.place(super::whole(step)) {
                    expected[place].add(super::whole(step), value);
                }
            }
            let drawn = format!("{:?}", sketch.into_buckets());
            assert_eq!(drawn, format!("{expected:?}"), "{first} {from} {to} {buckets}");
            assert_eq!(extent, Sketch::Extent(super::whole(first), super::whole(first + 149)));
        }
    }

    #[test]
    fn a_page_fits_when_all_of_it_comes_to_one_place() {
        let row = Sketch::row(Grid::new(10.0, 20.0, 5));
        for (from, to, fit) in [
            (0.0, 9.0, Fit::Beside),
            (21.0, 30.0, Fit::Beside),
            (10.0, 11.5, Fit::One),
            (11.5, 12.0, Fit::Cut),
            (5.0, 10.0, Fit::Cut),
            (0.0, 30.0, Fit::Cut),
            (20.0, 20.0, Fit::One),
        ] {
            assert_eq!(row.fit(from, to), fit, "{from} {to}");
        }
        assert_eq!(Sketch::extent().fit(0.0, 9.0), Fit::One);
    }
}
