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
    /// The step of the series itself, also of reinforcement learning. Nobody asks for it by name: it is what episodes are
    /// in a series that has a point for each.
    #[serde(skip)]
    OwnStep,
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
        let guess = ((x - self.from) / width * self.buckets as f64) as usize;
        let guess = guess.min(self.buckets - 1);
        // The quotient may be rounded over an edge: the edges that readers are told decide.
        if x < self.start(guess) {
            return Some(guess.saturating_sub(1));
        }
        let is_beyond = guess + 1 < self.buckets && x >= self.start(guess + 1);
        Some(if is_beyond { guess + 1 } else { guess })
    }

    /// Where a bucket begins.
    fn start(&self, place: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "there are few buckets")]
        let share = (self.to - self.from) * place as f64 / self.buckets as f64;
        self.from + share
    }

    /// Where the buckets begin.
    pub(crate) fn starts(&self) -> Vec<f64> {
        (0..self.buckets).map(|place| self.start(place)).collect()
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

    /// Whole numbers on the edges of buckets, which are often no powers of two: 300 buckets of 0 to 900.
    #[test]
    fn a_point_on_an_edge_begins_its_bucket() {
        for (from, width, buckets) in
            [(0_u32, 3_u32, 300_usize), (7, 1, 10), (0, 10, 49), (1000, 7, 93), (5, 333, 10_000), (1, 1, 3)]
        {
            let to = from + width * u32::try_from(buckets).unwrap();
            let grid = Grid::new(from.into(), to.into(), buckets);
            for place in 0..buckets {
                let edge = from + width * u32::try_from(place).unwrap();
                let told = (from, width, buckets, place);
                assert_eq!(grid.place(edge.into()), Some(place), "{told:?}");
                assert_eq!(grid.starts()[place].to_bits(), f64::from(edge).to_bits(), "{told:?}");
            }
        }
    }

    #[test]
    fn every_point_lies_between_the_edges_that_are_told() {
        let seed = 5_u64;
        println!("seed {seed}");
        let mut state = seed;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(state >> 33).unwrap()) / f64::from(1_u32 << 31)
        };
        for _ in 0..2000 {
            let scale = 10_f64.powf(random() * 24.0 - 6.0);
            let (from, length) = ((random() - 0.5) * scale, random() * scale);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let grid = Grid::new(from, from + length, 1 + (random() * 400.0) as usize);
            let starts = grid.starts();
            let of_edges = starts.iter().flat_map(|edge| [*edge, edge.next_up(), edge.next_down()]);
            for x in of_edges.chain((0..20).map(|_| from + random() * length)).collect::<Vec<_>>() {
                let Some(place) = grid.place(x) else {
                    assert!(x < grid.from || x > grid.to, "{grid:?} {x}");
                    continue;
                };
                assert!(starts[place] <= x, "{grid:?} {x} is before {place}");
                assert!(starts.get(place + 1).is_none_or(|next| x < *next), "{grid:?} {x} is behind {place}");
            }
        }
    }
}
