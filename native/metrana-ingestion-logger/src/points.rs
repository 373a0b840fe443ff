//! What a caller hands over: columns of values with their steps and timestamps.

/// The values of a call. They travel at the precision they come in.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// Double precision.
    F64(&'a [f64]),
    /// Single precision.
    F32(&'a [f32]),
}

/// The steps of a call.
#[derive(Clone, Copy, Debug)]
pub enum Steps<'a> {
    /// From one after the last step of the series on, or from 0.
    Auto,
    /// This one and those that follow.
    From(u64),
    /// One for each value.
    Each(&'a [u64]),
}

/// The timestamps of a call, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub enum Timestamps<'a> {
    /// When the call was made.
    Now,
    /// This one for all values.
    At(i64),
    /// One for each value.
    Each(&'a [i64]),
}

/// Points of an ordinary, ordered series.
#[derive(Clone, Copy, Debug)]
pub struct StdFloats<'a> {
    /// What is measured.
    pub metric: &'a str,
    /// What a step counts.
    pub scale: &'a str,
    /// What tells this series from others of the same metric and scale; in any order.
    pub labels: &'a [(&'a str, &'a str)],
    /// The values.
    pub values: Values<'a>,
    /// Their steps.
    pub steps: Steps<'a>,
    /// Their timestamps.
    pub timestamps: Timestamps<'a>,
}

impl<'a> Values<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F64(values) => values.len(),
            Self::F32(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn width(&self) -> Width {
        match self {
            Self::F64(_) => Width::F64,
            Self::F32(_) => Width::F32,
        }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        match self {
            Self::F64(values) => crate::wire::raw(values),
            Self::F32(values) => crate::wire::raw(values),
        }
    }
}

/// The precision of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    F64,
    F32,
}

impl Width {
    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
        }
    }
}
