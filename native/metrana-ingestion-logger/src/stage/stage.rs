//! The stage: where accepted data lies in the order it came until the sender takes it, a message at a time.
//!
//! Everything here happens under the lock of the gate. A call is planned first, which changes nothing, and then
//! committed, which cannot fail; what the calls of each kind do is in `kinds`.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use metrana_proto::common::SeriesValueKind;

use crate::books::counters::{Counters, Fate, Kind, Tally};
use crate::books::losses::{FlushMark, Losses};
use crate::books::reports::Reports;
use crate::config::{Backpressure, Config, ErrorStrategy, LogLevel};
use crate::errors::Error;
use crate::names::environments::EnvironmentTable;
use crate::names::ids::LaneId;
use crate::names::ids::SeriesId;
use crate::names::lanes::{Frame, Lanes};
use crate::names::series::Registry;
use crate::points::EnvironmentId;
use crate::points::Width;
use crate::stage::chunk::{Chunk, FRAME, Form, Record, SCALAR_WEIGHT};
use crate::stage::gate::Patience;
use crate::stage::pool::Pool;
use crate::stage::shelf::Shelf;
use crate::tell::events::EventSink;
use crate::wire::{Content, Field};

/// What the envelope may need of a message: run, logger and session ids, the sequence number, the close mark.
const ENVELOPE: usize = 80;

/// What a chunk has room for beyond a message: varints are written with room for their longest form.
const SPARE: usize = 64;

/// A chunk that may become larger than this grows as it is written.
const LARGEST_RESERVE: usize = 4 << 20;

/// A column is not begun in a chunk that has room for fewer points than this; it waits for the next one.
const SMALLEST_PIECE: usize = 1024;

/// A clock that is so many milliseconds behind what was read before was set back.
const CLOCK_SET_BACK: i64 = 1000;

/// What is written of a call.
#[derive(Default)]
pub(crate) struct Staged {
    /// The bytes that it took.
    pub weight: usize,
    /// Whether to wake the sender.
    pub wake_sender: bool,
}

/// What the sender finds when it looks.
#[allow(clippy::large_enum_variant, reason = "it is looked at at once and never kept")]
pub(crate) enum Taken {
    /// A message's worth of data.
    Chunk(Chunk),
    /// Nothing to send before then, unless it is woken.
    Wait(Option<Instant>),
}

/// What a log call does when it cannot go in at once, as the config says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub backpressure: Backpressure,
    pub enqueue_timeout: Duration,
    pub queue_bytes: usize,
    /// Whether collected errors are raised by the next log call.
    pub raise_errors: bool,
}

impl Terms {
    fn of(config: &Config) -> Self {
        Self {
            backpressure: config.backpressure,
            enqueue_timeout: config.enqueue_timeout,
            queue_bytes: config.queue_bytes,
            raise_errors: config.error_strategy == ErrorStrategy::RaiseOnLog,
        }
    }

    pub(crate) fn patience(&self) -> Patience {
        match self.backpressure {
            Backpressure::Block => Patience::Forever,
            Backpressure::DropNew | Backpressure::Raise => Patience::Limited(self.enqueue_timeout),
        }
    }
}

/// When the sender wants staged data.
#[derive(Clone, Copy)]
pub(crate) struct Timing {
    pub linger: Duration,
    pub max_age: Duration,
}

/// How large the points of a column are, at most.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    /// One more point.
    pub point: usize,
    /// Everything else in a batch.
    pub batch: usize,
}

pub(crate) struct Stage {
    pub registry: Registry,
    pub environments: EnvironmentTable,
    pub lanes: Lanes,
    pub counters: Counters,
    pub reports: Reports,
    pub losses: Losses,
    pub terms: Terms,
    pub events: EventSink,
    /// Which logger this is the stage of; 0 is none.
    pub generation: u32,
    pub(super) open: Chunk,
    pub(super) full: VecDeque<Chunk>,
    pub(super) pool: Pool,
    pub(super) max_message: usize,
    /// Records taken in so far, and how many of them are settled; both only grow.
    pub(super) taken: u64,
    pub(super) settled: u64,
    flush_to: u64,
    wake_on_data: bool,
    wake_on_full: bool,
    mis_step_warnings_left: u32,
    /// What the call that is being committed has done so far.
    call: Staged,
    rolled: bool,
    /// Where single values may be put down meanwhile.
    pub shelf: Shelf,
    /// How many more bytes the queue has room for.
    pub spare: usize,
    /// What the clock said when it was last read exactly.
    pub(super) read_last: i64,
    /// Where the rows of the call that is planned go.
    pub rows: Vec<Row>,
}

/// A row of a call: its environment and lane, where they are known.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub environment: Option<EnvironmentId>,
    pub lane: Option<LaneId>,
}

impl Stage {
    /// The stage of a slot that nobody lives in.
    pub(crate) fn vacant() -> Self {
        Self::new(&Config::default(), EventSink::none(), Pool::new(0))
    }

    pub(crate) fn new(config: &Config, events: EventSink, pool: Pool) -> Self {
        Self {
            registry: Registry::default(),
            environments: EnvironmentTable::default(),
            lanes: Lanes::default(),
            counters: Counters::default(),
            reports: Reports::default(),
            losses: Losses::default(),
            terms: Terms::of(config),
            events,
            generation: 0,
            open: pool.take(),
            full: VecDeque::new(),
            pool,
            max_message: config.max_msg_size.saturating_sub(ENVELOPE).max(1),
            taken: 0,
            settled: 0,
            flush_to: 0,
            wake_on_data: false,
            wake_on_full: false,
            mis_step_warnings_left: config.mis_step_warn_budget,
            call: Staged::default(),
            rolled: false,
            shelf: Shelf::default(),
            spare: 0,
            read_last: i64::MIN,
            rows: Vec::new(),
        }
    }

    /// The most bytes that a column of `count` points takes, in however many pieces.
    pub(crate) fn column_weight(&self, count: usize, sizes: Sizes, prefix: usize) -> usize {
        let frame = FRAME + prefix + sizes.batch;
        // Nearly every column is one piece, which is seen without a division.
        let room = self.max_message.saturating_sub(frame);
        let piece =
            if SMALLEST_PIECE * sizes.point <= room { SMALLEST_PIECE } else { (room / sizes.point).max(1) };
        let cuts = if count < piece { 0 } else { count / piece };
        count * sizes.point + (1 + cuts) * frame
    }

    /// A call was committed: what it did.
    pub(crate) fn finish_call(&mut self) -> Staged {
        let mut call = std::mem::take(&mut self.call);
        call.wake_sender = self.wake_on_data || (self.rolled && self.wake_on_full);
        self.rolled = false;
        if call.wake_sender {
            self.wake_on_data = false;
            self.wake_on_full = false;
        }
        call
    }

    /// Counts steps that do not grow, and makes a line of it for the log.
    pub(crate) fn note_mis_steps(&mut self, count: u64, line: impl FnOnce(&Self) -> String) {
        if count == 0 {
            return;
        }
        self.counters.mis_steps += count;
        let within_budget = self.mis_step_warnings_left > 0;
        self.mis_step_warnings_left = self.mis_step_warnings_left.saturating_sub(1);
        let level = if within_budget { LogLevel::Warn } else { LogLevel::Debug };
        self.events.log(level, || line(self));
    }

    /// The clock was read exactly, for the call that is being committed.
    pub(crate) fn note_clock(&mut self, now: i64) {
        // A call may come in a little later than it read the clock. More than that, and the clock was set back.
        if now > self.read_last || self.read_last.saturating_sub(now) > CLOCK_SET_BACK {
            self.read_last = now;
        }
    }

    /// The lane of a series that has just one. What kind its first points are is pinned, where the service did not say.
    pub(crate) fn lane_of(&mut self, id: SeriesId, frame: Frame, kind: SeriesValueKind) -> LaneId {
        let lane = self.registry.get(id).lane;
        lane.unwrap_or_else(|| {
            self.registry.pin_kind(id, kind);
            let lane = self.lanes.add(id, frame, "");
            self.registry.get_mut(id).lane = Some(lane);
            lane
        })
    }

    /// Writes one point of an ordinary series. The next one may go into its tray, if this one was not the first of its
    /// series in the chunk.
    pub(crate) fn put_scalar(&mut self, lane: LaneId, width: Width, step: u64, timestamp: i64, bits: u64) {
        self.make_room(lane, SCALAR_WEIGHT);
        let (slot, fresh) = self.enter(lane);
        self.count(Kind::FloatPoints, 1);
        self.push(|chunk| {
            chunk.push_scalar(fresh, Record { slot, form: Form::Scalar(width), step, timestamp, bits });
        });
        if !fresh {
            self.open_tray(self.lanes.get(lane).series, slot, step);
        }
    }

    /// Writes a column, in as many pieces as the message limit asks for. `make` makes the batch of a piece.
    pub(crate) fn put_column<F: Content>(
        &mut self,
        lane: LaneId,
        kind: Kind,
        count: usize,
        sizes: Sizes,
        mut make: impl FnMut(Range<usize>) -> F,
    ) {
        let mut at = 0;
        while at < count {
            let frame = FRAME + sizes.batch + self.entry_weight(lane);
            let left = self.max_message.saturating_sub(self.filled() + frame);
            let wanted = count - at;
            let room = if wanted * sizes.point <= left { wanted } else { left / sizes.point };
            if room < (count - at).min(SMALLEST_PIECE) && !self.open.is_empty() {
                self.roll();
                continue;
            }
            let end = at + room.max(1);
            let (slot, fresh) = self.enter(lane);
            self.count(kind, end - at);
            if self.open.wire.capacity() == 0 {
                // Growing to this size bit by bit would copy everything once more; what is not written to costs nothing.
                self.open.wire.reserve(self.max_message.min(LARGEST_RESERVE) + SPARE);
            }
            let batch = make(at..end);
            self.push(|chunk| chunk.push_column(slot, fresh, &batch));
            at = end;
        }
    }

    /// Writes something of a lane that cannot be cut.
    pub(crate) fn put_whole(&mut self, lane: LaneId, kind: Kind, content: &impl Content) {
        self.make_room(lane, FRAME + content.field_len());
        let (slot, fresh) = self.enter(lane);
        self.count(kind, 1);
        self.push(|chunk| chunk.push_column(slot, fresh, content));
    }

    /// Writes what is true of all points of a lane; the last one written stays. It follows a `put_whole`.
    pub(crate) fn put_title(&mut self, lane: LaneId, content: &impl Field) {
        let (slot, _) = self.enter(lane);
        self.push(|chunk| chunk.push_title(slot, content));
    }

    /// Writes a field of the request itself, which counts as `n` of its kind.
    pub(crate) fn put_plain(&mut self, kind: Kind, n: usize, content: &impl Field) {
        if !self.open.is_empty() && self.filled() + content.field_len() > self.max_message {
            self.roll();
        }
        self.count(kind, n);
        self.push(|chunk| chunk.push_plain(content));
    }

    /// The most bytes that one message has for content.
    pub(crate) fn max_message(&self) -> usize {
        self.max_message
    }

    fn push(&mut self, write: impl FnOnce(&mut Chunk)) {
        let before = self.open.weight;
        write(&mut self.open);
        self.call.weight += self.open.weight - before;
    }

    /// What a lane's first appearance in the open chunk adds to it, at most.
    fn entry_weight(&self, lane: LaneId) -> usize {
        let lane = self.lanes.get(lane);
        let declared = self.registry.get(lane.series).declared;
        let declaration = if declared { 0 } else { self.registry.declaration_len_of(lane.series) };
        lane.prefix_len() + declaration
    }

    /// Begins a new chunk unless the open one is empty or has room.
    pub(crate) fn make_room(&mut self, lane: LaneId, weight: usize) {
        if !self.open.is_empty() && self.filled() + self.entry_weight(lane) + weight > self.max_message {
            self.roll();
        }
    }

    fn roll(&mut self) {
        self.close_trays();
        let fresh = self.pool.take();
        self.full.push_back(std::mem::replace(&mut self.open, fresh));
        self.rolled = true;
    }

    /// Gives a lane its place in the open chunk, and declares its series where no message does yet. Answers with
    /// the place, and whether it is new.
    fn enter(&mut self, id: LaneId) -> (u32, bool) {
        let lane = self.lanes.get(id);
        let (chunk, slot) = lane.last_written;
        if chunk == self.open.serial {
            return (slot, false);
        }
        let (series, frame) = (lane.series, lane.frame);
        if !self.registry.get(series).declared {
            self.registry.get_mut(series).declared = true;
            let before = self.open.declarations.len();
            self.registry.put_declaration(series, &mut self.open.declarations);
            let weight = self.open.declarations.len() - before;
            self.open.weight += weight;
            self.call.weight += weight;
        }
        let prefix = self.lanes.prefix(self.lanes.get(id));
        let slot = self.open.add_lane(frame.field(), prefix);
        self.lanes.get_mut(id).last_written = (self.open.serial, slot);
        (slot, true)
    }

    fn count(&mut self, kind: Kind, n: usize) {
        if self.open.opened.is_none() {
            self.open.opened = Some(Instant::now());
            self.open.start = self.taken;
        }
        self.taken += 1;
        self.open.end = self.taken;
        self.open.tally.add(kind, n);
        self.counters.of(kind).enqueue(n);
    }

    /// What the sender should send now. `idle`: nothing is unacknowledged; `hurry`: the logger is closing.
    pub(crate) fn take(&mut self, timing: Timing, now: Instant, idle: bool, hurry: bool) -> Taken {
        if let Some(chunk) = self.full.pop_front() {
            return Taken::Chunk(chunk);
        }
        let Some(opened) = self.open.opened else {
            self.wake_on_data = true;
            return Taken::Wait(None);
        };
        // A time that no clock will show never comes.
        let due = opened.checked_add(if idle { timing.linger.min(timing.max_age) } else { timing.max_age });
        if hurry || self.flush_to > self.open.start || due.is_some_and(|due| now >= due) {
            self.close_trays();
            let fresh = self.pool.take();
            return Taken::Chunk(std::mem::replace(&mut self.open, fresh));
        }
        self.wake_on_full = true;
        Taken::Wait(due)
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

    /// A message was acknowledged. Messages end in the order in which they were taken.
    pub(crate) fn settle(&mut self, tally: &Tally, end: u64) {
        self.counters.settle(tally, Fate::Sent);
        self.settled = self.settled.max(end);
    }

    /// A message, or what was left of it, is lost.
    pub(crate) fn lose(&mut self, tally: &Tally, end: u64, why: &Error) {
        self.counters.settle(tally, Fate::Dropped);
        if tally.total() > 0 {
            self.losses.add(self.settled, end, tally.total(), why.clone());
        }
        self.settled = self.settled.max(end);
    }

    /// Everything that is still on its way is lost.
    pub(crate) fn write_off(&mut self) {
        self.close_trays();
        self.counters.write_off();
        self.settled = self.taken;
        self.full.clear();
        self.open = self.pool.take();
    }

    /// Asks for everything taken in so far to be sent at once. Answers with the mark that `flushed` waits for.
    pub(crate) fn request_flush(&mut self) -> FlushMark {
        self.collect_all();
        self.flush_to = self.taken;
        self.losses.mark(self.taken)
    }

    /// How a flush ended. None: something that it waits for has not found its end.
    pub(crate) fn flushed(&mut self, mark: FlushMark) -> Option<Result<(), Error>> {
        (self.settled >= mark.end).then(|| self.losses.answer(mark))
    }
}
