//! Where loggers live: places that are never unmapped and are used again and again.
//!
//! A handle to a series is the number of such a place, the generation of the logger in it, and the series. Both numbers
//! are compared under the lock that the append takes, so that a handle which outlives its logger is told so; it can
//! neither touch freed memory nor write into another run.

#![allow(clippy::indexing_slicing, reason = "an index modulo the length of a row is in it")]

use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::sync::Notify;

use crate::errors::{Error, Status};
use crate::stage::Stage;
use crate::stage::gate::Gate;
use crate::stage::tray::{TRAYS, Tray};

pub(crate) struct Slot {
    pub index: u32,
    pub gate: Gate<Stage>,
    /// Side doors for single values.
    pub trays: [Tray; TRAYS],
    /// There may be something for the sender to do.
    pub wake: Notify,
}

const ROW: u32 = 64;
const ROWS: u32 = 1024;

type SlotRow = Box<[Slot; ROW as usize]>;

static SLOTS: [OnceLock<SlotRow>; ROWS as usize] = [const { OnceLock::new() }; ROWS as usize];

static FREE: Mutex<Free> = Mutex::new(Free { list: Vec::new(), fresh: 0, generation: 0 });

struct Free {
    list: Vec<u32>,
    /// Slots from this one on were never used.
    fresh: u32,
    generation: u32,
}

/// The slot of a handle. None: no logger ever had it.
pub(crate) fn at(index: u32) -> Option<&'static Slot> {
    let row = SLOTS.get((index / ROW) as usize)?.get()?;
    Some(&row[(index % ROW) as usize])
}

/// Finds a place for a logger, whose stage learns its generation.
pub(crate) fn occupy(mut stage: Stage, queue_bytes: usize) -> Result<&'static Slot, Error> {
    let (index, generation) = {
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        // Generations count loggers, not uses of a slot; 0 means that nobody is there.
        free.generation = free.generation.checked_add(1).unwrap_or(1);
        let index = free.list.pop().unwrap_or_else(|| {
            free.fresh += 1;
            free.fresh - 1
        });
        (index, free.generation)
    };
    let Some(row) = SLOTS.get((index / ROW) as usize) else {
        return Err(Error::new(
            Status::InvalidConfig,
            format!("this process has {} loggers open, the most that are possible", ROW * ROWS),
        ));
    };
    let row = row.get_or_init(|| {
        let mut numbers = index - index % ROW..;
        Box::new(std::array::from_fn(|_| Slot {
            index: numbers.next().unwrap_or(index),
            gate: Gate::new(Stage::vacant(), 0),
            trays: std::array::from_fn(|_| Tray::default()),
            wake: Notify::new(),
        }))
    });
    let slot = &row[(index % ROW) as usize];
    stage.generation = generation;
    stage.shelf.trays = Some(&slot.trays);
    slot.gate.reset(stage, queue_bytes);
    Ok(slot)
}

/// The logger of a slot is gone, and so is its sender. A panic behind the gate is forgotten with all that it left.
pub(crate) fn vacate(slot: &Slot) {
    slot.trays.iter().for_each(Tray::clear);
    slot.gate.reset(Stage::vacant(), 0);
    FREE.lock().unwrap_or_else(PoisonError::into_inner).list.push(slot.index);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    use super::*;
    use crate::config::Config;
    use crate::names::ids::SeriesId;
    use crate::points::{Scalar, ScalarTime, Width};
    use crate::stage::pool::Pool;
    use crate::stage::tray;
    use crate::tell::lines::Lines;

    #[test]
    fn a_panic_takes_no_slot_and_no_memory_for_good() {
        let mut used = BTreeSet::new();
        for _ in 0..1000 {
            let pool = Pool::new(1 << 20);
            let memory = pool.watch();
            let stage = Stage::new(&Config::default(), 0, Lines::none(), pool);
            let slot = occupy(stage, 1 << 20).expect("a slot");
            used.insert(slot.index);
            let generation = slot.gate.lock().expect("sound").inner.generation;
            let series = SeriesId::from_index(3);
            let tray = &slot.trays[tray::of(series)];
            tray.add_room(5);
            tray.open(generation, series, 0, 0, 0);
            let scalar = Scalar { width: Width::F64, bits: 1, step: None, timestamp: ScalarTime::At(1) };
            assert!(tray.put(generation, series, &scalar));

            // An unwinding that no panic hook hears of.
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                let _inside = slot.gate.lock();
                resume_unwind(Box::new(()));
            }));
            assert!(unwound.is_err() && slot.gate.is_poisoned());
            vacate(slot);
            assert!(!tray.put(generation, series, &scalar), "the tray knows nothing of that logger any more");
            let mut left = 0;
            tray.collect(|_| left += 1);
            assert_eq!(left, 0, "nothing of that logger is left for the next one");
            assert!(memory.upgrade().is_none(), "the stage is gone with its memory");
        }
        // Other tests take slots meanwhile.
        assert!(used.len() < 100, "{} slots for one logger at a time", used.len());
    }
}
