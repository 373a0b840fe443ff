//! Series that aggregation rules make of others: one value a step of all series of a group.
//!
//! They are worked out when they are read, from the points that count. So a point that is sent again changes nothing, and
//! one that takes the place of another does so in them as well. Nothing of them is kept.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use metrana_proto::types::{AggregationFn, AggregationRule, OrderingMode};

use super::{Along, Position, Source};
use crate::store::strand::draw;
use crate::store::{
    Aggregate, EPISODE, FloatPoints, NotKept, RlPoints, RunId, SeriesDefinition, SeriesId, SeriesInfo,
    SeriesKind, Sketch, Store, StoreError, View, World,
};

/// What tells such a series from others, and where the number of its rule and of its function stand in its id. The rest is
/// the id of the first series of its group.
const MARK: u64 = 1 << 63;
const RULE: u32 = 40;
const FUNCTION: u32 = 32;
/// No run has more of them: a rule may make many of few.
const MOST: usize = 10_000;
/// So many points are read at once of all series of a group together, and at least so many of each.
const AT_ONCE: u64 = 1 << 17;
const LEAST: u64 = 256;
/// So many points are drawn at once.
const DRAWN: usize = 1 << 16;
/// No more episodes are put together at once: they do not come in order.
const EPISODES: usize = 1 << 20;

pub(crate) fn is_aggregated(series: SeriesId) -> bool {
    series.0 & MARK != 0
}

/// All series of a run, those that rules make of others behind the rest.
pub(crate) async fn all_series(store: &dyn Store, run: &RunId) -> Result<Vec<SeriesInfo>, StoreError> {
    let mut series = store.series(run).await?;
    let rules = store.run(run).await?.definition.aggregation_rules;
    let made = made(&rules, &series);
    series.extend(made);
    Ok(series)
}

/// One of them.
pub(crate) async fn one_series(
    store: &dyn Store,
    run: &RunId,
    series: SeriesId,
) -> Result<SeriesInfo, StoreError> {
    if !is_aggregated(series) {
        return store.one_series(run, series).await;
    }
    let all = all_series(store, run).await?;
    all.into_iter().find(|info| info.id == series).ok_or(StoreError::UnknownSeries(series))
}

/// Those that rules make of these series.
pub(crate) fn made(rules: &[AggregationRule], series: &[SeriesInfo]) -> Vec<SeriesInfo> {
    let mut made = Vec::new();
    for (number, rule) in (0_u64..1 << 16).zip(rules) {
        let mut functions: Vec<AggregationFn> = Vec::new();
        for function in rule.fns().filter(|function| *function != AggregationFn::Unspecified) {
            if !functions.contains(&function) {
                functions.push(function);
            }
        }
        if functions.is_empty() {
            continue;
        }
        for group in groups(rule, series) {
            for &function in &functions {
                if made.len() == MOST {
                    return made;
                }
                made.extend(group.made(number, rule, function));
            }
        }
    }
    made
}

/// Series that become one.
struct Group<'a> {
    world: World,
    metric: String,
    labels: BTreeMap<String, String>,
    sources: Vec<&'a SeriesInfo>,
}

fn groups<'a>(rule: &AggregationRule, series: &'a [SeriesInfo]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places = HashMap::new();
    for info in series {
        let definition = &info.definition;
        let (Some(world), SeriesKind::Float) = (info.world, info.kind) else { continue };
        let fits = definition.scale == rule.source_scale
            && rule.metric_name.as_ref().is_none_or(|name| *name == definition.metric)
            && rule.aggregate_over_labels.iter().all(|key| definition.labels.contains_key(key));
        if !fits || info.id.0 >> FUNCTION != 0 {
            continue;
        }
        let mut labels = definition.labels.clone();
        labels.retain(|key, _| !rule.aggregate_over_labels.contains(key));
        let mut metric = rule.output_metric_name.clone().unwrap_or_else(|| definition.metric.clone());
        metric.push_str(rule.output_name_suffix.as_deref().unwrap_or_default());
        let place = *places.entry((world, metric.clone(), labels.clone())).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group { world, metric, labels, sources: Vec::new() });
        }
        if let Some(group) = groups.get_mut(place) {
            group.sources.push(info);
        }
    }
    groups
}

impl Group<'_> {
    fn made(&self, number: u64, rule: &AggregationRule, function: AggregationFn) -> Option<SeriesInfo> {
        let first = self.sources.first()?.id.0;
        let code = u64::from(i32::from(function).unsigned_abs());
        let by_episode = self.world == World::Rl && rule.output_scale == EPISODE;
        let sum = self.sources.iter().fold(0_u64, |sum, info| sum.saturating_add(info.points));
        let most = self.sources.iter().map(|info| info.points).max().unwrap_or_default();
        let last_step = self.sources.iter().filter_map(|info| info.last_step).max();
        Some(SeriesInfo {
            id: SeriesId(MARK | number << RULE | code << FUNCTION | first),
            definition: SeriesDefinition {
                metric: self.metric.clone(),
                scale: rule.output_scale.clone(),
                labels: self.labels.clone(),
                ordering: OrderingMode::AbsoluteUnordered,
            },
            world: Some(World::Std),
            kind: SeriesKind::Float,
            // Only reading all of them tells how many steps they have together.
            points: match last_step {
                Some(last) if self.world == World::Rl => sum.min(last.saturating_add(1)),
                _ => most,
            },
            inherited: None,
            inherited_tracks: Vec::new(),
            raw_points: sum,
            not_kept: NotKept::default(),
            last_step: last_step.filter(|_| !by_episode),
            titles: BTreeMap::new(),
            environments: Vec::new(),
            episodic: false,
            aggregate: Some(Aggregate {
                function,
                over: rule.aggregate_over_labels.clone(),
                by_episode,
                sources: self
                    .sources
                    .iter()
                    .map(|info| {
                        let environments = (self.world == World::Rl).then(|| info.environments.clone());
                        (info.id, environments)
                    })
                    .collect(),
            }),
        })
    }
}

/// What is known of the values of one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Cell {
    /// How many of them are numbers; the others are left out.
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
    mean: f64,
    /// The sum of the squares of their distances from the mean.
    squares: f64,
    /// The latest time.
    time: i64,
}

impl Cell {
    fn new() -> Self {
        Self { min: f64::INFINITY, max: f64::NEG_INFINITY, time: i64::MIN, ..Self::default() }
    }

    #[expect(clippy::cast_precision_loss, reason = "no step has 2^53 values")]
    fn add(&mut self, time: i64, value: f64) {
        self.time = self.time.max(time);
        if value.is_nan() {
            return;
        }
        self.count += 1;
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        let distance = value - self.mean;
        self.mean += distance / self.count as f64;
        self.squares += distance * (value - self.mean);
    }

    #[expect(clippy::cast_precision_loss, reason = "no step has 2^53 values")]
    fn value(&self, function: AggregationFn) -> f64 {
        let count = self.count as f64;
        match function {
            AggregationFn::Count => count,
            _ if self.count == 0 => f64::NAN,
            AggregationFn::Mean => self.sum / count,
            AggregationFn::Max => self.max,
            AggregationFn::Sum => self.sum,
            AggregationFn::Min => self.min,
            AggregationFn::StdDev => (self.squares / count).sqrt(),
            AggregationFn::Unspecified => f64::NAN,
        }
    }
}

/// Points of one series, or of one environment of it, on their way into cells.
struct Lane {
    source: Source,
    next: Position,
    page: RlPoints,
    at: usize,
    more: bool,
}

impl Lane {
    fn new(source: Source) -> Self {
        Self { source, next: Position::at(0), page: RlPoints::default(), at: 0, more: true }
    }

    /// Sees to it that its next point is there, if it has one.
    async fn fill(&mut self, store: &dyn Store, each: u64) -> Result<(), StoreError> {
        while self.at >= self.page.floats.values.len() && self.more {
            let page = match self.source.page(store, self.next, each).await {
                // An environment may have no points of its own.
                Err(StoreError::UnknownEnvironment(_)) => {
                    self.more = false;
                    break;
                }
                page => page?,
            };
            (self.page, self.next, self.at) = (page.points, page.next, 0);
            self.more = page.more && !self.page.floats.values.is_empty();
            // A store in memory answers at once: others want to go on, too.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// The step of its next point; of an environment the step of the training.
    fn step(&self) -> Option<u64> {
        match &self.source.environment {
            None => self.page.floats.steps.get(self.at).copied(),
            Some(_) => self.page.heads.get(self.at).map(|head| head.rl_step),
        }
    }

    fn episode(&self) -> Option<u64> {
        self.page.heads.get(self.at)?.episode
    }

    /// Puts its next point into a cell.
    fn put(&mut self, cell: &mut Cell) {
        let floats = &self.page.floats;
        if let (Some(&time), Some(&value)) = (floats.timestamps.get(self.at), floats.values.get(self.at)) {
            cell.add(time, value);
        }
        self.at += 1;
    }
}

/// Goes through the steps of a group, one by one and in order.
struct Steps<'a> {
    store: &'a dyn Store,
    each: u64,
    lanes: Vec<Lane>,
    /// The next step of each lane. What falls together is added in the order of the series.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    /// Of a group whose steps do not come in order: all of them.
    all: Option<std::collections::btree_map::IntoIter<u64, Cell>>,
}

impl<'a> Steps<'a> {
    async fn begin(store: &'a dyn Store, run: &RunId, of: &Aggregate) -> Result<Steps<'a>, StoreError> {
        let mut lanes = Vec::new();
        for (series, environments) in &of.sources {
            let lane = |environment| {
                Lane::new(Source { run: run.clone(), series: *series, environment, view: View::Merged })
            };
            match environments {
                None => lanes.push(lane(None)),
                Some(names) => lanes.extend(names.iter().map(|name| lane(Some(name.clone())))),
            }
        }
        let each = (AT_ONCE / lanes.len().max(1) as u64).max(LEAST);
        let mut steps = Self { store, each, lanes, heads: BinaryHeap::new(), all: None };
        if of.by_episode {
            steps.all = Some(steps.episodes().await?.into_iter());
            return Ok(steps);
        }
        for (at, lane) in steps.lanes.iter_mut().enumerate() {
            lane.fill(store, each).await?;
            steps.heads.extend(lane.step().map(|step| Reverse((step, at))));
        }
        Ok(steps)
    }

    async fn episodes(&mut self) -> Result<BTreeMap<u64, Cell>, StoreError> {
        let mut cells = BTreeMap::new();
        for lane in &mut self.lanes {
            loop {
                lane.fill(self.store, self.each).await?;
                if lane.step().is_none() {
                    break;
                }
                match lane.episode() {
                    None => lane.at += 1,
                    Some(episode) => lane.put(cells.entry(episode).or_insert_with(Cell::new)),
                }
                if cells.len() > EPISODES {
                    return Err(StoreError::Busy(format!(
                        "more than {EPISODES} episodes are not put together at once"
                    )));
                }
            }
            lane.page = RlPoints::default();
        }
        Ok(cells)
    }

    async fn next(&mut self) -> Result<Option<(u64, Cell)>, StoreError> {
        if let Some(all) = &mut self.all {
            return Ok(all.next());
        }
        let Some(&Reverse((step, _))) = self.heads.peek() else { return Ok(None) };
        let mut cell = Cell::new();
        while let Some(&Reverse((is, at))) = self.heads.peek().filter(|Reverse((is, _))| *is == step) {
            self.heads.pop();
            let Some(lane) = self.lanes.get_mut(at) else { continue };
            lane.put(&mut cell);
            lane.fill(self.store, self.each).await?;
            // Points that come meanwhile may be behind; they are seen the next time.
            self.heads.extend(lane.step().map(|next| Reverse((next.max(is), at))));
        }
        Ok(Some((step, cell)))
    }
}

/// The points of such a series: up to `limit` from the `offset`-th on.
pub(super) async fn points(
    store: &dyn Store,
    run: &RunId,
    series: SeriesId,
    offset: u64,
    limit: u64,
) -> Result<FloatPoints, StoreError> {
    let of = find(store, run, series).await?;
    let mut steps = Steps::begin(store, run, &of).await?;
    let mut points = FloatPoints { offset, ..FloatPoints::default() };
    while let Some((step, cell)) = steps.next().await? {
        if points.total >= offset && points.total - offset < limit {
            put(&mut points, step, &cell, of.function);
        }
        points.total += 1;
    }
    Ok(points)
}

/// Draws them.
pub(super) async fn sketch(
    store: &dyn Store,
    run: &RunId,
    series: SeriesId,
    along: Along,
    mut sketch: Sketch,
) -> Result<Sketch, StoreError> {
    let of = find(store, run, series).await?;
    let mut steps = Steps::begin(store, run, &of).await?;
    let mut points = FloatPoints::default();
    loop {
        let next = steps.next().await?;
        let is_last = next.is_none();
        if let Some((step, cell)) = next {
            put(&mut points, step, &cell, of.function);
        }
        if is_last || points.values.len() == DRAWN {
            draw(&points, along, &mut sketch);
            points = FloatPoints::default();
        }
        if is_last {
            return Ok(sketch);
        }
    }
}

fn put(points: &mut FloatPoints, step: u64, cell: &Cell, function: AggregationFn) {
    points.steps.push(step);
    points.timestamps.push(cell.time);
    points.values.push(cell.value(function));
    points.widths.push(64);
}

async fn find(store: &dyn Store, run: &RunId, series: SeriesId) -> Result<Aggregate, StoreError> {
    one_series(store, run, series).await?.aggregate.ok_or(StoreError::UnknownSeries(series))
}

#[cfg(test)]
mod tests {
    use metrana_proto::types::AggregationFn;

    use super::Cell;

    #[test]
    fn what_is_no_number_is_left_out() {
        let mut cell = Cell::new();
        for value in [f64::NAN, 2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            cell.add(7, value);
        }
        let expected = [
            (AggregationFn::Count, 8.0),
            (AggregationFn::Sum, 40.0),
            (AggregationFn::Mean, 5.0),
            (AggregationFn::Min, 2.0),
            (AggregationFn::Max, 9.0),
            (AggregationFn::StdDev, 2.0),
        ];
        for (function, value) in expected {
            assert_eq!(cell.value(function).to_bits(), f64::to_bits(value), "{function:?}");
        }
        let mut none = Cell::new();
        none.add(3, f64::NAN);
        assert_eq!((none.value(AggregationFn::Count), none.time), (0.0, 3));
        assert!(none.value(AggregationFn::Max).is_nan() && none.value(AggregationFn::Sum).is_nan());
    }

    #[test]
    fn numbers_far_from_zero_keep_their_distance() {
        let mut cell = Cell::new();
        for value in [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0] {
            cell.add(0, value);
        }
        assert!((cell.value(AggregationFn::StdDev) - 22.5_f64.sqrt()).abs() < 1e-9);
    }
}
