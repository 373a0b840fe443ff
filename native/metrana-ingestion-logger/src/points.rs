//! What a caller hands over: columns of values with their steps and timestamps.

use std::ops::Range;

use crate::clock;

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

/// Points of an ordinary series.
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
    /// Whether many processes log to the series: then steps come in any order, and are always given.
    pub distributed: bool,
}

/// Something that points of a grid of environments have: given once for all, once a row, or one by one.
#[derive(Clone, Copy, Debug)]
pub enum Spread<'a, T> {
    /// Not given.
    None,
    /// The same for all. Of steps: where each row begins.
    Uniform(T),
    /// One for each environment. Of steps: where its row begins.
    PerEnvironment(&'a [T]),
    /// One for each value, row by row.
    Grid(&'a [T]),
}

/// An environment as one logger knows it. It means nothing to another logger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct EnvironmentId(u32);

impl EnvironmentId {
    /// The environment that was called by this number before. A number that a logger never gave out is refused by the
    /// call that it is used in.
    #[must_use]
    pub const fn from_u32(number: u32) -> Self {
        Self(number)
    }

    /// A number for it, for hosts that keep numbers.
    #[must_use]
    pub const fn as_u32(self) -> u32 {
        self.0
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A series of a logger, for calls that come again and again. Plain numbers: cheap to keep and safe to keep too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesHandle {
    /// Where the logger lives.
    pub slot: u32,
    /// Which logger it is.
    pub generation: u32,
    /// Which of its series.
    pub series: u32,
}

/// The environments of a call.
#[derive(Clone, Copy, Debug)]
pub enum Environments<'a> {
    /// By name.
    Names(&'a [&'a str]),
    /// As this logger knows them already.
    Known(&'a [EnvironmentId]),
}

impl Environments<'_> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Names(names) => names.len(),
            Self::Known(ids) => ids.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How the environment steps of a series in an environment count. The first call decides it for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepStrategy {
    /// From 0 within each reinforcement-learning step and episode.
    #[default]
    WithinRlStep,
    /// The same, and the service counts on from one over the whole episode.
    FromOne,
    /// The caller's steps go on over reinforcement-learning steps.
    AcrossRlSteps,
}

impl StepStrategy {
    pub(crate) fn spoken(self) -> &'static str {
        match self {
            Self::WithinRlStep => "CountStepsWithinRlStep",
            Self::FromOne => "AutoStartFromOne",
            Self::AcrossRlSteps => "CountStepsAcrossRlSteps",
        }
    }
}

/// Points of a reinforcement-learning series in one environment or many.
#[derive(Clone, Copy, Debug)]
pub struct RlFloats<'a> {
    /// What is measured.
    pub metric: &'a str,
    /// What an environment step counts.
    pub scale: &'a str,
    /// What tells this series from others of the same metric and scale; in any order.
    pub labels: &'a [(&'a str, &'a str)],
    /// The step of the training.
    pub rl_step: u64,
    /// The environments. One named twice gets its rows one after the other.
    pub environments: Environments<'a>,
    /// The values, row by row: equally many for each environment.
    pub values: Values<'a>,
    /// The episodes, or none.
    pub episodes: Spread<'a, u64>,
    /// The environment steps, or none: then they count on by themselves.
    pub steps: Spread<'a, u64>,
    /// The timestamps, or none: then it is the time of the call.
    pub timestamps: Spread<'a, i64>,
    /// How environment steps count.
    pub strategy: StepStrategy,
    /// Whether points come in the order of their steps.
    pub ordered: bool,
}

impl Timestamps<'_> {
    /// The timestamp of one point of a call that was made `now`.
    #[allow(clippy::indexing_slicing, reason = "a call has as many timestamps as points, or it was refused")]
    pub(crate) fn at(&self, index: usize, now: i64) -> i64 {
        match self {
            Self::Now => now,
            Self::At(millis) => *millis,
            Self::Each(millis) => millis[index],
        }
    }
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

    /// One of them as a double.
    pub(crate) fn get(&self, index: usize) -> Option<f64> {
        match self {
            Self::F64(values) => values.get(index).copied(),
            Self::F32(values) => values.get(index).map(|value| f64::from(*value)),
        }
    }

    pub(crate) fn width(&self) -> Width {
        match self {
            Self::F64(_) => Width::F64,
            Self::F32(_) => Width::F32,
        }
    }

    /// The memory of some of them.
    #[allow(clippy::indexing_slicing, reason = "a range of a call ends with its values")]
    pub(crate) fn bytes_of(&self, range: &Range<usize>) -> &'a [u8] {
        match self {
            Self::F64(values) => raw(&values[range.clone()]),
            Self::F32(values) => raw(&values[range.clone()]),
        }
    }
}

/// A column of one.
#[derive(Clone, Copy)]
pub(crate) struct Scalar {
    pub width: Width,
    /// The value, at its own width.
    pub bits: u64,
    /// None: the one after the last.
    pub step: Option<u64>,
    pub timestamp: ScalarTime,
}

/// When a scalar was.
#[derive(Clone, Copy)]
pub(crate) enum ScalarTime {
    /// Now, as the kernel's last tick has it.
    Now {
        tick: i64,
    },
    At(i64),
}

impl Scalar {
    /// What a call holds, if it holds one point and nothing that does not fit to it.
    pub(crate) fn of(values: Values<'_>, steps: Steps<'_>, timestamps: Timestamps<'_>) -> Option<Self> {
        let (width, bits) = match values {
            Values::F64(&[value]) => (Width::F64, value.to_bits()),
            Values::F32(&[value]) => (Width::F32, u64::from(value.to_bits())),
            Values::F64(_) | Values::F32(_) => return None,
        };
        let step = match steps {
            Steps::Auto => None,
            Steps::From(step) | Steps::Each(&[step]) => Some(step),
            Steps::Each(_) => return None,
        };
        let timestamp = match timestamps {
            Timestamps::Now => ScalarTime::Now { tick: clock::tick_millis() },
            Timestamps::At(millis) | Timestamps::Each(&[millis]) => ScalarTime::At(millis),
            Timestamps::Each(_) => return None,
        };
        Some(Self { width, bits, step, timestamp })
    }
}

impl Scalar {
    /// The value as a double, which holds every value of either width.
    pub(crate) fn widened(width: Width, bits: u64) -> f64 {
        match width {
            Width::F64 => f64::from_bits(bits),
            #[allow(clippy::cast_possible_truncation, reason = "such bits are those of a float")]
            Width::F32 => f64::from(f32::from_bits(bits as u32)),
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

/// The memory of a column of floats, which is its wire form on every machine that this runs on.
pub(crate) fn raw<T: bytemuck::Pod>(values: &[T]) -> &[u8] {
    const { assert!(cfg!(target_endian = "little"), "packed floats are little-endian memory") };
    bytemuck::cast_slice(values)
}
