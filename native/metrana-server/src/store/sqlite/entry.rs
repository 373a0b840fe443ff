//! What happened to a run, as the journal keeps it: whoever makes the same calls again gets the same run.

use bytes::Bytes;

use super::bytes::{Damaged, Taker, put, put_bytes};
use serde::{Deserialize, Serialize};

use crate::store::{Close, NotKept, Numbers, RunEdit, SeriesDefinition, Update};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Entry {
    /// A stream began to update the run.
    Begin {
        at_millis: i64,
    },
    Declare(Vec<SeriesDefinition>),
    /// A message came.
    Message(Box<Message>),
    /// A person changed what people see of it.
    Edit(Box<RunEdit>),
    /// A message came of which nothing is kept but that it came.
    Counted(Box<Counted>),
}

/// A message with what it takes to read it again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    pub(super) received_at: i64,
    pub(super) numbers: Numbers,
    pub(super) body: Bytes,
}

/// A message of which nothing is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) received_at: i64,
    /// Whether it had come before.
    pub(super) duplicate: bool,
    /// What it closed the run with, when it did.
    pub(super) close: Option<Close>,
    pub(super) not_kept: NotKept,
}

const BEGIN: u64 = 1;
const DECLARE: u64 = 2;
const MESSAGE: u64 = 3;
const EDIT: u64 = 4;
const COUNTED: u64 = 5;

impl Entry {
    pub(super) fn message(update: &Update) -> Self {
        Self::Message(Box::new(Message {
            received_at: update.received_at,
            numbers: update.numbers.clone(),
            body: update.body.clone(),
        }))
    }

    /// A message of which only its coming is to be counted: one that nobody can read, or one that came before.
    pub(super) fn counted(update: &Update, duplicate: bool) -> Self {
        Self::Counted(Box::new(Counted {
            received_at: update.received_at,
            duplicate,
            close: update.close.clone(),
            not_kept: update.not_kept,
        }))
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Begin { .. } => 16,
            Self::Declare(series) => series.iter().map(|one| 128 + one.metric.len() + one.scale.len()).sum(),
            Self::Message(message) => 64 + message.body.len(),
            Self::Edit(edit) => {
                let tags = [edit.tags.as_deref().unwrap_or_default(), &edit.add_tags, &edit.remove_tags];
                let tags = tags.into_iter().flatten().map(|tag| tag.len() + 3).sum::<usize>();
                let name = edit.name.as_ref().map_or(0, String::len);
                128 + tags + name + edit.notes.as_ref().map_or(0, String::len)
            }
            Self::Counted(_) => 256,
        }
    }

    /// Puts it behind others.
    pub(super) fn put(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        match self {
            Self::Begin { at_millis } => {
                put(out, BEGIN);
                put(out, at_millis.cast_unsigned());
            }
            Self::Declare(series) => {
                put(out, DECLARE);
                put_bytes(out, &serde_json::to_vec(series)?);
            }
            Self::Message(message) => {
                put(out, MESSAGE);
                put(out, message.received_at.cast_unsigned());
                let ranges = message.numbers.ranges();
                put(out, ranges.len() as u64);
                for number in ranges.into_iter().flatten() {
                    put(out, number);
                }
                put_bytes(out, &message.body);
            }
            Self::Edit(edit) => {
                put(out, EDIT);
                put_bytes(out, &serde_json::to_vec(edit)?);
            }
            Self::Counted(counted) => {
                put(out, COUNTED);
                put_bytes(out, &serde_json::to_vec(counted)?);
            }
        }
        Ok(())
    }

    /// Takes the next one of a journal row.
    pub(super) fn take(taker: &mut Taker<'_>, row: &Bytes) -> Result<Self, Damaged> {
        Ok(match taker.number()? {
            BEGIN => Self::Begin { at_millis: taker.number()?.cast_signed() },
            DECLARE => {
                let series = serde_json::from_slice(taker.bytes()?);
                Self::Declare(series.map_err(|_| Damaged("a declaration cannot be read"))?)
            }
            MESSAGE => {
                let received_at = taker.number()?.cast_signed();
                let mut ranges = Vec::new();
                for _ in 0..taker.number()? {
                    ranges.push([taker.number()?, taker.number()?, taker.number()?]);
                }
                let numbers = Numbers::of_ranges(&ranges).ok_or(Damaged("numbers of series cannot be"))?;
                let body = row.slice_ref(taker.bytes()?);
                Self::Message(Box::new(Message { received_at, numbers, body }))
            }
            EDIT => {
                let edit = serde_json::from_slice(taker.bytes()?);
                Self::Edit(edit.map_err(|_| Damaged("an edit cannot be read"))?)
            }
            COUNTED => {
                let counted = serde_json::from_slice(taker.bytes()?);
                Self::Counted(counted.map_err(|_| Damaged("a count cannot be read"))?)
            }
            _ => return Err(Damaged("an entry is of no kind that is known")),
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use metrana_proto::types::OrderingMode;

    use super::Counted;
    use super::{Entry, Message, Taker};
    use crate::store::{Close, DeclarationId, NotKept, Numbers, RunEdit, SeriesDefinition};

    fn entries() -> Vec<Entry> {
        let mut numbers = Numbers::default();
        for (number, declaration) in [(1, 0), (2, 1), (3, 2), (9, 5), (u64::MAX - 1, 7)] {
            numbers.push(number, DeclarationId(declaration));
        }
        let series = SeriesDefinition {
            metric: "é\0".into(),
            scale: String::new(),
            labels: [("k".to_owned(), "v".to_owned())].into(),
            ordering: OrderingMode::AbsoluteUnordered,
        };
        let message = Message { received_at: -5, numbers, body: Bytes::from_static(b"body") };
        vec![
            Entry::Begin { at_millis: i64::MIN },
            Entry::Declare(vec![series]),
            Entry::Message(Box::new(message)),
            Entry::Edit(Box::new(RunEdit {
                name: Some(String::new()),
                tags: Some(Vec::new()),
                add_tags: vec!["é".into()],
                pinned: Some(false),
                ..RunEdit::default()
            })),
            Entry::Counted(Box::new(Counted {
                received_at: -1,
                duplicate: true,
                close: Some(Close { message: Some("failed".into()) }),
                not_kept: NotKept { oversized_messages: u64::MAX, ..NotKept::default() },
            })),
        ]
    }

    fn row() -> Bytes {
        let mut row = Vec::new();
        for entry in entries() {
            entry.put(&mut row).expect("it is written");
        }
        row.into()
    }

    #[test]
    fn what_happened_is_read_back() {
        let row = row();
        let mut taker = Taker(&row);
        for expected in entries() {
            assert_eq!(Entry::take(&mut taker, &row), Ok(expected));
        }
        assert!(taker.is_empty());
    }

    #[test]
    fn what_is_cut_off_or_changed_is_damage_or_something_else() {
        let row = row();
        let read = |bytes: Bytes| {
            let mut taker = Taker(&bytes);
            while !taker.is_empty() {
                Entry::take(&mut taker, &bytes)?;
            }
            Ok::<_, super::Damaged>(())
        };
        for end in 0..row.len() {
            let _ = read(row.slice(..end));
            for bit in 0..8 {
                let mut changed = row.to_vec();
                changed[end] ^= 1 << bit;
                let _ = read(changed.into());
            }
        }
    }
}
