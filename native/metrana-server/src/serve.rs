//! One connection, from its first byte to its last: the ingestion protocol and the HTTP API on the same port.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, Response, StatusCode, Version};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tonic::Status;
use tonic::codegen::Service;

use crate::connection::{Busy, Connection, ConnectionInfo, Link};
use crate::gate::Gate;
use crate::greeting::{self, Speaks};
use crate::http;
use crate::limits::Limits;
use crate::presence::{Presence, Present};
use crate::tls::Tls;

/// Room for what a client may have under way, so that it never waits for this server to ask for more. With the usual
/// 64 KiB a message of 1 MiB would take sixteen round trips.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 8 << 20;
/// Fewer, larger frames: less to do for each megabyte on both sides.
const FRAME: u32 = 1 << 20;
/// Far above what clients open, which is one for each connection, and what a page asks for at once.
const STREAMS: u32 = 1024;
/// What of an answer may lie in front of a reader that takes it slowly.
const SEND_BUFFER: usize = 256 << 10;
/// How long a peer may take to end its connection when it is asked to.
const FAREWELL: Duration = Duration::from_secs(5);

/// On a request that came over TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encrypted;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) grpc: Router,
    pub(crate) http: Router,
    pub(crate) gate: Arc<Gate>,
    pub(crate) presence: Presence,
    pub(crate) limits: Limits,
    pub(crate) tls: Option<Tls>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Serving {
    /// Serves a connection until it ends. Why it ends is its peer's affair.
    pub(crate) async fn connection(self: Arc<Self>, tcp: TcpStream, peer: SocketAddr, link: Link) {
        let info = ConnectionInfo { link, peer: Some(peer), local: tcp.local_addr().ok() };
        // Acknowledgements are small and somebody waits for each; a socket that refuses this works all the same.
        let _ = tcp.set_nodelay(true);
        let Ok(speaks) = greeting::listen(&tcp, self.limits.head).await else { return };
        let what = "the Metrana server: HTTP for programs and browsers, gRPC for loggers";
        match (&self.tls, speaks) {
            (None, Speaks::Http) => self.http(tcp, info).await,
            (Some(tls), Speaks::Tls) => {
                if let Ok(Ok(stream)) = timeout(self.limits.head, tls.acceptor().accept(tcp)).await {
                    self.http(stream, info).await;
                }
            }
            (None, Speaks::Tls) => {
                let text =
                    format!("This is {what}. It is not set up for TLS: write http:// instead of https://.");
                greeting::turn_away(tcp, "400 Bad Request", &text).await;
            }
            (Some(_), Speaks::Http) => {
                let text = format!("This is {what}. It speaks TLS only: write https:// instead of http://.");
                greeting::turn_away(tcp, "400 Bad Request", &text).await;
            }
            (_, Speaks::SomethingElse) => {
                greeting::turn_away(tcp, "400 Bad Request", &format!("This is {what}.")).await;
            }
        }
    }

    async fn http<T>(self: Arc<Self>, stream: T, info: ConnectionInfo)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let link = info.link.clone();
        let io = TokioIo::new(Connection::new(stream, link.clone(), self.limits.stall));
        let service = service_fn(|request| {
            let (serving, info) = (Arc::clone(&self), info.clone());
            async move { Ok::<_, Infallible>(serving.answer(request, info).await) }
        });
        let builder = self.builder();
        let mut connection = pin!(builder.serve_connection(io, service));
        let mut stop = self.stop.clone();
        tokio::select! {
            // How it ended is of no interest to anybody but the peer, who knows.
            _ = connection.as_mut() => return,
            () = stopped(&mut stop) => {
                connection.as_mut().graceful_shutdown();
                // The server bounds the time of its stop.
                let _ = connection.await;
                return;
            }
            () = link.idle_for(self.limits.idle) => connection.as_mut().graceful_shutdown(),
        }
        tokio::select! {
            _ = connection => {}
            () = async { sleep(FAREWELL).await; link.idle_for(Duration::ZERO).await } => {}
        }
    }

    fn builder(&self) -> auto::Builder<TokioExecutor> {
        let headers = self.limits.headers;
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head.max(self.limits.idle / 2))
            .max_buf_size(headers as usize);
        builder
            .http2()
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(FRAME)
            .max_concurrent_streams(STREAMS)
            .max_send_buf_size(SEND_BUFFER)
            .max_header_list_size(headers)
            .keep_alive_interval(self.limits.ping)
            .keep_alive_timeout(self.limits.ping);
        builder
    }

    async fn answer(&self, request: Request<Incoming>, info: ConnectionInfo) -> Response<Body> {
        let busy = info.link.busy();
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(info);
        if self.tls.is_some() {
            parts.extensions.insert(Encrypted);
        }
        let is_grpc = parts
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
        if let Err(refusal) = self.gate.check_origin(&parts) {
            return if is_grpc {
                Status::permission_denied(refusal.text).into_http()
            } else {
                http::refused(refusal)
            };
        }
        let (present, response) = if is_grpc {
            if parts.version != Version::HTTP_2 {
                let text = "gRPC needs HTTP/2, and this came over HTTP/1; is there a proxy on the way?";
                return http::problem(StatusCode::HTTP_VERSION_NOT_SUPPORTED, text);
            }
            if let Err(refusal) = self.gate.check_key(&parts) {
                return Status::unauthenticated(refusal.text).into_http();
            }
            let request = Request::from_parts(parts, Body::new(body));
            let present = self.presence.enter();
            (Some(present), self.grpc.clone().call(request).await)
        } else {
            let path = parts.uri.path();
            if !http::is_public(path)
                && let Err(refusal) = self.gate.check_key(&parts)
            {
                return http::refused(refusal);
            }
            // Whoever only looks whether the server is there does not keep it there.
            let present = (path != http::HEALTH).then(|| self.presence.enter());
            let request = Request::from_parts(parts, Body::new(body));
            let Ok(response) = timeout(self.limits.request, self.http.clone().call(request)).await else {
                let text = "it took too long; ask for less at once";
                return http::problem(StatusCode::SERVICE_UNAVAILABLE, text);
            };
            (present, response)
        };
        let response = response.unwrap_or_else(|never| match never {});
        response.map(|body| Body::new(Counted { body, _busy: busy, _present: present }))
    }
}

/// Waits for the stop of the server.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the server's handle is gone, which is as good as a stop.
    let _ = stop.wait_for(|stopping| *stopping).await;
}

/// The body of an answer, which counts as a request under way until it is sent.
struct Counted {
    body: Body,
    _busy: Busy,
    _present: Option<Present>,
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
