//! Tags, varints and lengths, and their sizes before they are written.

#![allow(
    clippy::indexing_slicing,
    reason = "a head has room for everything that is gathered: numbers of known size, and bytes up to a limit"
)]

use smallvec::SmallVec;

const VARINT: u8 = 0;
const LEN: u8 = 2;

/// Bytes of `value` as a varint.
pub(crate) const fn varint_len(value: u64) -> usize {
    // 9 bits of length for each 64 of value: seven bits a byte, without a division.
    let bits = 64 - (value | 1).leading_zeros() as usize;
    (bits * 9 + 64) / 64
}

/// The most bytes of a varint.
pub(crate) const VARINT_LIMIT: usize = 10;

pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    let mut bytes = [0; VARINT_LIMIT];
    let mut len = 0;
    for byte in &mut bytes {
        len += 1;
        *byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            break;
        }
        *byte |= 0x80;
    }
    // A copy of a size that the compiler knows and a cut are less work than bytes pushed one by one.
    let end = out.len() + len;
    out.extend_from_slice(&bytes);
    out.truncate(end);
}

/// The tag of a varint field and its value. All fields here have numbers below 16, so a tag is one byte.
pub(crate) fn put_uint(out: &mut Vec<u8>, field: u8, value: u64) {
    out.push(field << 3 | VARINT);
    put_varint(out, value);
}

/// The tag and length of a length-delimited field, whose bytes follow.
pub(crate) fn put_len(out: &mut Vec<u8>, field: u8, len: usize) {
    out.push(field << 3 | LEN);
    put_varint(out, len as u64);
}

/// The beginning of a field, gathered where nobody has to look after room, and copied out in one piece.
pub(crate) struct Head {
    bytes: [u8; HEAD_LIMIT],
    len: usize,
}

/// Tags, lengths, a series, the name of an environment, and the plain numbers of a batch.
const HEAD_LIMIT: usize = 256;

/// The longest bytes that are gathered: a series and the name of an environment, which leave room for all the rest.
const PIECE_LIMIT: usize = 150;

impl Head {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; HEAD_LIMIT], len: 0 }
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    #[inline]
    fn tagged(&mut self, tag: u8, mut value: u64) {
        self.byte(tag);
        while value >= 0x80 {
            self.byte(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.byte(value.to_le_bytes()[0]);
    }

    /// Like `put_uint`.
    #[inline]
    pub(crate) fn uint(&mut self, field: u8, value: u64) {
        self.tagged(field << 3 | VARINT, value);
    }

    /// Like `put_len`.
    #[inline]
    pub(crate) fn len(&mut self, field: u8, len: usize) {
        self.tagged(field << 3 | LEN, len as u64);
    }

    /// Bytes of any number: what there is no room for goes out at once, behind what is gathered.
    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match self.bytes.get_mut(self.len..self.len + bytes.len()) {
            Some(room) if bytes.len() <= PIECE_LIMIT => {
                room.copy_from_slice(bytes);
                self.len += bytes.len();
            }
            _ => {
                self.flush(out);
                out.extend_from_slice(bytes);
            }
        }
    }

    /// Copies it out, and begins anew.
    #[inline]
    pub(crate) fn flush(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes[..self.len]);
        self.len = 0;
    }
}

/// Bytes of the tag and the length that a field begins with.
pub(crate) fn len_head_len(field: &[u8]) -> usize {
    let length = field.iter().skip(1).take_while(|byte| **byte >= 0x80).count();
    length + 2
}

/// The tag and the length of a field of which the tag is known.
pub(crate) fn len_head(tag: u8, len: usize) -> SmallVec<[u8; VARINT_LIMIT + 1]> {
    let mut head = Head::new();
    head.tagged(tag, len as u64);
    SmallVec::from_slice(&head.bytes[..head.len])
}

/// Bytes of a varint field.
pub(crate) const fn uint_len(value: u64) -> usize {
    1 + varint_len(value)
}

/// Bytes of a length-delimited field with `len` bytes inside.
pub(crate) const fn len_len(len: usize) -> usize {
    1 + varint_len(len as u64) + len
}

/// Signed numbers (timestamps) travel as the varint of their two's complement.
pub(crate) const fn zag(value: i64) -> u64 {
    value.cast_unsigned()
}

/// A column of numbers that are varints each.
pub(crate) fn put_packed(out: &mut Vec<u8>, field: u8, values: impl Iterator<Item = u64> + Clone) {
    let len = packed_len(values.clone());
    out.reserve(len + 4 * VARINT_LIMIT);
    put_len(out, field, len);
    for value in values {
        put_varint(out, value);
    }
}

/// Bytes inside a packed column.
pub(crate) fn packed_len(values: impl Iterator<Item = u64>) -> usize {
    values.map(varint_len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_number_go_through_a_head_in_their_order() {
        for len in [0, 1, 149, 150, 151, 255, 256, 257, 5000] {
            let bytes = vec![7; len];
            let (mut head, mut out) = (Head::new(), Vec::new());
            head.len(1, len);
            head.bytes(&bytes, &mut out);
            (0..5).for_each(|_| head.uint(2, u64::MAX));
            head.flush(&mut out);
            let mut wanted = Vec::new();
            put_len(&mut wanted, 1, len);
            wanted.extend_from_slice(&bytes);
            (0..5).for_each(|_| put_uint(&mut wanted, 2, u64::MAX));
            assert_eq!(out, wanted, "{len}");
        }
    }

    #[test]
    fn varints_are_as_long_as_they_say() {
        for shift in 0..64 {
            for value in [1u64 << shift, (1u64 << shift) - 1, u64::MAX >> shift] {
                let mut out = Vec::new();
                put_varint(&mut out, value);
                assert_eq!(out.len(), varint_len(value), "{value}");
                assert_eq!(prost::encoding::decode_varint(&mut out.as_slice()).ok(), Some(value));
            }
        }
    }
}
