//! Calls as the captures write them.

use serde_json::Value;

use super::json::{Arguments, column, text, time, whole, wholes};
use super::{attributes, objects, rl};
use crate::program::{Call, StdFloats, Steps, Timestamps};

/// Reads one.
pub(super) fn call(call: &Value) -> Call {
    match text(&call["method"]) {
        "log_std_floats" => std_floats(call, false),
        "log_distributed_floats" => std_floats(call, true),
        "log_rl_floats" => rl::floats(call),
        "log_histograms" => objects::histograms(call),
        "log_scatters" => objects::scatters(call),
        "log_config" => attributes::config(call),
        "log_attributes" => attributes::run(call),
        "log_env_attributes" => attributes::environment(call),
        "set_tags" => attributes::set_tags(call),
        "update_tags" => attributes::update_tags(call),
        "set_description" => attributes::description(call),
        "flush" => Call::Flush,
        other => panic!("unknown method {other}"),
    }
}

fn std_floats(call: &Value, distributed: bool) -> Call {
    let known = ["labels", "steps", "first_step", "timestamps_millis", "timestamp_millis", "dtype"];
    let arguments = Arguments::of(call, &known);
    Call::StdFloats(StdFloats {
        series: arguments.series(3),
        values: column(arguments.get(2, "values"), arguments.dtype()),
        steps: match (arguments.named("first_step"), arguments.named("steps")) {
            (Some(first), _) => Steps::From(whole(first)),
            (None, Some(steps)) => Steps::Each(wholes(steps)),
            (None, None) => Steps::Auto,
        },
        timestamps: timestamps(&arguments),
        distributed,
    })
}

pub(super) fn timestamps(arguments: &Arguments<'_>) -> Timestamps {
    match (arguments.named("timestamp_millis"), arguments.named("timestamps_millis")) {
        (Some(one), _) => Timestamps::At(time(one)),
        (None, Some(each)) => Timestamps::Each(super::json::numbers(each).into_iter().map(time).collect()),
        (None, None) => Timestamps::Now,
    }
}
