//! Calls that write attributes as the captures write them.

use serde_json::Value;

use super::json::{Arguments, float, list, text, whole};
use crate::program::{Attribute, Call, Tags, Target};

pub(super) fn config(call: &Value) -> Call {
    Call::Attributes(Target::Config, attribute(Arguments::of(call, &["value"]).get(0, "value")))
}

pub(super) fn run(call: &Value) -> Call {
    let arguments = Arguments::of(call, &["prefix_path", "value"]);
    let prefix = text(arguments.get(0, "prefix_path")).to_owned();
    Call::Attributes(Target::Run { prefix }, attribute(arguments.get(1, "value")))
}

pub(super) fn environment(call: &Value) -> Call {
    let arguments = Arguments::of(call, &["env_id", "value", "episode"]);
    let environment = text(arguments.get(0, "env_id")).to_owned();
    let episode = arguments.find(2, "episode").filter(|episode| !episode.is_null()).map(whole);
    Call::Attributes(Target::Environment { environment, episode }, attribute(arguments.get(1, "value")))
}

pub(super) fn set_tags(call: &Value) -> Call {
    Call::Tags(Tags::Set(texts(Some(Arguments::of(call, &["tags"]).get(0, "tags")))))
}

pub(super) fn update_tags(call: &Value) -> Call {
    let arguments = Arguments::of(call, &["added", "removed"]);
    Call::Tags(Tags::Update {
        added: texts(arguments.find(0, "added")),
        removed: texts(arguments.find(1, "removed")),
    })
}

pub(super) fn description(call: &Value) -> Call {
    Call::Description(text(Arguments::of(call, &["text"]).get(0, "text")).to_owned())
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.filter(|value| !value.is_null()).map(list);
    list.unwrap_or_default().iter().map(|entry| text(entry).to_owned()).collect()
}

/// Whole numbers of 64 bits beyond the signed ones are floats there.
fn attribute(value: &Value) -> Attribute {
    match value {
        Value::Null => Attribute::Null,
        Value::Bool(value) => Attribute::Bool(*value),
        Value::Number(number) => {
            number.as_i64().map_or_else(|| Attribute::Float(float(value)), Attribute::Int)
        }
        Value::String(text) => Attribute::Text(text.clone()),
        Value::Array(values) => Attribute::List(values.iter().map(attribute).collect()),
        Value::Object(map) => match map.iter().next() {
            Some((key, _)) if key == "float" => Attribute::Float(float(value)),
            Some((key, values)) if key == "set" || key == "tuple" => attribute(values),
            _ => Attribute::Map(map.iter().map(|(key, value)| (key.clone(), attribute(value))).collect()),
        },
    }
}
