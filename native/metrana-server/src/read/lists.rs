//! Histograms and scatters page by page.
//!
//! Nobody knows how large they are before they are read. So a page is read in parts that grow, and between two parts its
//! maker can find room for what it has, or end it.

use std::future::Future;
use std::pin::Pin;

use super::onward::{Key, Page, Pages, Piece, Position, page};
use crate::store::{self, AtStep, RunId, SeriesId, Store, StoreError, View};

/// The first part has no more bytes, but at least one object.
const FIRST: u64 = 256 << 10;

type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<store::Page<T>, StoreError>> + Send + 'a>>;

/// Reads objects of a series: which one, the view, the offset, the limit, and how many bytes at most.
pub(crate) type Read<T> =
    for<'a> fn(&'a dyn Store, &'a RunId, SeriesId, View, u64, u64, u64) -> Reading<'a, T>;

/// Objects of a series.
pub(crate) struct Lists<T> {
    pub(crate) run: RunId,
    pub(crate) series: SeriesId,
    pub(crate) view: View,
    /// Only those are kept whose place in the list is a multiple of this.
    pub(crate) every: u64,
    pub(crate) read: Read<T>,
}

/// Where objects find room.
pub(crate) trait Space: Send {
    /// Why there is none, and what else can go wrong meanwhile.
    type Error: From<StoreError>;

    /// Waits for room for so many bytes in all.
    fn hold(&mut self, bytes: u64) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// The same, no more of them at once than have so many bytes.
struct Bounded<'l, T>(&'l Lists<T>, u64);

impl<T: AtStep + Clone + Send + Sync> Lists<T> {
    /// Leaves out what is between those that are kept: how many there were in all. Which are kept does not depend on where
    /// a page begins.
    fn thin(&self, page: &mut store::Page<T>) -> u64 {
        let (count, mut place) = (page.items.len() as u64, page.offset);
        page.items.retain(|_| {
            place += 1;
            (place - 1).is_multiple_of(self.every)
        });
        count
    }

    /// A page of at most so many objects, which have no more than so many bytes together; one is given however long it
    /// is.
    pub(crate) async fn page<S: Space>(
        &self,
        store: &dyn Store,
        from: Position,
        (limit, bytes): (u64, u64),
        space: &mut S,
    ) -> Result<Page<store::Page<T>>, S::Error> {
        let mut part = FIRST.min(bytes);
        space.hold(part).await?;
        let limit = limit.saturating_mul(self.every);
        let mut whole = page(&Bounded(self, part), store, from, limit).await?;
        // How many were read, also those that are not kept.
        let mut count = self.thin(&mut whole.points);
        loop {
            let held: u64 = whole.points.items.iter().map(AtStep::weight).sum();
            let left = bytes.saturating_sub(held);
            if !whole.more || count >= limit || left == 0 {
                space.hold(held).await?;
                return Ok(whole);
            }
            part = held.max(part).min(left);
            space.hold(held + part).await?;
            let mut more = page(&Bounded(self, part), store, whole.next, limit - count).await?;
            let read = self.thin(&mut more.points);
            count += read;
            let weight: u64 = more.points.items.iter().map(AtStep::weight).sum();
            if weight > left || read == 0 {
                // The one that is next is longer than what is left.
                space.hold(held).await?;
                return Ok(whole);
            }
            whole.points.items.extend(more.points.items);
            (whole.next, whole.more) = (more.next, more.more);
        }
    }
}

impl<T: AtStep + Clone + Send + Sync> Pages for Bounded<'_, T> {
    type Piece = store::Page<T>;

    fn view(&self) -> View {
        self.0.view
    }

    async fn read(&self, store: &dyn Store, offset: u64, limit: u64) -> Result<store::Page<T>, StoreError> {
        let Lists { run, series, view, read, .. } = self.0;
        read(store, run, *series, *view, offset, limit, self.1).await
    }
}

impl<T: AtStep + Clone + Send> Piece for store::Page<T> {
    fn total(&self) -> u64 {
        self.total
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn count(&self) -> usize {
        self.items.len()
    }

    fn key(&self, at: usize) -> Option<Key> {
        self.items.get(at).map(|item| Key::Step(item.step()))
    }

    fn leave_out_first(&mut self) {
        self.offset += 1;
        self.items.drain(..self.items.len().min(1));
    }
}
