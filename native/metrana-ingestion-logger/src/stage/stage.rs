//! The stage: where accepted data lies in the order it came until the sender takes it, a message at a time.
//!
//! Everything here happens under the lock of the gate. A call is planned first, which changes nothing, and then
//! committed, which cannot fail; what the calls of each kind do is in `kinds`.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::books::Books;
use crate::books::counters::{Fate, Kind, Tally};
use crate::books::losses::FlushMark;
use crate::config::{Backpressure, Config, ErrorStrategy};
use crate::errors::Error;
use crate::names::Names;
use crate::names::ids::{LaneId, SeriesId};
use crate::names::lanes::Frame;
use crate::names::series::Nature;
use crate::points::EnvironmentId;
use crate::points::Width;
use crate::stage::chunk::{Chunk, FRAME, Form, Record, SCALAR_WEIGHT};
use crate::stage::chunk_log::{ChunkLog, Look, Timing};
use crate::stage::gate::Patience;
use crate::stage::pool::Pool;
use crate::stage::shelf::Shelf;
use crate::tell::lines::{Line, Lines};
use crate::wire::{Content, MessageField};

/// What is kept free for the envelope of a message even where it needs less, so that messages are cut alike in all runs.
const ENVELOPE: usize = 80;

/// What a chunk has room for beyond a message: varints are written with room for their longest form.
const SPARE: usize = 64;

/// A chunk that may become larger than this grows as it is written.
const LARGEST_RESERVE: usize = 4 << 20;

/// A column is not begun in a chunk that has room for fewer points than this; it waits for the next one.
const SMALLEST_PIECE: usize = 1024;

/// A clock that is so many milliseconds behind what was read before was set back.
const CLOCK_SET_BACK: i64 = 1000;

/// How long a call waits for room that does not block for as long as it takes, where the config does not say.
const USUAL_PATIENCE: Duration = Duration::from_secs(1);

/// What is written of a call.
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
    /// How long it waits for room. None: as long as it takes.
    pub enqueue_timeout: Option<Duration>,
    pub queue_bytes: usize,
    /// Whether collected errors are raised by the next log call.
    pub raise_errors: bool,
}

impl Terms {
    fn of(config: &Config) -> Self {
        Self {
            backpressure: config.backpressure,
            enqueue_timeout: match config.backpressure {
                Backpressure::Block => config.enqueue_timeout,
                Backpressure::DropNew | Backpressure::Raise => {
                    Some(config.enqueue_timeout.unwrap_or(USUAL_PATIENCE))
                }
            },
            queue_bytes: config.queue_bytes,
            raise_errors: config.error_strategy == ErrorStrategy::RaiseOnLog,
        }
    }

    pub(crate) fn patience(&self) -> Patience {
        self.enqueue_timeout.map_or(Patience::Forever, Patience::Limited)
    }
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
    pub names: Names,
    pub books: Books,
    pub chunks: ChunkLog,
    pub terms: Terms,
    pub events: Lines,
    /// Which logger this is the stage of; 0 is none.
    pub generation: u32,
    pub(super) max_message: usize,
    /// The bytes that the call which is being committed has taken so far.
    weight: usize,
    /// Where single values may be put down meanwhile.
    pub shelf: Shelf,
    /// How many more bytes the queue has room for.
    pub spare: usize,
    /// What the clock said when it was last read exactly.
    pub(super) read_last: i64,
    /// Where the rows of the call that is planned go.
    pub rows: Vec<Row>,
    /// What the close of the run will say besides that it ends.
    pub close_message: Box<str>,
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
        Self::new(&Config::default(), 0, Lines::none(), Pool::new(0))
    }

    /// `envelope`: the most bytes that a message needs besides its content.
    pub(crate) fn new(config: &Config, envelope: usize, events: Lines, pool: Pool) -> Self {
        let max_message = config.max_msg_size.saturating_sub(envelope.max(ENVELOPE)).max(1);
        Self {
            names: Names::new(max_message),
            books: Books::new(config.mis_step_warn_budget),
            chunks: ChunkLog::new(pool),
            terms: Terms::of(config),
            events,
            generation: 0,
            max_message,
            weight: 0,
            shelf: Shelf::default(),
            spare: 0,
            read_last: i64::MIN,
            rows: Vec::new(),
            close_message: Box::default(),
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
        Staged { weight: std::mem::take(&mut self.weight), wake_sender: self.chunks.wakes_sender() }
    }

    /// Counts steps that do not grow, and makes a line of it for the log.
    pub(crate) fn note_mis_steps(&mut self, count: u64, line: impl FnOnce(&Self) -> Line) {
        if count == 0 {
            return;
        }
        let level = self.books.note_mis_steps(count);
        self.events.log(level, || line(self));
    }

    /// The clock was read exactly, for the call that is being committed.
    pub(crate) fn note_clock(&mut self, now: i64) {
        // A call may come in a little later than it read the clock. More than that, and the clock was set back.
        if now > self.read_last || self.read_last.saturating_sub(now) > CLOCK_SET_BACK {
            self.read_last = now;
        }
    }

    /// The lane of a series that has just one. What the service did not say of the series, its first points say.
    pub(crate) fn lane_of(&mut self, id: SeriesId, frame: Frame, nature: Nature) -> LaneId {
        let Names { registry, lanes, .. } = &mut self.names;
        registry.get(id).lane.unwrap_or_else(|| {
            registry.complete(id, nature);
            let lane = lanes.add(id, frame, "");
            registry.get_mut(id).lane = Some(lane);
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
            self.open_tray(self.names.lanes.get(lane).series, slot, step);
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
            if room < (count - at).min(SMALLEST_PIECE) && !self.chunks.open.is_empty() {
                self.roll();
                continue;
            }
            let end = at + room.max(1);
            let (slot, fresh) = self.enter(lane);
            self.count(kind, end - at);
            if self.chunks.open.wire.capacity() == 0 {
                // Growing to this size bit by bit would copy everything once more; what is not written to costs nothing.
                self.chunks.open.wire.reserve(self.max_message.min(LARGEST_RESERVE) + SPARE);
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
    pub(crate) fn put_title(&mut self, lane: LaneId, content: &impl MessageField) {
        let (slot, _) = self.enter(lane);
        self.push(|chunk| chunk.push_title(slot, content));
    }

    /// Writes a field of the request itself, which counts as `n` of its kind.
    pub(crate) fn put_plain(&mut self, kind: Kind, n: usize, content: &impl MessageField) {
        if !self.chunks.open.is_empty() && self.filled() + content.field_len() > self.max_message {
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
        let before = self.chunks.open.weight;
        write(&mut self.chunks.open);
        self.weight += self.chunks.open.weight - before;
    }

    /// What a lane's first appearance in the open chunk adds to it, at most.
    fn entry_weight(&self, lane: LaneId) -> usize {
        let lane = self.names.lanes.get(lane);
        let declared = self.names.registry.get(lane.series).declared;
        let declaration = if declared { 0 } else { self.names.registry.declaration_len_of(lane.series) };
        lane.prefix_len() + declaration
    }

    /// Begins a new chunk unless the open one is empty or has room.
    pub(crate) fn make_room(&mut self, lane: LaneId, weight: usize) {
        if !self.chunks.open.is_empty() && self.filled() + self.entry_weight(lane) + weight > self.max_message
        {
            self.roll();
        }
    }

    fn roll(&mut self) {
        self.close_trays();
        self.chunks.roll();
    }

    /// Gives a lane its place in the open chunk, and declares its series where no message does yet. Answers with
    /// the place, and whether it is new.
    fn enter(&mut self, id: LaneId) -> (u32, bool) {
        let Self { names, chunks, .. } = self;
        let open = &mut chunks.open;
        let lane = names.lanes.get(id);
        let (chunk, slot) = lane.last_written;
        if chunk == open.serial {
            return (slot, false);
        }
        let (series, frame) = (lane.series, lane.frame);
        if !names.registry.get(series).declared {
            let before = open.declarations.len();
            names.declare(series, &mut open.declarations);
            let weight = open.declarations.len() - before;
            open.weight += weight;
            self.weight += weight;
        }
        let prefix = names.lanes.prefix(names.lanes.get(id));
        let slot = open.add_lane(frame.field(), prefix);
        names.lanes.get_mut(id).last_written = (open.serial, slot);
        (slot, true)
    }

    fn count(&mut self, kind: Kind, n: usize) {
        self.chunks.count(kind, n);
        self.books.counters.of(kind).enqueue(n);
    }

    /// What the sender should send now. `idle`: nothing is unacknowledged; `hurry`: the logger is closing.
    pub(crate) fn take(&mut self, timing: Timing, now: Instant, idle: bool, hurry: bool) -> Taken {
        if let Some(chunk) = self.chunks.take_full() {
            return Taken::Chunk(chunk);
        }
        match self.chunks.look(timing, now, idle, hurry) {
            Look::Wait(until) => Taken::Wait(until),
            Look::Due => {
                self.close_trays();
                Taken::Chunk(self.chunks.close())
            }
        }
    }

    /// What is staged, or has room set aside for it.
    #[cfg(test)]
    pub(crate) fn staged_weight(&self) -> usize {
        self.filled() + self.chunks.full_weight()
    }

    /// A message was acknowledged. Messages end in the order in which they were taken.
    pub(crate) fn settle(&mut self, tally: &Tally, end: u64) {
        self.books.counters.settle(tally, Fate::Sent);
        self.chunks.settle(end);
    }

    /// A message, or what was left of it, is lost.
    pub(crate) fn lose(&mut self, tally: &Tally, end: u64, why: &Error) {
        self.books.counters.settle(tally, Fate::Dropped);
        if tally.total() > 0 {
            self.books.losses.add(self.chunks.settled(), end, tally.total(), why.clone());
        }
        self.chunks.settle(end);
    }

    /// Keeps an error for whoever asks.
    pub(crate) fn report(&mut self, error: Error) {
        if self.terms.raise_errors {
            // The next call has to hear of it.
            self.close_trays();
        }
        self.books.report(error);
    }

    /// What comes to a series from here on is turned down: the service refused it.
    pub(crate) fn condemn(&mut self, id: SeriesId, error: Error) {
        self.withdraw(id);
        self.names.registry.refuse(id, error);
    }

    /// Part of a message is lost: of one that is not settled, whose records begin after `start`.
    pub(crate) fn lose_part(&mut self, tally: &Tally, start: u64, end: u64, why: &Error) {
        self.books.counters.settle(tally, Fate::Dropped);
        self.books.losses.add(start, end, tally.total(), why.clone());
    }

    /// Everything that is still on its way is lost.
    pub(crate) fn write_off(&mut self) {
        self.close_trays();
        self.books.counters.write_off();
        self.chunks.write_off();
    }

    /// Asks for everything taken in so far to be sent at once. Answers with the mark that `flushed` waits for.
    pub(crate) fn request_flush(&mut self) -> FlushMark {
        self.collect_all();
        self.books.losses.mark(self.chunks.request_flush())
    }

    /// Whether a flush was asked for, and what it is about has not found its end.
    pub(crate) fn is_flushing(&self) -> bool {
        self.chunks.is_flushing()
    }

    /// How a flush ended. None: something that it waits for has not found its end.
    pub(crate) fn flushed(&mut self, mark: FlushMark) -> Option<Result<(), Error>> {
        (self.chunks.settled() >= mark.end).then(|| self.books.losses.answer(mark))
    }
}
