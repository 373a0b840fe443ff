//! What a stream declares before data follows, and what becomes of a declaration that the service refuses.
//!
//! A refusal ends the stream and says only which piece it is about. The piece is cut in two for the next stream, until the
//! declaration that is meant stands alone; its series is left out from then on.

use std::collections::BTreeSet;

use bytes::Bytes;
use metrana_proto::types::SeriesDeclaration;

use super::sealed::{SeriesNumbers, fields};

#[derive(Default)]
pub(crate) struct Declaring {
    /// The pieces of the stream that is open.
    pieces: Vec<Bytes>,
    /// Series that a piece has to begin with.
    cuts: BTreeSet<u64>,
    condemned: SeriesNumbers,
    /// Series refused one after the other, with nothing accepted between them.
    in_a_row: u32,
}

/// What a refusal tells.
#[derive(Debug)]
pub(crate) enum RefusedPiece {
    /// One of its declarations is meant: the next stream will tell more.
    Cut,
    /// This one. So many were refused one after the other.
    Series { declaration: Box<SeriesDeclaration>, in_a_row: u32 },
}

impl Declaring {
    /// The series that the service will not know.
    pub(crate) fn condemned(&self) -> &SeriesNumbers {
        &self.condemned
    }

    /// A stream begins: what it declares, of all that there is.
    pub(crate) fn begin(&mut self, all: &[Bytes]) -> &[Bytes] {
        self.pieces.clear();
        if self.cuts.is_empty() && self.condemned.is_empty() {
            self.pieces.extend_from_slice(all);
            return &self.pieces;
        }
        for piece in all {
            let mut part = Vec::new();
            for field in fields(piece) {
                let series = field.declaration().map_or(0, |declaration| declaration.declaration_id);
                if self.condemned.contains(&series) {
                    continue;
                }
                if self.cuts.contains(&series) && !part.is_empty() {
                    self.pieces.push(std::mem::take(&mut part).into());
                }
                part.extend_from_slice(field.whole());
            }
            if !part.is_empty() {
                self.pieces.push(part.into());
            }
        }
        &self.pieces
    }

    /// Everything that was declared is known now.
    pub(crate) fn accepted(&mut self) {
        self.pieces.clear();
        self.cuts.clear();
        self.in_a_row = 0;
    }

    /// The service refused a piece of the stream. None: it is no piece that was sent.
    pub(crate) fn refused(&mut self, piece: usize) -> Option<RefusedPiece> {
        if piece > 0 {
            self.in_a_row = 0;
        }
        let refused = self.pieces.get(piece)?;
        let mut declared: Vec<SeriesDeclaration> =
            fields(refused).filter_map(|field| field.declaration()).collect();
        let first = declared.first()?.declaration_id;
        if let Some(middle) = declared.get(declared.len() / 2).filter(|_| declared.len() > 1) {
            // What lies around it needs no cutting: only this piece is to become smaller.
            self.cuts.extend([first, middle.declaration_id]);
            self.cuts.extend(self.pieces.get(piece + 1).and_then(|next| first_of(next)));
            return Some(RefusedPiece::Cut);
        }
        self.condemned.insert(first);
        self.in_a_row += 1;
        declared.pop().map(|declaration| RefusedPiece::Series {
            declaration: Box::new(declaration),
            in_a_row: self.in_a_row,
        })
    }
}

fn first_of(piece: &[u8]) -> Option<u64> {
    fields(piece).next()?.declaration().map(|declaration| declaration.declaration_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::field::request;

    fn all(series: u64, a_piece: usize) -> Vec<Bytes> {
        let one = |id: u64| {
            let mut out = Vec::new();
            let declaration = SeriesDeclaration {
                metric_name: format!("m{id}"),
                declaration_id: id,
                ..SeriesDeclaration::default()
            };
            prost::encoding::message::encode(request::SERIES_DECLARATIONS.into(), &declaration, &mut out);
            out
        };
        let each: Vec<Vec<u8>> = (1..=series).map(one).collect();
        each.chunks(a_piece).map(|piece| piece.concat().into()).collect()
    }

    fn ids(pieces: &[Bytes]) -> Vec<Vec<u64>> {
        let of = |piece: &Bytes| {
            fields(piece).filter_map(|field| field.declaration()).map(|one| one.declaration_id).collect()
        };
        pieces.iter().map(of).collect()
    }

    /// Streams until a service that refuses some series has accepted the others. Answers with the number of streams and the
    /// series that were found; the number of series refused in a row never reaches `limit`.
    fn settle(all: &[Bytes], bad: &[u64], limit: u32) -> (u32, Vec<u64>) {
        let mut declarations = Declaring::default();
        let (mut streams, mut found) = (0, Vec::new());
        loop {
            streams += 1;
            assert!(streams < 200, "it never ends");
            let pieces = ids(declarations.begin(all));
            let refused = pieces.iter().position(|piece| piece.iter().any(|id| bad.contains(id)));
            let Some(refused) = refused else {
                declarations.accepted();
                let left: Vec<u64> = pieces.concat();
                let wanted: Vec<u64> = ids(all).concat().into_iter().filter(|id| !bad.contains(id)).collect();
                assert_eq!(left, wanted);
                assert_eq!(ids(declarations.begin(all)).concat(), wanted, "it stays so");
                return (streams, found);
            };
            match declarations.refused(refused).expect("a piece of the stream") {
                RefusedPiece::Cut => {}
                RefusedPiece::Series { declaration, in_a_row } => {
                    assert!(in_a_row < limit, "{found:?}");
                    found.push(declaration.declaration_id);
                }
            }
        }
    }

    #[test]
    fn a_bad_series_is_found_in_as_many_streams_as_halving_takes() {
        for bad in [1, 2, 500, 777, 1000] {
            let (streams, found) = settle(&all(1000, 300), &[bad], 2);
            assert_eq!(found, [bad]);
            assert!(streams <= 11, "{streams} streams for series {bad}");
        }
        assert_eq!(settle(&all(1000, 300), &[], 1), (1, vec![]));
    }

    #[test]
    fn several_bad_series_are_found_and_no_good_one_goes_with_them() {
        let bad = [3, 4, 250, 301, 999];
        let (streams, found) = settle(&all(1000, 300), &bad, 3);
        assert_eq!(found, bad);
        assert!(streams < 60, "{streams}");
    }

    #[test]
    fn a_service_that_refuses_all_is_noticed_by_the_third_in_a_row() {
        let all = all(100, 10);
        let mut declarations = Declaring::default();
        let mut counts = Vec::new();
        while counts.len() < 3 {
            declarations.begin(&all);
            if let Some(RefusedPiece::Series { in_a_row, .. }) = declarations.refused(0) {
                counts.push(in_a_row);
            }
        }
        assert_eq!(counts, [1, 2, 3]);
        declarations.begin(&all);
        assert!(declarations.refused(1000).is_none(), "no piece of the stream");
    }
}
