//! What a program logs, and what it may ask about it.

use super::admit::{admit, put};
use crate::clock;
use crate::errors::Error;
use crate::kinds::Call;
use crate::kinds::attributes::{Attribute, EnvironmentAttributes, Finite, RunAttributes, Tags, Target};
use crate::kinds::histogram::{HistogramCall, Histograms};
use crate::kinds::rl::RlCall;
use crate::kinds::scatter::{ScatterCall, Scatters};
use crate::kinds::several::{BatchCall, Piece};
use crate::kinds::std::StdCall;
use crate::logger::Logger;
use crate::names::environments::Progress;
use crate::names::ids::SeriesId;
use crate::names::key::{Key, LabelRoom, World};
use crate::names::series::{KnownSeries, Nature};
use crate::names::validate;
use crate::points::{EnvironmentId, RlFloats, SeriesHandle, StdFloats};

impl Logger {
    /// Logs points of an ordinary series.
    pub fn log_std_floats(&self, call: &StdFloats<'_>) -> Result<(), Error> {
        let mut room = LabelRoom::new();
        let call = StdCall::new(call, &mut room)?;
        if let Some(scalar) = call.scalar() {
            let found = call.find(&self.shared.slot.gate.lock()?.inner);
            if found.is_some_and(|id| put(self.shared.slot, self.generation, id, &scalar)) {
                return Ok(());
            }
        }
        self.admit_call(&call)
    }

    /// Logs points of a reinforcement-learning series.
    pub fn log_rl_floats(&self, call: &RlFloats<'_>) -> Result<(), Error> {
        self.admit_call(&RlCall::new(call, &mut LabelRoom::new())?)
    }

    /// Logs histograms.
    pub fn log_histograms(&self, call: &Histograms<'_>) -> Result<(), Error> {
        self.admit_call(&HistogramCall::new(call, &mut LabelRoom::new(), clock::now_millis())?)
    }

    /// Logs scatters.
    pub fn log_scatters(&self, call: &Scatters<'_>) -> Result<(), Error> {
        self.admit_call(&ScatterCall::new(call, &mut LabelRoom::new(), clock::now_millis())?)
    }

    /// Writes attributes: of the run, its configuration, or an environment.
    pub fn log_attributes(&self, target: Target<'_>, value: &Attribute) -> Result<(), Error> {
        match target {
            Target::Run { prefix } => self.admit_call(&RunAttributes::new(prefix, value, Finite::Required)?),
            Target::Config => self.admit_call(&RunAttributes::new("config", value, Finite::OrNothing)?),
            Target::Environment { environment, episode } => {
                self.admit_call(&EnvironmentAttributes::new(environment, episode, value)?)
            }
        }
    }

    /// Sets or changes the run's tags.
    pub fn log_tags(&self, tags: Tags<'_>) -> Result<(), Error> {
        self.admit_call(&RunAttributes::tags(tags)?)
    }

    /// Describes the run.
    pub fn set_description(&self, text: &str) -> Result<(), Error> {
        self.admit_call(&RunAttributes::description(text)?)
    }

    /// The environments of these names, for calls that come again and again.
    pub fn environments(&self, names: &[&str]) -> Result<Vec<EnvironmentId>, Error> {
        names.iter().try_for_each(|name| validate::environment(name))?;
        let mut state = self.shared.slot.gate.lock()?;
        state.admits()?;
        Ok(names.iter().map(|name| state.inner.names.environments.find_or_add(name)).collect())
    }

    /// The largest step logged or known of a series outside reinforcement learning, delivered or not.
    pub fn series_last_step(
        &self,
        metric: &str,
        scale: &str,
        labels: &[(&str, &str)],
    ) -> Result<Option<u64>, Error> {
        let mut room = LabelRoom::new();
        let key = Key::new(World::Std, metric, scale, labels, &mut room);
        let mut inside = self.shared.slot.gate.lock()?;
        let stage = &mut inside.inner;
        let Some(id) = stage.names.registry.find(&key) else { return Ok(None) };
        stage.withdraw(id);
        Ok(stage.names.registry.get(id).last_step)
    }

    /// The highest reinforcement-learning step and episode of an environment, over all its series.
    pub fn environment_progress(&self, environment: &str) -> Result<(Option<u64>, Option<u64>), Error> {
        let state = self.shared.slot.gate.lock()?;
        let environments = &state.inner.names.environments;
        let progress = environments.find(environment).map(|id| environments.progress(id)).unwrap_or_default();
        Ok((progress.rl_step, progress.episode))
    }

    /// A series for calls that come again and again. It pins its metric like a first point would.
    pub fn series(&self, wanted: &SeriesName<'_>) -> Result<SeriesHandle, Error> {
        let nature = wanted.kind.nature();
        let mut room = LabelRoom::new();
        let key = wanted.key(&mut room);
        let mut state = self.shared.slot.gate.lock()?;
        state.admits()?;
        let names = &mut state.inner.names;
        let known = names.registry.resolve_name(&key, nature)?;
        let id = known.unwrap_or_else(|| {
            let fresh = names.registry.add(&key, nature, None);
            names.keep_declarations(fresh.index());
            fresh
        });
        names.registry.complete(id, nature);
        Ok(self.handle_of(id))
    }

    /// The same, of a series that is there already. None: it is not, and nothing is pinned.
    pub fn find_series(&self, wanted: &SeriesName<'_>) -> Result<Option<SeriesHandle>, Error> {
        let mut room = LabelRoom::new();
        let key = wanted.key(&mut room);
        let state = self.shared.slot.gate.lock()?;
        state.admits()?;
        let found = state.inner.names.registry.resolve_name(&key, wanted.kind.nature())?;
        Ok(found.map(|id| self.handle_of(id)))
    }

    fn handle_of(&self, id: SeriesId) -> SeriesHandle {
        SeriesHandle { slot: self.shared.slot.index, generation: self.generation, series: id.as_index() }
    }

    /// Makes several calls as one: all of what they bring is logged, or none of it.
    pub fn log_batch(&self, pieces: &[Piece<'_>]) -> Result<(), Error> {
        let mut rooms: Vec<_> = pieces.iter().map(|_| LabelRoom::new()).collect();
        let own = |handle: SeriesHandle| {
            if (handle.slot, handle.generation) == (self.shared.slot.index, self.generation) {
                return Ok(SeriesId::from_index(handle.series));
            }
            Err(Error::validation(
                "invalid batch: a handle in it belongs to another logger; make it with this one",
            ))
        };
        self.admit_call(&BatchCall::new(pieces, &mut rooms, own, clock::now_millis())?)
    }

    /// Every series that this logger knows: what was logged to it, and what the service told of when the run was opened. In the
    /// order in which they came. What was logged counts at once, delivered or not.
    pub fn known_series(&self) -> Result<Vec<KnownSeries>, Error> {
        let mut state = self.shared.slot.gate.lock()?;
        state.inner.close_trays();
        Ok(state.inner.names.registry.all().collect())
    }

    /// Every environment that something was logged in, or that the service told of when the run was opened; in the order in which
    /// they came.
    pub fn known_environments(&self) -> Result<Vec<KnownEnvironment>, Error> {
        let state = self.shared.slot.gate.lock()?;
        let all = state.inner.names.environments.all();
        let reached = all.filter(|(_, progress)| *progress != Progress::default());
        Ok(reached
            .map(|(name, Progress { rl_step, episode })| KnownEnvironment {
                name: name.to_owned(),
                rl_step,
                episode,
            })
            .collect())
    }

    fn admit_call<C: Call>(&self, call: &C) -> Result<(), Error> {
        admit(self.shared.slot, self.generation, call)
    }
}

/// How far an environment has come, over all its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEnvironment {
    /// What it is called.
    pub name: String,
    /// The highest reinforcement-learning step.
    pub rl_step: Option<u64>,
    /// The highest episode.
    pub episode: Option<u64>,
}

/// A series by its name and nature.
#[derive(Clone, Copy, Debug)]
pub struct SeriesName<'a> {
    /// What is measured.
    pub metric: &'a str,
    /// What a step counts.
    pub scale: &'a str,
    /// What tells this series from others of the same metric and scale; in any order.
    pub labels: &'a [(&'a str, &'a str)],
    /// What it holds.
    pub kind: SeriesKind,
}

/// What kind of float series it is.
#[derive(Clone, Copy, Debug)]
pub enum SeriesKind {
    /// Ordinary, ordered.
    Std,
    /// Ordinary, distributed.
    Distributed,
    /// Of reinforcement learning.
    Rl {
        /// Whether points come in the order of their steps.
        ordered: bool,
        /// Whether points belong to episodes.
        episodic: bool,
    },
}

impl SeriesKind {
    fn nature(self) -> Nature {
        match self {
            Self::Std => Nature::STD,
            Self::Distributed => Nature::DISTRIBUTED,
            Self::Rl { ordered, episodic } => Nature::rl(ordered, episodic),
        }
    }
}

impl<'a> SeriesName<'a> {
    fn key<'l>(&self, room: &'l mut LabelRoom<'a>) -> Key<'l>
    where
        'a: 'l,
    {
        let world = match self.kind {
            SeriesKind::Std | SeriesKind::Distributed => World::Std,
            SeriesKind::Rl { .. } => World::Rl,
        };
        Key::new(world, self.metric, self.scale, self.labels, room)
    }
}
