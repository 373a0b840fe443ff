//! The stage: where accepted data lies in the order it came until the sender takes it, a message at a time.
//!
//! Everything here happens under the lock of `queue`. A call is planned first, which changes nothing, and then
//! committed, which cannot fail.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use metrana_proto::types::OrderingMode;

use crate::batch::{self, Batch, BatchSteps, BatchTimes};
use crate::chunk::{Chunk, Form, Record, SCALAR_WEIGHT};
use crate::counters::{Counters, Fate, Tally};
use crate::errors::Error;
use crate::points::{StdFloats, Steps, Timestamps, Values};
use crate::pool::Pool;
use crate::reports::Reports;
use crate::series::{Key, Registry, SeriesId};
use crate::validate;

/// What the envelope may need of a message: run, logger and session ids, the sequence number, the close mark.
const ENVELOPE: usize = 80;

/// A column is not begun in a chunk that has room for fewer points than this; it waits for the next one.
const SMALLEST_PIECE: usize = 1024;

/// What a valid call will do.
pub(crate) struct Plan {
    /// None: the series is new.
    series: Option<SeriesId>,
    first_step: u64,
    /// The largest step that the call brings.
    last_step: u64,
    mis_steps: u64,
}

/// What the sender must hear of a call.
pub(crate) struct Staged {
    /// Whether to wake the sender.
    pub wake_sender: bool,
    /// A warning about steps that do not grow, and whether it is still within the budget for warnings.
    pub mis_step: Option<(String, bool)>,
}

/// What the sender finds when it looks.
pub(crate) enum Next {
    /// A message's worth of data.
    Chunk(Chunk),
    /// Nothing to send before then, unless it is woken.
    Wait(Option<Instant>),
}

/// When the sender wants staged data.
#[derive(Clone, Copy)]
pub(crate) struct Timing {
    pub linger: Duration,
    pub max_age: Duration,
}

pub(crate) struct Stage {
    pub registry: Registry,
    pub counters: Counters,
    pub reports: Reports,
    open: Chunk,
    full: VecDeque<Chunk>,
    pool: Pool,
    max_message: usize,
    /// Records taken in so far, and how many of them are settled; both only grow.
    taken: u64,
    settled: u64,
    flush_to: u64,
    wake_on_data: bool,
    wake_on_full: bool,
    mis_step_warnings_left: u32,
}

impl Stage {
    pub(crate) fn new(registry: Registry, pool: Pool, max_message: usize, mis_step_warn_budget: u32) -> Self {
        Self {
            registry,
            counters: Counters::default(),
            reports: Reports::default(),
            open: pool.take(),
            full: VecDeque::new(),
            pool,
            max_message: max_message.saturating_sub(ENVELOPE).max(1),
            taken: 0,
            settled: 0,
            flush_to: 0,
            wake_on_data: false,
            wake_on_full: false,
            mis_step_warnings_left: mis_step_warn_budget,
        }
    }

    /// Checks a call against everything that is known, and says how many bytes it needs at most.
    pub(crate) fn plan(&self, key: &Key<'_>, call: &StdFloats<'_>) -> Result<(usize, Plan), Error> {
        let ordering = OrderingMode::AbsoluteOrdered;
        let series = self.registry.find(key);
        match series {
            Some(id) => self.registry.check_known(id, ordering)?,
            None => self.registry.check_new(key, ordering)?,
        }
        let count = call.values.len();
        let last = series.and_then(|id| self.registry.get(id).last_step);
        let (first_step, last_step, mis_steps) = match call.steps {
            Steps::Auto => {
                let first = last.map_or(0, |last| last + 1);
                (first, validate::step_range(first, count)?, 0)
            }
            Steps::From(first) => {
                let end = validate::step_range(first, count)?;
                let mis = last.map_or(0, |last| (last + 1).saturating_sub(first).min(count as u64));
                (first, end, mis)
            }
            Steps::Each(steps) => {
                let (highest, mis_steps) = validate::steps_each(steps, last)?;
                (0, highest.unwrap_or(0), mis_steps)
            }
        };
        let declaration = match series {
            Some(id) if self.registry.get(id).declared => 0,
            _ => Registry::declaration_len(key),
        };
        let weight = declaration + self.weight_of(call);
        Ok((weight, Plan { series, first_step, last_step, mis_steps }))
    }

    /// The most bytes that a call can take, in however many pieces.
    fn weight_of(&self, call: &StdFloats<'_>) -> usize {
        let count = call.values.len();
        if count == 1 {
            return SCALAR_WEIGHT;
        }
        let point = Self::worst_point(call);
        let pieces =
            1 + count / (self.max_message.saturating_sub(batch::FRAME) / point).clamp(1, SMALLEST_PIECE);
        count * point + pieces * batch::FRAME
    }

    fn worst_point(call: &StdFloats<'_>) -> usize {
        batch::worst_point_len(
            call.values.width(),
            matches!(call.steps, Steps::Each(_)),
            matches!(call.timestamps, Timestamps::Each(_)),
        )
    }

    /// Writes a planned call. Answers with the bytes it took.
    pub(crate) fn commit(
        &mut self,
        key: &Key<'_>,
        call: &StdFloats<'_>,
        now: i64,
        plan: &Plan,
    ) -> (usize, Staged) {
        let id = plan.series.unwrap_or_else(|| self.registry.add(key, OrderingMode::AbsoluteOrdered, None));
        let mis_step = self.note_mis_steps(id, plan);
        let before = self.open.weight;
        let mut rolled = 0;
        let count = call.values.len();
        if count == 1 {
            rolled += self.make_room(id, SCALAR_WEIGHT);
            self.declare(id);
            self.stage_scalar(id, call, now, plan.first_step);
        } else {
            rolled += self.stage_column(id, call, now, plan.first_step);
        }
        let series = self.registry.get_mut(id);
        series.last_step = Some(series.last_step.map_or(plan.last_step, |last| last.max(plan.last_step)));
        self.counters.float_points.enqueue(count as u64);
        let wake_sender = self.wake_on_data || (rolled > 0 && self.wake_on_full);
        if wake_sender {
            self.wake_on_data = false;
            self.wake_on_full = false;
        }
        (rolled + self.open.weight - before, Staged { wake_sender, mis_step })
    }

    /// Books a valid call that found no room.
    pub(crate) fn refuse(&mut self, points: usize) {
        self.counters.float_points.refuse(points as u64);
    }

    fn note_mis_steps(&mut self, id: SeriesId, plan: &Plan) -> Option<(String, bool)> {
        if plan.mis_steps == 0 {
            return None;
        }
        self.counters.mis_steps += plan.mis_steps;
        let within_budget = self.mis_step_warnings_left > 0;
        self.mis_step_warnings_left = self.mis_step_warnings_left.saturating_sub(1);
        let series = self.registry.get(id);
        let last = series.last_step.map_or_else(|| "none".to_owned(), |last| last.to_string());
        let text = format!(
            "{} step(s) of a call did not grow (largest incoming: {}, current last: {last}) on metric: {}; \
             the service may not keep them",
            plan.mis_steps,
            plan.last_step,
            series.name()
        );
        Some((text, within_budget))
    }

    /// Begins a new chunk unless the open one is empty or has room. Answers with the weight of a chunk that closed,
    /// less what it weighed when this call came (see `commit`).
    fn make_room(&mut self, id: SeriesId, weight: usize) -> usize {
        let declaration =
            if self.registry.get(id).declared { 0 } else { self.registry.declaration_len_of(id) };
        if self.open.is_empty() || self.open.weight + declaration + weight <= self.max_message {
            return 0;
        }
        self.roll()
    }

    fn roll(&mut self) -> usize {
        let fresh = self.pool.take();
        let closed = std::mem::replace(&mut self.open, fresh);
        let weight = closed.weight;
        self.full.push_back(closed);
        weight
    }

    /// Puts the declaration of a series into the message that first uses it.
    fn declare(&mut self, id: SeriesId) {
        if self.registry.get(id).declared {
            return;
        }
        self.registry.get_mut(id).declared = true;
        let before = self.open.declarations.len();
        self.registry.put_declaration(id, &mut self.open.declarations);
        self.open.weight += self.open.declarations.len() - before;
    }

    fn count_record(&mut self, points: usize) {
        if self.open.opened.is_none() {
            self.open.opened = Some(Instant::now());
            self.open.start = self.taken;
        }
        self.taken += 1;
        self.open.end = self.taken;
        self.open.tally.float_points += points as u64;
    }

    fn stage_scalar(&mut self, id: SeriesId, call: &StdFloats<'_>, now: i64, first_step: u64) {
        let step = match call.steps {
            Steps::Each(steps) => steps[0],
            Steps::Auto | Steps::From(_) => first_step,
        };
        let timestamp = match call.timestamps {
            Timestamps::Now => now,
            Timestamps::At(millis) => millis,
            Timestamps::Each(millis) => millis[0],
        };
        let bits = match call.values {
            Values::F64(values) => values[0].to_bits(),
            Values::F32(values) => u64::from(values[0].to_bits()),
        };
        self.count_record(1);
        let record = Record { series: id, form: Form::Scalar(call.values.width()), step, timestamp, bits };
        self.open.push_scalar(self.registry.get_mut(id), record);
    }

    /// Writes a column, in as many pieces as the message limit asks for. Answers with the weight of closed chunks.
    fn stage_column(&mut self, id: SeriesId, call: &StdFloats<'_>, now: i64, first_step: u64) -> usize {
        let count = call.values.len();
        let width = call.values.width();
        let (bytes, point) = (call.values.bytes(), Self::worst_point(call));
        let mut rolled = 0;
        let mut at = 0;
        while at < count {
            let declaration =
                if self.registry.get(id).declared { 0 } else { self.registry.declaration_len_of(id) };
            let left = self.max_message.saturating_sub(self.open.weight + declaration + batch::FRAME);
            let room = (left / point).min(count - at);
            if room < (count - at).min(SMALLEST_PIECE) && !self.open.is_empty() {
                rolled += self.roll();
                continue;
            }
            let end = at + room.max(1);
            self.declare(id);
            self.count_record(end - at);
            let batch = Batch {
                values: &bytes[at * width.bytes()..end * width.bytes()],
                width,
                steps: match call.steps {
                    Steps::Each(steps) => BatchSteps::Each(&steps[at..end]),
                    Steps::Auto | Steps::From(_) => BatchSteps::From(first_step + at as u64),
                },
                timestamps: match call.timestamps {
                    Timestamps::Now => BatchTimes::At(now),
                    Timestamps::At(millis) => BatchTimes::At(millis),
                    Timestamps::Each(millis) => BatchTimes::Each(&millis[at..end]),
                },
            };
            self.open.push_column(id, self.registry.get_mut(id), &batch);
            at = end;
        }
        rolled
    }

    /// What the sender should send now. `idle`: nothing is unacknowledged; `hurry`: the logger is closing.
    pub(crate) fn take(&mut self, timing: Timing, now: Instant, idle: bool, hurry: bool) -> Next {
        if let Some(chunk) = self.full.pop_front() {
            return Next::Chunk(chunk);
        }
        let Some(opened) = self.open.opened else {
            self.wake_on_data = true;
            return Next::Wait(None);
        };
        let due = opened + if idle { timing.linger.min(timing.max_age) } else { timing.max_age };
        if hurry || self.flush_to > self.open.start || now >= due {
            let fresh = self.pool.take();
            return Next::Chunk(std::mem::replace(&mut self.open, fresh));
        }
        self.wake_on_full = true;
        Next::Wait(Some(due))
    }

    /// Whether there is something for the sender; if not, it will be woken when there is.
    pub(crate) fn wants_sender(&mut self) -> bool {
        self.wake_on_data = self.is_drained();
        !self.wake_on_data
    }

    pub(crate) fn pool(&self) -> Pool {
        self.pool.clone()
    }

    /// Whether there is nothing left for the sender to take.
    pub(crate) fn is_drained(&self) -> bool {
        self.full.is_empty() && self.open.is_empty()
    }

    /// A message found its end. Messages end in the order in which they were taken.
    pub(crate) fn settle(&mut self, tally: &Tally, end: u64, fate: Fate) {
        self.counters.settle(tally, fate);
        self.settled = self.settled.max(end);
    }

    /// Everything that is still on its way is lost.
    pub(crate) fn write_off(&mut self) {
        self.counters.write_off();
        self.settled = self.taken;
        self.full.clear();
        self.open = self.pool.take();
    }

    /// Asks for everything taken in so far to be sent at once. Answers with the mark that `is_settled` waits for.
    pub(crate) fn request_flush(&mut self) -> u64 {
        self.flush_to = self.taken;
        self.taken
    }

    pub(crate) fn is_settled(&self, mark: u64) -> bool {
        self.settled >= mark
    }
}
