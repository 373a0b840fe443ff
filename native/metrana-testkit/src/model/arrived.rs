//! What has arrived, or must, as plain lists that can be compared.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};

use crate::program::SeriesName;

/// Everything of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// The points of each ordinary float series that has any, in order.
    pub points: BTreeMap<SeriesName, Vec<Point>>,
    /// The points of each reinforcement-learning series that has any, for each environment, in order.
    pub rl_points: BTreeMap<SeriesName, Environments>,
    /// The histograms of each series that has any, in order.
    pub histograms: BTreeMap<SeriesName, Vec<Histogram>>,
    /// The scatters of each series that has any, in order.
    pub scatters: BTreeMap<SeriesName, Vec<Scatter>>,
    /// The titles of each series of scatters that has any, by `x`, `y` and `z`.
    pub titles: BTreeMap<SeriesName, BTreeMap<String, String>>,
    /// The attributes of the run.
    pub attributes: Attributes,
    /// The attributes of each environment that has any.
    pub environments: BTreeMap<String, EnvironmentAttributes>,
}

/// A point of an ordinary series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its step.
    pub step: u64,
    /// Its time; none where the call left it to the clock.
    pub time: Option<i64>,
    /// The bits of its value, as 64-bit float.
    pub value: u64,
    /// The width that the value travels in.
    pub width: u8,
}

/// A point of reinforcement learning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RlPoint {
    /// The step of the training.
    pub rl_step: u64,
    /// The episode.
    pub episode: Option<u64>,
    /// The environment step.
    pub step: u64,
    /// Environment steps go on over steps of the training.
    pub flat: bool,
    /// Environment steps count from one.
    pub from_one: bool,
    /// Its time; none where the call left it to the clock.
    pub time: Option<i64>,
    /// The bits of its value, as 64-bit float.
    pub value: u64,
    /// The width that the value travels in.
    pub width: u8,
}

/// The points of a series for each environment.
pub type Environments = BTreeMap<String, Vec<RlPoint>>;

/// A histogram. Floats as the bits that they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// Its step.
    pub step: u64,
    /// Its time; none where the call left it to the clock.
    pub time: Option<i64>,
    /// The edges.
    pub edges: Vec<u64>,
    /// How many.
    pub counts: Option<Vec<u64>>,
    /// How dense.
    pub densities: Option<Vec<u64>>,
    /// Least, greatest, sum, sum of squares.
    pub stats: Option<[u64; 4]>,
}

/// A scatter. Floats as the bits that they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scatter {
    /// Its step.
    pub step: u64,
    /// Its time; none where the call left it to the clock.
    pub time: Option<i64>,
    /// Along x.
    pub xs: Vec<u64>,
    /// Along y.
    pub ys: Vec<u64>,
    /// Along z.
    pub zs: Option<Vec<u64>>,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A path without a value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// The bits of a number.
    Float(u64),
    /// A text.
    Text(String),
    /// A moment, in milliseconds since 1970.
    Time(i64),
    /// Different texts, in the order of their first appearance.
    Set(Vec<String>),
}

/// Values by path.
pub type Attributes = BTreeMap<String, Value>;

/// The attributes of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentAttributes {
    /// Its own.
    pub own: Attributes,
    /// Those of its episodes.
    pub episodes: BTreeMap<u64, Attributes>,
}

/// The bits of a column.
#[must_use]
pub fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Something that has a time.
trait Timed: Clone + Debug + PartialEq {
    fn time(&mut self) -> &mut Option<i64>;
}

macro_rules! timed {
    ($($name:ty),*) => {$(
        impl Timed for $name {
            fn time(&mut self) -> &mut Option<i64> {
                &mut self.time
            }
        }
    )*};
}

timed!(Point, RlPoint, Histogram, Scatter);

impl Arrived {
    /// The first difference between what must have arrived, here, and what has, with what is around it. A time that a
    /// call left to the clock is only looked at for plausibility.
    #[must_use]
    pub fn difference(&self, arrived: &Self) -> Option<String> {
        let environments = |all: &BTreeMap<SeriesName, Environments>| {
            let flat = all.iter().flat_map(|(series, environments)| {
                environments.iter().map(|(name, points)| ((series.clone(), name.clone()), points.clone()))
            });
            flat.collect::<BTreeMap<_, _>>()
        };
        lists(&self.points, &arrived.points)
            .or_else(|| lists(&environments(&self.rl_points), &environments(&arrived.rl_points)))
            .or_else(|| lists(&self.histograms, &arrived.histograms))
            .or_else(|| lists(&self.scatters, &arrived.scatters))
            .or_else(|| values(&self.titles, &arrived.titles))
            .or_else(|| values(&self.attributes, &arrived.attributes))
            .or_else(|| values(&self.environments, &arrived.environments))
    }

    /// Takes away the points that were there before.
    pub fn take_away(&mut self, before: &Self) {
        shorten(&mut self.points, &before.points);
        for (series, environments) in &before.rl_points {
            if let Some(now) = self.rl_points.get_mut(series) {
                shorten(now, environments);
            }
        }
        self.rl_points.retain(|_, environments| !environments.is_empty());
    }
}

fn shorten<K: Ord, T>(now: &mut BTreeMap<K, Vec<T>>, before: &BTreeMap<K, Vec<T>>) {
    for (key, points) in now.iter_mut() {
        points.drain(..before.get(key).map_or(0, Vec::len));
    }
    now.retain(|_, points| !points.is_empty());
}

fn lists<K: Ord + Debug, T: Timed>(
    expected: &BTreeMap<K, Vec<T>>,
    arrived: &BTreeMap<K, Vec<T>>,
) -> Option<String> {
    names(expected, arrived).or_else(|| {
        let mut both = expected.iter().zip(arrived.values());
        both.find_map(|((key, expected), arrived)| Some(format!("{key:?}: {}", list(expected, arrived)?)))
    })
}

fn values<K: Ord + Debug, T: PartialEq + Debug>(
    expected: &BTreeMap<K, T>,
    arrived: &BTreeMap<K, T>,
) -> Option<String> {
    names(expected, arrived).or_else(|| {
        let mut both = expected.iter().zip(arrived.values());
        let ((key, expected), arrived) = both.find(|((_, expected), arrived)| expected != arrived)?;
        Some(format!("{key:?}: expected {expected:?}\n      arrived  {arrived:?}"))
    })
}

fn names<K: Ord + Debug, V>(expected: &BTreeMap<K, V>, arrived: &BTreeMap<K, V>) -> Option<String> {
    let missing: Vec<&K> = expected.keys().filter(|key| !arrived.contains_key(key)).collect();
    let more: Vec<&K> = arrived.keys().filter(|key| !expected.contains_key(key)).collect();
    (!missing.is_empty() || !more.is_empty()).then(|| format!("missing {missing:?}, too many {more:?}"))
}

fn list<T: Timed>(expected: &[T], arrived: &[T]) -> Option<String> {
    let same = |expected: &T, arrived: &T| {
        let (mut expected, mut arrived) = (expected.clone(), arrived.clone());
        if expected.time().is_none() {
            let now = arrived.time().take();
            assert!(now.is_some_and(|now| (1_600_000_000_000..2_000_000_000_000).contains(&now)), "{now:?}");
        }
        expected == arrived
    };
    let at = (0..expected.len().max(arrived.len())).find(
        |&index| !matches!((expected.get(index), arrived.get(index)), (Some(e), Some(a)) if same(e, a)),
    )?;
    let mut text =
        format!("{} points expected, {} arrived; from number {at} on:\n", expected.len(), arrived.len());
    for index in at.saturating_sub(2)..at + 3 {
        let _ = writeln!(text, "  {index}: {:?}\n     {:?}", expected.get(index), arrived.get(index));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{Arrived, Point, Value};
    use crate::program::SeriesName;

    fn of(points: Vec<Point>) -> Arrived {
        let series = SeriesName { metric: "m".into(), scale: "S".into(), labels: vec![] };
        Arrived {
            points: [(series, points)].into(),
            attributes: [("a".into(), Value::Null)].into(),
            ..Arrived::default()
        }
    }

    #[test]
    fn the_comparison_notices_what_is_missing_doubled_or_changed() {
        let point = |step| Point { step, time: Some(1_700_000_000_000), value: 2, width: 64 };
        let expected: Vec<Point> = (0..5).map(point).collect();
        let whole = of(expected.clone());
        assert_eq!(whole.difference(&whole), None);
        let without_time = expected.iter().map(|point| Point { time: None, ..point.clone() }).collect();
        assert_eq!(of(without_time).difference(&whole), None);
        let mut doubled = expected.clone();
        doubled.insert(2, point(2));
        let mut changed = expected.clone();
        changed[4].value = 3;
        for wrong in [expected[..4].to_vec(), expected[1..].to_vec(), doubled, changed] {
            assert!(whole.difference(&of(wrong)).is_some());
        }
        assert!(whole.difference(&Arrived::default()).is_some());
        assert!(Arrived::default().difference(&whole).is_some());
        let other = Arrived { attributes: [("a".into(), Value::Bool(true))].into(), ..whole.clone() };
        assert!(whole.difference(&other).is_some());
    }
}
