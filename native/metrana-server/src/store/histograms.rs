//! The histograms of one series, as they came.

/// A histogram at a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Its step.
    pub step: u64,
    /// Its time, in milliseconds since 1970.
    pub timestamp: i64,
    /// One edge more than bins.
    pub edges: Vec<f64>,
    /// The bins.
    pub bins: Bins,
    /// What else was told about the values.
    pub stats: Option<Stats>,
}

/// What is in the bins.
#[derive(Clone, Debug, PartialEq)]
pub enum Bins {
    /// How many values.
    Counts(Vec<u64>),
    /// How dense they are.
    Densities(Vec<f64>),
}

/// A summary of the values of a histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stats {
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub sum_of_squares: f64,
}

/// Objects of a series read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// How many the series has in all.
    pub total: u64,
    /// The index in the series of the first one here.
    pub offset: u64,
    /// These, in the order of arrival.
    pub items: Vec<T>,
}

impl<T: Clone> Page<T> {
    pub(super) fn of(all: &[T], offset: u64, limit: u64) -> Self {
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(all.len());
        let until = from.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX)).min(all.len());
        let items = all.get(from..until).unwrap_or_default().to_vec();
        Self { total: all.len() as u64, offset, items }
    }
}

impl Bins {
    /// Whether they are densities.
    #[must_use]
    pub fn are_densities(&self) -> bool {
        matches!(self, Self::Densities(_))
    }
}
