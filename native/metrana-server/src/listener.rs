//! Takes connections and sees to it that there are never more than the server can have.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::connection::{Link, Links};
use crate::greeting;
use crate::log::Log;
use crate::serve::{Serving, stopped};

/// How long a failure to accept is waited out, such as a lack of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);
/// How often the log tells that connections are turned away or cannot be accepted.
const REMINDER: Duration = Duration::from_secs(10);

/// Opens an address.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))
}

/// A place where connections arrive.
pub(crate) struct Listener {
    pub(crate) tcp: TcpListener,
    pub(crate) links: Links,
    pub(crate) serving: Arc<Serving>,
    pub(crate) log: Log,
}

impl Listener {
    /// Serves what arrives until the server stops, and then until the last connection has ended.
    pub(crate) async fn run(self) -> io::Result<()> {
        let mut connections = JoinSet::new();
        let mut stop = self.serving.stop.clone();
        let mut complaints = Complaints { log: self.log, last: None, unsaid: 0 };
        loop {
            tokio::select! {
                () = stopped(&mut stop) => break,
                Some(_) = connections.join_next() => {}
                accepted = self.tcp.accept() => match accepted {
                    Ok((tcp, peer)) => self.take(tcp, peer, &mut connections, &mut complaints),
                    Err(error) => {
                        complaints.say(format_args!("a connection cannot be accepted: {error}"));
                        tokio::time::sleep(PAUSE).await;
                    }
                },
            }
        }
        drop(self.tcp);
        while connections.join_next().await.is_some() {}
        Ok(())
    }

    fn take(
        &self,
        tcp: TcpStream,
        peer: SocketAddr,
        connections: &mut JoinSet<()>,
        complaints: &mut Complaints,
    ) {
        let most = self.serving.limits.connections;
        if self.links.len() >= most {
            let cut = self.links.cut_idlest();
            complaints.say(format_args!(
                "there are {most} connections, which is the most: {}",
                if cut {
                    "the one that was idle for the longest time is cut"
                } else {
                    "a new one is turned away"
                }
            ));
            if !cut {
                connections.spawn(greeting::turn_away(
                    tcp,
                    "503 Service Unavailable",
                    "The server has too many connections.",
                ));
                return;
            }
        }
        let link = Link::default();
        let place = self.links.add(&link);
        let serving = Arc::clone(&self.serving);
        connections.spawn(async move {
            serving.connection(tcp, peer, link).await;
            drop(place);
        });
    }
}

/// Lines for the log that would otherwise come a thousand times a second.
struct Complaints {
    log: Log,
    last: Option<Instant>,
    unsaid: u64,
}

impl Complaints {
    fn say(&mut self, line: std::fmt::Arguments<'_>) {
        if self.last.is_some_and(|last| last.elapsed() < REMINDER) {
            self.unsaid += 1;
            return;
        }
        self.last = Some(Instant::now());
        match std::mem::take(&mut self.unsaid) {
            0 => self.log.line(line),
            more => self.log.line(format_args!("{line} (and {more} times more since the last such line)")),
        }
    }
}
