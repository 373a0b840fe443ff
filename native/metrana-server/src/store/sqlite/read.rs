//! Reads points that lie in memory, in the file, or in both.
//!
//! What is in memory of a series is copied under the run's lock, which copies no points. Of a page whose order is that of the
//! arrival, what is missing is put back into the copy from the file, and the copy is read as a store in memory reads its
//! own. Other pages are filled: with the pages of the file that may hold points of them, and then with what is in memory.

use std::ops::Range;

use rusqlite::Connection;

use super::chunk;
use super::fill::fill_sealed;
use crate::store::content::Content;
use crate::store::floats::FloatSeries;
use crate::store::list::Which;
use crate::store::merge::{Merge, fill};
use crate::store::window::Window;
use crate::store::{FloatPoints, Histogram, Page, RlPoints, Scatter, SeriesId, StoreError};

/// A copy of a series with what it takes to find the rest of it.
pub(super) struct Copied {
    pub(super) run: i64,
    pub(super) id: SeriesId,
    pub(super) content: Content,
    /// The stretch that is asked for, if it is not in the order of arrival.
    pub(super) window: Option<Window>,
}

impl Copied {
    pub(super) fn series(&self) -> i64 {
        self.id.0.cast_signed()
    }

    pub(super) fn points(mut self, db: &Connection, page: Which) -> Result<FloatPoints, StoreError> {
        let window = self.window.take();
        match &self.content {
            Content::None => Ok(FloatPoints { offset: page.offset, ..FloatPoints::default() }),
            Content::Floats(floats) => {
                if let Some(window) = window {
                    let total = floats.arrivals().total(page.view);
                    let merge = self.fill(db, None, Merge::new(window, false))?;
                    return Ok(merge.finish(total, page.offset).floats);
                }
                let read = match needed(floats, page) {
                    None => floats.read(page.view, page.offset, page.limit),
                    Some(absent) => {
                        let (points, _) = chunk::read_floats(db, self.run, self.series(), 0, &wide(&absent))?;
                        let mut floats = floats.clone();
                        floats.put_back(absent.start, points);
                        floats.read(page.view, page.offset, page.limit)
                    }
                };
                Ok(read.unwrap_or_default())
            }
            _ => Err(StoreError::OtherKind(self.id)),
        }
    }

    /// None: the series has no points of the environment.
    pub(super) fn rl_points(
        mut self,
        db: &Connection,
        environment: Option<usize>,
        page: Which,
    ) -> Result<Option<RlPoints>, StoreError> {
        let window = self.window.take();
        let Content::Rl(rl) = &self.content else { return Err(StoreError::OtherKind(self.id)) };
        let Some(environment) = environment else { return Ok(None) };
        let Some(track) = rl.track(environment) else { return Ok(None) };
        if let Some(window) = window {
            let total = track.floats().arrivals().total(page.view);
            let merge = self.fill(db, Some(environment), Merge::new(window, true))?;
            return Ok(Some(merge.finish(total, page.offset)));
        }
        let Some(absent) = needed(track.floats(), page) else {
            return Ok(track.read(page.view, page.offset, page.limit));
        };
        let (points, heads) =
            chunk::read_floats(db, self.run, self.series(), environment as u64, &wide(&absent))?;
        let heads = heads.into_iter().map(|(at, head)| (absent.start + at, head)).collect();
        let mut track = track.clone();
        track.put_back(absent.start, points, heads);
        Ok(track.read(page.view, page.offset, page.limit))
    }

    /// Fills a stretch with the points of the series, or of the environment at a place, in the order of their arrival.
    pub(super) fn fill(
        &self,
        db: &Connection,
        place: Option<usize>,
        mut merge: Merge,
    ) -> Result<Merge, StoreError> {
        let floats = match (&self.content, place) {
            (Content::Floats(floats), None) => floats,
            (Content::Rl(rl), Some(place)) => match rl.track(place) {
                Some(track) => track.floats(),
                None => return Ok(merge),
            },
            _ => return Ok(merge),
        };
        fill_sealed(db, (self.run, self.series(), place), floats, &mut merge)?;
        fill(&self.content, place, &mut merge);
        Ok(merge)
    }

    pub(super) fn histograms(mut self, db: &Connection, page: Which) -> Result<Page<Histogram>, StoreError> {
        let (window, series) = (self.window.take(), self.series());
        match &self.content {
            Content::None => Ok(Page::empty(page.offset)),
            Content::Histograms { points, .. } => points.read(page, window, |range, take| {
                chunk::read_histograms(db, self.run, series, &wide(&range), take)
            }),
            _ => Err(StoreError::OtherKind(self.id)),
        }
    }

    pub(super) fn scatters(mut self, db: &Connection, page: Which) -> Result<Page<Scatter>, StoreError> {
        let (window, series) = (self.window.take(), self.series());
        match &self.content {
            Content::None => Ok(Page::empty(page.offset)),
            Content::Scatters { points, .. } => points.read(page, window, |range, take| {
                chunk::read_scatters(db, self.run, series, &wide(&range), take)
            }),
            _ => Err(StoreError::OtherKind(self.id)),
        }
    }
}

fn wide(range: &Range<usize>) -> Range<u64> {
    range.start as u64..range.end as u64
}

/// The points of a page that are not in memory: no more of them, however many the series has.
fn needed(floats: &FloatSeries, page: Which) -> Option<Range<usize>> {
    let ranges = floats.arrivals().ranges(page.view, page.offset, page.limit)?;
    let (first, last) = (ranges.first()?, ranges.last()?);
    let absent = first.start..last.end.min(floats.absent());
    (!absent.is_empty()).then_some(absent)
}
