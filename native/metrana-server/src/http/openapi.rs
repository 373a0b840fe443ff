//! `GET /api/v1/openapi.json`: what can be asked for, for programs that make clients of it.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

pub(super) const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::{HEALTH, session, tokens};

    /// Every route of the router, and no other, is described.
    #[test]
    fn what_is_served_is_described() {
        let document: Value = serde_json::from_str(super::DOCUMENT).expect("it is JSON");
        let described: Vec<&String> = document["paths"].as_object().expect("paths").keys().collect();
        let source = include_str!("mod.rs");
        let mut served: Vec<String> = source
            .split(".route(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next().map(str::to_owned))
            .collect();
        let named = [HEALTH, session::PATH, session::TICKET, tokens::EXCHANGE, tokens::REFRESH];
        served.extend(named.map(str::to_owned));
        served.retain(|path| !path.ends_with("openapi.json") && !path.ends_with("faults"));
        served.sort();
        assert_eq!(described, served.iter().collect::<Vec<_>>());
    }
}
