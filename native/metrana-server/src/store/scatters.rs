//! Scatters.

/// A set of points at a step. Its columns have one length, which may be 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// Its step.
    pub step: u64,
    /// Its time, in milliseconds since 1970.
    pub timestamp: i64,
    /// Where the points are along x.
    pub xs: Vec<f64>,
    /// Along y.
    pub ys: Vec<f64>,
    /// Along z, in three dimensions.
    pub zs: Option<Vec<f64>>,
}
