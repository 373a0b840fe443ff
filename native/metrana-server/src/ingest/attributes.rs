//! Attributes: from the message to the store.

use metrana_proto::types::attribute_update::Value;
use metrana_proto::types::{AttributeUpdate, EnvAttrUpdates};
use prost_types::Timestamp;

use super::sorted::{LONGEST_NAME, Oddity, Sorted};
use crate::store::{AttributeChange, AttributeValue, Change, EnvironmentChanges, Moment};

pub(super) fn sort(run: Vec<AttributeUpdate>, environments: Vec<EnvAttrUpdates>, sorted: &mut Sorted<'_>) {
    sorted.update.attributes = take_all(run, sorted);
    for update in environments {
        if update.environment_id.len() > LONGEST_NAME {
            sorted.update.not_kept.surplus_attributes += update.attributes.len() as u64;
            sorted.oddity.get_or_insert(Oddity::Malformed("the name of an environment is too long"));
            continue;
        }
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
        } else if update.path.len() > LONGEST_NAME {
            sorted.update.not_kept.surplus_attributes += 1;
            sorted.oddity.get_or_insert(Oddity::Malformed("the path of an attribute is too long"));
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
        Some(Value::TimestampValue(time)) => AttributeValue::Time(moment(time)),
        Some(Value::StringSetDeltaValue(delta)) => {
            return Change::Delta { added: delta.added_values, removed: delta.removed_values };
        }
    })
}

/// A moment whose nanoseconds are those of a second, whatever came.
fn moment(time: Timestamp) -> Moment {
    const NANOS: i64 = 1_000_000_000;
    let nanos = i64::from(time.nanos);
    Moment {
        seconds: time.seconds.saturating_add(nanos.div_euclid(NANOS)),
        nanos: u32::try_from(nanos.rem_euclid(NANOS)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::moment;
    use prost_types::Timestamp;

    #[test]
    fn moments_are_kept_to_the_nanosecond_and_have_a_millisecond() {
        for (seconds, nanos, expected, millis) in [
            (1, 500_000_001, (1, 500_000_001), 1500),
            (-1, 1_999_999, (-1, 1_999_999), -999),
            (0, -1, (-1, 999_999_999), -1),
            (0, i32::MAX, (2, 147_483_647), 2147),
            (i64::MIN.div_euclid(1000), 192_000_000, (i64::MIN.div_euclid(1000), 192_000_000), i64::MIN),
            (i64::MAX / 1000, 807_999_999, (i64::MAX / 1000, 807_999_999), i64::MAX),
            (i64::MAX, 0, (i64::MAX, 0), i64::MAX),
            (i64::MIN, i32::MIN, (i64::MIN, 852_516_352), i64::MIN),
        ] {
            let moment = moment(Timestamp { seconds, nanos });
            assert_eq!((moment.seconds, moment.nanos), expected);
            assert_eq!(moment.millis(), millis);
        }
    }
}
