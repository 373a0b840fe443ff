//! Questions as readers write them, for fuzzers.

use axum::extract::Query;
use axum::http::Uri;
use serde::de::DeserializeOwned;

use super::{
    curves, events, export, lists, points, points_of_many, run_filter, series_filter, series_of_many, traces,
};
use crate::read::Position;

/// Some that make sense.
pub(crate) const QUERIES: [&str; 8] = [
    "organization=&workspace=w&project=p&run_name=r&experiment=e&tag=t&hidden=true&pinned=false&search=s&order=points",
    "order=created_last&offset=1&limit=2",
    "prefix=lo&regex=%5E(a%7Cb)%2B%24&scale=s&labels=env%3Dcart,seed%3D3&offset=0&limit=5",
    "environment=e%201&raw=true&cursor=12:3:499@60000&limit=100&bytes=65536",
    "format=csv&environment=e&offset=3",
    "every=8&cursor=1999",
    "12:-:499@60000",
    "1f3a-42",
];

/// Reads a text as the query of each request, as a cursor, and as the body of a question.
pub(crate) fn query(text: &str) {
    if let Ok(position) = text.parse::<Position>() {
        assert_eq!(position.to_string().parse::<Position>().ok(), Some(position));
    }
    let _ = events::cursor(text);
    let body = text.as_bytes();
    let _ = serde_json::from_slice::<curves::Curves>(body);
    let _ = serde_json::from_slice::<points_of_many::Wish>(body);
    let _ = serde_json::from_slice::<series_of_many::Asked>(body);
    let Ok(uri) = format!("/?{text}").parse::<Uri>() else { return };
    if let Some(filter) = read::<run_filter::Filter>(&uri) {
        let _ = filter.select(Vec::new());
    }
    if let Some(filter) = read::<series_filter::Filter>(&uri) {
        let _ = filter.select(Vec::new());
    }
    let _ = read::<points::Range>(&uri);
    let _ = read::<lists::Range>(&uri);
    let _ = read::<export::Wish>(&uri);
    let _ = read::<traces::Place>(&uri);
    let _ = read::<events::From>(&uri);
}

fn read<T: DeserializeOwned>(uri: &Uri) -> Option<T> {
    Query::<T>::try_from_uri(uri).ok().map(|Query(read)| read)
}
