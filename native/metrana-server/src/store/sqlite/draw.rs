//! Reads of one series: what is in memory is copied under the run's lock, and the rest is found from the copy.

use std::sync::Arc;

use super::SqliteStore;
use super::read::Copied;
use super::store::awake;
use crate::store::catalogue::Series;
use crate::store::run::Run;
use crate::store::strand::Onward;
use crate::store::window::Window;
use crate::store::{Along, Part, RunId, SeriesId, Sketch, StoreError};

impl SqliteStore {
    /// A copy of a series, without the points that are only in the file, and what it takes besides to read from it.
    pub(super) async fn copy<T>(
        &self,
        run: &RunId,
        id: SeriesId,
        more: impl FnOnce(&Run, &Series) -> (Option<Window>, T),
    ) -> Result<(Copied, T), StoreError> {
        let handle = self.wake(run).await?;
        let mut state = handle.lock();
        let run = awake(&mut state)?;
        let series = run.catalogue().get(id)?;
        let (window, more) = more(run, series);
        Ok((Copied { run: handle.row, id, content: series.content.copy(), window }, more))
    }

    /// Draws a part of an unordered series in the order of its steps.
    async fn merge(
        &self,
        run: &RunId,
        copied: &Arc<Copied>,
        (part, place): &(Part, Option<usize>),
        along: Along,
        sketch: &mut Sketch,
    ) -> Result<(), StoreError> {
        let (place, mut onward) = (*place, Onward::new(part.points));
        while let Some(begin) = onward.begin() {
            let most = onward.most();
            let window = self.read(run, |run| Ok(run.catalogue().get(copied.id)?.window(place, begin, most)));
            let Some(merge) = onward.stretch(window.await?, place.is_some()) else { break };
            let copied = Arc::clone(copied);
            let merge = self.readers.ask(move |db| copied.fill(db, place, merge)).await?;
            onward.draw(merge, place.is_some(), along, sketch);
        }
        Ok(())
    }

    pub(super) async fn draw(
        &self,
        run: &RunId,
        series: SeriesId,
        parts: Vec<Part>,
        along: Along,
        blank: Sketch,
    ) -> Result<Vec<Sketch>, StoreError> {
        let places = |run: &Run, _: &Series| {
            let place = |part: &Part| run.environment(part.environment.as_deref()?);
            let placed = |part: Part| {
                let place = place(&part);
                (part, place)
            };
            (None, Arc::new(parts.into_iter().map(placed).collect::<Vec<_>>()))
        };
        let (copied, parts) = self.copy(run, series, places).await?;
        let copied = Arc::new(copied);
        let (from, asked) = (Arc::clone(&copied), Arc::clone(&parts));
        let drawn = self.readers.ask(move |db| from.sketch(db, &asked, along, &blank));
        let (mut sketches, to_merge) = drawn.await?;
        for at in to_merge {
            if let (Some(part), Some(sketch)) = (parts.get(at), sketches.get_mut(at)) {
                self.merge(run, &copied, part, along, sketch).await?;
            }
        }
        Ok(sketches)
    }
}
