//! The environments of a run: their names, and how far each has come.

#![allow(
    clippy::indexing_slicing,
    reason = "an id comes from this table, and is asked for by knows where it comes from outside"
)]
#![allow(clippy::expect_used, reason = "four thousand million names do not fit into memory")]

use hashbrown::hash_table::{Entry, HashTable};
use std::hash::BuildHasher as _;

use crate::points::EnvironmentId;

struct Environment {
    name: Box<str>,
    progress: Progress,
}

/// How far an environment has come, over all its series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub rl_step: Option<u64>,
    pub episode: Option<u64>,
}

#[derive(Default)]
pub(crate) struct EnvironmentTable {
    list: Vec<Environment>,
    by_name: HashTable<EnvironmentId>,
    hasher: foldhash::fast::RandomState,
}

impl EnvironmentTable {
    pub(crate) fn name(&self, id: EnvironmentId) -> &str {
        &self.list[id.index()].name
    }

    pub(crate) fn knows(&self, id: EnvironmentId) -> bool {
        id.index() < self.list.len()
    }

    pub(crate) fn find(&self, name: &str) -> Option<EnvironmentId> {
        self.by_name.find(self.hasher.hash_one(name), |id| self.name(*id) == name).copied()
    }

    pub(crate) fn find_or_add(&mut self, name: &str) -> EnvironmentId {
        let Self { list, by_name, hasher } = self;
        let entry = by_name.entry(
            hasher.hash_one(name),
            |id| *list[id.index()].name == *name,
            |id| hasher.hash_one(&*list[id.index()].name),
        );
        match entry {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                let id = EnvironmentId::from_u32(u32::try_from(list.len()).expect("ids are u32"));
                list.push(Environment { name: name.into(), progress: Progress::default() });
                free.insert(id);
                id
            }
        }
    }

    /// Where the table stands, to come back to.
    pub(crate) fn savepoint(&self) -> usize {
        self.list.len()
    }

    /// Forgets the environments that came after a savepoint.
    pub(crate) fn roll_back(&mut self, savepoint: usize) {
        while self.list.len() > savepoint {
            let Some(environment) = self.list.pop() else { break };
            let index = self.list.len();
            let hash = self.hasher.hash_one(&*environment.name);
            if let Ok(entry) = self.by_name.find_entry(hash, |id| id.index() == index) {
                entry.remove();
            }
        }
    }

    /// All of them, in the order in which they came.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, Progress)> {
        self.list.iter().map(|environment| (&*environment.name, environment.progress))
    }

    pub(crate) fn progress(&self, id: EnvironmentId) -> Progress {
        self.list[id.index()].progress
    }

    pub(crate) fn note(&mut self, id: EnvironmentId, rl_step: u64, episode: Option<u64>) {
        let progress = &mut self.list[id.index()].progress;
        progress.rl_step = progress.rl_step.max(Some(rl_step));
        progress.episode = progress.episode.max(episode);
    }
}
