//! Connections that the server can cut, as a broken network would.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{self, Stream};
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::server::Connected;

/// Cuts one connection: what was not yet written is lost, and the peer sees the stream end in the middle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link(Arc<LinkState>);

#[derive(Debug, Default)]
struct LinkState {
    cut: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl Link {
    pub(crate) fn cut(&self) {
        self.0.cut();
    }
}

impl LinkState {
    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.reader.wake();
        self.writer.wake();
    }

    fn check(&self, waker: &AtomicWaker, cx: &Context<'_>) -> io::Result<()> {
        waker.register(cx.waker());
        if self.cut.load(Ordering::SeqCst) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

/// The links of all open connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links(Arc<Mutex<Vec<Weak<LinkState>>>>);

impl Links {
    pub(crate) fn cut_all(&self) {
        let links = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for link in links.iter().filter_map(Weak::upgrade) {
            link.cut();
        }
    }

    fn add(&self, link: &Link) {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|known| known.strong_count() > 0);
        links.push(Arc::downgrade(&link.0));
    }

    /// The connections that arrive at a listener. A failure to accept one, such as a lack of file descriptors, is
    /// waited out.
    pub(crate) fn accept(self, listener: TcpListener) -> impl Stream<Item = io::Result<Connection>> {
        stream::unfold((self, listener), |(links, listener)| async move {
            loop {
                match listener.accept().await {
                    Ok((tcp, _)) => {
                        let connection = Connection::new(tcp);
                        links.add(&connection.link);
                        return Some((Ok(connection), (links, listener)));
                    }
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        })
    }
}

/// A TCP connection with its link.
#[derive(Debug)]
pub(crate) struct Connection {
    tcp: TcpStream,
    link: Link,
}

impl Connection {
    fn new(tcp: TcpStream) -> Self {
        // Acknowledgements are small and somebody waits for each; a socket that refuses this works all the same.
        let _ = tcp.set_nodelay(true);
        Self { tcp, link: Link::default() }
    }
}

/// What a request knows about its connection.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionInfo {
    pub(crate) link: Link,
    pub(crate) peer: Option<SocketAddr>,
}

impl Connected for Connection {
    type ConnectInfo = ConnectionInfo;

    fn connect_info(&self) -> ConnectionInfo {
        ConnectionInfo { link: self.link.clone(), peer: self.tcp.peer_addr().ok() }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.link.0.check(&self.link.0.reader, cx)?;
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.link.0.check(&self.link.0.writer, cx)?;
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.link.0.check(&self.link.0.writer, cx)?;
        Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
