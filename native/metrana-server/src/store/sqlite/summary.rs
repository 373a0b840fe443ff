//! What a page of sealed points holds, in a few numbers.

/// What a page holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Summary {
    pub(super) count: u64,
    /// Of the values that are not NaN; NaN without one.
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) sum: f64,
    pub(super) first: f64,
    pub(super) last: f64,
    /// Whether all values are numbers: none of the flags is set then.
    pub(super) flags: u32,
}

/// A value is no number.
const NAN: u32 = 1;
/// A value is positive infinity.
const UP: u32 = 2;
/// A value is negative infinity.
const DOWN: u32 = 4;

impl Summary {
    pub(super) fn of(values: &[f64]) -> Self {
        let mut summary = Self {
            count: values.len() as u64,
            min: f64::NAN,
            max: f64::NAN,
            sum: 0.0,
            first: values.first().copied().unwrap_or(f64::NAN),
            last: values.last().copied().unwrap_or(f64::NAN),
            flags: 0,
        };
        for &value in values {
            if value.is_nan() {
                summary.flags |= NAN;
                continue;
            }
            if value.is_infinite() {
                summary.flags |= if value > 0.0 { UP } else { DOWN };
            }
            summary.min = summary.min.min(value);
            summary.max = summary.max.max(value);
            summary.sum += value;
        }
        summary
    }

    /// Whether it is that of these values, bit by bit.
    pub(super) fn is_of(&self, values: &[f64]) -> bool {
        let bits =
            |of: &Self| ([of.min, of.max, of.sum, of.first, of.last].map(f64::to_bits), of.count, of.flags);
        bits(self) == bits(&Self::of(values))
    }
}
