//! What is kept of the points that fall into one place of a curve.

/// Points of one bucket in short. It draws the same picture as they would: where a curve enters, where it leaves, and how
/// far it goes up and down between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// How many values are numbers. The others are not in what follows, only in the flags.
    pub count: u64,
    /// Which values there are that are no numbers.
    pub flags: Flags,
    /// Where the first number is.
    pub first_x: f64,
    /// The first number.
    pub first: f64,
    /// Where the last number is.
    pub last_x: f64,
    /// The last number.
    pub last: f64,
    /// The least number.
    pub min: f64,
    /// The greatest number.
    pub max: f64,
    /// The sum of the numbers.
    pub sum: f64,
}

/// Which values there were that are no numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// There is a value that is not a number.
    pub const NAN: u8 = 1;
    /// There is a positive infinity.
    pub const INFINITY: u8 = 2;
    /// There is a negative infinity.
    pub const NEGATIVE_INFINITY: u8 = 4;

    fn of(value: f64) -> u8 {
        if value.is_nan() {
            Self::NAN
        } else if value > 0.0 {
            Self::INFINITY
        } else {
            Self::NEGATIVE_INFINITY
        }
    }
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            count: 0,
            flags: Flags::default(),
            first_x: f64::INFINITY,
            first: f64::NAN,
            last_x: f64::NEG_INFINITY,
            last: f64::NAN,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            sum: 0.0,
        }
    }
}

/// So many points are added at once.
const LANES: usize = 8;

impl Bucket {
    /// Adds a point. Of those at the same place the one that is added later is the later one.
    pub(crate) fn add(&mut self, x: f64, value: f64) {
        if !value.is_finite() {
            self.flags.0 |= Flags::of(value);
            return;
        }
        self.count += 1;
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        if x < self.first_x {
            (self.first_x, self.first) = (x, value);
        }
        if x >= self.last_x {
            (self.last_x, self.last) = (x, value);
        }
    }

    /// Adds points from left to right. `x` gives the place of each.
    pub(super) fn add_sorted(&mut self, x: impl Fn(usize) -> f64, values: &[f64]) {
        let (Some(&first), Some(&last)) = (values.first(), values.last()) else { return };
        // Side by side, so that no value waits for the one before it, and without a branch that depends on one.
        let (mut min, mut max) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        let mut sum = [0.0; LANES];
        let mut take = |values: &[f64]| {
            let lanes = min.iter_mut().zip(&mut max).zip(&mut sum);
            for (((min, max), sum), &value) in lanes.zip(values) {
                *min = if value < *min { value } else { *min };
                *max = if value > *max { value } else { *max };
                *sum += value;
            }
        };
        let (chunks, rest) = values.as_chunks::<LANES>();
        for chunk in chunks {
            take(chunk);
        }
        take(rest);
        let sum: f64 = sum.iter().sum();
        // Anything that is no number is in the sum, too.
        if !sum.is_finite() {
            values.iter().enumerate().for_each(|(at, &value)| self.add(x(at), value));
            return;
        }
        self.min = min.into_iter().fold(self.min, f64::min);
        self.max = max.into_iter().fold(self.max, f64::max);
        self.count += values.len() as u64;
        self.sum += sum;
        let (from, to) = (x(0), x(values.len() - 1));
        if from < self.first_x {
            (self.first_x, self.first) = (from, first);
        }
        if to >= self.last_x {
            (self.last_x, self.last) = (to, last);
        }
    }

    /// Adds what another one holds. Of numbers at the same place those of the other one are the later ones.
    pub(crate) fn merge(&mut self, later: &Self) {
        self.flags.0 |= later.flags.0;
        if later.count == 0 {
            return;
        }
        self.count += later.count;
        self.sum += later.sum;
        self.min = self.min.min(later.min);
        self.max = self.max.max(later.max);
        if later.first_x < self.first_x {
            (self.first_x, self.first) = (later.first_x, later.first);
        }
        if later.last_x >= self.last_x {
            (self.last_x, self.last) = (later.last_x, later.last);
        }
    }

    /// Whether nothing fell into it.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0 && self.flags.0 == 0
    }

    /// The mean of the numbers.
    pub(crate) fn mean(&self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "more points than a double counts do not fit on any disk"
        )]
        let count = self.count as f64;
        if self.count == 0 { f64::NAN } else { self.sum / count }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Flags};

    #[test]
    fn a_bucket_keeps_what_draws_the_curve() {
        let mut bucket = Bucket::default();
        assert!(bucket.is_empty() && bucket.mean().is_nan());
        for (x, value) in
            [(5.0, 2.0), (3.0, -7.0), (9.0, 1.0), (9.0, 4.0), (6.0, f64::NAN), (7.0, f64::INFINITY)]
        {
            bucket.add(x, value);
        }
        assert_eq!((bucket.first_x, bucket.first), (3.0, -7.0));
        assert_eq!((bucket.last_x, bucket.last), (9.0, 4.0), "of equal places the later one");
        assert_eq!((bucket.min, bucket.max, bucket.sum, bucket.count), (-7.0, 4.0, 0.0, 4));
        assert_eq!(bucket.flags, Flags(Flags::NAN | Flags::INFINITY));
        let mut merged = Bucket::default();
        merged.merge(&bucket);
        assert_eq!(merged, bucket, "nothing and something is something");
        merged.merge(&Bucket::default());
        assert_eq!(merged, bucket, "something and nothing, too");
        let mut other = Bucket::default();
        other.add(3.0, 8.0);
        other.add(9.0, 5.0);
        merged.merge(&other);
        assert_eq!((merged.first_x, merged.first), (3.0, -7.0), "of equal places the earlier one");
        assert_eq!((merged.last_x, merged.last), (9.0, 5.0), "of equal places the later one");
        assert_eq!((merged.min, merged.max, merged.sum, merged.count), (-7.0, 8.0, 13.0, 6));
        let mut only = Bucket::default();
        only.add(1.0, f64::NEG_INFINITY);
        assert!(!only.is_empty() && only.count == 0 && only.flags == Flags(Flags::NEGATIVE_INFINITY));
    }
}
