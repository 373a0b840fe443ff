//! The stage and its trays: when it opens them, what it sets aside for them, and when it takes in what lies there.

#![allow(
    clippy::indexing_slicing,
    reason = "a tray's number is below the number of trays, which all these rows are long"
)]

use std::time::Duration;

use super::stage::{Stage, Terms};
use crate::books::counters::Kind;
use crate::clock;
use crate::config::LogLevel;
use crate::names::ids::SeriesId;
use crate::names::series::Nature;
use crate::stage::chunk::SCALAR_WEIGHT;
use crate::stage::gate::Behind;
use crate::stage::tray::{self, ROOM, TRAYS};
use crate::tell::lines::{Line, LineId};

impl Stage {
    /// Lets the next values of a series into its tray, if there is room to set aside for them.
    pub(super) fn open_tray(&mut self, id: SeriesId, place: u32, step: u64) {
        let Some(trays) = self.shelf.trays.filter(|_| !self.shelf.shut) else { return };
        let series = self.names.registry.get(id);
        let next = series.last_step.map_or(0, |last| last + 1).max(step + 1);
        if series.nature() != Nature::STD || (self.terms.raise_errors && !self.books.reports.is_empty()) {
            return;
        }
        let number = tray::of(id);
        let missing = (ROOM - self.shelf.room[number]) * SCALAR_WEIGHT;
        if missing > 0 && missing <= self.spare && self.filled() + missing <= self.max_message {
            self.spare -= missing;
            self.shelf.set_aside += missing;
            self.shelf.change = self.shelf.change.saturating_add_unsigned(missing);
            trays[number].add_room(ROOM - self.shelf.room[number]);
            self.shelf.room[number] = ROOM;
        }
        if self.shelf.room[number] > 0 {
            self.shelf.open[number] = true;
            trays[number].open(self.generation, id, place, next, self.read_last);
        }
    }

    /// Does something that no value in a tray may come between: opens none meanwhile. Those of the series that it is about
    /// were closed when it was planned.
    pub(crate) fn with_trays_shut(&mut self, work: impl FnOnce(&mut Self)) {
        self.shelf.shut = true;
        work(self);
        self.shelf.shut = false;
    }

    /// Takes in what lies in a tray.
    fn collect(&mut self, number: usize) {
        let Some(trays) = self.shelf.trays.filter(|_| self.shelf.open[number]) else { return };
        let open = &mut self.chunks.open;
        let count = trays[number].collect(|record| open.push_scalar(false, record));
        let bytes = count * SCALAR_WEIGHT;
        self.shelf.set_aside -= bytes;
        self.shelf.room[number] -= count;
        self.chunks.count_collected(count);
        self.books.counters.of(Kind::FloatPoints).enqueue(count);
    }

    /// Takes in what lies in all trays. They stay open.
    pub(crate) fn collect_all(&mut self) {
        (0..TRAYS).for_each(|number| self.collect(number));
    }

    /// A call is about a series: its tray is closed for it, and its last step is known here again.
    pub(crate) fn withdraw(&mut self, id: SeriesId) {
        let number = tray::of(id);
        let Some(trays) = self.shelf.trays.filter(|_| self.shelf.open[number]) else { return };
        // Closed first: nothing can come behind what is collected.
        let (last, value) = trays[number].withdraw(id);
        self.collect(number);
        self.names.registry.reach_with(id, last, value);
    }

    /// Takes in what lies in all trays, and closes them.
    pub(crate) fn close_trays(&mut self) {
        for number in 0..TRAYS {
            let Some(trays) = self.shelf.trays.filter(|_| self.shelf.open[number]) else { continue };
            let registry = &mut self.names.registry;
            trays[number].close(|id, last, value| {
                registry.reach_with(id, last, value);
            });
            self.collect(number);
            self.shelf.open[number] = false;
            let bytes = std::mem::take(&mut self.shelf.room[number]) * SCALAR_WEIGHT;
            self.shelf.set_aside -= bytes;
            self.shelf.change = self.shelf.change.saturating_sub_unsigned(bytes);
        }
    }

    /// What the open chunk weighs with all that may still lie in trays.
    pub(super) fn filled(&self) -> usize {
        self.chunks.open.weight + self.shelf.set_aside
    }
}

impl Behind for Stage {
    fn change(&mut self) -> isize {
        std::mem::take(&mut self.shelf.change)
    }

    fn give_way(&mut self) {
        self.close_trays();
    }

    fn wait_began(&mut self) {
        if self.books.note_wait(clock::instant()) {
            let (Terms { queue_bytes, .. }, waits) = (self.terms, self.books.counters.waits);
            self.events.log(LogLevel::Warn, || {
                let text = format!(
                    "log calls wait for room: the {queue_bytes} bytes of the send queue are full, because the service takes \
                     data more slowly than it is logged; the counters say how often and how long calls wait"
                );
                Line::new(LineId::QueueFull, text).with("queue_bytes", queue_bytes).with("waits", waits)
            });
        }
    }

    fn wait_ended(&mut self, waited: Duration) {
        self.books.counters.waited += waited;
    }
}
