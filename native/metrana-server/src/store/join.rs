//! One page of points that lie in two places: those that a fork has of its parent, and its own.
//!
//! The own points of an unordered fork may stand between those of the parent, or take their places. How much of the two
//! that concerns is found by search; only there they are read side by side, a piece at a time.

use std::future::Future;
use std::ops::Range;
use std::pin::Pin;

use super::list::AtStep;
use super::{FloatPoints, Page, RlPoints, StoreError};

/// Points that are read side by side: so many, and so many bytes of them, at a time.
const AT_ONCE: u64 = 1 << 13;
const BYTES_AT_ONCE: u64 = 4 << 20;

pub(super) type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What is asked for of one of the two, or of both together.
#[derive(Clone, Copy)]
pub(super) struct Ask {
    pub(super) offset: u64,
    pub(super) limit: u64,
    /// No more points than have so many bytes, but one in any case. Numbers have none.
    pub(super) bytes: u64,
}

impl Ask {
    fn one(offset: u64) -> Self {
        Self { offset, limit: 1, bytes: u64::MAX }
    }

    fn nothing() -> Self {
        Self { offset: 0, limit: 0, bytes: u64::MAX }
    }
}

/// Points read back, of whatever kind.
pub(crate) trait Columns: Default + Send {
    type Key: Ord + Copy + Send;

    fn len(&self) -> usize;
    fn total(&self) -> u64;
    fn key(&self, place: usize) -> Option<Self::Key>;
    fn extend(&mut self, other: Self);
    fn pick(&self, places: &[usize]) -> Self;
    fn place(&mut self, total: u64, offset: u64);

    /// How many bytes a point has.
    fn weight(&self, _place: usize) -> u64 {
        0
    }

    /// How many bytes all have.
    fn weigh(&self) -> u64 {
        (0..self.len()).map(|place| self.weight(place)).sum()
    }
}

/// The two places.
pub(super) struct Sides<P, O> {
    pub(super) parent: P,
    /// How many of the parent's points are inherited: the first ones.
    pub(super) inherited: u64,
    pub(super) own: O,
}

impl<'a, T, P, O> Sides<P, O>
where
    T: Columns + 'a,
    P: Fn(Ask) -> Reading<'a, T> + Sync,
    O: Fn(Ask) -> Reading<'a, T> + Sync,
{
    /// A page of both. Ordered, the own points all come behind the inherited ones.
    pub(super) async fn page(mut self, ordered: bool, ask: Ask) -> Result<T, StoreError> {
        let there = match (self.parent)(Ask::nothing()).await {
            // The parent was deleted since: what it had is gone.
            Err(StoreError::UnknownRun(_) | StoreError::UnknownSeries(_)) => 0,
            result => result?.total(),
        };
        self.inherited = self.inherited.min(there);
        let own = (self.own)(Ask::nothing()).await?.total();
        let mut sheet = Sheet::new(ask);
        let shared = if ordered { Shared::none(self.inherited) } else { self.shared(own).await? };
        sheet.add(&self.parent, 0..shared.parent.start).await?;
        self.side_by_side(&shared, &mut sheet).await?;
        sheet.add(&self.parent, shared.parent.end..self.inherited).await?;
        sheet.add(&self.own, shared.own..own).await?;
        let Sheet { at: total, mut points, .. } = sheet;
        points.place(total, ask.offset);
        Ok(points)
    }

    /// Where the two overlap.
    async fn shared(&self, own: u64) -> Result<Shared, StoreError> {
        let all = self.inherited;
        let none = Shared::none(all);
        let (Some(last), Some(_)) = (all.checked_sub(1), own.checked_sub(1)) else { return Ok(none) };
        if all <= AT_ONCE && own <= AT_ONCE {
            // Reading all of it takes less than a search.
            return Ok(Shared { parent: 0..all, own });
        }
        let Some(last) = (self.parent)(Ask::one(last)).await?.key(0) else { return Ok(none) };
        let first = (self.own)(Ask::one(0)).await?.key(0);
        let Some(first) = first.filter(|first| *first <= last) else { return Ok(none) };
        let within = search(&self.own, own, |key| key <= last).await?;
        let greatest = (self.own)(Ask::one(within.saturating_sub(1))).await?.key(0).unwrap_or(last);
        let from = search(&self.parent, all, |key| key < first).await?;
        let until = search(&self.parent, all, |key| key <= greatest).await?;
        Ok(Shared { parent: from..until.max(from), own: within })
    }

    /// Goes through both where they overlap. Of two points at one step the own one counts.
    async fn side_by_side(&self, shared: &Shared, sheet: &mut Sheet<T>) -> Result<(), StoreError> {
        let mut theirs = Side::new(shared.parent.clone());
        let mut own = Side::new(0..shared.own);
        // Those that follow one another on the page and come from one of the two.
        let (mut is_own, mut places) = (false, Vec::new());
        loop {
            if theirs.is_read() || own.is_read() {
                sheet.lay(if is_own { &own.points } else { &theirs.points }, &mut places);
                theirs.look(&self.parent).await?;
                own.look(&self.own).await?;
            }
            let next_is_own = match (theirs.key(), own.key()) {
                (None, None) => {
                    sheet.lay(if is_own { &own.points } else { &theirs.points }, &mut places);
                    return Ok(());
                }
                (Some(_), None) => false,
                (None, Some(_)) => true,
                (Some(a), Some(b)) => {
                    if a == b {
                        theirs.at += 1;
                    }
                    b <= a
                }
            };
            if next_is_own != is_own {
                sheet.lay(if is_own { &own.points } else { &theirs.points }, &mut places);
                is_own = next_is_own;
            }
            let side = if is_own { &mut own } else { &mut theirs };
            if sheet.takes(side.points.weight(side.at)) {
                places.push(side.at);
            }
            side.at += 1;
        }
    }
}

/// The first place whose key is not as `before` says; all before it are.
async fn search<'a, T: Columns + 'a>(
    read: &(impl Fn(Ask) -> Reading<'a, T> + Sync),
    total: u64,
    before: impl Fn(T::Key) -> bool,
) -> Result<u64, StoreError> {
    let (mut low, mut high) = (0, total);
    while low < high {
        let middle = low + (high - low) / 2;
        if read(Ask::one(middle)).await?.key(0).is_some_and(&before) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Where two lists of points overlap: these of the parent, and the first so many of the fork's own.
struct Shared {
    parent: Range<u64>,
    own: u64,
}

impl Shared {
    /// They do not, and the parent has so many.
    fn none(parent: u64) -> Self {
        Self { parent: parent..parent, own: 0 }
    }
}

/// One of the two, read piece by piece.
struct Side<T> {
    rest: Range<u64>,
    points: T,
    at: usize,
}

impl<T: Columns> Side<T> {
    fn new(rest: Range<u64>) -> Self {
        Self { rest, points: T::default(), at: 0 }
    }

    /// Whether nothing is left of what was read, and there is more.
    fn is_read(&self) -> bool {
        self.at >= self.points.len() && !self.rest.is_empty()
    }

    /// Reads on when nothing is left of what was read.
    async fn look<'a>(&mut self, read: &(impl Fn(Ask) -> Reading<'a, T> + Sync)) -> Result<(), StoreError>
    where
        T: 'a,
    {
        if self.is_read() {
            let limit = (self.rest.end - self.rest.start).min(AT_ONCE);
            self.points = read(Ask { offset: self.rest.start, limit, bytes: BYTES_AT_ONCE }).await?;
            self.at = 0;
            self.rest.start = match self.points.len() {
                // There are fewer by now.
                0 => self.rest.end,
                count => self.rest.start + count as u64,
            };
        }
        Ok(())
    }

    fn key(&self) -> Option<T::Key> {
        self.points.key(self.at)
    }
}

/// A page that is being put together.
struct Sheet<T> {
    /// What of it is still to come.
    ask: Ask,
    /// How many points were passed.
    at: u64,
    points: T,
    is_empty: bool,
    is_full: bool,
}

impl<T: Columns> Sheet<T> {
    fn new(ask: Ask) -> Self {
        Self { ask, at: 0, points: T::default(), is_empty: true, is_full: ask.limit == 0 }
    }

    /// Passes one point. Whether it is on the page.
    fn takes(&mut self, weight: u64) -> bool {
        self.at += 1;
        if self.at <= self.ask.offset || self.is_full {
            return false;
        }
        // One is given however long it is.
        self.is_full = weight > self.ask.bytes && !self.is_empty;
        if self.is_full {
            return false;
        }
        self.use_up(1, weight);
        true
    }

    fn use_up(&mut self, points: u64, bytes: u64) {
        self.is_empty &= points == 0;
        self.ask.limit = self.ask.limit.saturating_sub(points);
        self.ask.bytes = self.ask.bytes.saturating_sub(bytes);
        self.is_full |= self.ask.limit == 0;
    }

    /// Puts points that it took where it ends.
    fn lay(&mut self, from: &T, places: &mut Vec<usize>) {
        if !places.is_empty() {
            self.points.extend(from.pick(places));
            places.clear();
        }
    }

    /// Passes points of one side, and reads those of them that are on the page.
    async fn add<'a>(
        &mut self,
        read: &(impl Fn(Ask) -> Reading<'a, T> + Sync),
        part: Range<u64>,
    ) -> Result<(), StoreError>
    where
        T: 'a,
    {
        let length = part.end.saturating_sub(part.start);
        let skip = self.ask.offset.saturating_sub(self.at);
        let limit = length.saturating_sub(skip).min(self.ask.limit);
        self.at += length;
        if limit == 0 || self.is_full {
            return Ok(());
        }
        let points = read(Ask { offset: part.start + skip, limit, bytes: self.ask.bytes }).await?;
        let (count, weight) = (points.len() as u64, points.weigh());
        if weight > self.ask.bytes && !self.is_empty {
            self.is_full = true;
            return Ok(());
        }
        self.use_up(count, weight);
        self.is_full |= count < limit;
        self.points.extend(points);
        Ok(())
    }
}

fn picked<T: Copy>(column: &[T], places: &[usize]) -> Vec<T> {
    places.iter().filter_map(|&place| column.get(place).copied()).collect()
}

impl Columns for FloatPoints {
    type Key = u64;

    fn len(&self) -> usize {
        self.steps.len()
    }

    fn total(&self) -> u64 {
        self.total
    }

    fn key(&self, place: usize) -> Option<u64> {
        self.steps.get(place).copied()
    }

    fn extend(&mut self, other: Self) {
        self.steps.extend(other.steps);
        self.timestamps.extend(other.timestamps);
        self.values.extend(other.values);
        self.widths.extend(other.widths);
    }

    fn pick(&self, places: &[usize]) -> Self {
        Self {
            steps: picked(&self.steps, places),
            timestamps: picked(&self.timestamps, places),
            values: picked(&self.values, places),
            widths: picked(&self.widths, places),
            ..Self::default()
        }
    }

    fn place(&mut self, total: u64, offset: u64) {
        (self.total, self.offset) = (total, offset);
    }
}

impl Columns for RlPoints {
    type Key = (u64, Option<u64>, u64);

    fn len(&self) -> usize {
        self.heads.len()
    }

    fn total(&self) -> u64 {
        self.floats.total
    }

    fn key(&self, place: usize) -> Option<Self::Key> {
        let head = self.heads.get(place)?;
        Some((head.rl_step, head.episode, self.floats.key(place)?))
    }

    fn extend(&mut self, other: Self) {
        self.heads.extend(other.heads);
        self.floats.extend(other.floats);
    }

    fn pick(&self, places: &[usize]) -> Self {
        Self { heads: picked(&self.heads, places), floats: self.floats.pick(places) }
    }

    fn place(&mut self, total: u64, offset: u64) {
        self.floats.place(total, offset);
    }
}

impl<T: AtStep + Clone + Send> Columns for Page<T> {
    type Key = u64;

    fn len(&self) -> usize {
        self.items.len()
    }

    fn total(&self) -> u64 {
        self.total
    }

    fn key(&self, place: usize) -> Option<u64> {
        self.items.get(place).map(AtStep::step)
    }

    fn extend(&mut self, other: Self) {
        self.items.extend(other.items);
    }

    fn pick(&self, places: &[usize]) -> Self {
        let items = places.iter().filter_map(|&place| self.items.get(place)).cloned().collect();
        Self { total: 0, offset: 0, items }
    }

    fn place(&mut self, total: u64, offset: u64) {
        (self.total, self.offset) = (total, offset);
    }

    fn weight(&self, place: usize) -> u64 {
        self.items.get(place).map_or(0, AtStep::weight)
    }
}

#[cfg(test)]
#[path = "join_tests.rs"]
mod tests;
