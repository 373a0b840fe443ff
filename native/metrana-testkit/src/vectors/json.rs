//! The values that calls are written in.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::program::{SeriesName, Values};

/// The arguments of a call: by place or by name.
pub(super) struct Arguments<'a> {
    placed: &'a [Value],
    named: &'a Map<String, Value>,
}

impl<'a> Arguments<'a> {
    /// Refuses names that nobody would read.
    pub(super) fn of(call: &'a Value, known: &[&str]) -> Self {
        let named = call["kwargs"].as_object().expect("keywords");
        for name in named.keys() {
            assert!(known.contains(&name.as_str()), "unknown keyword {name}");
        }
        Self { placed: list(&call["args"]), named }
    }

    /// An argument that may be absent.
    pub(super) fn find(&self, place: usize, name: &str) -> Option<&'a Value> {
        self.placed.get(place).or_else(|| self.named(name))
    }

    pub(super) fn get(&self, place: usize, name: &str) -> &'a Value {
        self.find(place, name).unwrap_or_else(|| panic!("argument {name} is missing"))
    }

    /// An argument that has no place.
    pub(super) fn named(&self, name: &str) -> Option<&'a Value> {
        self.named.get(name).filter(|value| !value.is_null())
    }

    /// Whether a flag is set.
    pub(super) fn flag(&self, name: &str, usual: bool) -> bool {
        self.named(name).map_or(usual, |value| value.as_bool().expect("a flag"))
    }

    /// The series that the call is about.
    pub(super) fn series(&self, labels_at: usize) -> SeriesName {
        SeriesName {
            metric: text(self.get(0, "metric")).to_owned(),
            scale: text(self.get(1, "scale")).to_owned(),
            labels: self.find(labels_at, "labels").map_or_else(Vec::new, labels),
        }
    }

    pub(super) fn dtype(&self) -> Option<&'a str> {
        self.named("dtype").map(text)
    }
}

/// Values as the call's `dtype` makes them: without one they are 64 bits wide, whatever the array says.
#[allow(clippy::cast_possible_truncation, reason = "that is what was asked for")]
pub(super) fn column(values: &Value, dtype: Option<&str>) -> Values {
    let values: Vec<f64> = numbers(values).into_iter().map(float).collect();
    match dtype {
        None | Some("float64") => Values::F64(values),
        Some("float32") => Values::F32(values.into_iter().map(|value| value as f32).collect()),
        Some("float16") => Values::F32(values.into_iter().map(half).collect()),
        Some("int32" | "int64") => Values::F64(values.into_iter().map(f64::trunc).collect()),
        Some(other) => panic!("unknown dtype {other}"),
    }
}

/// The nearest number of 16 bits, ties to even.
#[allow(clippy::cast_possible_truncation, reason = "every such number fits")]
fn half(value: f64) -> f32 {
    if value == 0.0 || !value.is_finite() {
        return value as f32;
    }
    let exponent = value.abs().log2().floor().max(-14.0);
    let unit = (exponent - 10.0).exp2();
    let rounded = (value / unit).round_ties_even() * unit;
    if rounded.abs() > 65504.0 { f32::INFINITY.copysign(rounded as f32) } else { rounded as f32 }
}

/// The numbers of an array of any rank, of a list, or of a single number, row by row.
pub(super) fn numbers(value: &Value) -> Vec<&Value> {
    match value.get("data").unwrap_or(value) {
        Value::Array(entries) => entries.iter().flat_map(numbers).collect(),
        number => vec![number],
    }
}

/// The lengths of an array or list in each direction; a single number has none.
pub(super) fn shape(value: &Value) -> Vec<usize> {
    let mut shape = Vec::new();
    let mut inner = value.get("data").unwrap_or(value);
    while let Value::Array(entries) = inner {
        shape.push(entries.len());
        let Some(first) = entries.first() else { break };
        inner = first;
    }
    shape
}

pub(super) fn wholes(value: &Value) -> Vec<u64> {
    numbers(value).into_iter().map(whole).collect()
}

pub(super) fn floats(value: &Value) -> Vec<f64> {
    numbers(value).into_iter().map(float).collect()
}

pub(super) fn whole(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

pub(super) fn time(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no time"))
}

pub(super) fn float(value: &Value) -> f64 {
    match value.get("float").map(text) {
        None => value.as_f64().unwrap_or_else(|| panic!("{value} is no number")),
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        Some(other) => panic!("unknown float {other}"),
    }
}

/// Labels sorted by key, the last of equal keys.
fn labels(value: &Value) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), text(value).to_owned())).collect(),
        pairs => list(pairs)
            .iter()
            .map(|pair| {
                let [key, value] = list(&pair["tuple"]) else { panic!("{pair} is no pair") };
                (text(key).to_owned(), text(value).to_owned())
            })
            .collect(),
    };
    sorted(pairs)
}

/// Labels of the form `key=value&key=value`.
pub(super) fn labels_of_text(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    sorted(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}

fn sorted(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect()
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves_are_rounded_to_the_nearest() {
        let cases = [
            (0.1, 0.099_975_586_f32),
            (1.0, 1.0),
            (65504.0, 65504.0),
            (65519.9, 65504.0),
            (65520.0, f32::INFINITY),
            (-1e9, f32::NEG_INFINITY),
            (2048.0 + 1.0, 2048.0),
            (2048.0 + 3.0, 2052.0),
            (5.960_464_477_539_063e-8, 5.960_464_5e-8),
            (2e-8, 0.0),
        ];
        for (value, expected) in cases {
            assert_eq!(half(value).to_bits(), expected.to_bits(), "{value}");
        }
        assert_eq!(half(-0.0).to_bits(), (-0.0_f32).to_bits());
    }
}
