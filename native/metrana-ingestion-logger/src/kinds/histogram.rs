//! Histograms: counts or densities between edges, with statistics of what went in.

#![allow(clippy::indexing_slicing, reason = "there are two edges at least by then")]

use metrana_proto::common::SeriesValueKind;
use metrana_proto::types::HistogramPoint;
use metrana_proto::types::histogram_point::HistogramStats;

use crate::books::counters::Kind;
use crate::errors::Error;
use crate::kinds::{Call, Encoded};
use crate::names::Names;
use crate::names::ids::SeriesId;
use crate::names::key::{Key, LabelRoom, Who, World};
use crate::names::lanes::Frame;
use crate::names::series::Nature;
use crate::names::validate;
use crate::points::Timestamps;
use crate::stage::Stage;
use crate::wire::field;

const MAX_EDGES: usize = 513;

/// What stands between the edges.
#[derive(Clone, Copy, Debug)]
pub enum Bins<'a> {
    /// How many values.
    Counts(&'a [u64]),
    /// How dense they are.
    Densities(&'a [f64]),
}

/// What was known of the values before they were counted.
#[derive(Clone, Copy, Debug)]
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

/// One histogram.
#[derive(Clone, Copy, Debug)]
pub struct Histogram<'a> {
    /// One edge more than bins, growing.
    pub edges: &'a [f64],
    /// The bins.
    pub bins: Bins<'a>,
    /// What else is known.
    pub stats: Option<Stats>,
}

/// Histograms of one series.
#[derive(Clone, Copy, Debug)]
pub struct Histograms<'a> {
    /// What is measured.
    pub metric: &'a str,
    /// What a step counts.
    pub scale: &'a str,
    /// What tells this series from others of the same metric and scale; in any order.
    pub labels: &'a [(&'a str, &'a str)],
    /// The histograms, all of counts or all of densities.
    pub histograms: &'a [Histogram<'a>],
    /// A step for each.
    pub steps: &'a [u64],
    /// Their timestamps.
    pub timestamps: Timestamps<'a>,
}

pub(crate) struct HistogramCall<'a> {
    who: Who<'a>,
    nature: Nature,
    points: Vec<HistogramPoint>,
}

impl<'a> HistogramCall<'a> {
    /// Everything but what the series is pinned to is checked here.
    pub(crate) fn new<'b: 'a>(
        call: &'a Histograms<'b>,
        room: &'a mut LabelRoom<'b>,
        now: i64,
    ) -> Result<Self, Error> {
        let count = call.histograms.len();
        validate::same_length("steps", call.steps.len(), count)?;
        if let Timestamps::Each(millis) = call.timestamps {
            validate::same_length("timestamps", millis.len(), count)?;
        }
        let mut points = Vec::with_capacity(count);
        let mut kind = SeriesValueKind::Undefined;
        for (index, (histogram, step)) in call.histograms.iter().zip(call.steps).enumerate() {
            validate::step("step", *step)?;
            let one = match histogram.bins {
                Bins::Counts(_) => SeriesValueKind::Histogram,
                Bins::Densities(_) => SeriesValueKind::DensityHistogram,
            };
            if index > 0 && one != kind {
                return refuse("counts and densities cannot be mixed in one call");
            }
            kind = one;
            points.push(point(histogram, *step, call.timestamps.at(index, now))?);
        }
        let who = Who::Named(Key::new(World::Std, call.metric, call.scale, call.labels, room));
        Ok(Self { who, nature: Nature::unordered(kind), points })
    }
}

impl HistogramCall<'_> {
    /// The series that the call is about; it comes to be now, where it is new.
    pub(crate) fn open(&self, stage: &mut Stage, series: Option<SeriesId>) -> SeriesId {
        stage.names.registry.open(&self.who, series, self.nature)
    }

    /// Moves the last step of the series. Answers with what it was.
    pub(crate) fn reach(&self, stage: &mut Stage, id: SeriesId) -> Option<u64> {
        let highest = self.points.iter().map(|point| point.step).max();
        stage.names.registry.reach(id, highest)
    }
}

fn refuse<T>(why: &str) -> Result<T, Error> {
    Err(Error::validation(format!("invalid histogram: {why}")))
}

fn point(histogram: &Histogram<'_>, step: u64, timestamp: i64) -> Result<HistogramPoint, Error> {
    let edges = histogram.edges;
    if edges.len() < 2 {
        return refuse(&format!("at least 2 bin edges are needed, got {}", edges.len()));
    }
    if edges.len() > MAX_EDGES {
        return refuse(&format!("{} bin edges exceed the maximum of {MAX_EDGES}", edges.len()));
    }
    if let Some(edge) = edges.iter().find(|edge| !edge.is_finite()) {
        return refuse(&format!("bin edges must be finite, got {edge}"));
    }
    if let Some((low, high)) = edges.iter().zip(&edges[1..]).find(|(low, high)| low >= high) {
        return refuse(&format!("bin edges must strictly increase, got {low} before {high}"));
    }
    let bins = match histogram.bins {
        Bins::Counts(counts) => counts.len(),
        Bins::Densities(densities) => densities.len(),
    };
    if bins + 1 != edges.len() {
        return refuse(&format!("{bins} bins need {} edges, got {}", bins + 1, edges.len()));
    }
    let mut point = HistogramPoint {
        step,
        timestamp_millis: Some(timestamp),
        bin_edges: edges.to_vec(),
        stats: histogram.stats.map(stats).transpose()?,
        ..HistogramPoint::default()
    };
    match histogram.bins {
        Bins::Counts(counts) => point.counts = counts.to_vec(),
        Bins::Densities(densities) => {
            if let Some(density) = densities.iter().find(|density| !density.is_finite() || **density < 0.0) {
                return refuse(&format!("densities must be finite and not negative, got {density}"));
            }
            point.densities = densities.to_vec();
        }
    }
    Ok(point)
}

fn stats(stats: Stats) -> Result<HistogramStats, Error> {
    let Stats { min, max, sum, sum_of_squares } = stats;
    if let Some(value) = [min, max, sum, sum_of_squares].into_iter().find(|value| !value.is_finite()) {
        return refuse(&format!("stats must be finite, got {value}"));
    }
    if min > max {
        return refuse(&format!("stats: min {min} is above max {max}"));
    }
    if sum_of_squares < 0.0 {
        return refuse(&format!("stats: sum_of_squares {sum_of_squares} is negative"));
    }
    // The contract says 0 by saying nothing, and so cannot say -0.
    let plain = |value: f64| if value == 0.0 { 0.0 } else { value };
    Ok(HistogramStats {
        min: plain(min),
        max: plain(max),
        sum: plain(sum),
        sum_of_squares: plain(sum_of_squares),
    })
}

impl Call for HistogramCall<'_> {
    type Plan = Option<SeriesId>;

    fn size(&self) -> (Kind, usize) {
        (Kind::HistogramPoints, self.points.len())
    }

    fn check_names(&self, names: &Names) -> Result<(), Error> {
        names.registry.check_name(&self.who)
    }

    fn plan(&self, stage: &mut Stage) -> Result<(usize, Self::Plan), Error> {
        let series = stage.names.registry.resolve(&self.who, self.nature)?;
        Ok((stage.names.registry.declaration_weight(&self.who, series) + whole_weight(&self.points), series))
    }

    fn commit(&self, stage: &mut Stage, series: Self::Plan, _now: i64) {
        let id = self.open(stage, series);
        let lane = stage.lane_of(id, Frame::Histogram, self.nature);
        for message in &self.points {
            let content = Encoded { field: field::histogram::POINTS, message };
            stage.put_whole(lane, Kind::HistogramPoints, &content);
        }
        self.reach(stage, id);
    }
}

/// The most bytes that points take which cannot be cut, each in a field of its own.
pub(crate) fn whole_weight(points: &[impl prost::Message]) -> usize {
    points.iter().map(|point| point.encoded_len() + 32).sum()
}
