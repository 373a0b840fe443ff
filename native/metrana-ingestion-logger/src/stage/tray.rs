//! Trays: where single values lie until the stage collects them, so that threads which log scalars do not queue at one
//! lock.
//!
//! A series has its tray by its number. The stage opens a tray for a series that stands in the open chunk already, and
//! sets room aside for what may be put there; from then on a value of that series needs the tray's lock and nothing else.
//! Whatever the stage does with such a series, with its chunk or with the books, it collects first: what lies in a tray
//! has happened before. A tray is locked under the stage's lock, or alone; never the other way round.

#![allow(
    clippy::indexing_slicing,
    reason = "the row of entries was made long enough for every series that is listed"
)]

use std::sync::PoisonError;

use super::sync::{Mutex, MutexGuard, clear_poison};
use crate::names::ids::SeriesId;
use crate::names::validate::MAX_STEP;
use crate::points::{Scalar, ScalarTime, Width};
use crate::stage::chunk::{Form, Record};

/// Trays of a logger.
pub(crate) const TRAYS: usize = 16;

/// The most values that lie in a tray.
pub(crate) const ROOM: usize = 256;

/// On cache lines of its own: neighbours are locked by other threads.
#[repr(align(128))]
#[derive(Default)]
pub(crate) struct Tray(Mutex<Lying>);

#[derive(Default)]
struct Lying {
    /// Which logger it is open for; 0 is none.
    generation: u32,
    /// How many more values it takes.
    room: usize,
    /// What the clock said when the stage was last there.
    read_last: i64,
    records: Vec<Record>,
    /// The series of this tray, by their numbers.
    series: Vec<Entry>,
    /// Which of them it was open for since it was last closed.
    listed: Vec<SeriesId>,
}

#[derive(Clone, Copy)]
struct Entry {
    /// The place of its lane in the open chunk; `CLOSED`: its values go the long way.
    place: u32,
    listed: bool,
    /// The width of the last value that was put down since it was opened; None: there was none.
    last: Option<Width>,
    next_step: u64,
    /// That value.
    bits: u64,
}

impl Entry {
    /// Where the series stands, if its tray is open for it: its last step and the value there, if one was put down.
    fn reached(&self) -> (Option<u64>, Option<f64>) {
        let value = self.last.map(|width| Scalar::widened(width, self.bits));
        (self.next_step.checked_sub(1), value)
    }
}

const CLOSED: u32 = u32::MAX;

/// The number of a series' tray.
pub(crate) fn of(id: SeriesId) -> usize {
    id.index() % TRAYS
}

fn entry_of(id: SeriesId) -> usize {
    id.index() / TRAYS
}

impl Tray {
    /// Puts a value down. False: the tray is not open for that, nothing happened, and the value goes the long way.
    pub(crate) fn put(&self, generation: u32, id: SeriesId, scalar: &Scalar) -> bool {
        let Ok(mut content) = self.0.lock() else { return false };
        let content = &mut *content;
        if content.generation != generation || content.room == 0 {
            return false;
        }
        let Some(entry) = content.series.get_mut(entry_of(id)) else { return false };
        let step = scalar.step.unwrap_or(entry.next_step);
        if entry.place == CLOSED || step < entry.next_step || step > MAX_STEP {
            return false;
        }
        entry.next_step = step + 1;
        entry.last = Some(scalar.width);
        entry.bits = scalar.bits;
        content.room -= 1;
        let timestamp = match scalar.timestamp {
            // The tick may lie a little before what a call on the long way read.
            ScalarTime::Now { tick } => tick.max(content.read_last),
            ScalarTime::At(millis) => millis,
        };
        let form = Form::Scalar(scalar.width);
        content.records.push(Record { slot: entry.place, form, step, timestamp, bits: scalar.bits });
        true
    }

    /// Opens it for a series of a logger.
    pub(crate) fn open(&self, generation: u32, id: SeriesId, place: u32, next_step: u64, read_last: i64) {
        let mut content = self.enter();
        content.generation = generation;
        content.read_last = read_last;
        let index = entry_of(id);
        if content.series.len() <= index {
            let closed = Entry { place: CLOSED, listed: false, last: None, next_step: 0, bits: 0 };
            content.series.resize(index + 1, closed);
        }
        if !content.series[index].listed {
            content.listed.push(id);
        }
        content.series[index] = Entry { place, listed: true, last: None, next_step, bits: 0 };
    }

    /// Takes out what lies in it, in the order in which it came. Answers with how much that was.
    pub(crate) fn collect(&self, take: impl FnMut(Record)) -> usize {
        let mut content = self.enter();
        let count = content.records.len();
        content.records.drain(..).for_each(take);
        count
    }

    /// Room for so many more is set aside.
    pub(crate) fn add_room(&self, more: usize) {
        self.enter().room += more;
    }

    /// Closes it for one series. Answers with the last step of that series, if it was open, and the value there, if one was put
    /// down.
    pub(crate) fn withdraw(&self, id: SeriesId) -> (Option<u64>, Option<f64>) {
        let mut content = self.enter();
        let Some(entry) = content.series.get_mut(entry_of(id)).filter(|entry| entry.place != CLOSED) else {
            return (None, None);
        };
        entry.place = CLOSED;
        entry.reached()
    }

    /// Closes it for everyone. `told` hears the last step of every series it was open for, and the value there, if one was put
    /// down.
    pub(crate) fn close(&self, mut told: impl FnMut(SeriesId, Option<u64>, Option<f64>)) {
        let mut content = self.enter();
        let content = &mut *content;
        content.generation = 0;
        content.room = 0;
        for id in content.listed.drain(..) {
            let entry = &mut content.series[entry_of(id)];
            entry.listed = false;
            if entry.place != CLOSED {
                entry.place = CLOSED;
                let (step, value) = entry.reached();
                told(id, step, value);
            }
        }
    }

    /// Empties and closes it for good, and lets go of its memory: its logger is gone.
    pub(crate) fn clear(&self) {
        *self.enter() = Lying::default();
        clear_poison(&self.0);
    }

    /// Nothing in a tray is half done when a panic passes through: what lies in it is whole.
    fn enter(&self) -> MutexGuard<'_, Lying> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
