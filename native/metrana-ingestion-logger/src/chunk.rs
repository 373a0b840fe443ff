//! A chunk: the memory in which one message is staged.
//!
//! Columns lie in it as finished fields of the request, so that they are copied once. Scalars are compact records,
//! gathered by series when the chunk is sealed.

use std::time::Instant;

use crate::batch::{Batch, FRAME};
use crate::counters::Tally;
use crate::points::Width;
use crate::series::{Series, SeriesId};
use crate::wire::{self, field};

/// The most bytes a scalar can seal into, when it is the only point of its series in the message.
pub(crate) const SCALAR_WEIGHT: usize = 42;

/// One thing that was logged, in the order of the calls.
#[derive(Clone, Copy)]
pub(crate) struct Record {
    pub series: SeriesId,
    pub form: Form,
    /// A scalar's step, or where a column's batch begins in the chunk.
    pub step: u64,
    /// A scalar's timestamp, or where a column's batch ends.
    pub timestamp: i64,
    /// A scalar's value, at its own width.
    pub bits: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Scalar(Width),
    Column,
}

impl Record {
    /// A column's batch in the chunk.
    pub(crate) fn column<'a>(&self, wire: &'a [u8]) -> &'a [u8] {
        let at = |offset: u64| usize::try_from(offset).expect("chunks fit into memory");
        &wire[at(self.step)..at(self.timestamp.cast_unsigned())]
    }
}

pub(crate) struct Chunk {
    /// Tells chunks apart, so that a series knows whether it stands in this one already.
    pub serial: u64,
    /// Columns, each a finished `series` field of a request.
    pub wire: Vec<u8>,
    /// Everything in the order it came.
    pub records: Vec<Record>,
    /// The declarations of the series that are first used here, each a finished field of a request.
    pub declarations: Vec<u8>,
    /// Whether every series stands in at most one field: then the columns leave as they lie.
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
            wire: Vec::new(),
            records: Vec::new(),
            declarations: Vec::new(),
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
        self.declarations.clear();
        Self { wire: self.wire, records: self.records, declarations: self.declarations, ..Self::new(serial) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// What the chunk holds of the machine's memory.
    pub(crate) fn capacity(&self) -> usize {
        self.wire.capacity() + self.records.capacity() * size_of::<Record>()
    }

    pub(crate) fn push_scalar(&mut self, series: &mut Series, record: Record) {
        let (chunk, as_column) = series.last_written;
        if chunk == self.serial && as_column {
            self.in_place = false;
        }
        series.last_written = (self.serial, false);
        self.records.push(record);
        self.weight += SCALAR_WEIGHT;
    }

    pub(crate) fn push_column(&mut self, id: SeriesId, series: &mut Series, batch: &Batch<'_>) {
        if series.last_written.0 == self.serial {
            self.in_place = false;
        }
        series.last_written = (self.serial, true);
        let before = self.wire.len();
        let inner = wire::uint_len(id.on_wire()) + batch.field_len();
        self.wire.reserve(inner + FRAME);
        wire::put_len(&mut self.wire, field::request::SERIES, inner);
        wire::put_uint(&mut self.wire, field::series::SERIES_ID, id.on_wire());
        let start = self.wire.len();
        batch.put(&mut self.wire);
        let end = self.wire.len();
        self.records.push(Record {
            series: id,
            form: Form::Column,
            step: start as u64,
            timestamp: (end as u64).cast_signed(),
            bits: 0,
        });
        self.weight += end - before;
    }
}
