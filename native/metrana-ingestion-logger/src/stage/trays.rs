//! What the stage does with its trays: when they are open, what is set aside for them, and when it takes in what lies there.

use super::Stage;
use crate::chunk::SCALAR_WEIGHT;
use crate::counters::Kind;
use crate::queue::Behind;
use crate::series::{Nature, SeriesId};
use crate::tray::{self, ROOM, TRAYS};

impl Stage {
    /// Lets the next values of a series into its tray, if there is room to set aside for them.
    pub(super) fn open_tray(&mut self, id: SeriesId, place: u32, step: u64) {
        let Some(trays) = self.trays else { return };
        let series = self.registry.get(id);
        let next = series.last_step.map_or(0, |last| last + 1).max(step + 1);
        if series.nature() != Nature::STD || (self.terms.raise_errors && !self.reports.is_empty()) {
            return;
        }
        let number = tray::of(id);
        let missing = (ROOM - self.tray_room[number]) * SCALAR_WEIGHT;
        if missing > 0 && missing <= self.spare && self.filled() + missing <= self.max_message {
            self.spare -= missing;
            self.set_aside += missing;
            self.change = self.change.saturating_add_unsigned(missing);
            trays[number].add_room(ROOM - self.tray_room[number]);
            self.tray_room[number] = ROOM;
        }
        if self.tray_room[number] > 0 {
            self.tray_open[number] = true;
            trays[number].open(self.generation, id, place, next, self.read_last);
        }
    }

    /// Takes in what lies in a tray.
    fn collect(&mut self, number: usize) {
        let Some(trays) = self.trays.filter(|_| self.tray_open[number]) else { return };
        let open = &mut self.open;
        let count = trays[number].collect(|record| open.push_scalar(false, record));
        let bytes = count * SCALAR_WEIGHT;
        self.set_aside -= bytes;
        self.tray_room[number] -= count;
        self.taken += count as u64;
        self.open.end = self.taken;
        self.open.tally.add(Kind::FloatPoints, count);
        self.counters.of(Kind::FloatPoints).enqueue(count);
    }

    /// Takes in what lies in all trays. They stay open.
    pub(crate) fn collect_all(&mut self) {
        (0..TRAYS).for_each(|number| self.collect(number));
    }

    /// A call is about a series: its tray is closed for it, and its last step is known here again.
    pub(crate) fn withdraw(&mut self, id: SeriesId) {
        let number = tray::of(id);
        let Some(trays) = self.trays.filter(|_| self.tray_open[number]) else { return };
        // Closed first: nothing can come behind what is collected.
        let last = trays[number].withdraw(id);
        self.collect(number);
        self.registry.reach(id, last);
    }

    /// Takes in what lies in all trays, and closes them.
    pub(crate) fn close_trays(&mut self) {
        for number in 0..TRAYS {
            let Some(trays) = self.trays.filter(|_| self.tray_open[number]) else { continue };
            let registry = &mut self.registry;
            trays[number].close(|id, last| {
                registry.reach(id, last);
            });
            self.collect(number);
            self.tray_open[number] = false;
            let bytes = std::mem::take(&mut self.tray_room[number]) * SCALAR_WEIGHT;
            self.set_aside -= bytes;
            self.change = self.change.saturating_sub_unsigned(bytes);
        }
    }

    /// What the open chunk weighs with all that may still lie in trays.
    pub(super) fn filled(&self) -> usize {
        self.open.weight + self.set_aside
    }
}

impl Behind for Stage {
    fn change(&mut self) -> isize {
        std::mem::take(&mut self.change)
    }

    fn give_way(&mut self) {
        self.close_trays();
    }
}
