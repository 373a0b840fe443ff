//! A server from its start to its end.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::connection::Links;
use crate::faults::Faults;
use crate::http;
use crate::ingest::Ingest;
use crate::log::Log;
use crate::store::{MemoryStore, Reading, Store};

/// Room for what a client may have under way, so that it never waits for this server to ask for more. With the usual
/// 64 KiB a message of 1 MiB would take sixteen round trips.
const STREAM_WINDOW: u32 = 16 << 20;
const CONNECTION_WINDOW: u32 = 32 << 20;
/// Fewer, larger frames: less to do for each megabyte on both sides.
const FRAME: u32 = 1 << 20;
/// Far above what clients open, which is one for each connection.
const STREAMS: u32 = 1024;

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it takes the ingestion protocol.
    pub grpc: SocketAddr,
    /// Where it answers HTTP.
    pub http: SocketAddr,
    /// Whether faults can be armed over HTTP.
    pub allow_faults: bool,
    /// Whether it writes lines on standard error.
    pub log: bool,
    /// How long a stop waits for open streams.
    pub drain: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            grpc: any_port,
            http: any_port,
            allow_faults: false,
            log: false,
            drain: Duration::from_secs(5),
        }
    }
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts one on the current tokio runtime that keeps everything in memory. It listens when this returns.
    pub async fn start_in_memory(options: Options) -> io::Result<RunningServer> {
        Self::start(options, Arc::new(MemoryStore::default())).await
    }

    /// Starts one on the current tokio runtime, over this store. It listens when this returns.
    pub async fn start(options: Options, store: Arc<dyn Store>) -> io::Result<RunningServer> {
        let grpc =
            TcpListener::bind(options.grpc).await.map_err(|error| cannot_listen(options.grpc, &error))?;
        let http =
            TcpListener::bind(options.http).await.map_err(|error| cannot_listen(options.http, &error))?;
        let (grpc_addr, http_addr) = (grpc.local_addr()?, http.local_addr()?);
        let faults = Arc::new(Faults::default());
        let links = Links::default();
        let stop = watch::Sender::new(false);

        let ingest = Ingest {
            store: Arc::clone(&store),
            faults: Arc::clone(&faults),
            log: Log::new(options.log),
            stopping: stop.subscribe(),
        };
        let serve_grpc = tonic::transport::Server::builder()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(FRAME)
            .max_concurrent_streams(STREAMS)
            .add_service(ingest.into_service())
            .serve_with_incoming_shutdown(links.clone().accept(grpc), stopped(stop.subscribe()));
        let router = http::router(Arc::clone(&store), Arc::clone(&faults), options.allow_faults);
        let serve_http = axum::serve(http, router).with_graceful_shutdown(stopped(stop.subscribe()));

        let tasks = vec![
            tokio::spawn(async move { serve_grpc.await.map_err(io::Error::other) }),
            tokio::spawn(async move { serve_http.await }),
        ];
        Ok(RunningServer { grpc_addr, http_addr, store, faults, links, stop, tasks, drain: options.drain })
    }
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the server's handle is gone, which is as good as a stop.
    let _ = stop.wait_for(|stopping| *stopping).await;
}

/// A server that listens. Dropping it stops it without waiting for anything.
pub struct RunningServer {
    grpc_addr: SocketAddr,
    http_addr: SocketAddr,
    store: Arc<dyn Store>,
    faults: Arc<Faults>,
    links: Links,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<io::Result<()>>>,
    drain: Duration,
}

impl RunningServer {
    /// Where it takes the ingestion protocol.
    #[must_use]
    pub fn grpc_addr(&self) -> SocketAddr {
        self.grpc_addr
    }

    /// Where it answers HTTP.
    #[must_use]
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// What it holds.
    #[must_use]
    pub fn store(&self) -> Reading<'_> {
        Reading::new(&*self.store)
    }

    /// What goes wrong with it.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Breaks every connection of the ingestion protocol.
    pub fn cut_connections(&self) {
        self.links.cut_all();
    }

    /// Stops: takes no more connections, ends the open streams behind their last acknowledgement, and breaks what is
    /// still open when the time for it is over.
    pub async fn shutdown(mut self) -> io::Result<()> {
        self.stop.send_replace(true);
        let deadline = Instant::now() + self.drain;
        let mut result = Ok(());
        for mut task in std::mem::take(&mut self.tasks) {
            match timeout_at(deadline, &mut task).await {
                Ok(Ok(ended)) => result = result.and(ended),
                Ok(Err(panicked)) => result = result.and(Err(io::Error::other(panicked))),
                Err(_) => {
                    self.links.cut_all();
                    task.abort();
                }
            }
        }
        result
    }
}

impl fmt::Debug for RunningServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningServer")
            .field("grpc", &self.grpc_addr)
            .field("http", &self.http_addr)
            .finish_non_exhaustive()
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.links.cut_all();
        for task in &self.tasks {
            task.abort();
        }
    }
}
