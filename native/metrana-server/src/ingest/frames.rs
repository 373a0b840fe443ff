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
    /// It cannot be decompressed.
    Unreadable(String),
}

/// Reads a body frame by frame. A read that is broken off goes on where it was.
pub(super) struct Frames {
    body: Body,
    encoding: Encoding,
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
    pub(super) fn new(body: Body, encoding: Encoding, budget: Budget, pace: Pace) -> Self {
        Self {
            body,
            encoding,
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
            match decompress(&self.message, self.encoding, &mut self.budget.share()).await {
                Ok((message, share)) => Frame::Message(message, share),
                Err(Fault::Unreadable(why)) => Frame::Unreadable(why),
                Err(Fault::TooLarge) => Frame::Oversized(LARGEST_MESSAGE as u64 + 1),
                Err(Fault::Exhausted) => return Err(too_much()),
            }
        } else {
            let share = std::mem::replace(&mut self.share, self.budget.share());
            Frame::Message(std::mem::take(&mut self.message).freeze(), share)
        };
        self.begin_anew();
        Ok(Some(frame))
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
