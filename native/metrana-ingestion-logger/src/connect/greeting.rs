//! The first bytes of a peer: an HTTP/2 server begins with its settings, and what begins otherwise is no such server.
//!
//! hyper calls a connection ready as soon as it has written its own half. Whoever wants to know that somebody is there, and
//! who, has to look at what comes back.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

/// What the peer said first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greeting {
    /// Settings: it speaks HTTP/2.
    Settings,
    /// An answer in HTTP/1.
    Http1,
    /// A TLS record, on a connection without TLS.
    Tls,
    /// Something else.
    Unknown,
    /// Nothing: it closed the connection.
    Nothing,
}

/// The length, type, flags and stream of a frame.
const HEADER: usize = 9;

/// A connection whose first bytes from the peer are looked at on their way.
pub(crate) struct Greeted<T> {
    io: T,
    first: Vec<u8>,
    tell: Option<oneshot::Sender<Greeting>>,
}

impl<T> Greeted<T> {
    /// The connection, and where to hear what the peer says first.
    pub(crate) fn new(io: T) -> (Self, oneshot::Receiver<Greeting>) {
        let (tell, told) = oneshot::channel();
        (Self { io, first: Vec::with_capacity(HEADER), tell: Some(tell) }, told)
    }

    fn look(&mut self, bytes: &[u8]) {
        let missing = HEADER - self.first.len();
        self.first.extend(bytes.iter().take(missing));
        let greeting = if bytes.is_empty() { Some(Greeting::Nothing) } else { greeting(&self.first) };
        if let Some(greeting) = greeting
            && let Some(tell) = self.tell.take()
        {
            // Whoever gave up waiting wants to know nothing any more.
            let _ = tell.send(greeting);
        }
    }
}

/// What the peer speaks, by its first bytes; none when they do not tell yet.
fn greeting(first: &[u8]) -> Option<Greeting> {
    const SETTINGS: u8 = 4;
    const TLS_ALERT: u8 = 21;
    const TLS_HANDSHAKE: u8 = 22;
    match first {
        // Its length comes first, and no settings are so long that they would begin with a letter.
        [b'H', b'T', b'T', b'P', b'/', ..] => Some(Greeting::Http1),
        [TLS_ALERT | TLS_HANDSHAKE, 3, ..] => Some(Greeting::Tls),
        [_, _, _, SETTINGS, _, 0, 0, 0, 0] => Some(Greeting::Settings),
        enough if enough.len() >= HEADER => Some(Greeting::Unknown),
        _ => None,
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Greeted<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(context, buffer);
        if self.tell.is_some()
            && matches!(read, Poll::Ready(Ok(())))
            && let Some(new) = buffer.filled().get(before..)
        {
            self.look(new);
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Greeted<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_say_what_a_peer_speaks() {
        for (bytes, wanted) in [
            (&b"HTTP/1.1 400 Bad Request"[..], Some(Greeting::Http1)),
            (&[21, 3, 1, 0, 2, 2, 10], Some(Greeting::Tls)),
            (&[0, 0, 18, 4, 0, 0, 0, 0, 0], Some(Greeting::Settings)),
            (&[0, 0, 18, 4, 0, 0, 0, 0], None),
            (&[0, 0, 18, 7, 0, 0, 0, 0, 0], Some(Greeting::Unknown)),
            (b"SSH-2.0-OpenSSH", Some(Greeting::Unknown)),
            (b"HTTP", None),
            (&[], None),
        ] {
            let first = &bytes[..bytes.len().min(HEADER)];
            assert_eq!(greeting(first), wanted, "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn what_comes_in_pieces_is_told_once_and_passed_on_whole() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let (ours, mut theirs) = tokio::io::duplex(64);
        let (mut greeted, mut told) = Greeted::new(ours);
        let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 9];
        for byte in settings {
            assert_eq!(told.try_recv(), Err(oneshot::error::TryRecvError::Empty));
            theirs.write_all(&[byte]).await.expect("written");
            assert_eq!(greeted.read_u8().await.expect("read"), byte);
            if let Ok(greeting) = told.try_recv() {
                assert_eq!(greeting, Greeting::Settings);
                break;
            }
        }
        let (ours, theirs) = tokio::io::duplex(64);
        let (mut greeted, told) = Greeted::new(ours);
        drop(theirs);
        assert!(greeted.read_u8().await.is_err());
        assert_eq!(told.await, Ok(Greeting::Nothing));
    }
}
