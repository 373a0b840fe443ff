//! Where points stand along a curve, and the places that it is cut into.

use serde::{Deserialize, Serialize};

/// What runs from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// The step; of reinforcement learning the step of the training.
    Step,
    /// The step of the training.
    RlStep,
    /// The episode. Points that belong to none are left out.
    Episode,
    /// The time, in milliseconds since 1970.
    WallTime,
    /// The time since the run was created, in milliseconds.
    RelativeTime,
}

/// Buckets of one width, the same for every series that is drawn on them: they line up, and what is added later moves
/// none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Where the first bucket begins.
    pub from: f64,
    /// Where the last one ends; this place is in it.
    pub to: f64,
    /// How many there are, at least one.
    pub buckets: usize,
}

impl Grid {
    /// `to` lies in the last bucket.
    pub(crate) fn new(from: f64, to: f64, buckets: usize) -> Self {
        Self { from, to: to.max(from), buckets: buckets.max(1) }
    }

    /// The bucket of a place, if it is on the grid.
    pub(crate) fn place(&self, x: f64) -> Option<usize> {
        if !(self.from..=self.to).contains(&x) {
            return None;
        }
        let width = self.to - self.from;
        if width <= 0.0 {
            return Some(0);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "it is between 0 and the number of buckets"
        )]
        let place = ((x - self.from) / width * self.buckets as f64) as usize;
        Some(place.min(self.buckets - 1))
    }

    /// Where the buckets begin.
    pub(crate) fn starts(&self) -> Vec<f64> {
        #[expect(clippy::cast_precision_loss, reason = "there are few buckets")]
        let at = |place: usize| self.from + (self.to - self.from) * (place as f64 / self.buckets as f64);
        (0..self.buckets).map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Grid;

    #[test]
    fn every_place_of_the_grid_has_one_bucket() {
        let grid = Grid::new(10.0, 20.0, 5);
        let places: Vec<_> =
            [9.9, 10.0, 11.9, 12.0, 19.9, 20.0, 20.1, f64::NAN].map(|x| grid.place(x)).into();
        assert_eq!(places, [None, Some(0), Some(0), Some(1), Some(4), Some(4), None, None]);
        assert_eq!(grid.starts(), [10.0, 12.0, 14.0, 16.0, 18.0]);
        let point = Grid::new(7.0, 7.0, 3);
        assert_eq!((point.place(7.0), point.place(7.1)), (Some(0), None));
        let huge = Grid::new(0.0, 1.8e19, 1000);
        assert_eq!((huge.place(0.0), huge.place(1.8e19)), (Some(0), Some(999)));
    }
}
