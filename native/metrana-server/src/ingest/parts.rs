//! How many parts a message has, counted before it is read: two bytes of it may become a structure of hundreds, so that the
//! length of a message says little about the memory that it takes.

use bytes::Buf as _;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// What a part takes at most beside its own bytes.
pub(crate) const PART: usize = 512;

/// Fields that become a structure or a text of their own, by their numbers, and what these have of such fields.
pub(crate) struct Shape(&'static [(u32, Shape)]);

const PLAIN: Shape = Shape(&[]);
const ATTRIBUTE: Shape = Shape(&[(6, Shape(&[(1, PLAIN)])), (7, Shape(&[(1, PLAIN), (2, PLAIN)]))]);
const POINTS: Shape = Shape(&[(2, PLAIN), (3, PLAIN)]);
const PAYLOAD: Shape = Shape(&[(10, Shape(&[(1, ATTRIBUTE)]))]);
const TRACE_OPEN: Shape = Shape(&[(2, PAYLOAD)]);
const SPAN_OPEN: Shape = Shape(&[(7, PAYLOAD)]);

/// `UpdateRunRequest`.
pub(crate) const UPDATE: Shape = Shape(&[
    (3, ATTRIBUTE),
    (4, Shape(&[(3, PLAIN)])),
    (5, POINTS),
    (6, POINTS),
    (8, Shape(&[(3, ATTRIBUTE)])),
    (9, POINTS),
    (10, POINTS),
]);

/// `UpdateTracesRequest`.
pub(crate) const TRACES: Shape = Shape(&[(
    5,
    Shape(&[
        (2, TRACE_OPEN),
        (3, SPAN_OPEN),
        (4, Shape(&[(1, SPAN_OPEN), (4, PAYLOAD)])),
        (5, Shape(&[(7, PAYLOAD), (8, TRACE_OPEN)])),
    ]),
)]);

impl Shape {
    /// The parts of a message of this shape, up to where it is none.
    pub(crate) fn parts(&self, mut message: &[u8]) -> usize {
        let mut parts = 0;
        while let Some(more) = self.next(&mut message) {
            parts += more;
        }
        parts
    }

    fn next(&self, left: &mut &[u8]) -> Option<usize> {
        let (number, wire_type) = decode_key(left).ok()?;
        let shape = self.0.iter().find(|(known, _)| *known == number).map(|(_, shape)| shape);
        let Some(shape) = shape.filter(|_| wire_type == WireType::LengthDelimited) else {
            skip_field(wire_type, number, left, DecodeContext::default()).ok()?;
            return Some(0);
        };
        let length = usize::try_from(decode_varint(left).ok()?).ok()?;
        let inner = left.get(..length)?;
        left.advance(length);
        Some(1 + shape.parts(inner))
    }
}

#[cfg(test)]
mod tests {
    use metrana_proto::common::{Attribute, StringSet, attribute};
    use metrana_proto::packed::UpdateRunRequest;
    use metrana_proto::svc::UpdateTracesRequest;
    use metrana_proto::types::{
        AttributeUpdate, HistogramPoint, ScatterPoint, SeriesDeclaration, SpanPayload, TraceUpdate,
    };
    use prost::Message;
    use prost::encoding::{WireType, encode_key, encode_varint};

    use super::{PART, TRACES, UPDATE};
    use crate::ingest::codec::{Floats, RlFloats};

    /// A field with something in it, so many times.
    fn fields(number: u32, inner: &[u8], times: usize) -> Vec<u8> {
        let mut field = Vec::new();
        encode_key(number, WireType::LengthDelimited, &mut field);
        encode_varint(inner.len() as u64, &mut field);
        field.extend_from_slice(inner);
        field.repeat(times)
    }

    #[test]
    fn parts_are_counted_wherever_they_are() {
        for number in [3, 4, 5, 6, 8, 9, 10] {
            let message = fields(number, &[], 1000);
            UpdateRunRequest::decode(message.as_slice()).expect("it is a message");
            assert_eq!(UPDATE.parts(&message), 1000, "field {number}");
        }
        // Batches of a series, the texts of a set, and attributes of an environment.
        assert_eq!(UPDATE.parts(&fields(5, &fields(2, &[], 500), 2)), 1002);
        assert_eq!(UPDATE.parts(&fields(3, &fields(6, &fields(1, &[], 500), 1), 1)), 502);
        assert_eq!(UPDATE.parts(&fields(8, &fields(3, &[], 500), 1)), 501);

        let trace_updates = fields(5, &[], 1000);
        UpdateTracesRequest::decode(trace_updates.as_slice()).expect("it is a message");
        assert_eq!(TRACES.parts(&trace_updates), 1000);
        let payloads = fields(5, &fields(4, &fields(1, &fields(7, &[], 700), 1), 1), 1);
        UpdateTracesRequest::decode(payloads.as_slice()).expect("it is a message");
        assert_eq!(TRACES.parts(&payloads), 703);
    }

    #[test]
    fn what_a_reader_skips_hides_nothing_behind_it() {
        let mut message = Vec::new();
        for (wire_type, content) in [
            (WireType::Varint, &[0x80, 1][..]),
            (WireType::SixtyFourBit, &[0; 8]),
            (WireType::ThirtyTwoBit, &[0; 4]),
            (WireType::LengthDelimited, &[2, 0, 0]),
        ] {
            encode_key(100, wire_type, &mut message);
            message.extend_from_slice(content);
        }
        encode_key(101, WireType::StartGroup, &mut message);
        encode_key(101, WireType::EndGroup, &mut message);
        message.extend(fields(5, &[], 9));
        UpdateRunRequest::decode(message.as_slice()).expect("it is a message");
        assert_eq!(UPDATE.parts(&message), 9);
    }

    #[test]
    fn values_are_no_parts() {
        let packed = fields(2, &fields(1, &[0x12; 8000], 1), 1);
        assert_eq!(UPDATE.parts(&fields(5, &packed, 1)), 2);
        assert_eq!(UPDATE.parts(&[]), 0);
        assert_eq!(UPDATE.parts(&[0xff; 3]), 0);
    }

    #[test]
    fn no_part_takes_more_than_is_said() {
        let sizes = [
            size_of::<AttributeUpdate>(),
            size_of::<SeriesDeclaration>(),
            size_of::<HistogramPoint>(),
            size_of::<ScatterPoint>(),
            size_of::<Floats>(),
            size_of::<RlFloats>(),
            size_of::<TraceUpdate>(),
            size_of::<SpanPayload>(),
            size_of::<Attribute>(),
            size_of::<StringSet>() + size_of::<attribute::Value>(),
        ];
        assert!(sizes.iter().all(|size| *size <= PART), "{sizes:?}");
    }
}
