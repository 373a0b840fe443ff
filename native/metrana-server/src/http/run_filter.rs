//! Which runs of a list, in which order, and how many of them.

use std::cmp::Ordering;

use serde::Deserialize;

use super::answer::Problem;
use super::page::limit;
use crate::store::RunInfo;

/// At most, and when not told otherwise.
const RUNS: (u64, u64) = (10_000, 10_000);

/// What is absent does not matter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    organization: Option<String>,
    workspace: Option<String>,
    project: Option<String>,
    run_name: Option<String>,
    experiment: Option<String>,
    /// One of its tags.
    tag: Option<String>,
    hidden: Option<bool>,
    pinned: Option<bool>,
    /// A part of its name, as people or as loggers call it.
    search: Option<String>,
    #[serde(default)]
    order: Order,
    offset: Option<u64>,
    limit: Option<u64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    #[default]
    Created,
    CreatedLast,
    Name,
    Points,
}

impl Filter {
    /// The runs that fit, those of the page, and how many fit in all.
    pub(super) fn select(&self, runs: Vec<RunInfo>) -> Result<(Vec<RunInfo>, u64), Problem> {
        let limit = limit(self.limit, RUNS)?;
        let mut runs: Vec<_> = runs.into_iter().filter(|run| self.fits(run)).collect();
        // Runs come in the order of their creation, and keep it where they are equal.
        runs.sort_by(|a, b| self.order.compare(a, b));
        let total = runs.len() as u64;
        let skipped = usize::try_from(self.offset.unwrap_or(0)).unwrap_or(usize::MAX);
        let page = runs.into_iter().skip(skipped).take(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok((page.collect(), total))
    }

    fn fits(&self, run: &RunInfo) -> bool {
        let key = &run.definition.key;
        let is = |wanted: &Option<String>, is: Option<&String>| wanted.is_none() || wanted.as_ref() == is;
        // No organization and an empty one are the same.
        let organization = self
            .organization
            .as_deref()
            .is_none_or(|wanted| wanted == key.organization.as_deref().unwrap_or_default());
        organization
            && is(&self.workspace, Some(&key.workspace))
            && is(&self.project, Some(&key.project))
            && is(&self.run_name, Some(&key.run_name))
            && is(&self.experiment, run.definition.experiment.as_ref())
            && self.tag.as_ref().is_none_or(|tag| run.tags.contains(tag))
            && self.hidden.is_none_or(|hidden| run.marks.hidden == hidden)
            && self.pinned.is_none_or(|pinned| run.marks.pinned == pinned)
            && self
                .search
                .as_deref()
                .is_none_or(|part| run.name().contains(part) || key.run_name.contains(part))
    }
}

impl Order {
    fn compare(self, a: &RunInfo, b: &RunInfo) -> Ordering {
        match self {
            Self::Created => Ordering::Equal,
            Self::CreatedLast => b.created_at_millis.cmp(&a.created_at_millis),
            Self::Name => a.name().cmp(b.name()),
            Self::Points => b.points.cmp(&a.points),
        }
    }
}
