//! What calls that write attributes must leave behind.

use super::Model;
use super::arrived::Value;
use crate::program::{Attribute, Tags, Target};

impl Model {
    pub(super) fn write(&mut self, target: &Target, value: &Attribute) {
        let mut leaves = Vec::new();
        match target {
            Target::Run { prefix } => {
                flatten(prefix, value, &mut leaves);
                self.arrived.attributes.extend(leaves);
            }
            Target::Config => {
                flatten("config", value, &mut leaves);
                self.arrived.attributes.extend(leaves);
            }
            Target::Environment { environment, episode } => {
                flatten("", value, &mut leaves);
                if leaves.is_empty() {
                    return;
                }
                let attributes = self.arrived.environments.entry(environment.clone()).or_default();
                match episode {
                    None => attributes.own.extend(leaves),
                    Some(episode) => attributes.episodes.entry(*episode).or_default().extend(leaves),
                }
            }
        }
    }

    pub(super) fn tag(&mut self, tags: &Tags) {
        let mut set = Vec::new();
        match tags {
            Tags::Set(tags) => add(&mut set, tags),
            Tags::Update { added, removed } => {
                if let Some(Value::Set(before)) = self.arrived.attributes.get("sys/tags") {
                    set = before.iter().filter(|tag| !removed.contains(tag)).cloned().collect();
                }
                add(&mut set, added);
            }
        }
        self.arrived.attributes.insert("sys/tags".into(), Value::Set(set));
    }

    pub(super) fn describe(&mut self, text: &str) {
        self.arrived.attributes.insert("sys/description".into(), Value::Text(text.to_owned()));
    }
}

fn add(set: &mut Vec<String>, tags: &[String]) {
    for tag in tags {
        if !set.contains(tag) {
            set.push(tag.clone());
        }
    }
}

/// The leaves of a tree with their paths. In front of a name stands nothing where the path so far is empty.
fn flatten(path: &str, value: &Attribute, leaves: &mut Vec<(String, Value)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    let leaf = match value {
        Attribute::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|one, other| one.0.as_bytes().cmp(other.0.as_bytes()));
            return sorted.iter().for_each(|(name, value)| flatten(&below(name), value, leaves));
        }
        Attribute::List(values) => {
            return (0..).zip(values).for_each(|(index, value): (usize, _)| {
                flatten(&below(&index.to_string()), value, leaves);
            });
        }
        Attribute::Bool(value) => Value::Bool(*value),
        Attribute::Int(value) => Value::Int(*value),
        Attribute::Float(value) if value.is_finite() => Value::Float(value.to_bits()),
        Attribute::Null | Attribute::Float(_) => Value::Null,
        Attribute::Text(text) => Value::Text(text.clone()),
        Attribute::Time(millis) => Value::Time(*millis),
    };
    leaves.push((path.to_owned(), leaf));
}
