//! Answers as streams of Apache Arrow: one table of columns, for programs that compute with them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Field, Schema};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::answer::Problem;

/// The type of such an answer, which a reader asks for by the header `accept`.
pub(super) const TYPE: &str = "application/vnd.apache.arrow.stream";

/// What the metadata of the schema calls that which JSON answers have beside their numbers.
const ABOUT: &str = "metrana";

/// Whether a reader asks for it.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|accepted| accepted.contains(TYPE)))
}

/// Columns of one length under way.
#[derive(Default)]
pub(super) struct Table {
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
}

impl Table {
    /// Adds a column that has a value in each row.
    pub(super) fn column(&mut self, name: &str, column: impl Array + 'static) {
        self.add(name, column, false);
    }

    /// Adds a column that may have none.
    pub(super) fn nullable(&mut self, name: &str, column: impl Array + 'static) {
        self.add(name, column, true);
    }

    fn add(&mut self, name: &str, column: impl Array + 'static, nullable: bool) {
        self.fields.push(Field::new(name, column.data_type().clone(), nullable));
        self.columns.push(Arc::new(column));
    }

    /// The whole as a stream of one batch, with what else its reader needs to know in the metadata of the schema.
    pub(super) fn into_response(self, about: Map<String, Value>) -> Result<Response, Problem> {
        let written = self.write(&Value::Object(about));
        let written =
            written.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        Ok(([(CONTENT_TYPE, TYPE)], written).into_response())
    }

    fn write(self, about: &Value) -> Result<Vec<u8>, ArrowError> {
        let metadata = HashMap::from([(ABOUT.to_owned(), about.to_string())]);
        let schema = Arc::new(Schema::new(self.fields).with_metadata(metadata));
        let batch = RecordBatch::try_new(Arc::clone(&schema), self.columns)?;
        let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
        writer.write(&batch)?;
        writer.into_inner()
    }
}
