//! `GET /api/v1/runs/{run_id}/environments`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

use super::Api;
use super::answer::{Problem, run_id};
use super::attributes::{Attributes, written};
use super::json::Whole;
use crate::store::EnvironmentInfo;

#[derive(Serialize)]
pub(super) struct Environments {
    environments: Vec<Environment>,
}

#[derive(Serialize)]
struct Environment {
    name: String,
    last_rl_step: Option<Whole<u64>>,
    last_episode: Option<Whole<u64>>,
    attributes: Attributes,
    /// Those that have attributes.
    episodes: Vec<Episode>,
}

#[derive(Serialize)]
struct Episode {
    episode: Whole<u64>,
    attributes: Attributes,
}

pub(super) async fn list(State(api): State<Api>, Path(run): Path<String>) -> Result<Response, Problem> {
    let environments = api.store.environments(&run_id(&run)?).await?;
    let taken = api.room.take_for_list(environments.len() as u64).await?;
    let environments = environments.into_iter().map(Environment::from).collect();
    Ok(taken.on(Json(Environments { environments })))
}

impl From<EnvironmentInfo> for Environment {
    fn from(info: EnvironmentInfo) -> Self {
        let episode =
            |(episode, attributes)| Episode { episode: Whole(episode), attributes: written(attributes) };
        Self {
            name: info.name,
            last_rl_step: info.last_rl_step.map(Whole),
            last_episode: info.last_episode.map(Whole),
            attributes: written(info.attributes),
            episodes: info.episodes.into_iter().map(episode).collect(),
        }
    }
}
