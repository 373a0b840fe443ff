//! Connections that the server can cut, as a broken network would, and that it cuts when a peer takes nothing any more.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};

/// Cuts one connection: what was not yet written is lost, and the peer sees the stream end in the middle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Link(Arc<LinkState>);

#[derive(Debug, Default)]
struct LinkState {
    cut: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
    /// Requests that are not answered to the end.
    requests: AtomicUsize,
    idle_since: Mutex<Option<Instant>>,
    changed: Notify,
    /// How many bytes were read.
    read: AtomicU64,
    /// How often somebody asked whether there is something to read, and the last of these questions that was answered
    /// with no.
    asked: AtomicU64,
    nothing_to_read: AtomicU64,
    /// The peer has ended or broken the connection.
    gone: AtomicBool,
}

impl Link {
    pub(crate) fn cut(&self) {
        self.0.cut();
    }

    /// Counts a request until what is given is dropped.
    pub(crate) fn busy(&self) -> Busy {
        self.0.requests.fetch_add(1, Ordering::SeqCst);
        self.0.changed.notify_one();
        Busy(Arc::clone(&self.0))
    }

    /// Waits until the connection has had no request for this long.
    pub(crate) async fn idle_for(&self, time: Duration) {
        loop {
            let changed = self.0.changed.notified();
            match self.0.idle_since() {
                None => changed.await,
                Some(since) if since.elapsed() >= time => return,
                Some(since) => {
                    tokio::select! {
                        () = changed => {}
                        () = tokio::time::sleep_until(since + time) => {}
                    }
                }
            }
        }
    }

    /// Makes the connection look whether there is something to read.
    pub(crate) fn ask(&self) {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        self.0.reader.wake();
    }

    /// Whether nothing has come since the connection was last asked.
    pub(crate) fn has_nothing_to_read(&self) -> bool {
        self.peer_is_gone()
            || self.0.nothing_to_read.load(Ordering::SeqCst) == self.0.asked.load(Ordering::SeqCst)
    }

    /// How many bytes have come.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.0.read.load(Ordering::SeqCst)
    }

    /// Whether the peer has ended or broken the connection, and all that came before was read.
    pub(crate) fn peer_is_gone(&self) -> bool {
        self.0.gone.load(Ordering::SeqCst)
    }
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct Busy(Arc<LinkState>);

impl Drop for Busy {
    fn drop(&mut self) {
        if self.0.requests.fetch_sub(1, Ordering::SeqCst) == 1 {
            *self.0.idle_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        self.0.changed.notify_one();
    }
}

impl LinkState {
    /// Reads by way of this, noting what comes of it.
    fn note(
        &self,
        buf: &mut ReadBuf<'_>,
        read: impl FnOnce(&mut ReadBuf<'_>) -> Poll<io::Result<()>>,
    ) -> Poll<io::Result<()>> {
        let (asked, before) = (self.asked.load(Ordering::SeqCst), buf.filled().len());
        let room = buf.remaining() > 0;
        let result = read(buf);
        match &result {
            Poll::Pending => self.nothing_to_read.store(asked, Ordering::SeqCst),
            Poll::Ready(Ok(())) => {
                let count = buf.filled().len() - before;
                self.read.fetch_add(count as u64, Ordering::SeqCst);
                if room && count == 0 {
                    self.gone.store(true, Ordering::SeqCst);
                }
            }
            Poll::Ready(Err(_)) => self.gone.store(true, Ordering::SeqCst),
        }
        result
    }

    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.reader.wake();
        self.writer.wake();
    }

    fn check(&self, waker: &AtomicWaker, cx: &Context<'_>) -> io::Result<()> {
        waker.register(cx.waker());
        if self.cut.load(Ordering::SeqCst) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }

    /// Since when there has been no request, unless there is one.
    fn idle_since(&self) -> Option<Instant> {
        if self.requests.load(Ordering::SeqCst) > 0 {
            return None;
        }
        Some(*self.idle_since.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now))
    }
}

/// The links of all open connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    next: u64,
    links: HashMap<u64, Weak<LinkState>, foldhash::fast::RandomState>,
}

/// A link's place among them, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    links: Links,
    number: u64,
}

impl Links {
    pub(crate) fn cut_all(&self) {
        let links: Vec<_> = self.lock().links.values().filter_map(Weak::upgrade).collect();
        for link in links {
            link.cut();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().links.len()
    }

    pub(crate) fn add(&self, link: &Link) -> Place {
        let mut known = self.lock();
        let number = known.next;
        known.next += 1;
        known.links.insert(number, Arc::downgrade(&link.0));
        Place { links: self.clone(), number }
    }

    /// Cuts the connection that has been without a request for the longest time, if there is one: connections that do
    /// nothing must not keep out those that want something.
    pub(crate) fn cut_idlest(&self) -> bool {
        let idlest = {
            let known = self.lock();
            let open = known.links.values().filter_map(Weak::upgrade);
            open.filter(|link| !link.cut.load(Ordering::SeqCst))
                .filter_map(|link| link.idle_since().map(|since| (since, link)))
                .min_by_key(|(since, _)| *since)
        };
        idlest.is_some_and(|(_, link)| {
            link.cut();
            true
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.links.lock().links.remove(&self.number);
    }
}

/// What a request knows about its connection.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionInfo {
    pub(crate) link: Link,
    pub(crate) peer: Option<SocketAddr>,
    /// This end of it.
    pub(crate) local: Option<SocketAddr>,
}

/// A connection with its link. Its peer may let it wait for some time when there is something to write, then it is cut.
#[derive(Debug)]
pub(crate) struct Connection<T> {
    stream: T,
    link: Link,
    patience: Duration,
    /// Runs while the peer takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<T> Connection<T> {
    pub(crate) fn new(stream: T, link: Link, patience: Duration) -> Self {
        Self { stream, link, patience, stalled: None }
    }

    /// Passes on what came of a write, and turns one that has been pending for too long into an error.
    fn judge<R>(&mut self, written: Poll<io::Result<R>>, cx: &mut Context<'_>) -> Poll<io::Result<R>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes nothing any more")))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        this.link.0.check(&this.link.0.reader, cx)?;
        this.link.0.note(buf, |buf| Pin::new(&mut this.stream).poll_read(cx, buf))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.link.0.check(&self.link.0.writer, cx)?;
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.judge(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.link.0.check(&self.link.0.writer, cx)?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.judge(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.judge(flushed, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.judge(shut, cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt;

    use super::{Connection, Link, Links};

    #[test]
    fn a_link_is_forgotten_with_its_place() {
        let (links, link) = (Links::default(), Link::default());
        let place = links.add(&link);
        let other = links.add(&link);
        assert_eq!(links.len(), 2);
        drop(place);
        assert_eq!(links.len(), 1);
        drop(other);
        assert_eq!(links.len(), 0);
    }

    #[tokio::test]
    async fn the_idlest_is_cut_and_never_a_busy_one() {
        let links = Links::default();
        let (busy, idle) = (Link::default(), Link::default());
        let _places = (links.add(&busy), links.add(&idle));
        let request = busy.busy();
        assert!(links.cut_idlest());
        assert!(idle.0.cut.load(std::sync::atomic::Ordering::SeqCst));
        assert!(!links.cut_idlest(), "a busy one is left alone");
        drop(request);
        assert!(links.cut_idlest());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_only_between_its_requests() {
        let link = Link::default();
        let request = link.busy();
        let idle = link.idle_for(Duration::from_secs(10));
        tokio::pin!(idle);
        let hour = Duration::from_hours(1);
        assert!(tokio::time::timeout(hour, &mut idle).await.is_err(), "a request is under way");
        drop(request);
        assert!(tokio::time::timeout(Duration::from_secs(9), &mut idle).await.is_err());
        assert!(tokio::time::timeout(Duration::from_secs(2), &mut idle).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_cut() {
        let (near, _far) = tokio::io::duplex(16);
        let mut connection = Connection::new(near, Link::default(), Duration::from_secs(30));
        let error = connection.write_all(&[0; 64]).await.expect_err("nobody reads");
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    }
}
