//! `GET /api/v1/events`: what changes, as server-sent events. Each tells what to read anew, and carries the cursor from
//! which a reader goes on after a break.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::sleep;

use super::Api;
use super::answer::{Problem, run_id};
use crate::read;
use crate::serve::stopped;
use crate::store::{Changes, Cursor, RunChanges};

/// A run that is written to thousands of times a second is read anew only so often.
const PAUSE: Duration = Duration::from_millis(200);
/// So that whatever lies between does not take the connection for dead.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct From {
    since: Option<String>,
}

#[derive(Serialize)]
struct Told {
    cursor: String,
    /// Everything has to be read anew; nothing is listed then.
    reset: bool,
    runs: Vec<Changed>,
    deleted: Vec<String>,
}

#[derive(Serialize)]
struct Changed {
    run: String,
    /// Those with new points, and new ones.
    series: Vec<String>,
    attributes: bool,
}

/// A reader of the feed.
struct Reader {
    api: Api,
    cursor: Option<Cursor>,
    changed: watch::Receiver<u64>,
    /// What was told already, so that the next comes after a pause.
    told: bool,
}

pub(super) async fn events(
    State(api): State<Api>,
    headers: HeaderMap,
    from: Result<Query<From>, QueryRejection>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let Query(From { since }) = from?;
    // A browser that comes back says by itself where it stands.
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let cursor = last.or(since).map(|text| cursor(&text)).transpose()?;
    let reader = Reader { cursor, changed: api.store.changed(), api, told: false };
    let events = stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)))
}

impl Reader {
    async fn next(&mut self) -> Option<Event> {
        let mut stopping = self.api.stopping.clone();
        tokio::select! {
            () = stopped(&mut stopping) => None,
            event = self.next_change() => event,
        }
    }

    async fn next_change(&mut self) -> Option<Event> {
        if self.told {
            sleep(PAUSE).await;
        }
        loop {
            self.changed.borrow_and_update();
            // A store that cannot be read ends the stream; the reader comes back.
            let changes = self.api.store.changes(self.cursor).await.ok()?;
            let news = changes.reset || !changes.runs.is_empty() || !changes.deleted.is_empty();
            self.cursor = Some(changes.cursor);
            if news {
                self.told = true;
                let mut told = Told::from(changes);
                for run in &mut told.runs {
                    run.add_aggregated(&self.api).await;
                }
                return Event::default().event("change").id(told.cursor.clone()).json_data(told).ok();
            }
            self.changed.changed().await.ok()?;
        }
    }
}

impl Changed {
    /// What rules make of series that changed has changed, too.
    async fn add_aggregated(&mut self, api: &Api) {
        let Ok(run) = run_id(&self.run) else { return };
        // A run that is gone by now is told of as removed next time.
        let Ok(info) = api.store.run(&run).await else { return };
        if info.definition.aggregation_rules.is_empty() {
            return;
        }
        let Ok(series) = api.store.series(&run).await else { return };
        let made = read::made(&info.definition.aggregation_rules, &series);
        for info in made {
            let sources = info.aggregate.iter().flat_map(|is| &is.sources);
            if sources.clone().any(|(id, _)| self.series.contains(&id.to_string())) {
                self.series.push(info.id.to_string());
            }
        }
    }
}

pub(super) fn cursor(text: &str) -> Result<Cursor, Problem> {
    let parts = text.split_once('-').and_then(|(epoch, revision)| {
        Some(Cursor { epoch: u64::from_str_radix(epoch, 16).ok()?, revision: revision.parse().ok()? })
    });
    parts.ok_or_else(|| Problem::bad_request("a cursor is what an earlier event said"))
}

impl std::convert::From<Changes> for Told {
    fn from(changes: Changes) -> Self {
        Self {
            cursor: format!("{:x}-{}", changes.cursor.epoch, changes.cursor.revision),
            reset: changes.reset,
            runs: changes.runs.into_iter().map(Changed::from).collect(),
            deleted: changes.deleted.iter().map(ToString::to_string).collect(),
        }
    }
}

impl std::convert::From<RunChanges> for Changed {
    fn from(changes: RunChanges) -> Self {
        Self {
            run: changes.run.to_string(),
            series: changes.series.iter().map(ToString::to_string).collect(),
            attributes: changes.attributes,
        }
    }
}
