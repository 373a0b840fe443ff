//! What a person says about a run: its name, its notes, its tags, and where it stands in a list.

use serde::{Deserialize, Serialize};

use super::{AttributeChange, Change};

/// The attribute that holds the tags of a run. Loggers set it as well.
pub const TAGS: &str = "sys/tags";

/// A change to a run by a person. What is `None` or empty stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEdit {
    /// The name that people see. Empty: the one that loggers use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The notes. Empty: there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// All of its tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// More tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_tags: Vec<String>,
    /// Tags that go. One that is also in `add_tags` stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_tags: Vec<String>,
    /// Whether lists leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
    /// Whether lists show it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
}

/// What a person has said about a run, apart from its tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The name that people see, where it is not the one that loggers use.
    pub name: Option<String>,
    /// The notes.
    pub notes: String,
    /// Whether lists leave it out.
    pub hidden: bool,
    /// Whether lists show it first.
    pub pinned: bool,
}

/// What holds runs together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProjectKey {
    /// The organization, where one was named.
    pub organization: Option<String>,
    /// The workspace.
    pub workspace: String,
    /// The project.
    pub project: String,
}

impl RunEdit {
    /// What it does to the attributes of the run.
    pub(super) fn attributes(&self) -> Vec<AttributeChange> {
        let change = |change| AttributeChange { path: TAGS.to_owned(), change };
        let mut changes = Vec::new();
        if let Some(tags) = &self.tags {
            changes.push(change(Change::Set(super::AttributeValue::TextSet(tags.clone()))));
        }
        if !(self.add_tags.is_empty() && self.remove_tags.is_empty()) {
            changes.push(change(Change::Delta {
                added: self.add_tags.clone(),
                removed: self
                    .remove_tags
                    .iter()
                    // A tag that stays keeps its place.
                    .filter(|tag| !self.add_tags.contains(tag))
                    .cloned()
                    .collect(),
            }));
        }
        changes
    }
}

impl Marks {
    pub(super) fn change(&mut self, edit: RunEdit) {
        let RunEdit { name, notes, hidden, pinned, .. } = edit;
        if let Some(name) = name {
            self.name = Some(name).filter(|name| !name.is_empty());
        }
        self.notes = notes.unwrap_or_else(|| std::mem::take(&mut self.notes));
        self.hidden = hidden.unwrap_or(self.hidden);
        self.pinned = pinned.unwrap_or(self.pinned);
    }
}

#[cfg(test)]
mod tests {
    use super::{Marks, RunEdit};

    #[test]
    fn what_is_absent_stays_and_an_empty_name_is_none() {
        let read = |text: &str| serde_json::from_str::<RunEdit>(text).expect("it is read");
        let mut marks = Marks::default();
        for (edit, expected) in [
            (r#"{"name": "n", "notes": "x", "hidden": true}"#, ("n", "x", true, false)),
            (r#"{"pinned": true}"#, ("n", "x", true, true)),
            (r#"{"name": "", "notes": "", "hidden": false}"#, ("", "", false, true)),
        ] {
            let edit = read(edit);
            let written = serde_json::to_string(&edit).expect("it is written");
            assert_eq!(read(&written), edit, "{written}");
            marks.change(edit);
            let name = marks.name.as_deref().unwrap_or_default();
            assert_eq!((name, marks.notes.as_str(), marks.hidden, marks.pinned), expected);
        }
    }
}
