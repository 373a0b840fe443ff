//! What a server holds of a run, as the same plain lists as the model's.

use metrana_server::store::{self, AttributeValue, Bins, Reading, RunId, SeriesInfo, SeriesKind, World};

use crate::model::{Arrived, EnvironmentAttributes, Histogram, Point, RlPoint, Scatter, Value, bits};
use crate::program::SeriesName;

/// Reads all of it.
#[must_use]
pub fn read(store: Reading<'_>, run: &RunId) -> Arrived {
    let mut arrived = Arrived::default();
    for series in store.series(run).expect("the run is there") {
        read_series(store, run, &series, &mut arrived);
    }
    arrived.attributes = attributes(store.attributes(run).expect("the run is there"));
    for environment in store.environments(run).expect("the run is there") {
        let of_episode = |(episode, of)| (episode, attributes(of));
        let known = EnvironmentAttributes {
            own: attributes(environment.attributes),
            episodes: environment.episodes.into_iter().map(of_episode).collect(),
        };
        if known != EnvironmentAttributes::default() {
            arrived.environments.insert(environment.name, known);
        }
    }
    arrived
}

fn read_series(store: Reading<'_>, run: &RunId, series: &SeriesInfo, arrived: &mut Arrived) {
    let definition = series.definition.clone();
    let labels = definition.labels.into_iter().collect();
    let name = SeriesName { metric: definition.metric, scale: definition.scale, labels };
    let doubled = match (series.world, series.kind) {
        (None, _) => return,
        (Some(World::Rl), _) => {
            let points =
                |environment: &String| (environment.clone(), rl_points(store, run, series, environment));
            arrived.rl_points.insert(name, series.environments.iter().map(points).collect()).is_some()
        }
        (_, SeriesKind::Undefined | SeriesKind::Float) => {
            arrived.points.insert(name, points(store, run, series)).is_some()
        }
        (_, SeriesKind::Histogram | SeriesKind::DensityHistogram) => {
            let page = store.histograms(run, series.id, 0, u64::MAX).expect("the series is there");
            arrived.histograms.insert(name, page.items.iter().map(histogram).collect()).is_some()
        }
        (_, SeriesKind::Scatter | SeriesKind::Scatter3d) => {
            if !series.titles.is_empty() {
                let axis = |(name, title): (&String, &String)| {
                    (name.trim_end_matches('t').to_owned(), title.clone())
                };
                arrived.titles.insert(name.clone(), series.titles.iter().map(axis).collect());
            }
            let page = store.scatters(run, series.id, 0, u64::MAX).expect("the series is there");
            arrived.scatters.insert(name, page.items.iter().map(scatter).collect()).is_some()
        }
    };
    assert!(!doubled, "one name, one series: {series:?}");
}

fn points(store: Reading<'_>, run: &RunId, series: &SeriesInfo) -> Vec<Point> {
    let points = store.points(run, series.id, 0, u64::MAX).expect("the series is there");
    let point = |index: usize| Point {
        step: points.steps[index],
        time: Some(points.timestamps[index]),
        value: points.values[index].to_bits(),
        width: points.widths[index],
    };
    (0..points.steps.len()).map(point).collect()
}

fn rl_points(store: Reading<'_>, run: &RunId, series: &SeriesInfo, environment: &str) -> Vec<RlPoint> {
    let points = store.rl_points(run, series.id, environment, 0, u64::MAX).expect("the series is there");
    let (heads, floats) = (points.heads, points.floats);
    let point = |index: usize| RlPoint {
        rl_step: heads[index].rl_step,
        episode: heads[index].episode,
        step: floats.steps[index],
        flat: heads[index].flat,
        from_one: heads[index].from_one,
        time: Some(floats.timestamps[index]),
        value: floats.values[index].to_bits(),
        width: floats.widths[index],
    };
    (0..floats.steps.len()).map(point).collect()
}

fn histogram(histogram: &store::Histogram) -> Histogram {
    let (counts, densities) = match &histogram.bins {
        Bins::Counts(counts) => (Some(counts.clone()), None),
        Bins::Densities(densities) => (None, Some(bits(densities))),
    };
    let stats = histogram.stats.map(|is| [is.min, is.max, is.sum, is.sum_of_squares].map(f64::to_bits));
    Histogram {
        step: histogram.step,
        time: Some(histogram.timestamp),
        edges: bits(&histogram.edges),
        counts,
        densities,
        stats,
    }
}

fn scatter(scatter: &store::Scatter) -> Scatter {
    Scatter {
        step: scatter.step,
        time: Some(scatter.timestamp),
        xs: bits(&scatter.xs),
        ys: bits(&scatter.ys),
        zs: scatter.zs.as_deref().map(bits),
    }
}

fn attributes(attributes: store::Attributes) -> crate::model::Attributes {
    attributes.into_iter().map(|(path, value)| (path, of(value))).collect()
}

fn of(value: AttributeValue) -> Value {
    match value {
        AttributeValue::Null => Value::Null,
        AttributeValue::Bool(value) => Value::Bool(value),
        AttributeValue::Int(value) => Value::Int(value),
        AttributeValue::Float(value) => Value::Float(value.to_bits()),
        AttributeValue::Text(text) => Value::Text(text),
        AttributeValue::TextSet(texts) => Value::Set(texts),
        AttributeValue::Time(moment) => Value::Time(moment.millis()),
    }
}
