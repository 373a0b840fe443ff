//! The messages of a stream, cut out of its body.
//!
//! The frames of gRPC are read here and not by the transport, which would reserve what a sender merely declares, hold
//! half-sent messages without a bound, and end a whole stream for one message that is too large.

use std::future::poll_fn;
use std::io::Read;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use flate2::read::GzDecoder;
use http_body::Body as _;
use tokio::time::{Instant, timeout_at};
use tonic::Status;
use tonic::body::Body;

use super::parts::{PART, Shape};
use crate::budget::{Budget, Share};

/// The largest message that is taken, before and after decompression. The usual 4 MiB would be answered with a status
/// that clients take for a passing trouble, so that they would send the same message again for ever; and published
/// clients send a call of any length as one message. 256 MiB are some thirty million points.
pub(super) const LARGEST_MESSAGE: usize = 256 << 20;

/// A flag and a length.
const HEADER: usize = 5;
/// So much is decompressed at a time.
const PIECE: usize = 64 << 10;

/// How much time a message has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// For its first byte to become the next one, at any place.
    pub(crate) pause: Duration,
    /// For each of these bytes a second more, from its beginning to its end.
    pub(crate) bytes_a_second: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { pause: Duration::from_mins(1), bytes_a_second: 1 << 20 }
    }
}

/// How messages of a stream are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    Zstd,
    Gzip,
}

impl Encoding {
    /// Reads the header; the transport has refused what is not here.
    pub(super) fn of(request: &tonic::codegen::http::HeaderMap) -> Self {
        match request.get("grpc-encoding").map(tonic::codegen::http::HeaderValue::as_bytes) {
            Some(b"zstd") => Self::Zstd,
            Some(b"gzip") => Self::Gzip,
            _ => Self::Plain,
        }
    }
}

/// A message, or what there was in its place.
#[derive(Debug)]
pub(super) enum Frame {
    Message(Bytes, Share),
    /// More than is taken; it was skipped.
    Oversized(u64),
    /// So many parts that they would take more memory than there is for all messages.
    Crowded(usize),
    /// It cannot be decompressed.
    Unreadable(String),
}

/// Reads a body frame by frame. A read that is broken off goes on where it was.
pub(super) struct Frames {
    body: Body,
    encoding: Encoding,
    shape: &'static Shape,
    budget: Budget,
    pace: Pace,
    /// What came and belongs to the frame after the one that is being read.
    rest: Bytes,
    header: [u8; HEADER],
    /// How much of the header is there.
    header_read: usize,
    /// The message that is being read, once its header is there.
    message: BytesMut,
    /// How much of a message that is too large is still to come.
    skip: u64,
    share: Share,
    /// When the frame that is being read began.
    began: Option<Instant>,
}

impl Frames {
    pub(super) fn new(
        body: Body,
        encoding: Encoding,
        shape: &'static Shape,
        budget: Budget,
        pace: Pace,
    ) -> Self {
        Self {
            body,
            encoding,
            shape,
            share: budget.share(),
            budget,
            pace,
            rest: Bytes::new(),
            header: [0; HEADER],
            header_read: 0,
            message: BytesMut::new(),
            skip: 0,
            began: None,
        }
    }

    /// The next frame. None: the client has ended the stream.
    pub(super) async fn next(&mut self) -> Result<Option<Frame>, Status> {
        while self.header_read < HEADER {
            if self.rest.is_empty() && !self.more().await? {
                return if self.header_read == 0 { Ok(None) } else { Err(cut_off()) };
            }
            let count = self.rest.len().min(HEADER - self.header_read);
            self.rest.copy_to_slice(
                self.header.get_mut(self.header_read..self.header_read + count).unwrap_or_default(),
            );
            self.header_read += count;
            if self.header_read == HEADER {
                let length = length_in(self.header);
                if length > LARGEST_MESSAGE as u64 {
                    self.skip = length;
                }
            }
        }
        let length = length_in(self.header);
        if length > LARGEST_MESSAGE as u64 {
            while self.skip > 0 {
                if self.rest.is_empty() && !self.more().await? {
                    return Err(cut_off());
                }
                let count = self.rest.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
                self.rest.advance(count);
                self.skip -= count as u64;
            }
            self.begin_anew();
            return Ok(Some(Frame::Oversized(length)));
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        while self.message.len() < length {
            if self.rest.is_empty() && !self.more().await? {
                return Err(cut_off());
            }
            let count = self.rest.len().min(length - self.message.len());
            // As it comes, and not what the header says: few bytes may say anything.
            let filled = self.message.len() + count;
            if filled > self.message.capacity() {
                let room = filled.max(self.message.capacity() * 2).min(length);
                self.share.grow_to(room).await.map_err(|_| too_much())?;
                self.message.reserve(room - self.message.len());
            }
            self.message.extend_from_slice(&self.rest.split_to(count));
        }
        let compressed = match self.header.first() {
            Some(0) => false,
            Some(1) if self.encoding != Encoding::Plain => true,
            Some(1) => {
                return Err(Status::invalid_argument(
                    "a message is compressed, and the stream names no encoding",
                ));
            }
            _ => return Err(Status::invalid_argument("a frame begins with another flag than 0 and 1")),
        };
        let frame = if compressed {
            let decompressed = decompress(&self.message, self.encoding, &mut self.budget.share()).await;
            match decompressed {
                Ok((message, mut share)) => match self.weigh(&message) {
                    Ok(takes) => {
                        share.grow_to(takes).await.map_err(|_| too_much())?;
                        Frame::Message(message, share)
                    }
                    Err(parts) => Frame::Crowded(parts),
                },
                Err(Fault::Unreadable(why)) => Frame::Unreadable(why),
                Err(Fault::TooLarge) => Frame::Oversized(LARGEST_MESSAGE as u64 + 1),
                Err(Fault::Exhausted) => return Err(too_much()),
            }
        } else {
            match self.weigh(&self.message) {
                Ok(takes) => {
                    self.share.grow_to(takes).await.map_err(|_| too_much())?;
                    let share = std::mem::replace(&mut self.share, self.budget.share());
                    Frame::Message(std::mem::take(&mut self.message).freeze(), share)
                }
                Err(parts) => Frame::Crowded(parts),
            }
        };
        self.begin_anew();
        Ok(Some(frame))
    }

    /// What a message and what becomes of it when it is read take; or its parts, when that is more than there is.
    fn weigh(&self, message: &[u8]) -> Result<usize, usize> {
        let parts = self.shape.parts(message);
        let takes = message.len().saturating_add(parts.saturating_mul(PART));
        if parts > 0 && takes > self.budget.bytes() { Err(parts) } else { Ok(takes) }
    }

    fn begin_anew(&mut self) {
        self.header_read = 0;
        self.message = BytesMut::new();
        self.share = self.budget.share();
        self.began = None;
    }

    /// Waits for more of the body. False: there is no more.
    async fn more(&mut self) -> Result<bool, Status> {
        loop {
            let body = &mut self.body;
            let next = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
            // Between two messages a client may take its time.
            let next = if self.header_read == 0 {
                next.await
            } else {
                let now = Instant::now();
                let began = *self.began.get_or_insert(now);
                let length = if self.header_read == HEADER { length_in(self.header) } else { 0 };
                let whole = self.pace.pause + Duration::from_secs(length / self.pace.bytes_a_second.max(1));
                let deadline = (now + self.pace.pause).min(began + whole);
                timeout_at(deadline, next).await.map_err(|_| {
                    Status::deadline_exceeded("a message was begun and did not come to its end in time")
                })?
            };
            match next {
                None => return Ok(false),
                Some(Err(status)) => return Err(status),
                Some(Ok(frame)) => {
                    // Trailers mean nothing from a client.
                    if let Ok(data) = frame.into_data()
                        && !data.is_empty()
                    {
                        self.rest = data;
                        return Ok(true);
                    }
                }
            }
        }
    }
}

fn length_in(header: [u8; HEADER]) -> u64 {
    let [_, length @ ..] = header;
    u64::from(u32::from_be_bytes(length))
}

enum Fault {
    Unreadable(String),
    TooLarge,
    Exhausted,
}

/// Decompresses piece by piece, so that what comes out is paid for before it is there.
async fn decompress(message: &[u8], encoding: Encoding, share: &mut Share) -> Result<(Bytes, Share), Fault> {
    let unreadable = |error: std::io::Error| Fault::Unreadable(format!("it cannot be decompressed: {error}"));
    let mut reader: Box<dyn Read + Send + '_> = match encoding {
        Encoding::Gzip => Box::new(GzDecoder::new(message)),
        Encoding::Zstd | Encoding::Plain => {
            Box::new(zstd::stream::read::Decoder::with_buffer(message).map_err(unreadable)?)
        }
    };
    let mut out = BytesMut::new();
    loop {
        let filled = out.len();
        share.grow_to(filled + PIECE).await.map_err(|_| Fault::Exhausted)?;
        out.resize(filled + PIECE, 0);
        let mut end = filled;
        while let Some(room) = out.get_mut(end..).filter(|room| !room.is_empty()) {
            match reader.read(room).map_err(unreadable)? {
                0 => {
                    out.truncate(end);
                    let share = std::mem::replace(share, share.empty());
                    return Ok((out.freeze(), share));
                }
                count => end += count,
            }
        }
        if end > LARGEST_MESSAGE {
            return Err(Fault::TooLarge);
        }
    }
}

fn cut_off() -> Status {
    Status::cancelled("the stream ended within a message")
}

fn too_much() -> Status {
    Status::unavailable("the server has too much under way to take this message now")
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io::Write;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use bytes::Bytes;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tonic::body::Body;
    use tonic::{Code, Status};

    use super::{Encoding, Frame, Frames, LARGEST_MESSAGE, Pace};
    use crate::budget::Budget;
    use crate::ingest::parts::UPDATE;

    /// Pieces of a body, and then its end or silence.
    struct Pieces(VecDeque<Bytes>, bool);

    impl http_body::Body for Pieces {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, Status>>> {
            match self.0.pop_front() {
                Some(piece) => Poll::Ready(Some(Ok(http_body::Frame::data(piece)))),
                None if self.1 => Poll::Ready(None),
                None => Poll::Pending,
            }
        }
    }

    fn frames(bytes: &[u8], pieces: usize, ends: bool, encoding: Encoding) -> Frames {
        let pieces = bytes.chunks(pieces).map(Bytes::copy_from_slice).collect();
        let pace = Pace { pause: Duration::from_millis(20), ..Pace::default() };
        Frames::new(Body::new(Pieces(pieces, ends)), encoding, &UPDATE, Budget::new(64 << 20), pace)
    }

    fn frame(flag: u8, message: &[u8]) -> Vec<u8> {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        [&[flag][..], &length, message].concat()
    }

    async fn messages(frames: &mut Frames) -> Vec<Bytes> {
        let mut all = Vec::new();
        while let Some(frame) = frames.next().await.unwrap() {
            match frame {
                Frame::Message(message, _) => all.push(message),
                other => panic!("{other:?}"),
            }
        }
        all
    }

    #[tokio::test]
    async fn messages_are_found_however_the_body_is_cut_and_compressed() {
        let plain: Vec<Vec<u8>> = [0, 1, 5, 70_000, 0, 300].map(|length| vec![7; length]).into();
        let zstd = |message: &[u8]| zstd::encode_all(message, 3).unwrap();
        let gzip = |message: &[u8]| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(message).unwrap();
            encoder.finish().unwrap()
        };
        for encoding in [Encoding::Plain, Encoding::Zstd, Encoding::Gzip] {
            let body: Vec<u8> = plain
                .iter()
                .flat_map(|message| match encoding {
                    Encoding::Plain => frame(0, message),
                    Encoding::Zstd => frame(1, &zstd(message)),
                    Encoding::Gzip => frame(1, &gzip(message)),
                })
                .collect();
            for pieces in [1, 3, 1000, usize::MAX] {
                let found = messages(&mut frames(&body, pieces, true, encoding)).await;
                assert_eq!(found, plain, "{encoding:?} {pieces}");
            }
        }
    }

    #[tokio::test]
    async fn what_cannot_be_decompressed_or_is_too_large_costs_itself_only() {
        let bomb = zstd::encode_all(std::io::Read::take(std::io::repeat(0), 65 << 20), 1).unwrap();
        let body = [frame(1, b"garbage"), frame(0, b"good"), frame(1, &bomb)].concat();
        let mut frames = frames(&body, 1000, true, Encoding::Zstd);
        assert!(matches!(frames.next().await, Ok(Some(Frame::Unreadable(_)))));
        assert!(matches!(frames.next().await, Ok(Some(Frame::Message(message, _))) if message == "good"[..]));
        // More than the budget of this test.
        let status = frames.next().await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
    }

    #[tokio::test]
    async fn a_message_above_the_largest_is_skipped() {
        let length = u32::try_from(LARGEST_MESSAGE + 1).unwrap();
        let mut bytes = frame(0, b"a");
        bytes.push(0);
        bytes.extend(length.to_be_bytes());
        let mut pieces: VecDeque<Bytes> = [Bytes::from(bytes)].into();
        let zeros = Bytes::from(vec![0; 1 << 20]);
        pieces.extend(std::iter::repeat_n(zeros, 256));
        pieces.push_back(Bytes::from([&[0][..], &frame(0, b"b")].concat()));
        let mut frames = Frames::new(
            Body::new(Pieces(pieces, true)),
            Encoding::Plain,
            &UPDATE,
            Budget::new(1 << 20),
            Pace::default(),
        );
        assert!(matches!(frames.next().await, Ok(Some(Frame::Message(..)))));
        assert!(matches!(frames.next().await, Ok(Some(Frame::Oversized(is))) if is == u64::from(length)));
        assert!(matches!(frames.next().await, Ok(Some(Frame::Message(message, _))) if message == "b"[..]));
        assert!(matches!(frames.next().await, Ok(None)));
    }

    /// A megabyte of batches that take two bytes each would be half a gigabyte of them.
    #[tokio::test]
    async fn a_message_whose_parts_take_too_much_is_passed_over() {
        let hollow = [0x2a, 0].repeat(512 << 10);
        let body = [frame(0, &hollow), frame(0, b"")].concat();
        let mut frames = frames(&body, 1000, true, Encoding::Plain);
        assert!(matches!(frames.next().await, Ok(Some(Frame::Crowded(parts))) if parts == 512 << 10));
        assert!(matches!(frames.next().await, Ok(Some(Frame::Message(message, _))) if message.is_empty()));
        assert!(matches!(frames.next().await, Ok(None)));
    }

    #[tokio::test]
    async fn a_message_that_waits_for_room_is_not_lost_when_the_wait_is_broken_off() {
        let message = [0x2a, 0].repeat(16 << 10);
        let budget = Budget::new(64 << 20);
        let mut others = budget.share();
        others.grow_to(60 << 20).await.unwrap();
        let body = Body::new(Pieces([frame(0, &message).into()].into(), true));
        let mut frames = Frames::new(body, Encoding::Plain, &UPDATE, budget, Pace::default());
        assert!(tokio::time::timeout(Duration::from_millis(20), frames.next()).await.is_err());
        drop(others);
        assert!(matches!(frames.next().await, Ok(Some(Frame::Message(is, _))) if is == message[..]));
    }

    #[tokio::test]
    async fn a_message_that_does_not_go_on_ends_its_stream_and_a_silent_one_does_not() {
        let whole = frame(0, b"message");
        let mut half = frames(&whole[..8], 3, false, Encoding::Plain);
        assert_eq!(half.next().await.unwrap_err().code(), Code::DeadlineExceeded);
        let mut cut = frames(&whole[..8], 3, true, Encoding::Plain);
        assert_eq!(cut.next().await.unwrap_err().code(), Code::Cancelled);
        let mut silent = frames(&whole, 100, false, Encoding::Plain);
        assert!(silent.next().await.unwrap().is_some());
        assert!(tokio::time::timeout(Duration::from_millis(60), silent.next()).await.is_err());
        for (flag, encoding) in [(7, Encoding::Zstd), (1, Encoding::Plain)] {
            let mut odd = frames(&frame(flag, b"x"), 100, true, encoding);
            assert_eq!(odd.next().await.unwrap_err().code(), Code::InvalidArgument);
        }
    }
}
