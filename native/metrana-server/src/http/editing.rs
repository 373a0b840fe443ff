//! `PATCH /api/v1/runs/{run_id}`: a person names, describes, tags, hides or pins a run.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::{Deserialize, Deserializer};

use super::Api;
use super::answer::{Answer, Problem, run_id};
use super::runs::{Described, described};
use crate::store::RunEdit;

/// The longest name of a run, in bytes.
const NAME: usize = 4096;
/// The longest notes, in bytes.
const NOTES: usize = 256 << 10;
/// The most bytes of all tags together, which is what loggers may send as well.
const TAGS: usize = 32 << 10;

/// What is to be changed. What is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// Null: as loggers call it.
    #[serde(default, deserialize_with = "present")]
    #[allow(clippy::option_option, reason = "absent is not null")]
    name: Option<Option<String>>,
    /// Null: there are none.
    #[serde(default, deserialize_with = "present")]
    #[allow(clippy::option_option, reason = "absent is not null")]
    notes: Option<Option<String>>,
    tags: Option<Vec<String>>,
    #[serde(default)]
    add_tags: Vec<String>,
    #[serde(default)]
    remove_tags: Vec<String>,
    hidden: Option<bool>,
    pinned: Option<bool>,
}

#[allow(clippy::option_option, reason = "absent is not null")]
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

pub(super) async fn of_run(
    State(api): State<Api>,
    Path(run): Path<String>,
    body: Bytes,
) -> Answer<Described> {
    let run = run_id(&run)?;
    let wish: Wish =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(error.to_string()))?;
    Ok(Json(described(api.store.edit_run(&run, wish.edit()?).await?)))
}

impl Wish {
    pub(super) fn edit(self) -> Result<RunEdit, Problem> {
        let Self { name, notes, tags, add_tags, remove_tags, hidden, pinned } = self;
        if let Some(Some(name)) = &name {
            if name.trim().is_empty() && !name.is_empty() {
                return Err(Problem::bad_request(
                    "a name has more in it than blanks; null goes back to the one that loggers use",
                ));
            }
            check("a name", name, NAME)?;
        }
        if let Some(Some(notes)) = &notes {
            check("notes", notes, NOTES)?;
        }
        let mut bytes = 0;
        for tag in tags.iter().flatten().chain(&add_tags).chain(&remove_tags) {
            if tag.trim().is_empty() {
                return Err(Problem::bad_request("a tag has something in it"));
            }
            bytes += tag.len();
            check("a tag", tag, TAGS)?;
        }
        if bytes > TAGS {
            return Err(Problem::bad_request(format!(
                "tags have at most {TAGS} bytes together, not {bytes}"
            )));
        }
        Ok(RunEdit {
            name: name.map(Option::unwrap_or_default),
            notes: notes.map(Option::unwrap_or_default),
            tags,
            add_tags,
            remove_tags,
            hidden,
            pinned,
        })
    }
}

fn check(what: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.contains('\0') {
        return Err(Problem::bad_request(format!("there is no NUL in {what}")));
    }
    if text.len() > most {
        return Err(Problem::bad_request(format!("{what} of {} bytes: at most {most} are kept", text.len())));
    }
    Ok(())
}
