//! Histograms: from the message to the store. Whether edges grow is for whoever draws them; here they need one length.

use metrana_proto::types::histogram_point::HistogramStats;
use metrana_proto::types::{HistogramPoint, StreamingHistogramSeriesUpdate};

use super::sorted::Sorted;
use crate::store::{Bins, Histogram, Stats};

pub(super) fn sort(series: Vec<StreamingHistogramSeriesUpdate>, sorted: &mut Sorted<'_>) {
    for series in series {
        let declaration = sorted.find(series.series_id);
        // Counts and densities are kinds of their own, and one entry of an update is of one kind.
        let mut run: Vec<Histogram> = Vec::with_capacity(series.points.len());
        for point in series.points {
            match (take(point, sorted.now), declaration) {
                (Ok(point), Some(declaration)) => {
                    if run.last().is_some_and(|last| last.bins.are_densities() != point.bins.are_densities())
                    {
                        sorted.update.histograms.push((declaration, std::mem::take(&mut run)));
                    }
                    run.push(point);
                }
                (Ok(_), None) => sorted.unknown(series.series_id, 1),
                (Err(why), _) => sorted.malformed(1, why),
            }
        }
        if let Some(declaration) = declaration
            && !run.is_empty()
        {
            sorted.update.histograms.push((declaration, run));
        }
    }
}

fn take(point: HistogramPoint, now: i64) -> Result<Histogram, &'static str> {
    let (bins, count) = match (point.counts.len(), point.densities.len()) {
        (0, 0) => return Err("a histogram without bins"),
        (count, 0) => (Bins::Counts(point.counts), count),
        (0, count) => (Bins::Densities(point.densities), count),
        _ => return Err("a histogram of counts and densities"),
    };
    if point.bin_edges.len() != count + 1 {
        return Err("a histogram whose edges are not one more than its bins");
    }
    let stats = |stats: HistogramStats| Stats {
        min: stats.min,
        max: stats.max,
        sum: stats.sum,
        sum_of_squares: stats.sum_of_squares,
    };
    Ok(Histogram {
        step: point.step,
        timestamp: point.timestamp_millis.unwrap_or(now),
        edges: point.bin_edges,
        bins,
        stats: point.stats.map(stats),
    })
}

#[cfg(test)]
mod tests {
    use super::take;
    use crate::store::Bins;
    use metrana_proto::types::HistogramPoint;

    #[test]
    fn bins_are_counts_or_densities_and_fit_their_edges() {
        let good = HistogramPoint {
            bin_edges: vec![0.0, 1.0, 2.0],
            counts: vec![0, 7],
            ..HistogramPoint::default()
        };
        let taken = take(good.clone(), 5).expect("it is good");
        assert_eq!((taken.bins, taken.timestamp, taken.stats), (Bins::Counts(vec![0, 7]), 5, None));
        let bad = [
            HistogramPoint::default(),
            HistogramPoint { counts: vec![], ..good.clone() },
            HistogramPoint { counts: vec![1], ..good.clone() },
            HistogramPoint { bin_edges: vec![], ..good.clone() },
            HistogramPoint { densities: vec![0.5, 0.5], ..good.clone() },
            HistogramPoint { counts: vec![], densities: vec![0.5; 3], ..good },
        ];
        for point in bad {
            assert!(take(point.clone(), 0).is_err(), "{point:?}");
        }
    }
}
