//! Requests as they come from the network, for fuzzers.
#![allow(clippy::missing_panics_doc, reason = "the whole module is there to panic")]

use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use metrana_proto::svc::InitializeRunLoggingRequest;
use prost::Message;
use tonic::body::Body;

use super::frames::{Encoding, Frame, Frames, Pace};
use super::handshake;
use super::parts::UPDATE;
use crate::budget::Budget;
use crate::store::RunDefinition;

/// What a message may take when it is decompressed.
const BUDGET: usize = 32 << 20;

/// Reads a request that opens a run.
pub(crate) fn definition(data: &[u8]) -> Option<RunDefinition> {
    let request = InitializeRunLoggingRequest::decode(data).ok()?;
    handshake::definition(request.run?, request.aggregation_rules).ok()
}

/// The frames of a stream; the first byte says how they are compressed.
pub fn frames(data: &[u8]) {
    let Some((&how, data)) = data.split_first() else { return };
    let encoding = [Encoding::Plain, Encoding::Zstd, Encoding::Gzip][usize::from(how % 3)];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let body = Body::new(axum::body::Body::from(Bytes::copy_from_slice(data)));
        let budget = Budget::new(BUDGET).with_patience(Duration::from_millis(1));
        let mut frames = Frames::new(body, encoding, &UPDATE, budget, Pace::default());
        let mut bytes = 0;
        while let Ok(Some(frame)) = frames.next().await {
            if let Frame::Message(message, _) = &frame {
                bytes += message.len();
            }
            assert!(encoding != Encoding::Plain || bytes <= data.len(), "no more than came");
        }
    });
}

/// The frame of a message.
fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[0, 0], &length[..], message].concat()
}

/// Streams with a compressed message.
pub(crate) fn compressed() -> Vec<Vec<u8>> {
    let message = b"again and ".repeat(9);
    let zstd = zstd::bulk::compress(&message, 3).expect("it is compressed");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&message).expect("it is compressed");
    let gzip = gzip.finish().expect("it is compressed");
    [(1, zstd), (2, gzip)]
        .map(|(how, message)| {
            let mut frame = frame(&message);
            frame[0] = 1;
            [&[how], frame.as_slice()].concat()
        })
        .to_vec()
}
