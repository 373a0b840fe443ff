//! Sealed messages, read once more: which series stand in one, and the same message without some of them.
//!
//! Nothing is remembered of a message but its bytes. They are walked on demand, and that is seldom: when the service refuses
//! to know a series.

use std::collections::HashSet;

use bytes::{Buf as _, Bytes};
use metrana_proto::types::{
    SeriesDeclaration, StreamingHistogramSeriesUpdate, StreamingRlSeriesUpdate, StreamingScatterSeriesUpdate,
    StreamingSeriesUpdate,
};
use prost::Message as _;
use prost::encoding::{WireType, decode_key, decode_varint};

use crate::books::counters::{Kind, Tally};
use crate::connect::transport::Outgoing;
use crate::deliver::envelope::{self, PREFIX};
use crate::wire::field::{request, series};

/// Series by the numbers that the wire knows them by.
pub(crate) type SeriesNumbers = HashSet<u64>;

/// A field of a message: its number, all its bytes, and those inside where it has a length.
pub(crate) struct FieldOf<'a> {
    number: u32,
    whole: &'a [u8],
    inner: &'a [u8],
}

/// The fields of a message. What is no protobuf ends the walk.
pub(crate) fn fields(mut bytes: &[u8]) -> impl Iterator<Item = FieldOf<'_>> {
    std::iter::from_fn(move || {
        let field = next_field(bytes)?;
        bytes = bytes.get(field.whole.len()..)?;
        Some(field)
    })
}

fn next_field(bytes: &[u8]) -> Option<FieldOf<'_>> {
    let mut left = bytes;
    let (number, wire_type) = decode_key(&mut left).ok()?;
    let inner = match wire_type {
        WireType::Varint => {
            decode_varint(&mut left).ok()?;
            &[]
        }
        WireType::LengthDelimited => {
            let len = usize::try_from(decode_varint(&mut left).ok()?).ok()?;
            let inner = left.get(..len)?;
            left.advance(len);
            inner
        }
        // The contract has no other on this level.
        _ => return None,
    };
    let whole = bytes.get(..bytes.len() - left.len())?;
    Some(FieldOf { number, whole, inner })
}

impl FieldOf<'_> {
    pub(crate) fn whole(&self) -> &[u8] {
        self.whole
    }

    /// The declaration that it is.
    pub(crate) fn declaration(&self) -> Option<SeriesDeclaration> {
        if self.number != u32::from(request::SERIES_DECLARATIONS) {
            return None;
        }
        SeriesDeclaration::decode(self.inner).ok()
    }

    /// The series that it is about.
    fn series(&self) -> Option<u64> {
        if let Some(declaration) = self.declaration() {
            return Some(declaration.declaration_id);
        }
        let of_series =
            [request::SERIES, request::RL_SERIES, request::HISTOGRAM_SERIES, request::SCATTER_SERIES];
        if !of_series.map(u32::from).contains(&self.number) {
            return None;
        }
        // It stands in front of everything else.
        let mut inner = self.inner;
        match decode_key(&mut inner).ok()? {
            (number, WireType::Varint) if number == u32::from(series::SERIES_ID) => {
                decode_varint(&mut inner).ok()
            }
            _ => None,
        }
    }

    /// Counts what it brings.
    fn count(&self, tally: &mut Tally) {
        let number = u8::try_from(self.number).unwrap_or_default();
        let counted = match number {
            request::SERIES => StreamingSeriesUpdate::decode(self.inner).map(|update| {
                let batches = update.point_batches.iter();
                (Kind::FloatPoints, batches.map(|batch| batch.values.len() + batch.values_f32.len()).sum())
            }),
            request::RL_SERIES => StreamingRlSeriesUpdate::decode(self.inner).map(|update| {
                let batches = update.rl_step_batches.iter();
                (Kind::RlFloatPoints, batches.map(|batch| batch.values.len() + batch.values_f32.len()).sum())
            }),
            request::HISTOGRAM_SERIES => StreamingHistogramSeriesUpdate::decode(self.inner)
                .map(|update| (Kind::HistogramPoints, update.points.len())),
            request::SCATTER_SERIES => StreamingScatterSeriesUpdate::decode(self.inner)
                .map(|update| (Kind::ScatterPoints, update.points.len())),
            _ => return,
        };
        if let Ok((kind, n)) = counted {
            tally.add(kind, n);
        }
    }
}

/// A message without some series, and what that leaves out. None: it holds none of them.
pub(crate) fn without(message: &Outgoing, condemned: &SeriesNumbers) -> Option<(Outgoing, Tally)> {
    let mut tally = Tally::default();
    let head = rest_of(message.head.get(PREFIX..)?, condemned, &mut tally);
    let rest = rest_of(&message.rest, condemned, &mut tally);
    if head.is_none() && rest.is_none() {
        return None;
    }
    let fields = head.as_deref().or_else(|| message.head.get(PREFIX..))?;
    let head = envelope::prefixed(fields);
    Some((envelope::finish(head, rest.map_or_else(|| message.rest.clone(), Bytes::from)), tally))
}

/// What is left of some fields without those of condemned series. None: everything.
fn rest_of(bytes: &[u8], condemned: &SeriesNumbers, tally: &mut Tally) -> Option<Vec<u8>> {
    let is_condemned = |field: &FieldOf<'_>| field.series().is_some_and(|series| condemned.contains(&series));
    if !fields(bytes).any(|field| is_condemned(&field)) {
        return None;
    }
    let mut kept = Vec::with_capacity(bytes.len());
    for field in fields(bytes) {
        if is_condemned(&field) {
            field.count(tally);
        } else {
            kept.extend_from_slice(field.whole);
        }
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrana_proto::svc::UpdateRunRequest;
    use metrana_proto::types::{HistogramPoint, PointBatch, RlStepBatch, ScatterPoint};

    fn request(ids: &[u64]) -> UpdateRunRequest {
        let mut request = UpdateRunRequest {
            run_id: b"run".as_slice().into(),
            logger_id: 7,
            logger_session_id: 8,
            sequence_number: 512,
            ..UpdateRunRequest::default()
        };
        for id in ids.iter().copied() {
            request.series_declarations.push(SeriesDeclaration {
                metric_name: format!("m{id}"),
                declaration_id: id,
                ..SeriesDeclaration::default()
            });
            request.series.push(StreamingSeriesUpdate {
                series_id: id,
                point_batches: vec![
                    PointBatch { values: vec![1.0; 3], ..PointBatch::default() },
                    PointBatch { values_f32: vec![1.0; 2], ..PointBatch::default() },
                ],
            });
            request.rl_series.push(StreamingRlSeriesUpdate {
                series_id: id,
                rl_step_batches: vec![RlStepBatch { values: vec![1.0; 4], ..RlStepBatch::default() }],
                ..StreamingRlSeriesUpdate::default()
            });
            request.histogram_series.push(StreamingHistogramSeriesUpdate {
                series_id: id,
                points: vec![HistogramPoint::default(); 2],
            });
            request.scatter_series.push(StreamingScatterSeriesUpdate {
                series_id: id,
                points: vec![ScatterPoint::default()],
                ..StreamingScatterSeriesUpdate::default()
            });
        }
        request
    }

    fn decoded(message: &Outgoing) -> UpdateRunRequest {
        let length = u32::try_from(message.head.len() + message.rest.len() - PREFIX).expect("small");
        assert_eq!(message.head[..PREFIX], [&[0], length.to_be_bytes().as_slice()].concat());
        UpdateRunRequest::decode(message.head.slice(PREFIX..).chain(message.rest.clone())).expect("a message")
    }

    #[test]
    fn a_series_goes_with_everything_that_is_about_it_and_is_counted() {
        let bytes = request(&[1, 2, 300]).encode_to_vec();
        // Wherever the two pieces meet, as long as it is between fields.
        let mut ends = vec![0];
        ends.extend(fields(&bytes).map(|field| field.whole.len()).scan(0, |end, len| {
            *end += len;
            Some(*end)
        }));
        for end in ends {
            let (head, rest) = bytes.split_at(end);
            let message = envelope::finish(envelope::prefixed(head), Bytes::copy_from_slice(rest));
            let (left, tally) = without(&message, &SeriesNumbers::from([2])).expect("it is in there");
            assert_eq!(decoded(&left), request(&[1, 300]));
            let mut wanted = Tally::default();
            wanted.add(Kind::FloatPoints, 5);
            wanted.add(Kind::RlFloatPoints, 4);
            wanted.add(Kind::HistogramPoints, 2);
            wanted.add(Kind::ScatterPoints, 1);
            assert_eq!(tally, wanted);
            assert!(without(&left, &SeriesNumbers::from([2])).is_none(), "it is gone");
            let (left, _) = without(&left, &SeriesNumbers::from([1, 300])).expect("they are in there");
            assert_eq!(decoded(&left), request(&[]));
        }
    }

    #[test]
    fn what_lies_in_the_chunk_stays_there_when_nothing_of_it_goes() {
        let (head, rest) = (request(&[1]).encode_to_vec(), request(&[2]).encode_to_vec());
        let message = envelope::finish(envelope::prefixed(&head), Bytes::from(rest));
        let (left, _) = without(&message, &SeriesNumbers::from([1])).expect("it is in there");
        assert_eq!(left.rest.as_ptr(), message.rest.as_ptr());
    }

    #[test]
    fn nonsense_ends_the_walk() {
        for bytes in [
            &[0x2a_u8, 200][..],
            &[0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0x0d, 1, 2, 3, 4],
        ] {
            assert_eq!(fields(bytes).count(), 0);
        }
    }
}
