//! A tree of attribute values in a flat buffer, as C writes it down.
//!
//! What is in the buffer is not trusted: no length in it makes anything larger than what is really there, and no depth
//! of it is followed further than the limit.

use metrana_ingestion_logger::{Attribute, Error, Status};

use crate::enums::metrana_node;

/// How many maps and lists may lie in each other.
const MOST_DEPTH: u32 = 128;

/// The fewest bytes that an element of a list takes, and an entry of a map.
const LEAST_ELEMENT: usize = 1;
const LEAST_ENTRY: usize = 4 + LEAST_ELEMENT;

/// Reads a tree that takes the whole buffer.
pub(crate) fn decode(bytes: &[u8]) -> Result<Attribute, Error> {
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
    fn node(&mut self, depth: u32) -> Result<Attribute, Error> {
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
    fn open(&mut self, what: &str, at: usize, depth: u32, least: usize) -> Result<(usize, u32), Error> {
        let inside = depth.saturating_add(1);
        if inside > MOST_DEPTH {
            let message =
                format!("{what} lies in {depth} others, and {MOST_DEPTH} is the deepest that is allowed");
            return self.refuse(at, &message);
        }
        let count = self.length(what)?;
        if count > self.rest() / least {
            let rest = self.rest();
            return self.refuse(at, &format!("{what} of {count} cannot be in the {rest} bytes behind it"));
        }
        Ok((count, inside))
    }

    fn text(&mut self, what: &str) -> Result<&'a str, Error> {
        let at = self.at;
        let length = self.length(what)?;
        let Some((text, _)) = self.bytes.get(self.at..).and_then(|rest| rest.split_at_checked(length)) else {
            let rest = self.rest();
            return self
                .refuse(at, &format!("{what} of {length} bytes cannot be in the {rest} bytes behind it"));
        };
        let text = std::str::from_utf8(text).map_err(|error| {
            let broken = self.at.saturating_add(error.valid_up_to());
            Error::new(Status::InvalidUtf8, format!("tree: {what} is not UTF-8 at offset {broken}"))
        })?;
        self.at = self.at.saturating_add(length);
        Ok(text)
    }

    fn length(&mut self, what: &str) -> Result<usize, Error> {
        let length = u32::from_le_bytes(self.take(what)?);
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Error> {
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

    fn refuse<T>(&self, at: usize, why: &str) -> Result<T, Error> {
        let length = self.bytes.len();
        Err(Error::new(Status::Validation, format!("tree: {why}, at offset {at} of {length}")))
    }
}
