//! Answers, good and bad.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::store::{RunId, SeriesId, StoreError};

/// What a handler gives: something to write as JSON, or a problem.
pub(super) type Answer<T> = Result<Json<T>, Problem>;

/// Something that the asker got wrong or that is not there.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    text: String,
}

#[derive(Serialize)]
struct Body {
    error: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, text: text.into() }
    }

    fn not_found(text: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, text: text.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(Body { error: self.text })).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownRun(_)
            | StoreError::UnknownProject(_)
            | StoreError::UnknownSeries(_)
            | StoreError::UnknownDeclaration(_)
            | StoreError::UnknownEnvironment(_) => Self::not_found(error.to_string()),
            StoreError::OtherKind(_) => Self::bad_request(error.to_string()),
            StoreError::Full(_) => Self { status: StatusCode::INSUFFICIENT_STORAGE, text: error.to_string() },
            StoreError::Busy(_) => Self { status: StatusCode::SERVICE_UNAVAILABLE, text: error.to_string() },
            StoreError::TooManyGaps
            | StoreError::NoRandomness(_)
            | StoreError::Io(_)
            | StoreError::Corrupt(_) => {
                Self { status: StatusCode::INTERNAL_SERVER_ERROR, text: error.to_string() }
            }
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

/// Reads a run id of a path. What cannot be one is no run's.
pub(super) fn run_id(text: &str) -> Result<RunId, Problem> {
    text.parse().map_err(|_| Problem::not_found(format!("there is no run {text:?}")))
}

/// Reads a series id of a path.
pub(super) fn series_id(text: &str) -> Result<SeriesId, Problem> {
    text.parse().map(SeriesId).map_err(|_| Problem::not_found(format!("there is no series {text:?}")))
}

pub(super) async fn no_such_path(uri: Uri) -> Problem {
    Problem::not_found(format!("there is nothing at {}", uri.path()))
}

pub(super) async fn no_such_method(method: Method, uri: Uri) -> Problem {
    Problem { status: StatusCode::METHOD_NOT_ALLOWED, text: format!("{} does not take {method}", uri.path()) }
}
