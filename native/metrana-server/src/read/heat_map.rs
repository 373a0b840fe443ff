//! A picture of many environments: a row for each, a column for some steps of the training, a colour for what they got.

use serde::{Deserialize, Serialize};

use super::rows::each_row;
use super::{Bucket, Grid, Line};
use crate::store::{Store, StoreError};

/// What a cell shows of its points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    #[default]
    Mean,
    Min,
    Max,
    Sum,
    Last,
    Count,
}

impl Measure {
    /// What it makes of a bucket; NaN where there is nothing.
    pub(crate) fn of(self, bucket: &Bucket) -> f64 {
        if bucket.count == 0 {
            return if self == Self::Count && bucket.is_empty() { 0.0 } else { f64::NAN };
        }
        match self {
            Self::Mean => bucket.mean(),
            Self::Min => bucket.min,
            Self::Max => bucket.max,
            Self::Sum => bucket.sum,
            Self::Last => bucket.last,
            #[expect(
                clippy::cast_precision_loss,
                reason = "more points than a double counts do not fit on any disk"
            )]
            Self::Count => bucket.count as f64,
        }
    }
}

/// Cells, row by row.
pub(crate) struct HeatMap {
    pub(crate) grid: Grid,
    pub(crate) environments: Vec<String>,
    pub(crate) cells: Vec<f64>,
}

/// A row for each environment of the line.
pub(crate) async fn heat_map(
    store: &dyn Store,
    line: Line<'_>,
    grid: Grid,
    measure: Measure,
) -> Result<HeatMap, StoreError> {
    let mut cells = Vec::with_capacity(line.environments.len() * grid.buckets);
    if !line.environments.is_empty() {
        each_row(store, &line, grid, |row| cells.extend(row.iter().map(|bucket| measure.of(bucket)))).await?;
    }
    Ok(HeatMap { grid, environments: line.environments, cells })
}
