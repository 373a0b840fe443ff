//! From a chunk to the body of a message, once and for all.
//!
//! A pure function of what the chunk holds: the same chunk seals into the same bytes. What is finished stays where it
//! lies unless a lane stands in the chunk twice; scalars are gathered into one batch for each lane.

use crate::points::Width;
use crate::stage::chunk::{Chunk, ChunkLane, Form, Record};
use crate::wire::point_batch::Batch;
use crate::wire::{self, BatchSteps, BatchTimes, Columns, Content as _, Head, MessageField as _};

/// Below this size finished fields are copied, so that the chunk is free again at once and few small frames leave.
const COPY_BELOW: usize = 32 << 10;

/// Whether what lies finished in the chunk belongs to the message as it is.
pub(crate) type RestInChunk = bool;

/// Seals chunks; keeps its working memory from one to the next.
#[derive(Default)]
pub(crate) struct Sealer {
    /// For each lane of the chunk: its first and last record.
    lanes: Vec<(u32, u32)>,
    /// For each record: the next one of its lane.
    next: Vec<u32>,
    content: Vec<u8>,
    values: Vec<u8>,
    steps: Vec<u64>,
    timestamps: Vec<i64>,
}

const END: u32 = u32::MAX;

impl Sealer {
    /// Writes declarations, gathered scalars, and whatever has to move behind what `out` holds. Answers whether the chunk's
    /// finished fields follow as they lie there.
    pub(crate) fn seal(&mut self, chunk: &Chunk, out: &mut Vec<u8>) -> RestInChunk {
        out.extend_from_slice(&chunk.declarations);
        if chunk.in_place {
            self.thread(chunk, |record| matches!(record.form, Form::Scalar(_)));
            self.put_lanes(chunk, out);
            let rest_in_chunk = chunk.wire.len() >= COPY_BELOW;
            if !rest_in_chunk {
                out.extend_from_slice(&chunk.wire);
            }
            return rest_in_chunk;
        }
        out.reserve(chunk.weight);
        let plain = chunk.records.iter().filter(|record| record.form == Form::Plain);
        plain.for_each(|record| out.extend_from_slice(&chunk.wire[record.range()]));
        self.thread(chunk, |record| record.form != Form::Plain);
        self.put_lanes(chunk, out);
        false
    }

    /// Threads the records that `wanted` names into one list for each lane.
    fn thread(&mut self, chunk: &Chunk, wanted: impl Fn(&Record) -> bool) {
        self.lanes.clear();
        self.lanes.resize(chunk.lanes.len(), (END, END));
        self.next.clear();
        self.next.resize(chunk.records.len(), END);
        for (index, record) in chunk.records.iter().enumerate() {
            if !wanted(record) {
                continue;
            }
            let index = u32::try_from(index).expect("a message has fewer records than bytes");
            let (first, last) = &mut self.lanes[record.slot as usize];
            if *first == END {
                *first = index;
            } else {
                self.next[*last as usize] = index;
            }
            *last = index;
        }
    }

    fn put_lanes(&mut self, chunk: &Chunk, out: &mut Vec<u8>) {
        for (slot, lane) in chunk.lanes.iter().enumerate() {
            let mut at = self.lanes[slot].0;
            if at == END {
                continue;
            }
            let record = &chunk.records[at as usize];
            if let (Form::Scalar(width), END) = (record.form, self.next[at as usize]) {
                put_single(chunk, lane, record, width, out);
                continue;
            }
            self.content.clear();
            self.content.extend_from_slice(&chunk.prefixes[lane.prefix.clone()]);
            let mut title = None;
            while at != END {
                let record = &chunk.records[at as usize];
                at = match record.form {
                    Form::Scalar(width) => self.put_scalars(chunk, at, width),
                    Form::Title => {
                        title = Some(record.range());
                        self.next[at as usize]
                    }
                    Form::Column | Form::Plain => {
                        self.content.extend_from_slice(&chunk.wire[record.range()]);
                        self.next[at as usize]
                    }
                };
            }
            if let Some(title) = title {
                self.content.extend_from_slice(&chunk.wire[title]);
            }
            wire::put_len(out, lane.field, self.content.len());
            out.extend_from_slice(&self.content);
        }
    }

    /// Writes the scalars of one width that follow each other from `at` on as one batch. Answers with what is next.
    fn put_scalars(&mut self, chunk: &Chunk, mut at: u32, width: Width) -> u32 {
        self.values.clear();
        self.steps.clear();
        self.timestamps.clear();
        while at != END {
            let record = &chunk.records[at as usize];
            if record.form != Form::Scalar(width) {
                break;
            }
            self.values.extend_from_slice(&record.bits.to_le_bytes()[..width.bytes()]);
            self.steps.push(record.step);
            self.timestamps.push(record.timestamp);
            at = self.next[at as usize];
        }
        let batch = Batch(Columns {
            values: &self.values,
            width,
            steps: steps_of(&self.steps),
            timestamps: timestamps_of(&self.timestamps),
        });
        batch.put(&mut self.content);
        at
    }
}

/// Writes a lane of one scalar, which needs no gathering.
fn put_single(chunk: &Chunk, lane: &ChunkLane, record: &Record, width: Width, out: &mut Vec<u8>) {
    let prefix = &chunk.prefixes[lane.prefix.clone()];
    let batch = Batch(Columns {
        values: &record.bits.to_le_bytes()[..width.bytes()],
        width,
        steps: BatchSteps::From(record.step),
        timestamps: BatchTimes::At(record.timestamp),
    });
    let inner = batch.inner_len();
    let mut head = Head::new();
    head.len(lane.field, prefix.len() + wire::len_len(inner));
    head.bytes(prefix, out);
    batch.put_behind(inner, &mut head, out);
}

fn steps_of(steps: &[u64]) -> BatchSteps<'_> {
    if steps.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1])) {
        BatchSteps::From(steps[0])
    } else {
        BatchSteps::Each(steps)
    }
}

fn timestamps_of(timestamps: &[i64]) -> BatchTimes<'_> {
    if timestamps.iter().all(|millis| *millis == timestamps[0]) {
        BatchTimes::At(timestamps[0])
    } else {
        BatchTimes::Each(timestamps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::raw;
    use crate::wire::field;
    use metrana_proto::svc::UpdateRunRequest;
    use prost::Message as _;
    use std::collections::HashMap;

    /// First step, steps and number of values.
    type BatchShape = (Option<u64>, Vec<u64>, usize);

    struct SealBench {
        chunk: Chunk,
        lanes: HashMap<u64, u32>,
    }

    impl SealBench {
        fn new() -> Self {
            Self { chunk: Chunk::new(1), lanes: HashMap::new() }
        }

        fn lane(&mut self, series: u64) -> (u32, bool) {
            if let Some(slot) = self.lanes.get(&series) {
                return (*slot, false);
            }
            let mut prefix = Vec::new();
            wire::put_uint(&mut prefix, field::series::SERIES_ID, series);
            let slot = self.chunk.add_lane(field::request::SERIES, &prefix);
            self.lanes.insert(series, slot);
            (slot, true)
        }

        fn scalar(&mut self, series: u64, step: u64, timestamp: i64, value: f64) {
            let (slot, fresh) = self.lane(series);
            let bits = value.to_bits();
            self.chunk
                .push_scalar(fresh, Record { slot, form: Form::Scalar(Width::F64), step, timestamp, bits });
        }

        fn column(&mut self, series: u64, first: u64, values: &[f64]) {
            let (slot, fresh) = self.lane(series);
            let batch = Batch(Columns {
                values: raw(values),
                width: Width::F64,
                steps: BatchSteps::From(first),
                timestamps: BatchTimes::At(5),
            });
            self.chunk.push_column(slot, fresh, &batch);
        }

        /// Whether the columns stayed in the chunk, and the series of the sealed message.
        fn sealed(&self) -> (bool, Vec<(u64, Vec<BatchShape>)>) {
            let mut bytes = Vec::new();
            let rest_in_chunk = Sealer::default().seal(&self.chunk, &mut bytes);
            if rest_in_chunk {
                bytes.extend_from_slice(&self.chunk.wire);
            }
            assert!(bytes.len() <= self.chunk.weight, "a chunk seals into no more than it weighs");
            let request = UpdateRunRequest::decode(bytes.as_slice()).expect("a request");
            let series = request.series.into_iter().map(|series| {
                let batches = series.point_batches.into_iter();
                (series.series_id, batches.map(|b| (b.first_step, b.steps, b.values.len())).collect())
            });
            (rest_in_chunk, series.collect())
        }
    }

    #[test]
    fn scalars_of_a_series_become_one_batch() {
        let mut bench = SealBench::new();
        for step in 0..3 {
            bench.scalar(1, step, 7, 1.0);
            bench.scalar(2, step * 2, 7 + step.cast_signed(), 1.0);
        }
        let (_, series) = bench.sealed();
        assert_eq!(series, [(1, vec![(Some(0), vec![], 3)]), (2, vec![(None, vec![0, 2, 4], 3)])]);
    }

    #[test]
    fn a_series_keeps_the_order_of_its_calls_and_stands_in_one_field() {
        let mut bench = SealBench::new();
        bench.scalar(1, 0, 7, 1.0);
        bench.column(2, 0, &vec![1.0; 5000]);
        bench.column(1, 1, &[1.0, 2.0]);
        bench.scalar(1, 3, 7, 1.0);
        bench.scalar(1, 4, 7, 1.0);
        let (in_place, series) = bench.sealed();
        assert!(!in_place);
        let one = vec![(Some(0), vec![], 1), (Some(1), vec![], 2), (Some(3), vec![], 2)];
        assert_eq!(series, [(1, one), (2, vec![(Some(0), vec![], 5000)])]);
    }

    #[test]
    fn columns_of_different_series_leave_as_they_lie() {
        let mut bench = SealBench::new();
        bench.column(1, 0, &vec![1.0; 5000]);
        bench.scalar(2, 0, 7, 1.0);
        bench.column(3, 9, &vec![1.0; 5000]);
        let (in_place, series) = bench.sealed();
        assert!(in_place);
        assert_eq!(
            series,
            [
                (2, vec![(Some(0), vec![], 1)]),
                (1, vec![(Some(0), vec![], 5000)]),
                (3, vec![(Some(9), vec![], 5000)])
            ]
        );
    }

    #[test]
    fn columns_of_one_series_that_follow_each_other_grow_into_one_field() {
        let mut bench = SealBench::new();
        bench.scalar(2, 0, 7, 1.0);
        let mut wanted = Vec::new();
        let mut first = 0;
        // Through every length that its own length can have.
        for count in [1, 2, 10, 100, 1, 2000, 3, 100_000, 200_000] {
            bench.column(1, first, &vec![1.0; count]);
            wanted.push((Some(first), vec![], count));
            first += count as u64;
        }
        bench.column(3, 0, &[1.0]);
        bench.column(3, 1, &[1.0]);
        let (in_place, series) = bench.sealed();
        assert!(in_place);
        let two = vec![(Some(0), vec![], 1)];
        let three = vec![(Some(0), vec![], 1), (Some(1), vec![], 1)];
        assert_eq!(series, [(2, two), (1, wanted), (3, three)]);
    }

    #[test]
    fn a_field_that_grew_is_found_when_it_has_to_move() {
        let mut bench = SealBench::new();
        for first in 0..50 {
            bench.column(1, first * 10, &[1.0; 10]);
        }
        bench.scalar(1, 500, 7, 1.0);
        bench.column(2, 0, &[1.0]);
        bench.column(1, 501, &[1.0]);
        let (in_place, series) = bench.sealed();
        assert!(!in_place);
        let mut one: Vec<BatchShape> = (0..50).map(|batch| (Some(batch * 10), vec![], 10)).collect();
        one.extend([(Some(500), vec![], 1), (Some(501), vec![], 1)]);
        assert_eq!(series, [(1, one), (2, vec![(Some(0), vec![], 1)])]);
    }
}
