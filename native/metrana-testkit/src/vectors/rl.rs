//! Calls of reinforcement learning as the captures write them.

use serde_json::Value;

use super::json::{Arguments, column, list, numbers, shape, text, time, whole};
use crate::program::{Call, RlFloats, Spread, Strategy};

pub(super) fn floats(call: &Value) -> Call {
    let known = [
        "episodes",
        "labels",
        "ordered",
        "steps",
        "steps_across_rl_steps",
        "auto_start_from_one",
        "timestamps_millis",
        "timestamp_millis",
        "dtype",
    ];
    let arguments = Arguments::of(call, &known);
    let environments: Vec<String> =
        list(arguments.get(3, "environments")).iter().map(|name| text(name).to_owned()).collect();
    let values = column(arguments.get(4, "values"), arguments.dtype());
    let grid = (environments.len(), values.len() / environments.len().max(1));
    let timestamps = match arguments.named("timestamp_millis") {
        Some(one) => Spread::Uniform(time(one)),
        None => spread(arguments.named("timestamps_millis"), grid, time),
    };
    let across = arguments.flag("steps_across_rl_steps", false);
    let from_one = arguments.flag("auto_start_from_one", false);
    Call::RlFloats(RlFloats {
        series: arguments.series(6),
        rl_step: whole(arguments.get(2, "rl_step")),
        episodes: spread(arguments.find(5, "episodes"), grid, whole),
        steps: spread(arguments.named("steps"), grid, whole),
        timestamps,
        strategy: match (across, from_one) {
            (false, false) => Strategy::WithinRlStep,
            (false, true) => Strategy::FromOne,
            (true, _) => Strategy::AcrossRlSteps,
        },
        ordered: arguments.flag("ordered", true),
        environments,
        values,
    })
}

/// What the shape of an argument says about rows and columns.
fn spread<T>(value: Option<&Value>, (rows, columns): (usize, usize), read: fn(&Value) -> T) -> Spread<T> {
    let Some(value) = value else { return Spread::None };
    let each: Vec<T> = numbers(value).into_iter().map(read).collect();
    match shape(value)[..] {
        [] => Spread::Uniform(each.into_iter().next().expect("a number")),
        [length] if rows > 1 => {
            assert_eq!(length, rows, "one for each environment");
            Spread::PerEnvironment(each)
        }
        [1] => Spread::PerEnvironment(each),
        ref shape => {
            assert_eq!(shape.iter().product::<usize>(), rows * columns, "one for each value");
            Spread::Grid(each)
        }
    }
}
