//! From a chunk to the body of a message, once and for all.
//!
//! A pure function of what the chunk holds: the same chunk seals into the same bytes. Columns stay where they lie
//! unless their series stands in the chunk twice; scalars are gathered into one batch for each series.

use crate::batch::{Batch, BatchSteps, BatchTimes};
use crate::chunk::{Chunk, Form, Record};
use crate::points::Width;
use crate::wire::{self, field};

/// Below this size columns are copied, so that the chunk is free again at once and few small frames leave.
const COPY_BELOW: usize = 32 << 10;

/// The body of a message: fields of a request, in two pieces.
#[derive(Default)]
pub(crate) struct Body {
    /// Declarations, gathered scalars, and columns that had to move.
    pub head: Vec<u8>,
    /// Whether the columns in the chunk follow as they lie there.
    pub columns_in_chunk: bool,
}

/// Seals chunks; keeps its working memory from one to the next.
#[derive(Default)]
pub(crate) struct Sealer {
    /// For each series: which group of the chunk it is, valid where the stamp is the current one.
    slots: Vec<(u64, u32)>,
    stamp: u64,
    groups: Vec<Group>,
    /// For each record: the next one of its series.
    next: Vec<u32>,
    content: Vec<u8>,
    values: Vec<u8>,
    steps: Vec<u64>,
    timestamps: Vec<i64>,
}

struct Group {
    first: u32,
    last: u32,
}

const END: u32 = u32::MAX;

impl Sealer {
    pub(crate) fn seal(&mut self, chunk: &Chunk) -> Body {
        let mut body = Body { head: chunk.declarations.clone(), columns_in_chunk: false };
        if chunk.in_place {
            self.group(chunk, |record| record.form != Form::Column);
            self.put_groups(chunk, &mut body.head);
            if chunk.wire.len() < COPY_BELOW {
                body.head.extend_from_slice(&chunk.wire);
            } else {
                body.columns_in_chunk = true;
            }
        } else {
            self.group(chunk, |_| true);
            self.put_groups(chunk, &mut body.head);
        }
        body
    }

    /// Threads the records that `wanted` names into one list for each series, in the order of first use.
    fn group(&mut self, chunk: &Chunk, wanted: impl Fn(&Record) -> bool) {
        self.stamp += 1;
        self.groups.clear();
        self.next.clear();
        self.next.resize(chunk.records.len(), END);
        for (index, record) in chunk.records.iter().enumerate() {
            if !wanted(record) {
                continue;
            }
            let index = u32::try_from(index).expect("a message has fewer records than bytes");
            let series = record.series.index();
            if self.slots.len() <= series {
                self.slots.resize(series + 1, (0, 0));
            }
            let slot = &mut self.slots[series];
            if slot.0 == self.stamp {
                let group = &mut self.groups[slot.1 as usize];
                self.next[group.last as usize] = index;
                group.last = index;
            } else {
                *slot = (self.stamp, u32::try_from(self.groups.len()).expect("no more groups than records"));
                self.groups.push(Group { first: index, last: index });
            }
        }
    }

    fn put_groups(&mut self, chunk: &Chunk, out: &mut Vec<u8>) {
        let groups = std::mem::take(&mut self.groups);
        for group in &groups {
            self.content.clear();
            let series = chunk.records[group.first as usize].series;
            wire::put_uint(&mut self.content, field::series::SERIES_ID, series.on_wire());
            let mut at = group.first;
            while at != END {
                let record = &chunk.records[at as usize];
                at = match record.form {
                    Form::Column => {
                        self.content.extend_from_slice(record.column(&chunk.wire));
                        self.next[at as usize]
                    }
                    Form::Scalar(width) => self.put_scalars(chunk, at, width),
                };
            }
            wire::put_len(out, field::request::SERIES, self.content.len());
            out.extend_from_slice(&self.content);
        }
        self.groups = groups;
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
        let batch = Batch {
            values: &self.values,
            width,
            steps: steps_of(&self.steps),
            timestamps: timestamps_of(&self.timestamps),
        };
        batch.put(&mut self.content);
        at
    }
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
    use crate::series::{Key, Registry};
    use metrana_proto::svc::UpdateRunRequest;
    use metrana_proto::types::OrderingMode;
    use prost::Message as _;

    /// First step, steps and number of values.
    type BatchShape = (Option<u64>, Vec<u64>, usize);

    struct Bench {
        registry: Registry,
        chunk: Chunk,
    }

    impl Bench {
        fn new() -> Self {
            Self { registry: Registry::default(), chunk: Chunk::new(1) }
        }

        fn series(&mut self, metric: &str) -> crate::series::SeriesId {
            let key = Key::new(metric, "S", &[]);
            let known = self.registry.find(&key);
            known.unwrap_or_else(|| self.registry.add(&key, OrderingMode::AbsoluteOrdered, None))
        }

        fn scalar(&mut self, metric: &str, step: u64, timestamp: i64, value: f64) {
            let series = self.series(metric);
            let record =
                Record { series, form: Form::Scalar(Width::F64), step, timestamp, bits: value.to_bits() };
            self.chunk.push_scalar(self.registry.get_mut(series), record);
        }

        fn column(&mut self, metric: &str, first: u64, values: &[f64]) {
            let series = self.series(metric);
            let batch = Batch {
                values: wire::raw(values),
                width: Width::F64,
                steps: BatchSteps::From(first),
                timestamps: BatchTimes::At(5),
            };
            self.chunk.push_column(series, self.registry.get_mut(series), &batch);
        }

        /// Whether the columns stayed in the chunk, and the series of the sealed message.
        fn sealed(&self) -> (bool, Vec<(u64, Vec<BatchShape>)>) {
            let body = Sealer::default().seal(&self.chunk);
            let mut bytes = body.head.clone();
            if body.columns_in_chunk {
                bytes.extend_from_slice(&self.chunk.wire);
            }
            assert!(bytes.len() <= self.chunk.weight, "a chunk seals into no more than it weighs");
            let request = UpdateRunRequest::decode(bytes.as_slice()).expect("a request");
            let series = request.series.into_iter().map(|series| {
                let batches = series.point_batches.into_iter();
                (series.series_id, batches.map(|b| (b.first_step, b.steps, b.values.len())).collect())
            });
            (body.columns_in_chunk, series.collect())
        }
    }

    #[test]
    fn scalars_of_a_series_become_one_batch() {
        let mut bench = Bench::new();
        for step in 0..3 {
            bench.scalar("a", step, 7, 1.0);
            bench.scalar("b", step * 2, 7 + step.cast_signed(), 1.0);
        }
        let (_, series) = bench.sealed();
        assert_eq!(series, [(1, vec![(Some(0), vec![], 3)]), (2, vec![(None, vec![0, 2, 4], 3)])]);
    }

    #[test]
    fn a_series_keeps_the_order_of_its_calls_and_stands_in_one_field() {
        let mut bench = Bench::new();
        bench.scalar("a", 0, 7, 1.0);
        bench.column("b", 0, &vec![1.0; 5000]);
        bench.column("a", 1, &[1.0, 2.0]);
        bench.scalar("a", 3, 7, 1.0);
        bench.scalar("a", 4, 7, 1.0);
        let (in_place, series) = bench.sealed();
        assert!(!in_place);
        let a = vec![(Some(0), vec![], 1), (Some(1), vec![], 2), (Some(3), vec![], 2)];
        assert_eq!(series, [(1, a), (2, vec![(Some(0), vec![], 5000)])]);
    }

    #[test]
    fn columns_of_different_series_leave_as_they_lie() {
        let mut bench = Bench::new();
        bench.column("a", 0, &vec![1.0; 5000]);
        bench.scalar("s", 0, 7, 1.0);
        bench.column("b", 9, &vec![1.0; 5000]);
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
}
