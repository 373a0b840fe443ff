//! `GET /api/v1/runs/{run_id}/attributes`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;

use super::Api;
use super::answer::{Answer, run_id};
use super::json::{Value, Whole};
use crate::store::{self, AttributeValue};

#[derive(Serialize)]
pub(super) struct OfRun {
    attributes: Attributes,
}

/// Values by path.
pub(super) type Attributes = BTreeMap<String, Attribute>;

/// A value with its type.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Attribute {
    Null,
    Bool {
        value: bool,
    },
    Int {
        value: Whole<i64>,
    },
    Float {
        value: Value,
    },
    String {
        value: String,
    },
    StringSet {
        value: Vec<String>,
    },
    /// The millisecond that it is in, and the nanoseconds of its second.
    Timestamp {
        value_millis: Whole<i64>,
        nanos: u32,
    },
}

pub(super) async fn of_run(State(api): State<Api>, Path(run): Path<String>) -> Answer<OfRun> {
    Ok(Json(OfRun { attributes: written(api.store.attributes(&run_id(&run)?).await?) }))
}

pub(super) fn written(attributes: store::Attributes) -> Attributes {
    attributes.into_iter().map(|(path, value)| (path, value.into())).collect()
}

impl From<AttributeValue> for Attribute {
    fn from(value: AttributeValue) -> Self {
        match value {
            AttributeValue::Null => Self::Null,
            AttributeValue::Bool(value) => Self::Bool { value },
            AttributeValue::Int(value) => Self::Int { value: Whole(value) },
            AttributeValue::Float(value) => Self::Float { value: Value(value) },
            AttributeValue::Text(value) => Self::String { value },
            AttributeValue::TextSet(value) => Self::StringSet { value },
            AttributeValue::Time(moment) => {
                Self::Timestamp { value_millis: Whole(moment.millis()), nanos: moment.nanos }
            }
        }
    }
}
