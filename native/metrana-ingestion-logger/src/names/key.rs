//! What a caller calls a series.

#![allow(clippy::indexing_slicing, reason = "windows of two have two elements")]

use std::hash::{BuildHasher, Hash as _, Hasher as _};

use smallvec::SmallVec;

use crate::names::ids::SeriesId;
use crate::names::validate;

/// The two worlds of a run: a metric may be an ordinary one and one of reinforcement learning at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum World {
    Std,
    Rl,
}

/// Room for labels that have to be put in order, on the caller's stack.
pub(crate) type LabelRoom<'a> = SmallVec<[(&'a str, &'a str); validate::MAX_LABELS]>;

/// A caller's name for a series, its labels sorted and each key once.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    pub world: World,
    pub metric: &'a str,
    pub scale: &'a str,
    pub labels: &'a [(&'a str, &'a str)],
}

impl<'l> Key<'l> {
    /// Where a key is named twice the last value counts. Labels in order, as they nearly always are, stay where they lie.
    pub(crate) fn new<'a: 'l>(
        world: World,
        metric: &'a str,
        scale: &'a str,
        labels: &'l [(&'a str, &'a str)],
        room: &'l mut LabelRoom<'a>,
    ) -> Self {
        if labels.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return Self { world, metric, scale, labels };
        }
        room.clear();
        room.extend_from_slice(labels);
        room.sort_by_key(|(key, _)| *key);
        // Equal keys still stand in the caller's order: the later value moves into the one that stays.
        room.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 = later.1;
            }
            same
        });
        Self { world, metric, scale, labels: room }
    }

    pub(crate) fn hash(&self, hasher: &impl BuildHasher) -> u64 {
        hash_name(hasher, self.world, self.metric, self.scale, self.labels.iter().copied())
    }

    /// The label keys as families are pinned by them.
    pub(crate) fn label_keys(&self) -> String {
        self.labels.iter().map(|(key, _)| *key).collect::<Vec<_>>().join("&")
    }
}

pub(crate) fn hash_name<'a>(
    hasher: &impl BuildHasher,
    world: World,
    metric: &str,
    scale: &str,
    labels: impl Iterator<Item = (&'a str, &'a str)>,
) -> u64 {
    let mut state = hasher.build_hasher();
    world.hash(&mut state);
    metric.hash(&mut state);
    scale.hash(&mut state);
    for (key, value) in labels {
        key.hash(&mut state);
        value.hash(&mut state);
    }
    state.finish()
}

/// Whom a call is about.
#[derive(Clone, Copy)]
pub(crate) enum Who<'a> {
    Named(Key<'a>),
    /// A handle stands for it.
    Known(World, SeriesId),
}

impl Who<'_> {
    /// For messages to people, before the series is known.
    pub(crate) fn spoken(&self) -> String {
        match self {
            Self::Named(Key { metric, scale, .. }) => format!("({metric}/{scale})"),
            Self::Known(..) => "the series of the handle".to_owned(),
        }
    }
}
