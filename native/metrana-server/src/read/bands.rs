//! How far the environments of a series lie apart: percentiles of what each of them got.

use super::rows::each_row;
use super::{Grid, Line};
use crate::store::{Store, StoreError};

/// A curve for each percentile, one behind the other.
pub(crate) struct Bands {
    pub(crate) grid: Grid,
    /// How many environments have something in each bucket.
    pub(crate) environments: Vec<u64>,
    pub(crate) curves: Vec<f64>,
}

/// Of each environment its mean in a bucket counts, so that one that has logged more does not count for more.
pub(crate) async fn bands(
    store: &dyn Store,
    line: &Line<'_>,
    grid: Grid,
    percentiles: &[f64],
) -> Result<Bands, StoreError> {
    let mut means: Vec<Vec<f64>> = vec![Vec::new(); grid.buckets];
    if !line.environments.is_empty() {
        each_row(store, line, grid, |row| {
            for (bucket, means) in row.iter().zip(&mut means) {
                if bucket.count > 0 {
                    means.push(bucket.mean());
                }
            }
        })
        .await?;
    }
    for means in &mut means {
        means.sort_by(f64::total_cmp);
    }
    let curve = |&percentile: &f64| means.iter().map(move |means| quantile(means, percentile / 100.0));
    Ok(Bands {
        grid,
        environments: means.iter().map(|means| means.len() as u64).collect(),
        curves: percentiles.iter().flat_map(curve).collect(),
    })
}

/// Between two values it lies on the line from one to the other.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    #[expect(clippy::cast_precision_loss, reason = "there are few environments")]
    let place = share.clamp(0.0, 1.0) * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a place in the list")]
    let below = (place.floor() as usize).min(last);
    let at = |index: usize| sorted.get(index.min(last)).copied().unwrap_or(f64::NAN);
    let (low, high) = (at(below), at(below + 1));
    low + (high - low) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn percentiles_lie_between_the_values() {
        let values = [1.0, 2.0, 3.0, 5.0];
        for (share, expected) in [(0.0, 1.0_f64), (1.0, 5.0), (0.5, 2.5), (0.25, 1.75)] {
            assert_eq!(quantile(&values, share).to_bits(), expected.to_bits(), "{share}");
        }
        assert_eq!(quantile(&[7.0], 0.3).to_bits(), 7.0_f64.to_bits());
        assert!(quantile(&[], 0.5).is_nan());
    }
}
