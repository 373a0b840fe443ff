//! Curves: rows of buckets.

use std::future::Future;
use std::pin::Pin;

use super::{Bucket, Grid, Position, Source, aggregated};
use crate::store::strand::{draw, draw_rl};
use crate::store::{
    Along, Part, RunId, SeriesId, SeriesInfo, Sketch, Store, StoreError, View, World, lineage,
};

/// So many buckets are filled at once where many environments have a row each: a matter of memory.
pub(crate) const AT_ONCE: usize = 1 << 20;

/// So many points are put in order at once.
const PAGE: u64 = 1 << 18;

/// A series, or some environments of it.
pub(crate) struct Line<'a> {
    pub(crate) run: &'a RunId,
    pub(crate) series: SeriesId,
    /// Of a series of reinforcement learning.
    pub(crate) environments: Vec<String>,
    pub(crate) along: Along,
}

/// The environments that are asked for, or all of a series. An ordinary series has none.
pub(crate) fn environments_of(info: &SeriesInfo, asked: Option<Vec<String>>) -> Vec<String> {
    match (info.world, asked) {
        (Some(World::Rl), Some(asked)) => asked,
        (Some(World::Rl), None) => info.environments.clone(),
        _ => Vec::new(),
    }
}

/// The buckets of a line.
pub(crate) async fn row(store: &dyn Store, line: &Line<'_>, grid: Grid) -> Result<Vec<Bucket>, StoreError> {
    let mut row = Sketch::row(grid);
    each(store, line, Sketch::row(grid), |sketch| row.merge(&sketch)).await?;
    Ok(row.into_buckets())
}

/// The buckets of each environment of a line, one environment after the other.
pub(crate) async fn each_row(
    store: &dyn Store,
    line: &Line<'_>,
    grid: Grid,
    mut row: impl FnMut(Vec<Bucket>) + Send,
) -> Result<(), StoreError> {
    each(store, line, Sketch::row(grid), |sketch| row(sketch.into_buckets())).await
}

/// From where to where the points of a line reach, if it has any on this axis.
pub(crate) async fn extent(store: &dyn Store, line: &Line<'_>) -> Result<Option<(f64, f64)>, StoreError> {
    let mut extent = Sketch::extent();
    each(store, line, Sketch::extent(), |sketch| extent.merge(&sketch)).await?;
    match extent {
        Sketch::Extent(from, to) if from <= to => Ok(Some((from, to))),
        _ => Ok(None),
    }
}

/// Draws an ordinary series, or each environment of a line, one after the other.
async fn each(
    store: &dyn Store,
    line: &Line<'_>,
    blank: Sketch,
    mut drawn: impl FnMut(Sketch) + Send,
) -> Result<(), StoreError> {
    let Line { run, series, environments, along } = line;
    if aggregated::is_aggregated(*series) {
        drawn(aggregated::sketch(store, run, *series, *along, blank).await?);
        return Ok(());
    }
    if environments.is_empty() {
        let all = vec![Part { environment: None, points: u64::MAX }];
        sketch(store, run, *series, all, *along, &blank).await?.into_iter().for_each(drawn);
        return Ok(());
    }
    let buckets = if let Sketch::Row(grid, _) = &blank { grid.buckets } else { 1 };
    for names in environments.chunks((AT_ONCE / buckets).max(1)) {
        let part = |name: &String| Part { environment: Some(name.clone()), points: u64::MAX };
        let parts = names.iter().map(part).collect();
        sketch(store, run, *series, parts, *along, &blank).await?.into_iter().for_each(&mut drawn);
    }
    Ok(())
}

type Drawing<'a> = Pin<Box<dyn Future<Output = Result<Vec<Sketch>, StoreError>> + Send + 'a>>;

/// Draws parts of a series, with what its run has from the run that it branched off from.
fn sketch<'a>(
    store: &'a dyn Store,
    run: &'a RunId,
    series: SeriesId,
    parts: Vec<Part>,
    along: Along,
    blank: &'a Sketch,
) -> Drawing<'a> {
    Box::pin(async move {
        let Some(line) = lineage::Line::of(store, run, series, View::Merged).await? else {
            return store.sketch(run, series, parts, along, blank.clone()).await;
        };
        if !line.ordered {
            return merged(store, run, series, parts, along, blank).await;
        }
        let inherited = |part: &Part| match &part.environment {
            None => line.points.points,
            Some(name) => line.tracks.iter().find(|is| is.environment == *name).map_or(0, |is| is.points),
        };
        let (mut own, mut theirs, mut places) = (parts, Vec::new(), Vec::new());
        for (place, part) in own.iter().enumerate() {
            let points = inherited(part).min(part.points);
            if points > 0 {
                theirs.push(Part { points, ..part.clone() });
                places.push(place);
            }
        }
        let theirs = match sketch(store, &line.parent, line.points.series, theirs, along, blank).await {
            // The parent was deleted since: what it had is gone.
            Err(StoreError::UnknownRun(_) | StoreError::UnknownSeries(_)) => None,
            drawn => Some(drawn?),
        };
        if theirs.is_some() {
            for part in &mut own {
                part.points -= inherited(part).min(part.points);
            }
        }
        let mut sketches = store.sketch(run, series, own, along, blank.clone()).await?;
        for (place, mut first) in places.into_iter().zip(theirs.into_iter().flatten()) {
            if let Some(own) = sketches.get_mut(place) {
                first.merge(own);
                *own = first;
            }
        }
        Ok(sketches)
    })
}

/// Draws parts of which points of a fork may have taken the places of inherited ones, page by page.
async fn merged(
    store: &dyn Store,
    run: &RunId,
    series: SeriesId,
    parts: Vec<Part>,
    along: Along,
    blank: &Sketch,
) -> Result<Vec<Sketch>, StoreError> {
    let mut sketches = Vec::with_capacity(parts.len());
    for Part { environment, points } in parts {
        let mut sketch = blank.clone();
        let source = Source { run: run.clone(), series, environment, view: View::Merged };
        let (mut next, mut left) = (Position::at(0), points);
        while left > 0 {
            let page = source.page(store, next, left.min(PAGE)).await?;
            if source.environment.is_some() {
                draw_rl(&page.points, along, &mut sketch);
            } else {
                draw(&page.points.floats, along, &mut sketch);
            }
            let drawn = page.points.floats.values.len();
            left = left.saturating_sub(drawn as u64);
            if !page.more || drawn == 0 {
                break;
            }
            next = page.next;
            tokio::task::yield_now().await;
        }
        sketches.push(sketch);
    }
    Ok(sketches)
}
