//! What calls that log histograms and scatters must leave behind.

use super::Model;
use super::arrived::{Histogram, Scatter, bits};
use crate::program::{self, Bins};

impl Model {
    pub(super) fn log_histograms(&mut self, call: &program::Histograms) {
        for (index, histogram) in call.histograms.iter().enumerate() {
            let step = call.steps[index];
            self.reach(&call.series, step);
            let (counts, densities) = match &histogram.bins {
                Bins::Counts(counts) => (Some(counts.clone()), None),
                Bins::Densities(densities) => (None, Some(bits(densities))),
            };
            let arrived = Histogram {
                step,
                time: call.timestamps.at(index),
                edges: bits(&histogram.edges),
                counts,
                densities,
                // A plain number of the protocol cannot say -0.
                stats: histogram.stats.map(|stats| stats.map(|value| (value + 0.0).to_bits())),
            };
            self.arrived.histograms.entry(call.series.clone()).or_default().push(arrived);
        }
    }

    pub(super) fn log_scatters(&mut self, call: &program::Scatters) {
        for (index, scatter) in call.scatters.iter().enumerate() {
            let step = call.steps[index];
            self.reach(&call.series, step);
            let arrived = Scatter {
                step,
                time: call.timestamps.at(index),
                xs: bits(&scatter.xs),
                ys: bits(&scatter.ys),
                zs: scatter.zs.as_deref().map(bits),
            };
            self.arrived.scatters.entry(call.series.clone()).or_default().push(arrived);
        }
        let titles = [("x", &call.titles.x), ("y", &call.titles.y), ("z", &call.titles.z)];
        if !call.scatters.is_empty() && titles.iter().any(|(_, title)| title.is_some()) {
            let given =
                titles.iter().filter_map(|(axis, title)| Some(((*axis).to_owned(), (*title).clone()?)));
            self.arrived.titles.insert(call.series.clone(), given.collect());
        }
    }
}
