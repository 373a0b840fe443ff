//! The fields around a body: who sends it, which message it is, and whether it ends the run.
//!
//! Fields of a protobuf message may stand in any order, so everything but the columns goes in front of them.

use bytes::Bytes;

use crate::connect::transport::Outgoing;
use crate::wire::{self, field::close_run, field::request};

/// The gRPC frame's own head: not compressed, and the length.
pub(super) const PREFIX: usize = 5;

/// Who sends.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub run: Bytes,
    pub logger: u64,
    pub session: u64,
}

/// Which message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub sequence: u64,
    pub closes_run: bool,
}

impl Identity {
    /// The most bytes that a message needs besides its content.
    pub(crate) fn envelope_len(&self) -> usize {
        let numbers = [request::LOGGER_ID, request::LOGGER_SESSION_ID, request::SEQUENCE_NUMBER];
        let close_mark = wire::len_len(0);
        wire::len_len(self.run.len()) + numbers.len() * wire::uint_len(u64::MAX) + close_mark
    }

    /// A message without a number: the hello (no fields) and declarations.
    pub(crate) fn unnumbered(&self, fields: Bytes) -> Outgoing {
        finish(self.begin(), fields)
    }

    /// The beginning of a data message, whose fields are written behind it. `parting`: what one that closes the run says
    /// besides; it is not counted in `envelope_len`, and so goes with a message that has no other content.
    pub(crate) fn begin_numbered(&self, number: Numbered, parting: &str) -> Vec<u8> {
        let mut head = self.begin();
        if number.closes_run && parting.is_empty() {
            wire::put_len(&mut head, request::CLOSE_RUN, 0);
        } else if number.closes_run {
            wire::put_len(&mut head, request::CLOSE_RUN, wire::len_len(parting.len()));
            wire::put_len(&mut head, close_run::CLOSE_MESSAGE, parting.len());
            head.extend_from_slice(parting.as_bytes());
        }
        wire::put_uint(&mut head, request::LOGGER_SESSION_ID, self.session);
        wire::put_uint(&mut head, request::SEQUENCE_NUMBER, number.sequence);
        head
    }

    fn begin(&self) -> Vec<u8> {
        let mut head = Vec::with_capacity(PREFIX + self.run.len() + 64);
        head.resize(PREFIX, 0);
        wire::put_len(&mut head, request::RUN_ID, self.run.len());
        head.extend_from_slice(&self.run);
        wire::put_uint(&mut head, request::LOGGER_ID, self.logger);
        head
    }
}

impl Outgoing {
    /// Bytes of the message itself, without the frame around it.
    pub(crate) fn message_len(&self) -> usize {
        self.head.len() - PREFIX + self.rest.len()
    }
}

/// Fields with room for the gRPC head in front.
pub(super) fn prefixed(fields: &[u8]) -> Vec<u8> {
    let mut head = vec![0; PREFIX];
    head.extend_from_slice(fields);
    head
}

/// Frames a message of which `rest` lies elsewhere.
pub(crate) fn finish(mut head: Vec<u8>, rest: Bytes) -> Outgoing {
    put_prefix(&mut head, rest.len());
    Outgoing { head: head.into(), rest }
}

/// Writes the gRPC head of a message whose first piece is `head` and which has `rest` more bytes.
fn put_prefix(head: &mut [u8], rest: usize) {
    // A message is far smaller than 4 GiB: the message limit is checked when the logger is opened.
    let len = u32::try_from((head.len() + rest).saturating_sub(PREFIX)).unwrap_or(u32::MAX);
    if let Some(place) = head.get_mut(1..PREFIX) {
        place.copy_from_slice(&len.to_be_bytes());
    }
}

/// A request made by the generated types, framed.
pub(crate) fn framed(message: &impl prost::Message) -> Outgoing {
    let mut head = vec![0; PREFIX];
    head.extend_from_slice(&message.encode_to_vec());
    finish(head, Bytes::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrana_proto::svc::UpdateRunRequest;
    use prost::Message as _;

    #[test]
    fn pieces_make_one_request() {
        let identity = Identity { run: Bytes::from_static(b"run"), logger: 300, session: 7 };
        let mut series = Vec::new();
        wire::put_len(&mut series, request::SERIES, 2);
        wire::put_uint(&mut series, 1, 9);
        let number = Numbered { sequence: 512, closes_run: true };
        let mut head = identity.begin_numbered(number, "");
        head.extend_from_slice(&series);
        let message = finish(head, Bytes::from(series.clone()));
        let bytes = [&message.head[..], &message.rest[..]].concat();
        assert_eq!(bytes[..PREFIX], [0, 0, 0, 0, u8::try_from(bytes.len() - PREFIX).expect("short")]);
        let read = UpdateRunRequest::decode(&bytes[PREFIX..]).expect("valid");
        assert_eq!((read.run_id, read.logger_id), (Bytes::from_static(b"run"), 300));
        assert_eq!((read.logger_session_id, read.sequence_number), (7, 512));
        assert!(read.close_run.is_some());
        assert_eq!(read.series.iter().map(|one| one.series_id).collect::<Vec<_>>(), [9, 9]);
    }

    #[test]
    fn what_a_close_says_of_the_run_travels_with_it() {
        let identity = Identity { run: Bytes::from_static(b"run"), logger: 1, session: 7 };
        for parting in ["", "failed: loss is NaN", &"x".repeat(1024)] {
            let number = Numbered { sequence: 512, closes_run: true };
            let head = identity.begin_numbered(number, parting);
            let read = UpdateRunRequest::decode(&head[PREFIX..]).expect("valid");
            let said = read.close_run.expect("it closes").close_message.unwrap_or_default();
            assert_eq!((&*said, read.sequence_number), (parting, 512));
        }
        let number = Numbered { sequence: 256, closes_run: false };
        let read =
            UpdateRunRequest::decode(&identity.begin_numbered(number, "finished")[PREFIX..]).expect("valid");
        assert!(read.close_run.is_none());
    }

    #[test]
    fn a_hello_is_run_and_logger_and_nothing_else() {
        let identity = Identity { run: Bytes::from_static(b"run"), logger: 1, session: 7 };
        let hello = identity.unnumbered(Bytes::new());
        let read = UpdateRunRequest::decode(&hello.head[PREFIX..]).expect("valid");
        let wanted = UpdateRunRequest {
            run_id: Bytes::from_static(b"run"),
            logger_id: 1,
            ..UpdateRunRequest::default()
        };
        assert_eq!(read, wanted);
    }
}
