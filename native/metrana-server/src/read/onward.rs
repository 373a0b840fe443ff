//! Points page by page, for a reader that goes on where it was although points are added, before and behind that place.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use super::aggregated;
use crate::store::{FloatPoints, RlPoints, RunId, SeriesId, Store, StoreError, View, lineage};

/// So many points are looked at together where only points tell where to go on.
const AT_ONCE: u64 = 1 << 14;

/// Points of a series, or of one environment of it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) run: RunId,
    pub(crate) series: SeriesId,
    pub(crate) environment: Option<String>,
    pub(crate) view: View,
}

/// Something that points are read from, from a place on.
pub(crate) trait Pages: Sync {
    /// What is read.
    type Piece: Piece;

    /// Which points.
    fn view(&self) -> View;

    /// Up to so many of them.
    fn read(
        &self,
        store: &dyn Store,
        offset: u64,
        limit: u64,
    ) -> impl Future<Output = Result<Self::Piece, StoreError>> + Send;
}

/// Points that were read.
pub(crate) trait Piece: Send {
    fn total(&self) -> u64;
    fn offset(&self) -> u64;
    fn count(&self) -> usize;
    fn key(&self, at: usize) -> Option<Key>;
    fn leave_out_first(&mut self);
}

/// A page, and where the next one begins.
pub(crate) struct Page<P = RlPoints> {
    /// Without heads, of an ordinary series.
    pub(crate) points: P,
    pub(crate) next: Position,
    /// Whether there is more by now.
    pub(crate) more: bool,
}

/// What a point is known by among those that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Step(u64),
    /// The step of the training, the episode, and the environment step.
    Rl(u64, Option<u64>, u64),
}

/// Where a reader is: behind a point, if it has read any that count, and at a place. The point decides; the place is only
/// where it is looked for first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    behind: Option<Key>,
    place: Option<u64>,
}

/// A text that is no position.
#[derive(Debug)]
pub(crate) struct NoPosition;

impl Position {
    /// A place, whatever points are there.
    pub(crate) fn at(place: u64) -> Self {
        Self { behind: None, place: Some(place) }
    }

    /// Whether it can be one among such points.
    pub(crate) fn suits(&self, is_rl: bool, view: View) -> bool {
        match self.behind {
            None => true,
            Some(Key::Step(_)) => view == View::Merged && !is_rl,
            Some(Key::Rl(..)) => view == View::Merged && is_rl,
        }
    }
}

/// Like `1999@2000`, or `12:3:499@60000` and `12:-:499@60000` of an environment; either part may be missing.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.behind {
            None => {}
            Some(Key::Step(step)) => write!(f, "{step}")?,
            Some(Key::Rl(rl_step, Some(episode), step)) => write!(f, "{rl_step}:{episode}:{step}")?,
            Some(Key::Rl(rl_step, None, step)) => write!(f, "{rl_step}:-:{step}")?,
        }
        match self.place {
            Some(place) => write!(f, "@{place}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let number = |text: &str| text.parse::<u64>().map_err(|_| NoPosition);
        let (point, place) = match text.split_once('@') {
            Some((point, place)) => (point, Some(number(place)?)),
            None => (text, None),
        };
        let behind = match point.split(':').collect::<Vec<_>>()[..] {
            [""] if place.is_some() => None,
            [step] => Some(Key::Step(number(step)?)),
            [rl_step, episode, step] => {
                let episode = if episode == "-" { None } else { Some(number(episode)?) };
                Some(Key::Rl(number(rl_step)?, episode, number(step)?))
            }
            _ => return Err(NoPosition),
        };
        Ok(Self { behind, place })
    }
}

/// At most so many points from a position on.
pub(crate) async fn page<T: Pages>(
    source: &T,
    store: &dyn Store,
    from: Position,
    limit: u64,
) -> Result<Page<T::Piece>, StoreError> {
    let view = source.view();
    if limit == 0 {
        let points = source.read(store, 0, 0).await?;
        let more = from.place.is_none_or(|place| place < points.total());
        return Ok(Page { points, next: from, more });
    }
    let Some(key) = from.behind else {
        let place = from.place.unwrap_or(0);
        return Ok(whole(source.read(store, place, limit).await?, from, view));
    };
    if let Some(place) = from.place.filter(|place| *place > 0) {
        // No two points that count have one key: if this is the one, nothing came before it since.
        let mut points = source.read(store, place - 1, limit.saturating_add(1)).await?;
        if points.key(0) == Some(key) {
            points.leave_out_first();
            // The first one alone may have been as much as is given at once.
            if points.count() == 0 && points.offset() < points.total() {
                points = source.read(store, place, limit).await?;
            }
            return Ok(whole(points, from, view));
        }
    }
    let place = search(source, store, key).await?;
    let from = Position { place: Some(place), ..from };
    Ok(whole(source.read(store, place, limit).await?, from, view))
}

fn whole<P: Piece>(points: P, from: Position, view: View) -> Page<P> {
    let count = points.count();
    let end = points.offset().saturating_add(count as u64);
    let last = count.checked_sub(1).and_then(|last| points.key(last));
    let behind = if view == View::Raw { None } else { last.or(from.behind) };
    let more = end < points.total();
    Page { points, next: Position { behind, place: Some(end) }, more }
}

/// The place behind a point, or where it would be.
async fn search<T: Pages>(source: &T, store: &dyn Store, key: Key) -> Result<u64, StoreError> {
    let (Key::Step(step) | Key::Rl(step, ..)) = key;
    let above = match step.checked_add(1) {
        Some(above) => first_from(source, store, above).await?,
        None => source.read(store, 0, 0).await?.total(),
    };
    if matches!(key, Key::Step(_)) {
        return Ok(above);
    }
    // Within one step of the training, points of an ordered series are in the order in which they came.
    let begin = first_from(source, store, step).await?;
    let (mut place, mut larger) = (begin, None);
    while place < above {
        let points = source.read(store, place, AT_ONCE.min(above - place)).await?;
        let count = points.count();
        for at in 0..count {
            let here = points.key(at);
            if here == Some(key) {
                return Ok(place + at as u64 + 1);
            }
            if here > Some(key) {
                larger = larger.or(Some(place + at as u64));
            }
        }
        if count == 0 {
            break;
        }
        place += count as u64;
    }
    Ok(larger.unwrap_or(above))
}

/// The place of the first point whose step, of reinforcement learning the step of the training, is at least this.
async fn first_from<T: Pages>(source: &T, store: &dyn Store, step: u64) -> Result<u64, StoreError> {
    let (mut low, mut high) = (0, source.read(store, 0, 0).await?.total());
    while low < high {
        let middle = low + (high - low) / 2;
        match source.read(store, middle, 1).await?.key(0) {
            Some(Key::Step(is) | Key::Rl(is, ..)) if is < step => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

impl Source {
    /// At most so many points from a position on.
    pub(crate) async fn page(
        &self,
        store: &dyn Store,
        from: Position,
        limit: u64,
    ) -> Result<Page, StoreError> {
        page(self, store, from, limit).await
    }
}

impl Pages for Source {
    type Piece = RlPoints;

    fn view(&self) -> View {
        self.view
    }

    async fn read(&self, store: &dyn Store, offset: u64, limit: u64) -> Result<RlPoints, StoreError> {
        let Self { run, series, environment, view } = self;
        if let Some(name) = environment {
            return lineage::rl_points(store, run, *series, name, *view, offset, limit).await;
        }
        let floats = points(store, run, *series, *view, offset, limit).await?;
        Ok(RlPoints { heads: Vec::new(), floats })
    }
}

/// Points of an ordinary series, or of one that a rule makes of others: those have one view.
pub(crate) fn points<'a>(
    store: &'a dyn Store,
    run: &'a RunId,
    series: SeriesId,
    view: View,
    offset: u64,
    limit: u64,
) -> Pin<Box<dyn Future<Output = Result<FloatPoints, StoreError>> + Send + 'a>> {
    if aggregated::is_aggregated(series) {
        return Box::pin(aggregated::points(store, run, series, offset, limit));
    }
    lineage::points(store, run, series, view, offset, limit)
}

impl Piece for RlPoints {
    fn total(&self) -> u64 {
        self.floats.total
    }

    fn offset(&self) -> u64 {
        self.floats.offset
    }

    fn count(&self) -> usize {
        self.floats.values.len()
    }

    fn key(&self, at: usize) -> Option<Key> {
        let step = *self.floats.steps.get(at)?;
        if self.heads.is_empty() {
            return Some(Key::Step(step));
        }
        let head = self.heads.get(at)?;
        Some(Key::Rl(head.rl_step, head.episode, step))
    }

    fn leave_out_first(&mut self) {
        self.leave_out_first();
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn a_position_is_read_back_from_its_text() {
        for text in ["@0", "7@8", "7", "1:2:3@4", "1:-:3@4", "18446744073709551615:-:0"] {
            assert_eq!(text.parse::<Position>().expect("it is one").to_string(), text);
        }
        for text in ["", "@", "x", "1@", "1:2", "1:2:3:4", "-1", "1:-:", "@1@2"] {
            assert!(text.parse::<Position>().is_err(), "{text:?}");
        }
    }
}
