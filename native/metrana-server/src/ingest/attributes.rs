//! Attributes: from the message to the store.

use metrana_proto::types::attribute_update::Value;
use metrana_proto::types::{AttributeUpdate, EnvAttrUpdates};
use prost_types::Timestamp;

use super::sorted::{Oddity, Sorted};
use crate::store::{AttributeChange, AttributeValue, Change, EnvironmentChanges};

pub(super) fn sort(run: Vec<AttributeUpdate>, environments: Vec<EnvAttrUpdates>, sorted: &mut Sorted<'_>) {
    sorted.update.attributes = take_all(run, sorted);
    for update in environments {
        let changes = take_all(update.attributes, sorted);
        if !changes.is_empty() {
            sorted.update.environment_attributes.push(EnvironmentChanges {
                environment: update.environment_id,
                episode: update.episode,
                changes,
            });
        }
    }
}

fn take_all(updates: Vec<AttributeUpdate>, sorted: &mut Sorted<'_>) -> Vec<AttributeChange> {
    let mut changes = Vec::with_capacity(updates.len());
    for update in updates {
        if update.path.is_empty() {
            sorted.update.not_kept.ignored_attributes += 1;
            sorted.oddity.get_or_insert(Oddity::Malformed("an attribute without a path"));
        } else {
            changes.push(AttributeChange { path: update.path, change: take(update.value) });
        }
    }
    changes
}

fn take(value: Option<Value>) -> Change {
    Change::Set(match value {
        None => AttributeValue::Null,
        Some(Value::BoolValue(value)) => AttributeValue::Bool(value),
        Some(Value::StringValue(text)) => AttributeValue::Text(text),
        Some(Value::FloatValue(value)) => AttributeValue::Float(value),
        Some(Value::IntValue(value)) => AttributeValue::Int(value),
        Some(Value::StringSetValue(set)) => AttributeValue::TextSet(set.values),
        Some(Value::TimestampValue(time)) => AttributeValue::Time(millis(time)),
        Some(Value::StringSetDeltaValue(delta)) => {
            return Change::Delta { added: delta.added_values, removed: delta.removed_values };
        }
    })
}

/// The millisecond that a moment is in; a moment beyond all milliseconds is in the last one.
fn millis(time: Timestamp) -> i64 {
    let millis = i128::from(time.seconds) * 1000 + i128::from(time.nanos.div_euclid(1_000_000));
    i64::try_from(millis).unwrap_or(if millis < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::millis;
    use prost_types::Timestamp;

    #[test]
    fn moments_of_any_size_have_a_millisecond() {
        for (seconds, nanos, expected) in [
            (1, 500_000_000, 1500),
            (-1, 1_999_999, -999),
            (0, -1, -1),
            (i64::MIN.div_euclid(1000), 192_000_000, i64::MIN),
            (i64::MAX / 1000, 807_999_999, i64::MAX),
            (i64::MAX, 0, i64::MAX),
            (i64::MIN, i32::MIN, i64::MIN),
        ] {
            assert_eq!(millis(Timestamp { seconds, nanos }), expected);
        }
    }
}
