//! Columns of numbers as programs read them: a head of JSON that names them, and then their little-endian memory.
//!
//! ```text
//! 8 bytes   "MTRCOLS1"
//! 4 bytes   length of the head, little-endian; 4 bytes of 0
//! head      JSON in UTF-8, blanks behind it up to a multiple of 8:
//!           {"columns": [{"name": "x", "type": "f64", "count": 300, "offset": 0}, ...], ...}
//! columns   each begins at its offset from here, a multiple of 8
//! ```

use std::io::Write;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

/// The type of such an answer, which a reader asks for by the header `accept`.
pub(super) const TYPE: &str = "application/vnd.metrana.columns";

const MAGIC: &[u8; 8] = b"MTRCOLS1";

/// Whether a reader asks for columns.
pub(super) fn are_wanted(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|accepted| accepted.contains(TYPE)))
}

/// Answers up to this length are packed: longer ones are curves as a whole, for which packing takes longer than sending.
const MOST_PACKED: usize = 512 * 1024;

fn takes_gzip(headers: &HeaderMap) -> bool {
    let takes = |coding: &str| {
        coding.split(';').next().is_some_and(|name| name.trim() == "gzip") && !coding.trim().ends_with("q=0")
    };
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|codings| codings.split(',').any(takes))
}

/// Columns under way.
#[derive(Default)]
pub(super) struct Columns {
    head: Vec<Value>,
    data: Vec<u8>,
}

impl Columns {
    pub(super) fn doubles(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        self.column(name, "f64", 8, |data| {
            values.into_iter().for_each(|value| data.extend(value.to_le_bytes()));
        });
    }

    #[expect(clippy::cast_possible_truncation, reason = "whoever asks for singles wants them rounded")]
    pub(super) fn singles(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        self.column(name, "f32", 4, |data| {
            values.into_iter().for_each(|value| data.extend((value as f32).to_le_bytes()));
        });
    }

    pub(super) fn wholes(&mut self, name: &str, values: impl IntoIterator<Item = u64>) {
        self.column(name, "u64", 8, |data| {
            values.into_iter().for_each(|value| data.extend(value.to_le_bytes()));
        });
    }

    pub(super) fn signed(&mut self, name: &str, values: impl IntoIterator<Item = i64>) {
        self.column(name, "i64", 8, |data| {
            values.into_iter().for_each(|value| data.extend(value.to_le_bytes()));
        });
    }

    pub(super) fn bytes(&mut self, name: &str, values: impl IntoIterator<Item = u8>) {
        self.column(name, "u8", 1, |data| data.extend(values));
    }

    fn column(&mut self, name: &str, kind: &str, width: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let offset = self.data.len();
        write(&mut self.data);
        let count = (self.data.len() - offset) / width;
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        self.head.push(json!({"name": name, "type": kind, "count": count, "offset": offset}));
    }

    /// The whole, with what else its reader needs to know in the head.
    pub(super) fn finish(self, mut about: Map<String, Value>) -> Vec<u8> {
        about.insert("columns".to_owned(), Value::Array(self.head));
        let mut head = Value::Object(about).to_string().into_bytes();
        head.resize(head.len().next_multiple_of(8), b' ');
        let length = u32::try_from(head.len()).unwrap_or(u32::MAX);
        let mut whole = Vec::with_capacity(16 + head.len() + self.data.len());
        whole.extend(MAGIC);
        whole.extend(length.to_le_bytes());
        whole.extend([0; 4]);
        whole.extend(head);
        whole.extend(self.data);
        whole
    }

    /// The same, packed where that is worth it: what changed since a moment ago is short, and comes again and again.
    pub(super) fn into_short_response(self, about: Map<String, Value>, asked: &HeaderMap) -> Response {
        let whole = self.finish(about);
        if whole.len() > MOST_PACKED || !takes_gzip(asked) {
            return ([(CONTENT_TYPE, TYPE)], whole).into_response();
        }
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing to memory cannot fail.
        let packed = packed.write_all(&whole).and_then(|()| packed.finish());
        match packed {
            Ok(packed) => ([(CONTENT_TYPE, TYPE), (CONTENT_ENCODING, "gzip")], packed).into_response(),
            Err(_) => ([(CONTENT_TYPE, TYPE)], whole).into_response(),
        }
    }

    pub(super) fn into_response(self, about: Map<String, Value>) -> Response {
        ([(CONTENT_TYPE, TYPE)], self.finish(about)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::{Columns, HeaderMap, takes_gzip};

    #[test]
    fn a_reader_says_whether_it_takes_what_is_packed() {
        for (said, takes) in [
            ("gzip, deflate, br", true),
            ("br;q=1, gzip;q=0.5", true),
            ("br", false),
            ("gzip;q=0", false),
            ("xgzip", false),
        ] {
            let headers = HeaderMap::from_iter([(super::ACCEPT_ENCODING, said.parse().unwrap())]);
            assert_eq!(takes_gzip(&headers), takes, "{said}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn columns_lie_where_the_head_says() {
        let mut columns = Columns::default();
        columns.bytes("flags", [1, 2, 3]);
        columns.doubles("x", [0.5, -1.0]);
        columns.singles("y", [0.25, 1.0, 2.0]);
        columns.wholes("steps", [u64::MAX]);
        columns.signed("times", [-1]);
        let whole = columns.finish(Map::from_iter([("from".to_owned(), Value::from(7))]));
        assert_eq!(&whole[..8], b"MTRCOLS1");
        let length = u32::from_le_bytes(whole[8..12].try_into().unwrap()) as usize;
        let head: Value = serde_json::from_slice(&whole[16..16 + length]).unwrap();
        let data = &whole[16 + length..];
        assert!(length.is_multiple_of(8) && data.len().is_multiple_of(8));
        assert_eq!(head["from"], 7);
        let expected: [(&str, &str, u64, &[u8]); 5] = [
            ("flags", "u8", 3, &[1, 2, 3]),
            ("x", "f64", 2, &[0.5_f64.to_le_bytes(), (-1.0_f64).to_le_bytes()].concat()),
            ("y", "f32", 3, &[0.25_f32, 1.0, 2.0].map(f32::to_le_bytes).concat()),
            ("steps", "u64", 1, &[255; 8]),
            ("times", "i64", 1, &[255; 8]),
        ];
        for (column, (name, kind, count, bytes)) in head["columns"].as_array().unwrap().iter().zip(expected) {
            assert_eq!((column["name"].as_str(), column["type"].as_str()), (Some(name), Some(kind)));
            assert_eq!(column["count"].as_u64(), Some(count));
            let offset = usize::try_from(column["offset"].as_u64().unwrap()).unwrap();
            assert_eq!(offset % 8, 0);
            assert_eq!(&data[offset..offset + bytes.len()], bytes, "{name}");
        }
    }
}
