//! `POST /api/v1/series`: what many runs hold, in one answer. Asked one by one, a page of some hundred runs would wait for
//! hundreds of answers.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::Api;
use super::answer::{Problem, run_id};
use super::attributes::{Attributes, written};
use super::series::Series;
use crate::read;
use crate::store::{RunId, StoreError};

const RUNS: usize = 1000;
/// When so many are in an answer it ends with the run that it is at.
const SERIES: usize = 100_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    runs: Vec<String>,
    /// Whether their attributes are wanted, too.
    #[serde(default)]
    attributes: bool,
}

#[derive(Serialize)]
struct Holdings {
    /// Those that are there, in the order of the question.
    runs: Vec<Holding>,
    /// The place in the question of the first run that has to be asked for again; null: none has.
    next: Option<usize>,
}

#[derive(Serialize)]
struct Holding {
    run: String,
    series: Vec<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Attributes>,
}

pub(super) async fn list(State(api): State<Api>, body: Bytes) -> Result<Response, Problem> {
    let asked: Asked =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(error.to_string()))?;
    if asked.runs.len() > RUNS {
        return Err(Problem::bad_request(format!(
            "{} runs are asked for; at most {RUNS} at once",
            asked.runs.len()
        )));
    }
    let mut holdings = Holdings { runs: Vec::with_capacity(asked.runs.len()), next: None };
    let mut left = SERIES;
    // Nobody knows how much there is before each run was looked at.
    let (mut making, mut entries) = (api.room.begin(), 0);
    for (place, run) in asked.runs.into_iter().enumerate() {
        if left == 0 {
            holdings.next = Some(place);
            break;
        }
        let id = run_id(&run)?;
        match api.store.run(&id).await {
            Ok(info) => entries += info.series,
            Err(StoreError::UnknownRun(_)) => continue,
            Err(error) => return Err(error.into()),
        }
        making.grow_for_list(entries).await?;
        match holding(&api, run, &id, asked.attributes).await {
            Ok(holding) => {
                left = left.saturating_sub(holding.series.len());
                holdings.runs.push(holding);
            }
            // It may have been removed since the page read its list.
            Err(StoreError::UnknownRun(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(making.done().on(Json(holdings)))
}

async fn holding(api: &Api, run: String, id: &RunId, attributes: bool) -> Result<Holding, StoreError> {
    let series = read::all_series(&*api.store, id).await?.into_iter().map(Series::from).collect();
    let attributes = if attributes { Some(written(api.store.attributes(id).await?)) } else { None };
    Ok(Holding { run, series, attributes })
}
