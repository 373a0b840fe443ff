//! Calls that log histograms and scatters as the captures write them.

use serde_json::Value;

use super::calls::timestamps;
use super::json::{Arguments, floats, list, text, wholes};
use crate::program::{Bins, Call, Histogram, Histograms, Scatter, Scatters, Titles};

pub(super) fn histograms(call: &Value) -> Call {
    let known = ["labels", "steps", "density", "stats", "timestamps_millis", "timestamp_millis"];
    let arguments = Arguments::of(call, &known);
    let density = arguments.flag("density", false);
    let stats = arguments.named("stats").map(tuples);
    let histogram = |(index, tuple): (usize, &[Value])| {
        let [bins, edges] = tuple else { panic!("a histogram is bins and edges") };
        Histogram {
            edges: floats(edges),
            bins: if density { Bins::Densities(floats(bins)) } else { Bins::Counts(wholes(bins)) },
            stats: stats.as_ref().map(|stats| {
                let stats: Vec<f64> = stats[index].iter().flat_map(floats).collect();
                stats.try_into().expect("four stats")
            }),
        }
    };
    Call::Histograms(Histograms {
        series: arguments.series(3),
        histograms: tuples(arguments.get(2, "histograms")).into_iter().enumerate().map(histogram).collect(),
        steps: wholes(arguments.named("steps").expect("steps")),
        timestamps: timestamps(&arguments),
    })
}

pub(super) fn scatters(call: &Value) -> Call {
    let known = ["labels", "steps", "x_title", "y_title", "z_title", "timestamps_millis", "timestamp_millis"];
    let arguments = Arguments::of(call, &known);
    let scatter = |tuple: &[Value]| match tuple {
        [xs, ys] => Scatter { xs: floats(xs), ys: floats(ys), zs: None },
        [xs, ys, zs] => Scatter { xs: floats(xs), ys: floats(ys), zs: Some(floats(zs)) },
        other => panic!("a scatter is two or three columns, not {}", other.len()),
    };
    let scatters: Vec<Scatter> = tuples(arguments.get(2, "scatters")).into_iter().map(scatter).collect();
    let title = |name| arguments.named(name).map(|title| text(title).to_owned());
    Call::Scatters(Scatters {
        series: arguments.series(3),
        is_3d: scatters.iter().any(|scatter| scatter.zs.is_some()),
        scatters,
        steps: wholes(arguments.named("steps").expect("steps")),
        timestamps: timestamps(&arguments),
        titles: Titles { x: title("x_title"), y: title("y_title"), z: title("z_title") },
    })
}

/// One tuple, or a list of them.
fn tuples(value: &Value) -> Vec<&[Value]> {
    match value.get("tuple") {
        Some(one) => vec![list(one)],
        None => list(value).iter().map(|one| list(&one["tuple"])).collect(),
    }
}
