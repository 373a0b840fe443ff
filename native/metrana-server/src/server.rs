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

use crate::budget::Budget;
use crate::clock::{Clock, now_millis};
use crate::connection::Links;
use crate::faults::Faults;
use crate::gate::{Access, Gate};
use crate::http;
use crate::ingest::{Ingest, Pace, Streams};
use crate::limits::Limits;
use crate::listener::{self, Listener};
use crate::log::Log;
use crate::presence::Presence;
use crate::serve::{Serving, stopped};
use crate::store::{MemoryStore, Reading, Store};
use crate::tls::Tls;

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens: for loggers, programs and browsers alike.
    pub listen: SocketAddr,
    /// A second address where it answers the same, if there is one.
    pub also: Option<SocketAddr>,
    /// Whom it lets in.
    pub access: Access,
    /// Its certificate, where it speaks TLS.
    pub tls: Option<Tls>,
    /// What a peer may take of it.
    pub limits: Limits,
    /// Whether faults can be armed over HTTP.
    pub allow_faults: bool,
    /// Whether it writes lines on standard error.
    pub log: bool,
    /// How long a stop waits for open streams.
    pub drain: Duration,
    /// What tells the time.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            also: None,
            access: Access::Open,
            tls: None,
            limits: Limits::default(),
            allow_faults: false,
            log: false,
            drain: Duration::from_secs(5),
            clock: Clock::default(),
        }
    }
}

/// Starts servers.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Starts one on the current tokio runtime that keeps everything in memory. It listens when this returns.
    pub async fn start_in_memory(options: Options) -> io::Result<RunningServer> {
        let store = MemoryStore::new(options.clock.clone());
        Self::start(options, Arc::new(store)).await
    }

    /// Starts one on the current tokio runtime, over this store. It listens when this returns.
    pub async fn start(options: Options, store: Arc<dyn Store>) -> io::Result<RunningServer> {
        let first = listener::bind(options.listen).await?;
        let second = match options.also {
            Some(address) => Some(listener::bind(address).await?),
            None => None,
        };
        let grpc_addr = first.local_addr()?;
        let http_addr = second.as_ref().map_or(Ok(grpc_addr), TcpListener::local_addr)?;
        let only_loopback = grpc_addr.ip().is_loopback() && http_addr.ip().is_loopback();
        let gate = Arc::new(Gate::new(options.access, only_loopback)?);
        let faults = Arc::new(Faults::default());
        let presence = Presence::default();
        let links = Links::default();
        let stop = watch::Sender::new(false);
        let stop_asked = watch::Sender::new(false);
        let log = Log::new(options.log);
        let limits = &options.limits;
        let budget = Budget::new(limits.under_way).with_patience(limits.room);

        let ingest = Ingest {
            store: Arc::clone(&store),
            faults: Arc::clone(&faults),
            log,
            clock: options.clock.clone(),
            streams: Streams::default(),
            budget: budget.clone(),
            pace: Pace::default(),
            stopping: stop.subscribe(),
        };
        let api = http::Api {
            store: Arc::clone(&store),
            faults: Arc::clone(&faults),
            gate: Arc::clone(&gate),
            room: http::Room::new(budget.portion(limits.under_way / 2), limits.stall),
            started_at_millis: now_millis(),
            stopping: stop.subscribe(),
            stop_asked: stop_asked.clone(),
        };
        let serving = Arc::new(Serving {
            grpc: tonic::service::Routes::new(ingest.into_service()).prepare().into_axum_router(),
            http: http::router(api, options.allow_faults, options.limits.body),
            gate,
            presence: presence.clone(),
            limits: options.limits,
            tls: options.tls.clone(),
            stop: stop.subscribe(),
        });
        let listen = |tcp| {
            let listener = Listener { tcp, links: links.clone(), serving: Arc::clone(&serving), log };
            tokio::spawn(listener.run())
        };
        let tasks = std::iter::once(first).chain(second).map(listen).collect();
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        Ok(RunningServer {
            grpc_addr,
            http_addr,
            scheme,
            store,
            faults,
            presence,
            links,
            stop,
            stop_asked,
            tasks,
            drain: options.drain,
        })
    }
}

/// A server that listens. Dropping it stops it without waiting for anything.
pub struct RunningServer {
    grpc_addr: SocketAddr,
    http_addr: SocketAddr,
    scheme: &'static str,
    store: Arc<dyn Store>,
    faults: Arc<Faults>,
    presence: Presence,
    links: Links,
    stop: watch::Sender<bool>,
    stop_asked: watch::Sender<bool>,
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

    /// The same as a URL.
    #[must_use]
    pub fn grpc_url(&self) -> String {
        format!("{}://{}", self.scheme, self.grpc_addr)
    }

    /// The same as a URL.
    #[must_use]
    pub fn http_url(&self) -> String {
        format!("{}://{}", self.scheme, self.http_addr)
    }

    /// Waits until no client and no reader has needed it for this long.
    pub async fn unneeded_for(&self, time: Duration) {
        self.presence.nobody_for(time).await;
    }

    /// Waits until somebody asks over HTTP that it ends.
    pub async fn asked_to_stop(&self) {
        stopped(&mut self.stop_asked.subscribe()).await;
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

    /// Breaks every connection.
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
