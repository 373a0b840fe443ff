//! Attributes as tracers send them.

use metrana_proto::common::Attribute as Sent;
use metrana_proto::common::attribute::Value as Of;

use super::attributes::{Attribute, Attributes};
use super::json::{Value, Whole};

/// By path, as those of runs are told.
pub(super) fn attributes(sent: Vec<Sent>) -> Attributes {
    sent.into_iter().map(|Sent { path, value }| (path, attribute(value))).collect()
}

fn attribute(value: Option<Of>) -> Attribute {
    match value {
        None => Attribute::Null,
        Some(Of::BoolValue(value)) => Attribute::Bool { value },
        Some(Of::IntValue(value)) => Attribute::Int { value: Whole(value) },
        Some(Of::FloatValue(value)) => Attribute::Float { value: Value(value) },
        Some(Of::StringValue(value)) => Attribute::String { value },
        Some(Of::StringSetValue(set)) => Attribute::StringSet { value: set.values },
        Some(Of::TimestampValue(time)) => {
            let nanos = u32::try_from(time.nanos).unwrap_or(0);
            let millis = time.seconds.saturating_mul(1000).saturating_add(i64::from(nanos / 1_000_000));
            Attribute::Timestamp { value_millis: Whole(millis), nanos }
        }
    }
}
