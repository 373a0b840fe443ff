//! Every legal way to write a message gives the same points.

use bytes::Bytes;
use metrana_proto::svc::UpdateRunRequest;
use metrana_proto::types::{PointBatch, RlStepBatch, StreamingRlSeriesUpdate, StreamingSeriesUpdate};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint};

use super::{Incoming, read};
use crate::store::{FloatBatch, RlBatch, Steps, Timestamps, Values, Width};

/// Values that any arithmetic would change: NaNs with a payload, one of them signalling, and a negative zero.
const BITS: [u64; 5] =
    [0x7ff8_0000_dead_beef, 0xfff0_0000_0000_0001, 1 << 63, 0x3ff0_0000_0000_0000, 0x7ff0_0000_0000_0000];
const BITS_F32: [u32; 3] = [0x7fc0_beef, 0xff80_0001, 1 << 31];

fn bytes() -> Vec<u8> {
    BITS.iter().flat_map(|bits| bits.to_le_bytes()).collect()
}

fn bytes_f32() -> Vec<u8> {
    BITS_F32.iter().flat_map(|bits| bits.to_le_bytes()).collect()
}

/// A field that is bytes with a length before them.
fn delimited(tag: u32, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_key(tag, WireType::LengthDelimited, &mut out);
    encode_varint(content.len() as u64, &mut out);
    out.extend(content);
    out
}

/// The values of a column, each as a field of its own.
fn unpacked(tag: u32, width: usize, column: &[u8]) -> Vec<u8> {
    let wire_type = if width == 4 { WireType::ThirtyTwoBit } else { WireType::SixtyFourBit };
    let one = |value: &[u8]| {
        let mut out = Vec::new();
        encode_key(tag, wire_type, &mut out);
        out.extend(value);
        out
    };
    column.chunks(width).flat_map(one).collect()
}

/// A message with one batch for series 7 whose columns are these fields.
fn std_message(columns: &[u8]) -> Bytes {
    let mut batch = PointBatch { first_step: Some(3), timestamp_millis: Some(5), ..PointBatch::default() }
        .encode_to_vec();
    batch.extend(columns);
    let mut series = StreamingSeriesUpdate { series_id: 7, point_batches: vec![] }.encode_to_vec();
    series.extend(delimited(2, &batch));
    delimited(5, &series).into()
}

/// The same for environment "é" at step 9 of the training.
fn rl_message(columns: &[u8]) -> Bytes {
    let head = RlStepBatch {
        rl_step: 9,
        first_minor_step: Some(3),
        timestamp_millis: Some(5),
        ..RlStepBatch::default()
    };
    let mut batch = head.encode_to_vec();
    batch.extend(columns);
    let head = StreamingRlSeriesUpdate { series_id: 7, environment_id: "é".into(), rl_step_batches: vec![] };
    let mut series = head.encode_to_vec();
    series.extend(delimited(3, &batch));
    delimited(6, &series).into()
}

fn batch(width: Width, column: Vec<u8>) -> FloatBatch {
    FloatBatch {
        values: Values::new(width, column.into()),
        steps: Steps::From(3),
        timestamps: Timestamps::At(5),
    }
}

fn std_batches(incoming: &Incoming) -> Vec<&FloatBatch> {
    assert!(incoming.rest.series.is_empty() && incoming.has_series);
    assert!(incoming.floats.iter().all(|floats| floats.series == 7));
    incoming.floats.iter().map(|floats| floats.batch.as_ref().expect("it is good")).collect()
}

fn rl_batches(incoming: &Incoming) -> Vec<&RlBatch> {
    assert!(incoming.rest.rl_series.is_empty() && incoming.has_series && incoming.names == "é");
    assert!(incoming.rl.iter().all(|floats| floats.series == 7));
    incoming.rl.iter().map(|floats| floats.batch.as_ref().expect("it is good")).collect()
}

/// A column, packed at once; packed in parts, one of them empty; not packed; and half and half.
fn ways(tag: u32, width: usize, column: &[u8]) -> [Vec<u8>; 4] {
    let (head, tail) = column.split_at(width * 2);
    [
        delimited(tag, column),
        [delimited(tag, head), delimited(tag, &[]), delimited(tag, tail)].concat(),
        unpacked(tag, width, column),
        [delimited(tag, head), unpacked(tag, width, tail)].concat(),
    ]
}

#[test]
fn packed_in_parts_or_not_packed_is_the_same() {
    let columns = [(Width::F64, bytes(), 1, 3), (Width::F32, bytes_f32(), 6, 10)];
    for (width, column, std_tag, rl_tag) in columns {
        let expected = batch(width, column.clone());
        for columns in ways(std_tag, width.bytes(), &column) {
            let incoming = read(std_message(&columns), 0).expect("it is legal");
            assert_eq!(std_batches(&incoming), [&expected]);
        }
        for columns in ways(rl_tag, width.bytes(), &column) {
            let incoming = read(rl_message(&columns), 0).expect("it is legal");
            let batches = rl_batches(&incoming);
            assert_eq!(batches.iter().map(|batch| &batch.floats).collect::<Vec<_>>(), [&expected]);
            assert_eq!(batches.first().map(|batch| batch.head.rl_step), Some(9));
        }
    }
}

#[test]
fn packed_values_are_slices_of_the_message() {
    let message = std_message(&delimited(1, &bytes()));
    let incoming = read(message.clone(), 0).expect("it is legal");
    let batches = std_batches(&incoming);
    let values = batches.first().map(|batch| batch.values.as_bytes().as_ptr_range()).expect("there is one");
    let whole = message.as_ptr_range();
    assert!(whole.start <= values.start && values.end <= whole.end);
    assert_eq!(incoming.body, message);
}

#[test]
fn a_column_that_ends_within_a_value_is_refused_as_the_contract_does() {
    for cut in [1, 4, 7, 9] {
        let column = delimited(1, bytes().get(..cut).expect("it is longer"));
        let message = std_message(&column);
        let plain = UpdateRunRequest::decode(message.clone()).expect_err("it ends within a value");
        let error = read(message, 0).err().expect("it ends within a value");
        assert_eq!(error.0, plain.to_string());
        assert!(read(rl_message(&delimited(3, bytes().get(..cut).expect("it is longer"))), 0).is_err());
    }
    assert!(read(rl_message(&delimited(10, &[0; 6])), 0).is_err());
}

#[test]
fn what_is_broken_is_refused_in_the_words_of_the_contract() {
    let good = rl_message(&delimited(3, &bytes()));
    for length in 1..good.len() {
        let message = good.slice(..length);
        let plain = UpdateRunRequest::decode(message.clone()).expect_err("it is cut");
        assert_eq!(read(message, 0).err().map(|error| error.0), Some(plain.to_string()), "{length}");
    }
    let mut series = delimited(2, b"\xff");
    series.extend(delimited(3, &[]));
    let message = Bytes::from(delimited(6, &series));
    assert!(UpdateRunRequest::decode(message.clone()).is_err(), "a name that is no text");
    assert!(read(message, 0).is_err());
}

#[test]
fn every_batch_of_a_series_keeps_its_environment() {
    let batch = |step| RlStepBatch {
        rl_step: step,
        values: vec![1.0],
        first_minor_step: Some(0),
        ..RlStepBatch::default()
    };
    let series = |name: &str, steps: &[u64]| StreamingRlSeriesUpdate {
        series_id: 1,
        environment_id: name.into(),
        rl_step_batches: steps.iter().copied().map(batch).collect(),
    };
    let message = UpdateRunRequest {
        rl_series: vec![series("a", &[1, 2]), series("", &[3]), series("bc", &[]), series("d", &[4])],
        ..UpdateRunRequest::default()
    };
    let incoming = read(message.encode_to_vec().into(), 8).expect("it is legal");
    let read: Vec<_> = incoming
        .rl
        .iter()
        .map(|floats| {
            let batch = floats.batch.as_ref().expect("it is good");
            (floats.environment.of(&incoming.names), batch.head.rl_step, batch.floats.timestamps.clone())
        })
        .collect();
    let now = Timestamps::At(8);
    assert_eq!(read, [("a", 1, now.clone()), ("a", 2, now.clone()), ("", 3, now.clone()), ("d", 4, now)]);
}
