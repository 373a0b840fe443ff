//! A network that breaks on command: a TCP proxy between a client and a server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It works.
    Forward,
    /// It is accepted and reset at once; the server never hears of it.
    Refuse,
    /// It works until so many bytes have passed in one direction; then both its ends are reset.
    Reset(Side, u64),
    /// It works until so many bytes have passed in one direction; then nothing passes in either, and both ends stay
    /// open.
    Stall(Side, u64),
    /// It works until so many bytes have passed in one direction; then the server's end is reset, while the client's
    /// stays open and takes whatever it is sent.
    HalfOpen(Side, u64),
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// A proxy that listens. It ends, and its connections with it, when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    connections: AtomicU64,
    broken: AtomicU64,
    /// Goes up when every connection is to be reset.
    cuts: watch::Sender<u64>,
}

/// How a connection's time with the proxy ended.
enum End {
    /// Both ends said so.
    Closed,
    /// The limit of its fate is reached.
    Limit,
    /// An end was reset, or the proxy was told to reset it.
    Cut,
}

/// How one direction ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Ended,
    Limit,
}

impl FaultProxy {
    /// Listens on any port and connects to `target`. `fate` is asked once for each connection, with its number from 0.
    pub async fn start(target: SocketAddr, fate: impl FnMut(u64) -> Fate + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it listens");
        let shared = Arc::new(Shared {
            connections: AtomicU64::new(0),
            broken: AtomicU64::new(0),
            cuts: watch::Sender::new(0),
        });
        let listening = tokio::spawn(listen(listener, target, Arc::clone(&shared), fate));
        Self { address, shared, listening }
    }

    /// Where clients connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections have come.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many of them have met a fate other than to work.
    #[must_use]
    pub fn broken(&self) -> u64 {
        self.shared.broken.load(Ordering::SeqCst)
    }

    /// Resets every connection that is open now.
    pub fn cut_all(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.listening.abort();
        self.cut_all();
    }
}

async fn listen(
    listener: TcpListener,
    target: SocketAddr,
    shared: Arc<Shared>,
    mut fate: impl FnMut(u64) -> Fate + Send + 'static,
) {
    while let Ok((client, _)) = listener.accept().await {
        let number = shared.connections.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(serve(client, target, fate(number), Arc::clone(&shared)));
    }
}

async fn serve(mut client: TcpStream, target: SocketAddr, fate: Fate, shared: Arc<Shared>) {
    let mut cuts = shared.cuts.subscribe();
    if fate == Fate::Refuse {
        shared.broken.fetch_add(1, Ordering::SeqCst);
        return reset(client);
    }
    let Ok(mut server) = TcpStream::connect(target).await else {
        return reset(client);
    };
    // The proxy is to cut between bytes, not to gather them.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let end = tokio::select! {
        end = relay(&mut client, &mut server, fate) => end,
        _ = cuts.changed() => End::Cut,
    };
    if matches!(end, End::Limit) {
        shared.broken.fetch_add(1, Ordering::SeqCst);
    }
    match (end, fate) {
        (End::Closed, _) => {}
        (End::Limit, Fate::Stall(..)) => {
            let _ = cuts.changed().await;
            reset(client);
            reset(server);
        }
        (End::Limit, Fate::HalfOpen(..)) => {
            reset(server);
            tokio::select! {
                () = swallow(&mut client) => {}
                _ = cuts.changed() => {}
            }
            reset(client);
        }
        (End::Limit | End::Cut, _) => {
            reset(client);
            reset(server);
        }
    }
}

/// Passes bytes both ways until both directions have ended or one has reached its limit.
async fn relay(client: &mut TcpStream, server: &mut TcpStream, fate: Fate) -> End {
    let limit = |side| match fate {
        Fate::Reset(at, after) | Fate::Stall(at, after) | Fate::HalfOpen(at, after) if at == side => after,
        _ => u64::MAX,
    };
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let mut up = std::pin::pin!(pass(from_client, to_server, limit(Side::ToServer)));
    let mut down = std::pin::pin!(pass(from_server, to_client, limit(Side::ToClient)));
    let first = tokio::select! {
        flow = &mut up => flow.map(|flow| (flow, true)),
        flow = &mut down => flow.map(|flow| (flow, false)),
    };
    let second = match first {
        Ok((Flow::Limit, _)) => return End::Limit,
        Ok((Flow::Ended, true)) => down.await,
        Ok((Flow::Ended, false)) => up.await,
        Err(_) => return End::Cut,
    };
    match second {
        Ok(Flow::Limit) => End::Limit,
        Ok(Flow::Ended) => End::Closed,
        Err(_) => End::Cut,
    }
}

async fn pass(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, mut limit: u64) -> io::Result<Flow> {
    let mut buffer = vec![0; 64 << 10];
    while limit > 0 {
        let most = usize::try_from(limit).unwrap_or(usize::MAX).min(buffer.len());
        let read = from.read(&mut buffer[..most]).await?;
        if read == 0 {
            to.shutdown().await?;
            return Ok(Flow::Ended);
        }
        to.write_all(&buffer[..read]).await?;
        limit -= read as u64;
    }
    Ok(Flow::Limit)
}

async fn swallow(from: &mut TcpStream) {
    let mut buffer = vec![0; 64 << 10];
    while !matches!(from.read(&mut buffer).await, Ok(0) | Err(_)) {}
}

/// Closes a connection so that its peer sees a reset and not an end.
fn reset(stream: TcpStream) {
    let _ = stream.set_zero_linger();
    drop(stream);
}
