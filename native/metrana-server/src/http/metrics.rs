//! `GET /metrics`: what the server has taken in, for Prometheus.

use std::fmt::Write;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use super::Api;
use super::answer::Problem;
use crate::store::Health;

pub(super) async fn all(State(api): State<Api>) -> Result<impl IntoResponse, Problem> {
    let counts = api.store.counts(None).await?;
    let good = u64::from(api.store.health() == Health::Good);
    let mut text = String::new();
    for (name, kind, help, value) in [
        ("metrana_healthy", "gauge", "Whether the store can take in more.", good),
        ("metrana_runs", "gauge", "Runs.", counts.runs),
        ("metrana_series", "gauge", "Series of all runs.", counts.series),
        ("metrana_points_total", "counter", "Points of ordinary series.", counts.points),
        ("metrana_rl_points_total", "counter", "Points of environments.", counts.rl_points),
        ("metrana_histograms_total", "counter", "Histograms.", counts.histograms),
        ("metrana_scatters_total", "counter", "Scatters.", counts.scatters),
        ("metrana_messages_total", "counter", "Messages taken in.", counts.messages),
        (
            "metrana_duplicate_messages_total",
            "counter",
            "Messages that came twice.",
            counts.duplicate_messages,
        ),
        ("metrana_streams_total", "counter", "Streams of updates begun.", counts.streams),
    ] {
        // Writing to a text cannot fail.
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
    }
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
