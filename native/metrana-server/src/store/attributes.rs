//! Attributes: values by path, and what a change does to them.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

/// A change to one attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeChange {
    /// Which one.
    pub path: String,
    /// What it becomes.
    pub change: Change,
}

/// What an attribute becomes.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// This value.
    Set(AttributeValue),
    /// A set with some texts more and some less than before. A text that is in both lists stays.
    Delta {
        /// More.
        added: Vec<String>,
        /// Less.
        removed: Vec<String>,
    },
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AttributeValue {
    /// A path without a value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(#[serde(with = "super::written::exact")] f64),
    /// A text.
    Text(String),
    /// Different texts, in the order of their first appearance.
    TextSet(Vec<String>),
    /// A moment.
    Time(Moment),
}

/// A moment to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds within the second.
    pub nanos: u32,
}

impl Moment {
    /// The millisecond that it is in; a moment beyond all milliseconds is in the last one.
    #[must_use]
    pub fn millis(self) -> i64 {
        let millis = i128::from(self.seconds) * 1000 + i128::from(self.nanos / 1_000_000);
        i64::try_from(millis).unwrap_or(if millis < 0 { i64::MIN } else { i64::MAX })
    }
}

/// Changes to the attributes of an environment, or of one episode in it.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvironmentChanges {
    /// Which environment.
    pub environment: String,
    /// Which episode.
    pub episode: Option<u64>,
    /// In order.
    pub changes: Vec<AttributeChange>,
}

/// Values by path.
pub type Attributes = BTreeMap<String, AttributeValue>;

/// Makes a change. A delta to what is no set makes it one.
pub(super) fn change(attributes: &mut Attributes, change: AttributeChange) {
    let value = match change.change {
        Change::Set(AttributeValue::TextSet(texts)) => AttributeValue::TextSet(distinct(texts)),
        Change::Set(value) => value,
        Change::Delta { added, removed } => {
            let mut texts = match attributes.remove(&change.path) {
                Some(AttributeValue::TextSet(texts)) => texts,
                _ => Vec::new(),
            };
            let removed: HashSet<String> = removed.into_iter().collect();
            texts.retain(|text| !removed.contains(text));
            texts.extend(added);
            AttributeValue::TextSet(distinct(texts))
        }
    };
    attributes.insert(change.path, value);
}

fn distinct(mut texts: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::with_capacity(texts.len());
    texts.retain(|text| seen.insert(text.clone()));
    texts
}

#[cfg(test)]
mod tests {
    use super::{AttributeChange, AttributeValue, Attributes, Change, change};

    #[test]
    fn deltas_keep_the_order_of_first_appearance() {
        let mut attributes = Attributes::new();
        let mut apply = |is: Change, expected: &[&str]| {
            change(&mut attributes, AttributeChange { path: "t".into(), change: is });
            let expected = expected.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(attributes["t"], AttributeValue::TextSet(expected));
        };
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let delta =
            |added: &[&str], removed: &[&str]| Change::Delta { added: own(added), removed: own(removed) };
        apply(delta(&["b", "a", "b"], &["z"]), &["b", "a"]);
        apply(delta(&["c", "a"], &["b", "c"]), &["a", "c"]);
        apply(delta(&[], &[]), &["a", "c"]);
        apply(Change::Set(AttributeValue::TextSet(own(&["x", "y", "x", ""]))), &["x", "y", ""]);
        apply(delta(&[], &["x", "y", ""]), &[]);
        attributes.insert("t".into(), AttributeValue::Int(3));
        change(&mut attributes, AttributeChange { path: "t".into(), change: delta(&["q"], &[]) });
        assert_eq!(attributes["t"], AttributeValue::TextSet(own(&["q"])));
    }
}
