//! A chunk: the memory in which one message is staged.
//!
//! Columns and everything else that has its final form lie in it as finished fields of the request, so that they are
//! copied once. Scalars are compact records, gathered by lane when the chunk is sealed.

#![allow(
    clippy::indexing_slicing,
    reason = "a slot comes from add_lane of this chunk, and ranges from what was written to it"
)]
#![allow(clippy::expect_used, reason = "offsets are those of a vector, and lanes are fewer than bytes")]

use std::ops::Range;
use std::time::Instant;

use crate::books::counters::Tally;
use crate::points::Width;
use crate::wire::{self, Content, Head, MessageField};

/// The most bytes a scalar can seal into, when it is the only point of its series in the message.
pub(crate) const SCALAR_WEIGHT: usize = 42;

/// The most bytes of the tags and lengths around a piece of content.
pub(crate) const FRAME: usize = 2 * 6;

/// One thing that was logged, in the order of the calls.
#[derive(Clone, Copy)]
pub(crate) struct Record {
    /// The lane's place in the chunk; none for a field that belongs to no lane.
    pub slot: u32,
    pub form: Form,
    /// A scalar's step, or where the content begins in the chunk.
    pub step: u64,
    /// A scalar's timestamp, or where the content ends.
    pub timestamp: i64,
    /// A scalar's value, at its own width.
    pub bits: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Scalar(Width),
    /// Content of a lane in its final form.
    Column,
    /// Like a column, but only the last one of a lane counts.
    Title,
    /// A field of the request itself.
    Plain,
}

impl Record {
    fn content(slot: u32, form: Form, range: &Range<usize>) -> Self {
        let (step, timestamp) = (range.start as u64, (range.end as u64).cast_signed());
        Self { slot, form, step, timestamp, bits: 0 }
    }

    /// Where the content lies in the chunk.
    pub(crate) fn range(&self) -> Range<usize> {
        let at = |offset: u64| usize::try_from(offset).expect("chunks fit into memory");
        at(self.step)..at(self.timestamp.cast_unsigned())
    }
}

/// A lane as it stands in a chunk.
#[derive(Clone)]
pub(crate) struct ChunkLane {
    /// The number of its field in the request.
    pub field: u8,
    /// Where its prefix lies in `Chunk::prefixes`.
    pub prefix: Range<usize>,
    /// Whether anything but scalars was written to it.
    finished: bool,
}

pub(crate) struct Chunk {
    /// Tells chunks apart, so that a lane knows whether it stands in this one already.
    pub serial: u64,
    /// What the message is called on the wire; 0 as long as it is open.
    pub number: u64,
    /// Finished fields of the request.
    pub wire: Vec<u8>,
    /// Everything in the order it came.
    pub records: Vec<Record>,
    /// The lanes that stand in it.
    pub lanes: Vec<ChunkLane>,
    /// What stands in front of each lane's points.
    pub prefixes: Vec<u8>,
    /// The declarations of the series that are first used here, each a finished field of a request.
    pub declarations: Vec<u8>,
    /// Where the last field of a lane begins in `wire`.
    last_field: usize,
    /// Whether every lane stands in at most one field: then `wire` leaves as it lies.
    pub in_place: bool,
    /// The most bytes it can seal into.
    pub weight: usize,
    pub tally: Tally,
    /// When its first record was written.
    pub opened: Option<Instant>,
    /// How many records the logger had taken when this chunk's first and last one came.
    pub start: u64,
    pub end: u64,
}

impl Chunk {
    pub(crate) fn new(serial: u64) -> Self {
        Self {
            serial,
            number: 0,
            wire: Vec::new(),
            records: Vec::new(),
            lanes: Vec::new(),
            prefixes: Vec::new(),
            declarations: Vec::new(),
            last_field: 0,
            in_place: true,
            weight: 0,
            tally: Tally::default(),
            opened: None,
            start: 0,
            end: 0,
        }
    }

    /// The same memory for a new message.
    pub(crate) fn reuse(mut self, serial: u64) -> Self {
        self.wire.clear();
        self.records.clear();
        self.lanes.clear();
        self.prefixes.clear();
        self.declarations.clear();
        let Self { wire, records, lanes, prefixes, declarations, .. } = self;
        Self { wire, records, lanes, prefixes, declarations, ..Self::new(serial) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// What the chunk holds of the machine's memory.
    pub(crate) fn capacity(&self) -> usize {
        self.wire.capacity()
            + self.records.capacity() * size_of::<Record>()
            + self.lanes.capacity() * size_of::<ChunkLane>()
            + self.prefixes.capacity()
            + self.declarations.capacity()
    }

    /// Gives a lane its place in the chunk. `prefix` is what stands in front of its points.
    pub(crate) fn add_lane(&mut self, field: u8, prefix: &[u8]) -> u32 {
        let start = self.prefixes.len();
        self.prefixes.extend_from_slice(prefix);
        let slot = u32::try_from(self.lanes.len()).expect("a message has fewer lanes than bytes");
        self.lanes.push(ChunkLane { field, prefix: start..self.prefixes.len(), finished: false });
        slot
    }

    /// `fresh`: the lane got its place just now.
    pub(crate) fn push_scalar(&mut self, fresh: bool, record: Record) {
        self.in_place &= fresh || !self.lanes[record.slot as usize].finished;
        self.records.push(record);
        self.weight += SCALAR_WEIGHT;
    }

    pub(crate) fn push_column(&mut self, slot: u32, fresh: bool, content: &impl Content) {
        if !fresh && self.grow_column(slot, content) {
            return;
        }
        self.in_place &= fresh;
        let lane = &mut self.lanes[slot as usize];
        lane.finished = true;
        let before = self.wire.len();
        let prefix = &self.prefixes[lane.prefix.clone()];
        let inner = content.inner_len();
        let field = wire::len_len(inner);
        self.wire.reserve(prefix.len() + field + FRAME);
        self.last_field = before;
        let mut head = Head::new();
        head.len(lane.field, prefix.len() + field);
        head.bytes(prefix, &mut self.wire);
        content.put_behind(inner, &mut head, &mut self.wire);
        let end = self.wire.len();
        let start = end - field;
        self.records.push(Record::content(slot, Form::Column, &(start..end)));
        self.weight += end - before;
    }

    /// Writes a column behind the last one, if that is of the same lane: into the same field, which becomes longer. False:
    /// it is not, and nothing happened.
    fn grow_column(&mut self, slot: u32, content: &impl Content) -> bool {
        let end = self.wire.len();
        let Some(last) = self.records.last_mut() else { return false };
        if last.slot != slot || last.form != Form::Column || last.range().end != end {
            return false;
        }
        let inner = content.inner_len();
        let field = wire::len_len(inner);
        self.wire.reserve(field + FRAME);
        let tag = self.last_field;
        let head_len = wire::len_head_len(&self.wire[tag..]);
        let held = end - tag - head_len;
        let longer = wire::len_head(self.wire[tag], held + field);
        let shift = longer.len() - head_len;
        if shift > 0 {
            self.wire.resize(end + shift, 0);
            self.wire.copy_within(tag + head_len..end, tag + longer.len());
        }
        self.wire[tag..tag + longer.len()].copy_from_slice(&longer);
        content.put_behind(inner, &mut Head::new(), &mut self.wire);
        let start = last.range().start + shift;
        *last = Record::content(slot, Form::Column, &(start..self.wire.len()));
        self.weight += shift + field;
        true
    }

    /// Titles of a lane: only the last ones stay, so they cannot leave as they lie.
    pub(crate) fn push_title(&mut self, slot: u32, content: &impl MessageField) {
        self.in_place = false;
        self.lanes[slot as usize].finished = true;
        let start = self.wire.len();
        content.put(&mut self.wire);
        self.records.push(Record::content(slot, Form::Title, &(start..self.wire.len())));
        self.weight += self.wire.len() - start;
    }

    /// A field of the request itself.
    pub(crate) fn push_plain(&mut self, content: &impl MessageField) {
        let start = self.wire.len();
        content.put(&mut self.wire);
        self.records.push(Record::content(u32::MAX, Form::Plain, &(start..self.wire.len())));
        self.weight += self.wire.len() - start;
    }
}
