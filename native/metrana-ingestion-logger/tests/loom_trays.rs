//! Trays under a model checker: every interleaving of callers who log one value at a time and a sender that takes the chunk.
//!
//! The tray's own source is compiled here once more, with the checker's locks in place of the system's.

#![allow(dead_code, reason = "the model uses what a scalar needs of a tray")]

#[path = "../src/stage/tray.rs"]
mod tray;
mod sync {
    pub(crate) use loom::sync::{Mutex, MutexGuard};

    pub(crate) fn clear_poison<T>(_mutex: &Mutex<T>) {}
}

/// As much of the engine as a tray knows.
#[path = "../src/names/ids.rs"]
mod ids;
mod names {
    pub(crate) use crate::ids;

    pub(crate) mod validate {
        pub(crate) const MAX_STEP: u64 = i64::MAX.cast_unsigned();
    }
}
mod points {
    #[derive(Clone, Copy)]
    pub(crate) struct Width;

    pub(crate) struct Scalar {
        pub(crate) width: Width,
        pub(crate) bits: u64,
        pub(crate) step: Option<u64>,
        pub(crate) timestamp: ScalarTime,
    }

    impl Scalar {
        pub(crate) fn widened(_width: Width, bits: u64) -> f64 {
            f64::from_bits(bits)
        }
    }

    pub(crate) enum ScalarTime {
        Now { tick: i64 },
        At(i64),
    }
}
mod stage {
    pub(crate) mod chunk {
        #[derive(Clone, Copy)]
        pub(crate) struct Record {
            pub(crate) slot: u32,
            pub(crate) form: Form,
            pub(crate) step: u64,
            pub(crate) timestamp: i64,
            pub(crate) bits: u64,
        }

        #[derive(Clone, Copy)]
        pub(crate) enum Form {
            Scalar(crate::points::Width),
        }
    }
}

use ids::SeriesId;
use loom::sync::{Arc, Mutex};
use loom::thread;
use points::{Scalar, ScalarTime, Width};
use stage::chunk::{Form, Record};
use tray::Tray;

const GENERATION: u32 = 7;

/// The least that a stage can be: it does with its tray what the real one does, in the same order.
#[derive(Default)]
struct Stage {
    last_step: Option<u64>,
    open: bool,
    chunk: Vec<Record>,
    closed: bool,
}

struct Logger {
    tray: Tray,
    stage: Mutex<Stage>,
    series: SeriesId,
}

impl Stage {
    fn collect(&mut self, tray: &Tray) {
        if self.open {
            tray.collect(|record| self.chunk.push(record));
        }
    }

    fn reach(&mut self, last: Option<u64>) {
        self.last_step = self.last_step.max(last);
    }

    /// The chunk is closed: everything before it is in it, and nothing comes behind.
    fn take(&mut self, tray: &Tray) -> Vec<Record> {
        tray.close(|_, last, _| self.last_step = self.last_step.max(last));
        self.collect(tray);
        self.open = false;
        std::mem::take(&mut self.chunk)
    }
}

impl Logger {
    fn new() -> Self {
        let (tray, stage, series) = (Tray::default(), Mutex::new(Stage::default()), SeriesId::from_index(0));
        Self { tray, stage, series }
    }

    /// Logs a value at the next step. False: the logger is closed.
    fn log(&self, bits: u64) -> bool {
        let scalar = Scalar { width: Width, bits, step: None, timestamp: ScalarTime::At(0) };
        if self.tray.put(GENERATION, self.series, &scalar) {
            return true;
        }
        let mut stage = self.stage.lock().expect("sound");
        if stage.closed {
            return false;
        }
        let (last, _) = self.tray.withdraw(self.series);
        stage.collect(&self.tray);
        stage.reach(last);
        let step = stage.last_step.map_or(0, |last| last + 1);
        stage.chunk.push(Record { slot: 0, form: Form::Scalar(Width), step, timestamp: 0, bits });
        stage.reach(Some(step));
        stage.open = true;
        self.tray.add_room(1);
        self.tray.open(GENERATION, self.series, 0, step + 1, 0);
        true
    }
}

/// Two callers, and a sender that takes a chunk while they log and another one at the end: every value that was accepted is in
/// one of the two, once, and the steps count on without a gap in the order of the chunks.
#[test]
fn no_value_is_lost_doubled_or_out_of_order() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let logger = Arc::new(Logger::new());
        let callers: Vec<_> = [[1, 2], [3, 4]]
            .into_iter()
            .map(|values| {
                let logger = Arc::clone(&logger);
                thread::spawn(move || values.into_iter().filter(|value| logger.log(*value)).count())
            })
            .collect();
        let first = logger.stage.lock().expect("sound").take(&logger.tray);
        let accepted: usize = callers.into_iter().map(|caller| caller.join().expect("no panic")).sum();
        let second = logger.stage.lock().expect("sound").take(&logger.tray);

        assert_eq!(accepted, 4);
        let records: Vec<Record> = first.into_iter().chain(second).collect();
        assert_eq!(records.iter().map(|record| record.step).collect::<Vec<_>>(), [0, 1, 2, 3]);
        let mut values: Vec<u64> = records.iter().map(|record| record.bits).collect();
        for writer in [[1, 2], [3, 4]] {
            let own: Vec<u64> = values.iter().copied().filter(|value| writer.contains(value)).collect();
            assert_eq!(own, writer, "a caller's values keep their order");
        }
        values.sort_unstable();
        assert_eq!(values, [1, 2, 3, 4]);
    });
}

/// A logger that closes while somebody logs: what was accepted is in the last chunk, and nothing comes behind it.
#[test]
fn what_was_accepted_before_the_close_is_taken_with_it() {
    loom::model(|| {
        let logger = Arc::new(Logger::new());
        assert!(logger.log(1));
        let caller = {
            let logger = Arc::clone(&logger);
            thread::spawn(move || [2, 3].into_iter().filter(|value| logger.log(*value)).count())
        };
        let last = {
            let mut stage = logger.stage.lock().expect("sound");
            stage.closed = true;
            stage.take(&logger.tray)
        };
        let accepted = 1 + caller.join().expect("no panic");
        assert_eq!(last.len(), accepted);
        let mut left = 0;
        logger.tray.collect(|_| left += 1);
        assert_eq!(left, 0, "nothing lies in a tray that is closed");
    });
}
