//! What a run has from the run that it branched off from: where it goes on, and the points before that.
//!
//! A fork takes over, once and for all, how far each series of its parent had come up to the fork step. The points stay
//! with the parent and are read from there, in front of the fork's own.

use serde::{Deserialize, Serialize};

use super::join::{Ask, Columns, Reading, Sides};
use super::rl::{EPISODE, InheritedTrack};
use super::{
    EnvironmentState, FloatPoints, Histogram, Page, RlPoints, RunId, Scatter, SeriesDefinition, SeriesId,
    SeriesInfo, SeriesKind, Store, StoreError, View, World,
};

/// What a run has from its parent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inheritance {
    /// The parent. None: the run is no fork.
    pub parent: Option<RunId>,
    /// The series that had points up to the fork step.
    pub series: Vec<InheritedSeries>,
    /// How far the environments had come there.
    pub environments: Vec<EnvironmentState>,
}

/// A series as a fork takes it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InheritedSeries {
    /// What it is.
    pub definition: SeriesDefinition,
    /// Its world.
    pub world: World,
    /// What its points are.
    pub kind: SeriesKind,
    /// Whether its points are of episodes.
    pub episodic: bool,
    /// Its points.
    pub points: InheritedPoints,
    /// Apart for each environment, in reinforcement learning.
    pub tracks: Vec<InheritedTrack>,
}

/// The points of a series that a fork takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InheritedPoints {
    /// The series in the parent.
    pub series: SeriesId,
    /// The last step that is inherited.
    pub last_step: u64,
    /// How many of the parent's points that count are inherited: the first ones.
    pub points: u64,
}

/// What a fork of a run at a step has from it.
pub async fn inherit(store: &dyn Store, parent: &RunId, fork_step: u64) -> Result<Inheritance, StoreError> {
    let mut inherited = Inheritance { parent: Some(parent.clone()), ..Inheritance::default() };
    let environments = store.environments(parent).await?;
    // The largest episode of each environment up to the fork.
    let mut reached: Vec<(Option<u64>, Option<u64>)> = vec![(None, None); environments.len()];
    for series in store.series(parent).await? {
        let Some(world) = series.world else { continue };
        let (points, tracks) = if world == World::Rl {
            let mut tracks = Vec::new();
            for name in &series.environments {
                let Some((track, episode)) = track(store, parent, &series, name, fork_step).await? else {
                    continue;
                };
                if let Some(place) = environments.iter().position(|is| is.name == *name)
                    && let Some((rl_step, last_episode)) = reached.get_mut(place)
                {
                    *rl_step = (*rl_step).max(Some(track.last_rl_step));
                    *last_episode = (*last_episode).max(episode);
                }
                tracks.push(track);
            }
            let last = tracks.iter().map(|track| track.last_rl_step).max();
            (last.map(|last| (last, tracks.iter().map(|track| track.points).sum())), tracks)
        } else {
            (up_to(store, parent, &series, fork_step).await?, Vec::new())
        };
        let Some((last_step, points)) = points else { continue };
        inherited.series.push(InheritedSeries {
            points: InheritedPoints { series: series.id, last_step, points },
            definition: series.definition,
            world,
            kind: series.kind,
            episodic: series.episodic,
            tracks,
        });
    }
    for (environment, (rl_step, episode)) in environments.into_iter().zip(reached) {
        let whole = environment.last_rl_step.is_some_and(|last| last <= fork_step);
        if let Some(last_rl_step) = if whole { environment.last_rl_step } else { rl_step } {
            inherited.environments.push(EnvironmentState {
                name: environment.name,
                last_rl_step,
                last_episode: if whole { environment.last_episode } else { episode },
            });
        }
    }
    Ok(inherited)
}

/// The last step up to a step, and how many points there are up to there.
async fn up_to(
    store: &dyn Store,
    run: &RunId,
    series: &SeriesInfo,
    step: u64,
) -> Result<Option<(u64, u64)>, StoreError> {
    let Some(last) = series.last_step else { return Ok(None) };
    if last <= step {
        return Ok(Some((last, series.points)));
    }
    let (id, kind) = (series.id, series.kind);
    let at = |index| -> Reading<'_, Option<u64>> {
        Box::pin(async move {
            Ok(match kind {
                SeriesKind::Undefined => None,
                SeriesKind::Float => points(store, run, id, View::Merged, index, 1).await?.key(0),
                SeriesKind::Histogram | SeriesKind::DensityHistogram => {
                    histograms(store, run, id, View::Merged, index, 1, u64::MAX).await?.key(0)
                }
                SeriesKind::Scatter | SeriesKind::Scatter3d => {
                    scatters(store, run, id, View::Merged, index, 1, u64::MAX).await?.key(0)
                }
            })
        })
    };
    search(series.points, step, at).await
}

async fn track(
    store: &dyn Store,
    run: &RunId,
    series: &SeriesInfo,
    environment: &str,
    fork_step: u64,
) -> Result<Option<(InheritedTrack, Option<u64>)>, StoreError> {
    let id = series.id;
    let read = |index| rl_points(store, run, id, environment, View::Merged, index, 1);
    let total = read(u64::MAX).await?.floats.total;
    let at = |index| -> Reading<'_, Option<u64>> {
        Box::pin(async move { Ok(read(index).await?.heads.first().map(|head| head.rl_step)) })
    };
    let Some((last_rl_step, points)) = search(total, fork_step, at).await? else { return Ok(None) };
    let last = read(points - 1).await?;
    let track = InheritedTrack { environment: environment.to_owned(), last_rl_step, points };
    let by_episode = series.definition.scale.eq_ignore_ascii_case(EPISODE);
    let step = last.floats.steps.first().copied().filter(|_| by_episode);
    Ok(Some((track, last.heads.first().and_then(|head| head.episode).or(step))))
}

/// Among so many points in the order of their steps: the last step up to a step, and how many points there are up to there.
async fn search<'a>(
    total: u64,
    step: u64,
    at: impl Fn(u64) -> Reading<'a, Option<u64>>,
) -> Result<Option<(u64, u64)>, StoreError> {
    let Some(last) = total.checked_sub(1) else { return Ok(None) };
    if let Some(found) = at(last).await?
        && found <= step
    {
        return Ok(Some((found, total)));
    }
    let (mut low, mut high, mut found) = (0, last, None);
    while low < high {
        let middle = low + (high - low) / 2;
        match at(middle).await? {
            Some(is) if is <= step => {
                found = Some(is);
                low = middle + 1;
            }
            _ => high = middle,
        }
    }
    Ok(found.map(|found| (found, low)))
}

/// Points of an ordinary float series, with those of the parent in front.
pub fn points<'a>(
    store: &'a dyn Store,
    run: &'a RunId,
    series: SeriesId,
    view: View,
    offset: u64,
    limit: u64,
) -> Reading<'a, FloatPoints> {
    Box::pin(async move {
        let Some(line) = Line::of(store, run, series, view).await? else {
            return store.points(run, series, view, offset, limit).await;
        };
        let (id, from) = (line.points.series, &line.parent);
        let sides = Sides {
            parent: |ask: Ask| points(store, from, id, View::Merged, ask.offset, ask.limit),
            inherited: line.points.points,
            own: |ask: Ask| store.points(run, series, view, ask.offset, ask.limit),
        };
        sides.page(line.ordered, Ask { offset, limit, bytes: u64::MAX }).await
    })
}

/// Points of one environment of a series of reinforcement learning, with those of the parent in front.
pub fn rl_points<'a>(
    store: &'a dyn Store,
    run: &'a RunId,
    series: SeriesId,
    environment: &'a str,
    view: View,
    offset: u64,
    limit: u64,
) -> Reading<'a, RlPoints> {
    Box::pin(async move {
        let line = Line::of(store, run, series, view).await?;
        let inherited =
            line.as_ref().and_then(|line| line.tracks.iter().find(|is| is.environment == environment));
        let (Some(line), Some(track)) = (&line, inherited) else {
            return store.rl_points(run, series, environment, view, offset, limit).await;
        };
        let (id, from) = (line.points.series, &line.parent);
        let sides = Sides {
            parent: |ask: Ask| rl_points(store, from, id, environment, View::Merged, ask.offset, ask.limit),
            inherited: track.points,
            own: |ask: Ask| store.rl_points(run, series, environment, view, ask.offset, ask.limit),
        };
        sides.page(line.ordered, Ask { offset, limit, bytes: u64::MAX }).await
    })
}

/// Histograms of a series, with those of the parent in front.
pub fn histograms<'a>(
    store: &'a dyn Store,
    run: &'a RunId,
    series: SeriesId,
    view: View,
    offset: u64,
    limit: u64,
    bytes: u64,
) -> Reading<'a, Page<Histogram>> {
    Box::pin(async move {
        let Some(line) = Line::of(store, run, series, view).await? else {
            return store.histograms(run, series, view, offset, limit, bytes).await;
        };
        let (id, from) = (line.points.series, &line.parent);
        let sides = Sides {
            parent: |ask: Ask| histograms(store, from, id, View::Merged, ask.offset, ask.limit, ask.bytes),
            inherited: line.points.points,
            own: |ask: Ask| store.histograms(run, series, view, ask.offset, ask.limit, ask.bytes),
        };
        sides.page(line.ordered, Ask { offset, limit, bytes }).await
    })
}

/// Scatters of a series, with those of the parent in front.
pub fn scatters<'a>(
    store: &'a dyn Store,
    run: &'a RunId,
    series: SeriesId,
    view: View,
    offset: u64,
    limit: u64,
    bytes: u64,
) -> Reading<'a, Page<Scatter>> {
    Box::pin(async move {
        let Some(line) = Line::of(store, run, series, view).await? else {
            return store.scatters(run, series, view, offset, limit, bytes).await;
        };
        let (id, from) = (line.points.series, &line.parent);
        let sides = Sides {
            parent: |ask: Ask| scatters(store, from, id, View::Merged, ask.offset, ask.limit, ask.bytes),
            inherited: line.points.points,
            own: |ask: Ask| store.scatters(run, series, view, ask.offset, ask.limit, ask.bytes),
        };
        sides.page(line.ordered, Ask { offset, limit, bytes }).await
    })
}

/// Where the first points of a series are.
pub(crate) struct Line {
    pub(crate) parent: RunId,
    pub(crate) points: InheritedPoints,
    pub(crate) tracks: Vec<InheritedTrack>,
    /// Whether the own points all come behind the inherited ones.
    pub(crate) ordered: bool,
}

impl Line {
    /// None: all points are the run's own, or only those were asked for.
    pub(crate) async fn of(
        store: &dyn Store,
        run: &RunId,
        series: SeriesId,
        view: View,
    ) -> Result<Option<Self>, StoreError> {
        if view == View::Raw {
            return Ok(None);
        }
        let info = store.one_series(run, series).await?;
        let Some(points) = info.inherited else { return Ok(None) };
        let parent = store.run(run).await?.parent;
        let ordered = info.definition.is_ordered();
        Ok(parent.map(|parent| Self { parent, points, tracks: info.inherited_tracks, ordered }))
    }
}
