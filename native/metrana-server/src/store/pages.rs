//! Pages of a run whose points all lie in memory.

use std::convert::Infallible;

use super::catalogue::Series;
use super::content::Content;
use super::list::{AtStep, PointList, Which};
use super::merge::{Merge, fill};
use super::run::Run;
use super::window::{Begin, Window};
use super::{FloatPoints, Histogram, Page, RlPoints, Scatter, SeriesId, StoreError, View};

/// As many points as a page may have.
fn most(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

impl Run {
    pub(super) fn points(
        &self,
        id: SeriesId,
        view: View,
        offset: u64,
        limit: u64,
    ) -> Result<FloatPoints, StoreError> {
        let series = self.catalogue().get(id)?;
        match &series.content {
            Content::None => Ok(FloatPoints { offset, ..FloatPoints::default() }),
            Content::Floats(floats) => Ok(floats.read(view, offset, limit).unwrap_or_else(|| {
                let total = floats.arrivals().total(view);
                merged(series, None, limit, (total, offset)).floats
            })),
            _ => Err(StoreError::OtherKind(id)),
        }
    }

    pub(super) fn rl_points(
        &self,
        id: SeriesId,
        environment: &str,
        view: View,
        offset: u64,
        limit: u64,
    ) -> Result<RlPoints, StoreError> {
        let series = self.catalogue().get(id)?;
        let Content::Rl(rl) = &series.content else { return Err(StoreError::OtherKind(id)) };
        let place = self.environment(environment);
        let track = place.and_then(|place| rl.track(place));
        let track = track.ok_or_else(|| StoreError::UnknownEnvironment(environment.to_owned()))?;
        Ok(track.read(view, offset, limit).unwrap_or_else(|| {
            let total = track.floats().arrivals().total(view);
            merged(series, place, limit, (total, offset))
        }))
    }

    pub(super) fn histograms(&self, id: SeriesId, which: Which) -> Result<Page<Histogram>, StoreError> {
        let series = self.catalogue().get(id)?;
        match &series.content {
            Content::None => Ok(Page::empty(which.offset)),
            Content::Histograms { points, .. } => Ok(list(points, series, which)),
            _ => Err(StoreError::OtherKind(id)),
        }
    }

    pub(super) fn scatters(&self, id: SeriesId, which: Which) -> Result<Page<Scatter>, StoreError> {
        let series = self.catalogue().get(id)?;
        match &series.content {
            Content::None => Ok(Page::empty(which.offset)),
            Content::Scatters { points, .. } => Ok(list(points, series, which)),
            _ => Err(StoreError::OtherKind(id)),
        }
    }
}

fn merged(series: &Series, place: Option<usize>, limit: u64, (total, offset): (u64, u64)) -> RlPoints {
    let window = series.window(place, Begin::At(offset), most(limit)).unwrap_or_default();
    let mut merge = Merge::new(window, place.is_some());
    fill(&series.content, place, &mut merge);
    merge.finish(total, offset)
}

fn list<T: AtStep + Clone>(points: &PointList<T>, series: &Series, which: Which) -> Page<T> {
    let Ok(page) = points.read(which, window(series, None, which), |_, _| Ok::<_, Infallible>(()));
    page
}

/// The stretch of a page of a series, or of the environment at a place, when it is not in the order of arrival.
pub(super) fn window(series: &Series, place: Option<usize>, which: Which) -> Option<Window> {
    if which.view == View::Raw {
        return None;
    }
    series.window(place, Begin::At(which.offset), most(which.limit))
}
