//! Faults on demand: what a test makes the server do wrong.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tonic::{Code, Status};

/// Something that goes wrong. Several can be armed; the first one that fits a moment is the one that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A status in place of an answer. What was asked for is not done.
    Status {
        /// Where.
        stage: Stage,
        /// Which.
        code: Code,
        /// The text that goes with it.
        message: String,
        /// How many times.
        times: u64,
        /// How many messages of the stage pass before the first time.
        after: u64,
    },
    /// The connection breaks, with nothing said.
    Reset {
        /// Which data message it breaks on, counted from 1 when the fault is armed and after each break.
        after: u64,
        /// Whether that message is taken in. It is not acknowledged in either case.
        store_last: bool,
        /// How many times.
        times: u64,
    },
    /// Messages are taken in, but none is acknowledged until the faults are cleared.
    Stall,
}

/// A moment in the life of a logger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The handshake.
    Init,
    /// The first message of an update stream.
    Hello,
    /// A later message that holds nothing but declarations and has no sequence number: what a client sends when a
    /// stream takes over from a broken one.
    Declare,
    /// Every other message.
    Data,
}

/// What to do with a message.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// As always.
    Pass,
    /// Answer with this status.
    Refuse(Status),
    /// Cut the connection.
    Cut {
        /// Take the message in first.
        store: bool,
    },
}

/// The faults that are armed.
#[derive(Debug)]
pub struct Faults {
    /// Whether any fault but a stall is armed: the only thing that a message looks at in a server that works.
    any: AtomicBool,
    state: Mutex<State>,
    stalled: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    armed: Vec<Armed>,
    fired: u64,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    /// Messages that passed since it was armed or last happened.
    passed: u64,
}

impl Default for Faults {
    fn default() -> Self {
        Self { any: AtomicBool::new(false), state: Mutex::default(), stalled: watch::Sender::new(false) }
    }
}

impl Faults {
    /// Arms a fault.
    pub fn arm(&self, fault: Fault) {
        if fault == Fault::Stall {
            self.stalled.send_replace(true);
            return;
        }
        let mut state = self.lock();
        state.armed.push(Armed { fault, passed: 0 });
        self.any.store(true, Ordering::Release);
    }

    /// Disarms every fault. Acknowledgements that were held back go out.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.armed.clear();
        self.any.store(false, Ordering::Release);
        self.stalled.send_replace(false);
    }

    /// How many faults can still happen.
    pub fn armed(&self) -> u64 {
        self.lock().armed.len() as u64 + u64::from(*self.stalled.borrow())
    }

    /// How many times a status or a reset has happened.
    pub fn fired(&self) -> u64 {
        self.lock().fired
    }

    pub(crate) fn stalled(&self) -> watch::Receiver<bool> {
        self.stalled.subscribe()
    }

    /// What happens to a message of this stage.
    pub(crate) fn judge(&self, stage: Stage) -> Verdict {
        if !self.any.load(Ordering::Acquire) {
            return Verdict::Pass;
        }
        let mut inner = self.lock();
        let Some((index, verdict)) =
            inner.armed.iter_mut().enumerate().find_map(|(index, armed)| Some((index, armed.meet(stage)?)))
        else {
            return Verdict::Pass;
        };
        inner.fired += 1;
        if inner.armed.get(index).is_some_and(Armed::spent) {
            inner.armed.remove(index);
        }
        self.any.store(!inner.armed.is_empty(), Ordering::Release);
        verdict
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    /// Lets a message meet the fault; something only when the fault happens to it.
    fn meet(&mut self, at: Stage) -> Option<Verdict> {
        match &mut self.fault {
            Fault::Status { stage, code, message, times, after } => {
                if *stage != at {
                    return None;
                }
                if self.passed < *after {
                    self.passed += 1;
                    return None;
                }
                *times = times.saturating_sub(1);
                Some(Verdict::Refuse(Status::new(*code, message.clone())))
            }
            Fault::Reset { after, store_last, times } => {
                if at != Stage::Data {
                    return None;
                }
                self.passed += 1;
                if self.passed < *after {
                    return None;
                }
                self.passed = 0;
                *times = times.saturating_sub(1);
                Some(Verdict::Cut { store: *store_last })
            }
            Fault::Stall => None,
        }
    }

    fn spent(&self) -> bool {
        match self.fault {
            Fault::Status { times, .. } | Fault::Reset { times, .. } => times == 0,
            Fault::Stall => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Fault, Faults, Stage, Verdict};

    fn letters(faults: &Faults, stage: Stage, messages: usize) -> String {
        let letter = |_| match faults.judge(stage) {
            Verdict::Pass => '.',
            Verdict::Refuse(_) => 'R',
            Verdict::Cut { store: true } => 'S',
            Verdict::Cut { store: false } => 'C',
        };
        (0..messages).map(letter).collect()
    }

    fn status(stage: Stage, times: u64, after: u64) -> Fault {
        Fault::Status { stage, code: Code::Unavailable, message: "later".into(), times, after }
    }

    #[test]
    fn a_status_happens_at_its_stage_after_its_messages_and_so_many_times() {
        let faults = Faults::default();
        faults.arm(status(Stage::Data, 2, 3));
        assert_eq!(letters(&faults, Stage::Hello, 5), ".....");
        assert_eq!(letters(&faults, Stage::Data, 8), "...RR...");
        assert_eq!((faults.armed(), faults.fired()), (0, 2));
    }

    #[test]
    fn a_reset_counts_anew_after_each_break() {
        let faults = Faults::default();
        faults.arm(Fault::Reset { after: 3, store_last: true, times: 2 });
        assert_eq!(letters(&faults, Stage::Declare, 4), "....");
        assert_eq!(letters(&faults, Stage::Data, 9), "..S..S...");
    }

    #[test]
    fn faults_of_different_stages_do_not_disturb_each_other() {
        let faults = Faults::default();
        faults.arm(status(Stage::Hello, 1, 0));
        faults.arm(Fault::Reset { after: 1, store_last: false, times: 1 });
        assert_eq!(letters(&faults, Stage::Data, 2), "C.");
        assert_eq!(letters(&faults, Stage::Hello, 2), "R.");
    }

    #[test]
    fn clearing_ends_them_all() {
        let faults = Faults::default();
        faults.arm(Fault::Stall);
        faults.arm(status(Stage::Init, 1, 0));
        let stalled = faults.stalled();
        assert!(*stalled.borrow());
        assert_eq!(faults.armed(), 2);
        faults.clear();
        assert!(!*stalled.borrow());
        assert_eq!(faults.armed(), 0);
        assert_eq!(letters(&faults, Stage::Init, 1), ".");
    }
}
