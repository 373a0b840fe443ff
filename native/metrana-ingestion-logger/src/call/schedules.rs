//! Random schedules of everything that can happen between a call and its acknowledgement, on a clock that stands still:
//! whatever the order, the messages say what the calls said, the books add up at every instant, and the same seed does the
//! same again, byte for byte.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::time::Duration;

use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::PointBatch;
use prost::Message as _;

use super::admit::admit;
use super::by_handle;
use crate::books::counters::{KindCounters, Tally};
use crate::books::losses::FlushMark;
use crate::clock::{self, manual::Manual};
use crate::config::{Backpressure, Config};
use crate::deliver::seal::Sealer;
use crate::errors::{Error, Status};
use crate::kinds::histogram::{Bins, Histogram, HistogramCall, Histograms};
use crate::kinds::several::{BatchCall, Piece};
use crate::names::ids::SeriesId;
use crate::names::key::{Key, LabelRoom, World};
use crate::names::series::Nature;
use crate::points::{
    EnvironmentId, Environments, RlFloats, SeriesHandle, Spread, StdFloats, StepStrategy, Steps, Timestamps,
    Values,
};
use crate::stage::pool::Pool;
use crate::stage::slots::{self, Slot};
use crate::stage::{Stage, Taken, Timing};
use crate::tell::lines::Lines;

const SERIES: [&str; 5] = ["a", "b", "c", "d", "e"];
const TIMING: Timing = Timing { linger: Duration::from_millis(10), max_age: Duration::from_secs(1) };

/// A random number generator that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("below a usize")
    }
}

/// A message that was taken and has no end yet.
struct Held {
    tally: Tally,
    weight: usize,
    end: u64,
}

/// A logger without a network, and what is known of it.
struct Rehearsal {
    dice: Dice,
    clock: Manual,
    slot: &'static Slot,
    handles: Vec<SeriesHandle>,
    rl: SeriesHandle,
    limit: usize,
    queue: usize,
    sealer: Sealer,
    held: VecDeque<Held>,
    last_number: u64,
    /// Points that were accepted, of each ordinary series: steps and values.
    said: Vec<Vec<(u64, u64)>>,
    /// Series that messages declared.
    declared: BTreeSet<u64>,
    /// Points that messages brought.
    heard: BTreeMap<u64, Vec<(u64, u64)>>,
    said_rl: u64,
    said_histograms: u64,
    /// Marks that flushes wait for.
    marks: Vec<FlushMark>,
    /// Everything that could be seen from outside, in its order.
    transcript: Vec<u8>,
}

impl Rehearsal {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let clock = Manual::begin();
        let limit = [1 << 10, 1 << 14, 1 << 20][dice.below(3)];
        let queue = [1 << 14, 1 << 17, 64 << 20][dice.below(3)];
        let config = Config {
            max_msg_size: limit,
            queue_bytes: queue,
            backpressure: Backpressure::Raise,
            enqueue_timeout: Some(Duration::ZERO),
            ..Config::default()
        };
        let mut stage = Stage::new(&config, 0, Lines::none(), Pool::new(queue));
        let mut add = |metric: &str, world, nature| {
            let mut room = LabelRoom::new();
            let id = stage.names.registry.add(&Key::new(world, metric, "S", &[], &mut room), nature, None);
            stage.names.keep_declarations(id.index());
            id.as_index()
        };
        let ids = SERIES.map(|metric| add(metric, World::Std, Nature::STD));
        let rl = add("rl", World::Rl, Nature::rl(true, false));
        for name in ["x", "y"] {
            stage.names.environments.find_or_add(name);
        }
        let slot = slots::occupy(stage, queue).expect("a slot");
        let generation = slot.gate.lock().expect("sound").inner.generation;
        let handle = |series| SeriesHandle { slot: slot.index, generation, series };
        Self {
            dice,
            clock,
            slot,
            handles: ids.map(handle).to_vec(),
            rl: handle(rl),
            limit,
            queue,
            sealer: Sealer::default(),
            held: VecDeque::new(),
            last_number: 0,
            said: vec![Vec::new(); SERIES.len()],
            declared: BTreeSet::new(),
            heard: BTreeMap::new(),
            said_rl: 0,
            said_histograms: 0,
            marks: Vec::new(),
            transcript: Vec::new(),
        }
    }

    fn next_step(&self, series: usize) -> u64 {
        self.said[series].iter().map(|(step, _)| step + 1).max().unwrap_or(0)
    }

    fn values(&mut self, most: usize) -> Vec<f64> {
        let count = 1 + self.dice.below(most);
        (0..count).map(|_| f64::from_bits(self.dice.next() >> 2)).collect()
    }

    fn was_accepted(&mut self, outcome: Result<(), Error>) -> bool {
        let accepted = match outcome {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error.status, Status::QueueFull, "{error}");
                false
            }
        };
        self.transcript.push(u8::from(accepted));
        accepted
    }

    fn say(&mut self, series: usize, steps: impl Iterator<Item = u64>, values: &[f64]) {
        self.said[series].extend(steps.zip(values.iter().map(|value| value.to_bits())));
    }

    fn scalar(&mut self) {
        let series = self.dice.below(SERIES.len());
        let value = f64::from_bits(self.dice.next() >> 2);
        let outcome = by_handle::log_scalar(self.handles[series], value);
        if self.was_accepted(outcome) {
            let step = self.next_step(series);
            self.say(series, step.., &[value]);
        }
    }

    fn column(&mut self) {
        let series = self.dice.below(SERIES.len());
        let most = [3, 100, 4000][self.dice.below(3)];
        let values = self.values(most);
        let next = self.next_step(series);
        let first = next + self.dice.below(3) as u64;
        let each: Vec<u64> = (0..values.len() as u64).map(|n| first + n * 3).collect();
        let times: Vec<i64> = each.iter().map(|step| step.cast_signed()).collect();
        let (steps, said): (_, Vec<u64>) = match self.dice.below(3) {
            0 => (Steps::Auto, (next..).take(values.len()).collect()),
            1 => (Steps::From(first), (first..).take(values.len()).collect()),
            _ => (Steps::Each(&each), each.clone()),
        };
        let timestamps = [Timestamps::Now, Timestamps::At(-5), Timestamps::Each(&times)][self.dice.below(3)];
        let outcome = by_handle::log_std(self.handles[series], Values::F64(&values), steps, timestamps);
        if self.was_accepted(outcome) {
            self.say(series, said.into_iter(), &values);
        }
    }

    /// Two series in one call, and the first of them twice, with rows and a histogram between them.
    fn batch(&mut self) {
        let (one, other) = (self.dice.below(SERIES.len()), self.dice.below(SERIES.len()));
        let columns = [self.values(4), self.values(400), self.values(4)];
        let order = [one, other, one];
        let mut calls: Vec<Piece<'_>> =
            order.iter().zip(&columns).map(|(series, values)| floats(*series, values).into()).collect();
        let grid = self.values(1);
        let grid = [grid[0], 0.5];
        let one = [Histogram { edges: &[0.0, 1.0], bins: Bins::Counts(&[5]), stats: None }];
        let step = [self.said_histograms];
        let mixed = self.dice.below(2) == 0;
        if mixed {
            let rl_step = self.dice.next() % 10;
            calls.insert(1, Piece::KnownRl(self.rl, rows(rl_step, &grid)));
            calls.insert(2, histogram(&one, &step).into());
        }
        let mut rooms: Vec<_> = calls.iter().map(|_| LabelRoom::new()).collect();
        let resolve = |handle: SeriesHandle| Ok(SeriesId::from_index(handle.series));
        let outcome = BatchCall::new(&calls, &mut rooms, resolve, clock::now_millis())
            .and_then(|call| admit(self.slot, self.handles[0].generation, &call));
        if self.was_accepted(outcome) {
            for (series, values) in order.into_iter().zip(&columns) {
                let step = self.next_step(series);
                self.say(series, step.., values);
            }
            if mixed {
                self.said_rl += 2;
                self.said_histograms += 1;
            }
        }
    }

    fn rows(&mut self) {
        let mut values = self.values(300);
        if values.len() % 2 == 1 {
            values.push(0.5);
        }
        let rows = rows(self.dice.next() % 10, &values);
        let outcome = by_handle::log_rl(self.rl, &rows);
        if self.was_accepted(outcome) {
            self.said_rl += values.len() as u64;
        }
    }

    fn histogram(&mut self) {
        let one = [Histogram { edges: &[0.0, 1.0], bins: Bins::Counts(&[5]), stats: None }];
        let steps = [self.said_histograms];
        let call = histogram(&one, &steps);
        let mut room = LabelRoom::new();
        let outcome = HistogramCall::new(&call, &mut room, clock::now_millis())
            .and_then(|call| admit(self.slot, self.handles[0].generation, &call));
        if self.was_accepted(outcome) {
            self.said_histograms += 1;
        }
    }

    /// What the sender does when it looks. Answers whether there was a message.
    fn take(&mut self, hurry: bool) -> bool {
        let mut state = self.slot.gate.lock().expect("sound");
        let idle = self.held.is_empty();
        let taken = state.inner.take(TIMING, clock::instant(), idle, hurry);
        drop(state);
        let Taken::Chunk(chunk) = taken else { return false };
        assert_eq!(chunk.number, self.last_number + 256, "numbers have no gap");
        self.last_number = chunk.number;
        let mut sealed = Vec::new();
        if self.sealer.seal(&chunk, &mut sealed) {
            sealed.extend_from_slice(&chunk.wire);
        }
        assert!(sealed.len() <= chunk.weight, "{} bytes weigh {}", sealed.len(), chunk.weight);
        let one_only = chunk.records.len() == 1;
        assert!(sealed.len() <= self.limit - 80 || one_only, "{} bytes in a message", sealed.len());
        self.hear(&sealed);
        self.transcript.extend_from_slice(&sealed);
        self.held.push_back(Held { tally: chunk.tally, weight: chunk.weight, end: chunk.end });
        self.slot.gate.lock().expect("sound").inner.chunks.pool().give_back(chunk);
        true
    }

    fn hear(&mut self, sealed: &[u8]) {
        let message = UpdateRunRequest::decode(sealed).expect("a message");
        for declaration in &message.series_declarations {
            assert!(self.declared.insert(declaration.declaration_id), "a series is declared by one message");
        }
        let mut fields = BTreeSet::new();
        for series in message.series {
            assert!(fields.insert(series.series_id), "all points of a series stand in one field");
            assert!(self.declared.contains(&series.series_id), "no points come before their declaration");
            let heard = self.heard.entry(series.series_id).or_default();
            series.point_batches.iter().for_each(|batch| heard.extend(points(batch)));
        }
    }

    /// The oldest message finds its end.
    fn settle(&mut self) {
        let Some(Held { tally, weight, end }) = self.held.pop_front() else { return };
        let mut state = self.slot.gate.lock().expect("sound");
        if self.dice.below(5) == 0 {
            state.inner.lose(&tally, end, &Error::new(Status::SenderStopped, "lost"));
        } else {
            state.inner.settle(&tally, end);
        }
        state.release(weight);
        self.slot.gate.announce(state);
    }

    fn flush(&mut self) {
        let mark = self.slot.gate.lock().expect("sound").inner.request_flush();
        self.marks.push(mark);
        // It goes out at once, whatever the clock says.
        while self.take(false) {}
        assert!(self.slot.gate.lock().expect("sound").inner.chunks.is_drained(), "a flush waits for nothing");
    }

    fn act(&mut self) {
        match self.dice.below(17) {
            0..=5 => self.scalar(),
            6 | 7 => self.column(),
            8 => self.batch(),
            9 => self.rows(),
            10 => self.histogram(),
            11 => {
                let millis = self.dice.next() % 30;
                self.clock.advance(Duration::from_millis(millis));
            }
            12 | 13 => drop(self.take(false)),
            16 => {
                // Somebody sets the clock on the wall: an hour back, a year on, before 1970.
                let by = [-3_600_000, 31_536_000_000, -40_000_000_000, 5][self.dice.below(4)];
                self.clock.set_wall_by(by);
            }
            14 => self.settle(),
            _ => self.flush(),
        }
        self.check();
    }

    /// What has to hold at every instant.
    fn check(&mut self) {
        let mut state = self.slot.gate.lock().expect("sound");
        state.catch_up();
        let under_way: usize = self.held.iter().map(|message| message.weight).sum();
        assert_eq!(
            state.held(),
            state.inner.staged_weight() + under_way,
            "the queue holds what is not settled"
        );
        let largest = self.queue.max(1 << 16);
        assert!(state.held() <= largest, "{} bytes in a queue of {}", state.held(), self.queue);
        let counters = state.inner.books.counters;
        assert!(counters.kinds().into_iter().all(KindCounters::balanced), "{counters:?}");
        for mark in &self.marks {
            let answer = match state.inner.flushed(*mark) {
                None => 0,
                Some(Ok(())) => 1,
                Some(Err(_)) => 2,
            };
            self.transcript.push(answer);
        }
        drop(state);
    }

    /// Ends it, and answers what could be seen from outside.
    fn end(mut self) -> Vec<u8> {
        while self.take(true) {}
        while !self.held.is_empty() {
            self.settle();
        }
        self.check();
        let mut state = self.slot.gate.lock().expect("sound");
        assert_eq!(state.held(), 0, "everything is settled");
        assert!(self.marks.iter().all(|mark| state.inner.flushed(*mark).is_some()));
        let counters = state.inner.books.counters;
        let floats: usize = self.said.iter().map(Vec::len).sum();
        assert_eq!(counters.float_points.enqueued, floats as u64);
        assert_eq!(counters.rl_float_points.enqueued, self.said_rl);
        assert_eq!(counters.histogram_points.enqueued, self.said_histograms);
        assert!(counters.kinds().iter().all(|kind| kind.pending == 0));
        drop(state);
        for (index, said) in self.said.iter().enumerate() {
            let heard = self.heard.remove(&(index as u64 + 1)).unwrap_or_default();
            assert_eq!(heard.len(), said.len(), "series {index}");
            assert!(heard == *said, "series {index} says something else");
        }
        let mut transcript = std::mem::take(&mut self.transcript);
        let mut books = String::new();
        write!(books, "{counters:?}").expect("a string takes everything");
        transcript.extend_from_slice(books.as_bytes());
        slots::vacate(self.slot);
        transcript
    }
}

fn floats(series: usize, values: &[f64]) -> StdFloats<'_> {
    StdFloats {
        metric: SERIES[series],
        scale: "S",
        labels: &[],
        values: Values::F64(values),
        steps: Steps::Auto,
        timestamps: Timestamps::Now,
        distributed: false,
    }
}

fn rows(rl_step: u64, values: &[f64]) -> RlFloats<'_> {
    const ENVIRONMENTS: [EnvironmentId; 2] = [EnvironmentId::from_u32(0), EnvironmentId::from_u32(1)];
    RlFloats {
        metric: "",
        scale: "",
        labels: &[],
        rl_step,
        environments: Environments::Known(&ENVIRONMENTS),
        values: Values::F64(values),
        episodes: Spread::None,
        steps: Spread::None,
        timestamps: Spread::None,
        strategy: StepStrategy::WithinRlStep,
        ordered: true,
    }
}

fn histogram<'a>(one: &'a [Histogram<'a>], steps: &'a [u64]) -> Histograms<'a> {
    Histograms {
        metric: "histogram",
        scale: "S",
        labels: &[],
        histograms: one,
        steps,
        timestamps: Timestamps::Now,
    }
}

fn points(batch: &PointBatch) -> Vec<(u64, u64)> {
    let steps: Vec<u64> = match batch.first_step {
        Some(first) => (first..).take(batch.values.len()).collect(),
        None => batch.steps.clone(),
    };
    steps.into_iter().zip(batch.values.iter().map(|value| value.to_bits())).collect()
}

fn play(seed: u64) -> Vec<u8> {
    let mut world = Rehearsal::new(seed);
    for _ in 0..400 {
        world.act();
    }
    world.end()
}

/// How long a message waits for more is kept by the clock that only goes forward, and so is every pause before a retry: a wall
/// clock that is set back does not hold a message up, and one that is set on does not hurry it.
#[test]
fn a_wall_clock_that_is_set_changes_no_step_no_order_and_no_deadline() {
    const YEAR: i64 = 31_536_000_000;
    for by in [-YEAR, YEAR] {
        let mut world = Rehearsal::new(1);
        let handle = world.handles[0];
        for value in [1.0, 2.0] {
            by_handle::log_scalar(handle, value).expect("logged");
            world.clock.set_wall_by(by);
        }
        world.clock.advance(TIMING.linger.saturating_sub(Duration::from_millis(1)));
        assert!(!world.take(false), "it is not due yet, whatever the wall says ({by})");
        world.clock.advance(Duration::from_millis(1));
        assert!(world.take(false), "it is due, whatever the wall says ({by})");
        assert_eq!(world.heard[&1].iter().map(|(step, _)| *step).collect::<Vec<_>>(), [0, 1]);
        let values: Vec<_> = world.heard[&1].iter().map(|(_, bits)| f64::from_bits(*bits)).collect();
        assert_eq!(values, [1.0, 2.0]);
        slots::vacate(world.slot);
    }
}

#[test]
fn whatever_the_order_the_messages_say_what_the_calls_said() {
    for seed in 0..30 {
        println!("seed {seed}");
        let once = play(seed);
        assert!(once == play(seed), "seed {seed} did something else the second time");
    }
}
