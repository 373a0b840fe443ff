//! A picture of many environments: a row for each, a column for some steps of the training, a colour for what they got.

use serde::{Deserialize, Serialize};

use super::{Axis, Bucket, Grid, Line, row};
use crate::store::{RunId, SeriesId, Store, StoreError};

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

pub(crate) async fn heat_map(
    store: &dyn Store,
    (run, series): (&RunId, SeriesId),
    environments: Vec<String>,
    grid: Grid,
    measure: Measure,
) -> Result<HeatMap, StoreError> {
    let mut cells = Vec::with_capacity(environments.len() * grid.buckets);
    for environment in &environments {
        let line = Line { run, series, environments: vec![environment.clone()], began_at_millis: 0 };
        cells.extend(row(store, &line, Axis::RlStep, grid).await?.iter().map(|bucket| measure.of(bucket)));
    }
    Ok(HeatMap { grid, environments, cells })
}
