//! One curve: a row of buckets.

use super::{Axis, Bucket, Grid};
use crate::store::{
    FloatPoints, RlPoints, RunId, SeriesId, SeriesInfo, Store, StoreError, View, World, lineage,
};

/// So many points are looked at between two chances for others.
const AT_ONCE: u64 = 1 << 16;

/// A series, or some environments of it.
pub(crate) struct Line<'a> {
    pub(crate) run: &'a RunId,
    pub(crate) series: SeriesId,
    /// Of a series of reinforcement learning.
    pub(crate) environments: Vec<String>,
    /// What relative times count from.
    pub(crate) began_at_millis: i64,
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
pub(crate) async fn row(
    store: &dyn Store,
    line: &Line<'_>,
    axis: Axis,
    grid: Grid,
) -> Result<Vec<Bucket>, StoreError> {
    let mut row = vec![Bucket::default(); grid.buckets];
    visit(store, line, axis, |x, value| {
        if let Some(bucket) = grid.place(x).and_then(|place| row.get_mut(place)) {
            bucket.add(x, value);
        }
    })
    .await?;
    Ok(row)
}

/// From where to where the points of a line reach, if it has any on this axis.
pub(crate) async fn extent(
    store: &dyn Store,
    line: &Line<'_>,
    axis: Axis,
) -> Result<Option<(f64, f64)>, StoreError> {
    let mut extent = (f64::INFINITY, f64::NEG_INFINITY);
    visit(store, line, axis, |x, _| extent = (extent.0.min(x), extent.1.max(x))).await?;
    Ok((extent.0 <= extent.1).then_some(extent))
}

async fn visit(
    store: &dyn Store,
    line: &Line<'_>,
    axis: Axis,
    mut point: impl FnMut(f64, f64) + Send,
) -> Result<(), StoreError> {
    if line.environments.is_empty() {
        let mut offset = 0;
        loop {
            let page = lineage::points(store, line.run, line.series, View::Merged, offset, AT_ONCE).await?;
            offset += page.values.len() as u64;
            let is_last = page.values.is_empty() || offset >= page.total;
            visit_std(&page, axis, line.began_at_millis, &mut point);
            if is_last {
                return Ok(());
            }
            tokio::task::yield_now().await;
        }
    }
    for environment in &line.environments {
        let mut offset = 0;
        loop {
            let page =
                lineage::rl_points(store, line.run, line.series, environment, View::Merged, offset, AT_ONCE)
                    .await?;
            offset += page.floats.values.len() as u64;
            let is_last = page.floats.values.is_empty() || offset >= page.floats.total;
            visit_rl(&page, axis, line.began_at_millis, &mut point);
            if is_last {
                break;
            }
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

fn visit_std(page: &FloatPoints, axis: Axis, began_at: i64, point: &mut impl FnMut(f64, f64)) {
    match axis {
        Axis::Step | Axis::RlStep => {
            page.steps.iter().zip(&page.values).for_each(|(&step, &value)| point(whole(step), value));
        }
        Axis::Episode => {}
        Axis::WallTime => visit_times(page, 0, point),
        Axis::RelativeTime => visit_times(page, began_at, point),
    }
}

fn visit_rl(page: &RlPoints, axis: Axis, began_at: i64, point: &mut impl FnMut(f64, f64)) {
    let values = page.heads.iter().zip(&page.floats.values);
    match axis {
        Axis::Step | Axis::RlStep => values.for_each(|(head, &value)| point(whole(head.rl_step), value)),
        Axis::Episode => values.for_each(|(head, &value)| {
            if let Some(episode) = head.episode {
                point(whole(episode), value);
            }
        }),
        Axis::WallTime => visit_times(&page.floats, 0, point),
        Axis::RelativeTime => visit_times(&page.floats, began_at, point),
    }
}

fn visit_times(page: &FloatPoints, began_at: i64, point: &mut impl FnMut(f64, f64)) {
    for (&time, &value) in page.timestamps.iter().zip(&page.values) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a picture needs no microseconds of the year 300,000"
        )]
        point(time.saturating_sub(began_at) as f64, value);
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a picture is no place for the last bits of a step beyond 2^53"
)]
fn whole(number: u64) -> f64 {
    number as f64
}
