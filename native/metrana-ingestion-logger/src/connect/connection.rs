//! An HTTP/2 connection, with all that runs on its behalf: when it goes, everything of it goes.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::connect::broken::Broken;
use crate::connect::greeting::{Greeted, Greeting};

/// One message on its way out: two pieces, so that a chunk's columns need not be copied.
#[derive(Clone)]
pub(crate) struct Outgoing {
    /// The gRPC prefix and the first fields.
    pub head: Bytes,
    /// The rest of the fields; may be empty.
    pub rest: Bytes,
}

/// How often a silent connection is probed, and how long a probe may stay unanswered. An interval of zero: never.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeepAlive {
    pub interval: Duration,
    pub timeout: Duration,
}

/// A connection; dropping it cuts it.
pub(crate) struct Connection {
    send: SendRequest<RequestBody>,
    tasks: Tasks,
}

/// What hyper starts for a connection: one task for the connection and one for each body. A body that waits for a peer which
/// reads nothing would hold the socket, and all that is to be sent, for ever.
#[derive(Clone, Default)]
struct Tasks(Arc<Mutex<Option<JoinSet<()>>>>);

impl Tasks {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Some(JoinSet::new()))))
    }

    fn end(&self) {
        // Dropped outside the lock: what is aborted may want to start something.
        let tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(tasks);
    }
}

impl<F> hyper::rt::Executor<F> for Tasks
where
    F: Future + Send + 'static,
{
    fn execute(&self, future: F) {
        if let Some(tasks) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            tasks.spawn(async move { drop(future.await) });
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.tasks.end();
    }
}

impl Connection {
    /// Speaks HTTP/2 over a connection, and waits until the peer has shown that it does so, too.
    pub(crate) async fn over<T>(io: T, keep_alive: KeepAlive) -> Result<Self, Broken>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let tasks = Tasks::new();
        let mut builder = http2::Builder::new(tasks.clone());
        builder.timer(TokioTimer::new()).adaptive_window(true);
        if !keep_alive.interval.is_zero() {
            builder.keep_alive_interval(keep_alive.interval).keep_alive_timeout(keep_alive.timeout);
        }
        let (greeted, greeting) = Greeted::new(io);
        let (send, driver) = builder
            .handshake(TokioIo::new(greeted))
            .await
            .map_err(|error| Broken::Transport(chain(&error)))?;
        let connection = Self { send, tasks };
        // How the connection ended is told by the call on it.
        hyper::rt::Executor::execute(&connection.tasks, driver);
        let broken =
            |_| Broken::Transport("the connection broke before the service sent anything".to_owned());
        greeting.await.map_err(broken).and_then(check)?;
        Ok(connection)
    }

    /// Sends a request and waits for the head of its answer. What the body holds already goes out before.
    pub(crate) async fn request(
        &mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, Broken> {
        self.send.send_request(request).await.map_err(|error| Broken::Transport(chain(&error)))
    }
}

/// Whether the peer began as an HTTP/2 server does, and what it means when it did not.
fn check(greeting: Greeting) -> Result<(), Broken> {
    let other_program = "something answered, but it is not a Metrana ingestion service";
    Err(match greeting {
        Greeting::Settings => return Ok(()),
        Greeting::Http1 => Broken::Wrong(format!("{other_program}: it speaks HTTP/1 instead of HTTP/2; is the port right?")),
        Greeting::Unknown => Broken::Wrong(format!("{other_program}: it does not speak HTTP/2; is the port right?")),
        Greeting::Tls => Broken::Wrong("it answers with TLS: should the endpoint begin with https://?".to_owned()),
        Greeting::Nothing => Broken::Transport(
            "it closed the connection without a word (a service that expects TLS may do that: should the endpoint begin \
             with https://?)"
                .to_owned(),
        ),
    })
}

/// An error with its causes, the outermost first.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// The client's half of a stream.
pub(crate) struct RequestBody {
    outgoing: mpsc::UnboundedReceiver<Outgoing>,
    rest: Option<Bytes>,
}

impl RequestBody {
    pub(crate) fn of(outgoing: mpsc::UnboundedReceiver<Outgoing>) -> Self {
        Self { outgoing, rest: None }
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        self.outgoing.poll_recv(context).map(|message| {
            message.map(|Outgoing { head, rest }| {
                self.rest = (!rest.is_empty()).then_some(rest);
                Ok(Frame::data(head))
            })
        })
    }
}
