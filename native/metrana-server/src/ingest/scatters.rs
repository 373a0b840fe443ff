//! Scatters: from the message to the store, with no coordinate looked at.

use metrana_proto::types::{ScatterPoint, StreamingScatterSeriesUpdate};

use super::sorted::Sorted;
use crate::store::{Scatter, ScatterUpdate};

pub(super) fn sort(series: Vec<StreamingScatterSeriesUpdate>, sorted: &mut Sorted<'_>) {
    for series in series {
        let Some(declaration) = sorted.find(series.series_id) else {
            if !series.points.is_empty() {
                sorted.unknown(series.series_id, series.points.len() as u64);
            }
            continue;
        };
        let mut points = Vec::with_capacity(series.points.len());
        for point in series.points {
            match take(point, series.is_3d, sorted.now) {
                Ok(point) => points.push(point),
                Err(why) => sorted.malformed(1, why),
            }
        }
        let update =
            ScatterUpdate { declaration, is_3d: series.is_3d, titles: series.metadata_labels, points };
        sorted.update.scatters.push(update);
    }
}

fn take(point: ScatterPoint, is_3d: bool, now: i64) -> Result<Scatter, &'static str> {
    let zs = match (is_3d, point.zs.is_empty()) {
        (true, _) => Some(point.zs),
        (false, true) => None,
        (false, false) => return Err("a scatter in two dimensions with three"),
    };
    if point.xs.len() != point.ys.len() || zs.as_ref().is_some_and(|zs| zs.len() != point.xs.len()) {
        return Err("a scatter with more of one coordinate than of another");
    }
    let timestamp = point.timestamp_millis.unwrap_or(now);
    Ok(Scatter { step: point.step, timestamp, xs: point.xs, ys: point.ys, zs })
}

#[cfg(test)]
mod tests {
    use super::take;
    use metrana_proto::types::ScatterPoint;

    #[test]
    fn coordinates_come_in_equal_numbers_also_none() {
        let point = |x: usize, y: usize, z: usize| ScatterPoint {
            xs: vec![1.0; x],
            ys: vec![2.0; y],
            zs: vec![3.0; z],
            ..ScatterPoint::default()
        };
        for (x, y, z, is_3d, good) in [
            (0, 0, 0, false, true),
            (0, 0, 0, true, true),
            (2, 2, 0, false, true),
            (2, 2, 2, true, true),
            (2, 1, 0, false, false),
            (2, 2, 0, true, false),
            (2, 2, 2, false, false),
            (0, 0, 1, true, false),
        ] {
            assert_eq!(take(point(x, y, z), is_3d, 0).is_ok(), good, "{x} {y} {z} {is_3d}");
        }
    }
}
