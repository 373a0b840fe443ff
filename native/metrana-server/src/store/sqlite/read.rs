//! Reads points that lie in memory, in the file, or in both.
//!
//! What is in memory of a series is copied under the run's lock, which copies no points; what a reader needs besides is
//! put back into the copy from the file, and the copy is read as a store in memory reads its own.

use std::ops::Range;

use rusqlite::Connection;

use super::chunk;
use crate::store::content::Content;
use crate::store::floats::FloatSeries;
use crate::store::{FloatPoints, Histogram, Page, RlPoints, Scatter, SeriesId, StoreError, View};

/// A copy of a series with what it takes to find the rest of it.
pub(super) struct Copied {
    pub(super) run: i64,
    pub(super) id: SeriesId,
    pub(super) content: Content,
}

/// Which points are asked for.
#[derive(Clone, Copy)]
pub(super) struct Which {
    pub(super) view: View,
    pub(super) offset: u64,
    pub(super) limit: u64,
}

impl Copied {
    fn series(&self) -> i64 {
        self.id.0.cast_signed()
    }

    pub(super) fn points(&self, db: &Connection, page: Which) -> Result<FloatPoints, StoreError> {
        match &self.content {
            Content::None => Ok(FloatPoints { offset: page.offset, ..FloatPoints::default() }),
            Content::Floats(floats) => {
                let Some(absent) = needed(floats, page) else {
                    return Ok(floats.read(page.view, page.offset, page.limit));
                };
                let (points, _) = chunk::read_floats(db, self.run, self.series(), 0, &wide(&absent))?;
                let mut floats = floats.clone();
                floats.put_back(absent.start, points);
                Ok(floats.read(page.view, page.offset, page.limit))
            }
            _ => Err(StoreError::OtherKind(self.id)),
        }
    }

    /// None: the series has no points of the environment.
    pub(super) fn rl_points(
        &self,
        db: &Connection,
        environment: Option<usize>,
        page: Which,
    ) -> Result<Option<RlPoints>, StoreError> {
        let Content::Rl(rl) = &self.content else { return Err(StoreError::OtherKind(self.id)) };
        let Some(environment) = environment else { return Ok(None) };
        let Some(track) = rl.track(environment) else { return Ok(None) };
        let Some(absent) = needed(track.floats(), page) else {
            return Ok(Some(track.read(page.view, page.offset, page.limit)));
        };
        let (points, heads) =
            chunk::read_floats(db, self.run, self.series(), environment as u64, &wide(&absent))?;
        let heads = heads.into_iter().map(|(at, head)| (absent.start + at, head)).collect();
        let mut track = track.clone();
        track.put_back(absent.start, points, heads);
        Ok(Some(track.read(page.view, page.offset, page.limit)))
    }

    pub(super) fn histograms(mut self, db: &Connection, page: Which) -> Result<Page<Histogram>, StoreError> {
        let series = self.series();
        match &mut self.content {
            Content::None => Ok(Page::empty(page.offset)),
            Content::Histograms { points, .. } => {
                if points.sealed() > 0 {
                    let sealed = chunk::read_histograms(db, self.run, series, points.sealed())?;
                    points.put_back(sealed);
                }
                Ok(points.read(page.view, page.offset, page.limit))
            }
            _ => Err(StoreError::OtherKind(self.id)),
        }
    }

    pub(super) fn scatters(mut self, db: &Connection, page: Which) -> Result<Page<Scatter>, StoreError> {
        let series = self.series();
        match &mut self.content {
            Content::None => Ok(Page::empty(page.offset)),
            Content::Scatters { points, .. } => {
                if points.sealed() > 0 {
                    let sealed = chunk::read_scatters(db, self.run, series, points.sealed())?;
                    points.put_back(sealed);
                }
                Ok(points.read(page.view, page.offset, page.limit))
            }
            _ => Err(StoreError::OtherKind(self.id)),
        }
    }
}

fn wide(range: &Range<usize>) -> Range<u64> {
    range.start as u64..range.end as u64
}

/// The points of a page that are not in memory: no more of them, however many the series has.
fn needed(floats: &FloatSeries, page: Which) -> Option<Range<usize>> {
    let reach = floats.arrivals().reach_of(page.view, page.offset, page.limit)?;
    let absent = reach.start..reach.end.min(floats.absent());
    (!absent.is_empty()).then_some(absent)
}
