//! Histograms.

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
    /// How many the series has in all, in the view that was asked for.
    pub total: u64,
    /// The index among them of the first one here.
    pub offset: u64,
    /// These, in the order of the view.
    pub items: Vec<T>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self::empty(0)
    }
}

impl<T> Page<T> {
    pub(super) fn empty(offset: u64) -> Self {
        Self { total: 0, offset, items: Vec::new() }
    }
}

impl Bins {
    /// Whether they are densities.
    #[must_use]
    pub fn are_densities(&self) -> bool {
        matches!(self, Self::Densities(_))
    }
}
