//! The environments of one run: their names, how far each has come, and their attributes.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::attributes::{Attributes, EnvironmentChanges, change};
use super::rl::EnvironmentIndex;

/// An environment as it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentInfo {
    /// Its name.
    pub name: String,
    /// The largest step of the training at which it has points.
    pub last_rl_step: Option<u64>,
    /// The largest episode that its points are of.
    pub last_episode: Option<u64>,
    /// Its attributes.
    pub attributes: Attributes,
    /// Those of its episodes.
    pub episodes: BTreeMap<u64, Attributes>,
}

/// How far an environment has come, for a logger that goes on with the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentState {
    /// Its name.
    pub name: String,
    /// The largest step of the training at which it has points.
    pub last_rl_step: u64,
    /// The largest episode that its points are of.
    pub last_episode: Option<u64>,
}

/// How many environments a run may have.
const MOST_ENVIRONMENTS: usize = 1 << 18;

/// In the order of their first mention.
#[derive(Debug, Default)]
pub(super) struct Environments {
    list: Vec<EnvironmentInfo>,
    by_name: HashMap<String, EnvironmentIndex, foldhash::fast::RandomState>,
    /// The one behind the last that was asked for, which mostly is the next: a logger names them in the same order each
    /// time.
    next: EnvironmentIndex,
}

impl Environments {
    /// Those of a run that was kept elsewhere.
    pub(super) fn restore(list: Vec<EnvironmentInfo>) -> Self {
        let by_name = list.iter().enumerate().map(|(index, one)| (one.name.clone(), index)).collect();
        Self { list, by_name, next: 0 }
    }

    pub(super) fn all(&self) -> &[EnvironmentInfo] {
        &self.list
    }

    pub(super) fn find(&self, name: &str) -> Option<EnvironmentIndex> {
        self.by_name.get(name).copied()
    }

    pub(super) fn name(&self, index: EnvironmentIndex) -> Option<&str> {
        self.list.get(index).map(|environment| environment.name.as_str())
    }

    pub(super) fn find_or_add(&mut self, name: &str) -> EnvironmentIndex {
        let index = self.find_next(name).unwrap_or_else(|| self.add(name));
        self.next = if index + 1 < self.list.len() { index + 1 } else { 0 };
        index
    }

    fn find_next(&self, name: &str) -> Option<EnvironmentIndex> {
        match self.name(self.next) {
            Some(next) if next == name => Some(self.next),
            _ => self.find(name),
        }
    }

    fn add(&mut self, name: &str) -> EnvironmentIndex {
        let index = self.list.len();
        self.list.push(EnvironmentInfo { name: name.to_owned(), ..EnvironmentInfo::default() });
        self.by_name.insert(name.to_owned(), index);
        index
    }

    /// Whether one more can be added, or the name is known.
    pub(super) fn has_room_for(&self, name: &str) -> bool {
        self.list.len() < MOST_ENVIRONMENTS || self.find_next(name).is_some()
    }

    /// Notes how far an environment had come in the run that this one branched off from.
    pub(super) fn inherit(&mut self, state: &EnvironmentState) -> EnvironmentIndex {
        let index = self.find_or_add(&state.name);
        if let Some(environment) = self.list.get_mut(index) {
            environment.last_rl_step = Some(state.last_rl_step);
            environment.last_episode = state.last_episode;
        }
        index
    }

    /// Notes that an environment has points, and how far they are.
    pub(super) fn reach(&mut self, index: EnvironmentIndex, rl_step: u64, episode: Option<u64>) {
        if let Some(environment) = self.list.get_mut(index) {
            environment.last_rl_step = environment.last_rl_step.max(Some(rl_step));
            environment.last_episode = environment.last_episode.max(episode);
        }
    }

    pub(super) fn change(&mut self, changes: EnvironmentChanges) {
        let index = self.find_or_add(&changes.environment);
        let Some(environment) = self.list.get_mut(index) else { return };
        let attributes = match changes.episode {
            None => &mut environment.attributes,
            Some(episode) => environment.episodes.entry(episode).or_default(),
        };
        for one in changes.changes {
            change(attributes, one);
        }
    }

    /// Those that have points: an environment of which only attributes are known has come nowhere yet.
    pub(super) fn states(&self) -> Vec<EnvironmentState> {
        let state = |environment: &EnvironmentInfo| {
            Some(EnvironmentState {
                name: environment.name.clone(),
                last_rl_step: environment.last_rl_step?,
                last_episode: environment.last_episode,
            })
        };
        self.list.iter().filter_map(state).collect()
    }
}
