//! A tree of attribute values in a flat buffer, as C writes it down.
//!
//! What is in the buffer is not trusted: no length in it makes anything larger than what is really there, and no depth
//! of it is followed further than the limit.

use metrana_ingestion_logger::Attribute;

use crate::boundary::failure::Failure;
use crate::status::metrana_status;

use crate::enums::metrana_node;

/// How many maps and lists may lie in each other.
const MOST_DEPTH: u32 = 128;

/// The fewest bytes that an element of a list takes, and an entry of a map.
const LEAST_ELEMENT: usize = 1;
const LEAST_ENTRY: usize = 4 + LEAST_ELEMENT;

/// Reads a tree that takes the whole buffer.
pub(crate) fn decode(bytes: &[u8]) -> Result<Attribute, Failure> {
    let mut reader = Reader { bytes, at: 0 };
    let tree = reader.node(0)?;
    match reader.rest() {
        0 => Ok(tree),
        rest => reader.refuse(reader.at, &format!("{rest} byte(s) are left over behind the tree")),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A node, inside of `depth` maps and lists.
    fn node(&mut self, depth: u32) -> Result<Attribute, Failure> {
        let at = self.at;
        let [kind] = self.take("a node")?;
        let Ok(kind) = metrana_node::read(kind.into(), "node") else {
            return self.refuse(at, &format!("{kind} is no kind of node"));
        };
        Ok(match kind {
            metrana_node::Null => Attribute::Null,
            metrana_node::False => Attribute::Bool(false),
            metrana_node::True => Attribute::Bool(true),
            metrana_node::Int => Attribute::Int(i64::from_le_bytes(self.take("an int")?)),
            metrana_node::Float => Attribute::Float(f64::from_le_bytes(self.take("a float")?)),
            metrana_node::Text => Attribute::Text(self.text("a text")?.to_owned()),
            metrana_node::Time => Attribute::Time(i64::from_le_bytes(self.take("a time")?)),
            metrana_node::Map => {
                let (count, inside) = self.open("a map", at, depth, LEAST_ENTRY)?;
                // Grown as entries come: a count is only a claim.
                let mut entries = Vec::new();
                for _ in 0..count {
                    let key = self.text("a key")?.to_owned();
                    entries.push((key, self.node(inside)?));
                }
                Attribute::Map(entries)
            }
            metrana_node::List => {
                let (count, inside) = self.open("a list", at, depth, LEAST_ELEMENT)?;
                let mut elements = Vec::new();
                for _ in 0..count {
                    elements.push(self.node(inside)?);
                }
                Attribute::List(elements)
            }
        })
    }

    /// How many elements a map or a list has, and how deep they lie.
    fn open(&mut self, what: &str, at: usize, depth: u32, least: usize) -> Result<(usize, u32), Failure> {
        let inside = depth.saturating_add(1);
        if inside > MOST_DEPTH {
            let message =
                format!("{what} lies in {depth} others, and {MOST_DEPTH} is the deepest that is allowed");
            return self.refuse(at, &message);
        }
        let count = self.length(what)?;
        if count.saturating_mul(least) > self.rest() {
            let rest = self.rest();
            return self.refuse(at, &format!("{what} of {count} cannot be in the {rest} bytes behind it"));
        }
        Ok((count, inside))
    }

    fn text(&mut self, what: &str) -> Result<&'a str, Failure> {
        let at = self.at;
        let length = self.length(what)?;
        let Some((text, _)) = self.bytes.get(self.at..).and_then(|rest| rest.split_at_checked(length)) else {
            let rest = self.rest();
            return self
                .refuse(at, &format!("{what} of {length} bytes cannot be in the {rest} bytes behind it"));
        };
        let text = std::str::from_utf8(text).map_err(|error| {
            let broken = self.at.saturating_add(error.valid_up_to());
            Failure::new(metrana_status::InvalidUtf8, format!("tree: {what} is not UTF-8 at offset {broken}"))
        })?;
        self.at = self.at.saturating_add(length);
        Ok(text)
    }

    fn length(&mut self, what: &str) -> Result<usize, Failure> {
        let length = u32::from_le_bytes(self.take(what)?);
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Failure> {
        match self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => {
                self.at = self.at.saturating_add(N);
                Ok(*bytes)
            }
            None => self.refuse(self.at, &format!("the buffer ends inside of {what}")),
        }
    }

    fn rest(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    fn refuse<T>(&self, at: usize, why: &str) -> Result<T, Failure> {
        let length = self.bytes.len();
        Err(Failure::new(metrana_status::Validation, format!("tree: {why}, at offset {at} of {length}")))
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    /// The bytes of a tree; there is one way to write each.
    fn encode(tree: &Attribute, out: &mut Vec<u8>) {
        let kind = |node: metrana_node| u8::try_from(node as i32).unwrap();
        let length = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
        match tree {
            Attribute::Null => out.push(kind(metrana_node::Null)),
            Attribute::Bool(false) => out.push(kind(metrana_node::False)),
            Attribute::Bool(true) => out.push(kind(metrana_node::True)),
            Attribute::Int(value) => {
                out.push(kind(metrana_node::Int));
                out.extend(value.to_le_bytes());
            }
            Attribute::Float(value) => {
                out.push(kind(metrana_node::Float));
                out.extend(value.to_le_bytes());
            }
            Attribute::Text(text) => {
                out.push(kind(metrana_node::Text));
                out.extend(length(text.len()));
                out.extend(text.bytes());
            }
            Attribute::Time(millis) => {
                out.push(kind(metrana_node::Time));
                out.extend(millis.to_le_bytes());
            }
            Attribute::Map(entries) => {
                out.push(kind(metrana_node::Map));
                out.extend(length(entries.len()));
                for (key, value) in entries {
                    out.extend(length(key.len()));
                    out.extend(key.bytes());
                    encode(value, out);
                }
            }
            Attribute::List(elements) => {
                out.push(kind(metrana_node::List));
                out.extend(length(elements.len()));
                for element in elements {
                    encode(element, out);
                }
            }
        }
    }

    fn encoded(tree: &Attribute) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(tree, &mut bytes);
        bytes
    }

    /// Every kind of node, in maps and lists.
    fn of_everything() -> Attribute {
        let entry = |key: &str, value| (key.to_owned(), value);
        Attribute::Map(vec![
            entry("nothing", Attribute::Null),
            entry("", Attribute::Bool(false)),
            entry(
                "größe",
                Attribute::List(vec![
                    Attribute::Bool(true),
                    Attribute::Int(i64::MIN),
                    Attribute::Float(-0.1),
                    Attribute::List(Vec::new()),
                ]),
            ),
            entry("text", Attribute::Text("損失".to_owned())),
            entry("when", Attribute::Time(-1)),
            entry("last", Attribute::Map(vec![entry("empty", Attribute::Text(String::new()))])),
        ])
    }

    /// Lists or maps in each other, with a null in the innermost.
    fn nested(depth: usize, list: bool) -> Vec<u8> {
        let around: &[u8] = if list { &[8, 1, 0, 0, 0] } else { &[7, 1, 0, 0, 0, 1, 0, 0, 0, b'k'] };
        let mut bytes = around.repeat(depth);
        bytes.push(0);
        bytes
    }

    fn refusal(bytes: &[u8]) -> Failure {
        decode(bytes).unwrap_err()
    }

    #[track_caller]
    fn assert_refused(bytes: &[u8], status: metrana_status, words: &str) {
        let error = refusal(bytes);
        assert_eq!(error.status, status, "{}", error.message);
        assert!(error.message.contains(words), "{}", error.message);
    }

    #[test]
    fn every_kind_of_node_is_read() {
        let tree = of_everything();
        assert_eq!(decode(&encoded(&tree)).unwrap(), tree);
        // As the header says it, byte by byte.
        let bytes = [7, 1, 0, 0, 0, 2, 0, 0, 0, b'l', b'r', 4, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f];
        let wanted = Attribute::Map(vec![("lr".to_owned(), Attribute::Float(0.5))]);
        assert_eq!(decode(&bytes).unwrap(), wanted);
    }

    #[test]
    fn whatever_is_cut_off_or_left_over_is_refused() {
        let bytes = encoded(&of_everything());
        for end in 0..bytes.len() {
            let error = refusal(&bytes[..end]);
            assert_eq!(error.status, metrana_status::Validation, "cut at {end}: {}", error.message);
            assert!(error.message.contains(&format!(" of {end}")), "{}", error.message);
        }
        let more = [bytes.as_slice(), &[0]].concat();
        assert_refused(
            &more,
            metrana_status::Validation,
            &format!("left over behind the tree, at offset {}", bytes.len()),
        );
        assert_refused(&[], metrana_status::Validation, "at offset 0 of 0");
    }

    #[test]
    fn what_is_no_node_is_refused_where_it_stands() {
        assert_refused(&[9], metrana_status::Validation, "9 is no kind of node, at offset 0 of 1");
        assert_refused(
            &[8, 2, 0, 0, 0, 1, 255],
            metrana_status::Validation,
            "255 is no kind of node, at offset 6 of 7",
        );
    }

    #[test]
    fn text_and_keys_are_strict_utf8() {
        assert_refused(
            &[5, 3, 0, 0, 0, b'a', 0xff, b'b'],
            metrana_status::InvalidUtf8,
            "a text is not UTF-8 at offset 6",
        );
        let key = [7, 1, 0, 0, 0, 2, 0, 0, 0, 0xc0, 0x80, 0];
        assert_refused(&key, metrana_status::InvalidUtf8, "a key is not UTF-8 at offset 9");
        let text = [5, 0xff, 0xff, 0xff, 0xff, b'a'];
        assert_refused(
            &text,
            metrana_status::Validation,
            "a text of 4294967295 bytes cannot be in the 1 bytes",
        );
    }

    #[test]
    fn a_count_is_compared_with_what_is_there() {
        assert_refused(
            &[8, 0xff, 0xff, 0xff, 0xff, 0],
            metrana_status::Validation,
            "a list of 4294967295 cannot be",
        );
        assert_refused(&[8, 2, 0, 0, 0, 0], metrana_status::Validation, "at offset 0 of 6");
        // Two entries take ten bytes at least.
        let nine = [[7, 2, 0, 0, 0].as_slice(), &[0; 9]].concat();
        assert_refused(&nine, metrana_status::Validation, "a map of 2 cannot be in the 9 bytes behind it");
        let ten = [[7, 2, 0, 0, 0].as_slice(), &[0; 10]].concat();
        assert!(decode(&ten).is_ok());
    }

    #[test]
    fn depth_ends_at_the_limit() {
        for list in [true, false] {
            assert!(decode(&nested(128, list)).is_ok());
            assert_refused(&nested(129, list), metrana_status::Validation, "128 is the deepest");
            // Far deeper than any stack would stand.
            assert_refused(&nested(1_000_000, list), metrana_status::Validation, "lies in 128 others");
        }
    }

    /// Damaged trees: each is refused, or is another tree that is written in just these bytes.
    #[test]
    fn damage_is_refused_or_means_something_else() {
        let sound = [encoded(&of_everything()), nested(20, true), nested(20, false)];
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move |below: usize| {
            // xorshift64: every run is the same one.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
        };
        let (mut refused, mut taken) = (0, 0);
        for round in 0..60_000 {
            let mut bytes = sound[round % sound.len()].clone();
            for _ in 0..=random(3) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes[at] = u8::try_from(random(256)).unwrap(),
                    1 => bytes[at] = u8::try_from(random(10)).unwrap(),
                    2 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, u8::try_from(random(9)).unwrap()),
                }
            }
            match decode(&bytes) {
                Ok(tree) => {
                    assert_eq!(encoded(&tree), bytes);
                    taken += 1;
                }
                Err(error) => {
                    assert!(matches!(error.status, metrana_status::Validation | metrana_status::InvalidUtf8));
                    refused += 1;
                }
            }
        }
        assert!(refused > 10_000 && taken > 1000, "{refused} refused, {taken} taken");
    }
}
