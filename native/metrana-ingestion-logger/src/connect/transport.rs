//! A connection to the service: TCP, TLS and HTTP/2 under one deadline, and one call on it.
//!
//! Every stream gets a connection of its own. Requests are bytes that are ready; answers are read by tonic.

use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tonic::Code;
use tonic::codec::{BufferSettings, DecodeBuf, Decoder, Streaming};

use crate::config::Config;
use crate::connect::tls;
use crate::errors::{Error, Status};

const SERVICE: &str = "/metrana_protobuf.ingestion.v1.svc.IngestService/";
const USER_AGENT: &str = concat!("metrana-native/", env!("CARGO_PKG_VERSION"));

/// The first answer of a resumed run lists all its series; acknowledgements are a few bytes.
const MAX_ANSWER: usize = 256 << 20;

/// One message on its way out: two pieces, so that a chunk's columns need not be copied.
#[derive(Clone)]
pub(crate) struct Outgoing {
    /// The gRPC prefix and the first fields.
    pub head: Bytes,
    /// The rest of the fields; may be empty.
    pub rest: Bytes,
}

/// Where messages are put; dropping it ends the client's half of the stream.
pub(crate) type Outbox = mpsc::UnboundedSender<Outgoing>;

/// Why a call or a stream ended before its time.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The service said so.
    Answered(tonic::Status),
    /// The way to it broke, or was never there.
    Transport(String),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(status) => {
                write!(f, "code: '{}', message: {:?}", status.code().description(), status.message())
            }
            Self::Transport(text) => f.write_str(text),
        }
    }
}

impl Broken {
    pub(crate) fn code(&self) -> Option<Code> {
        match self {
            Self::Answered(status) => Some(status.code()),
            Self::Transport(_) => None,
        }
    }
}

impl From<tonic::Status> for Broken {
    /// Only a status without a cause of its own is the service's word: the codes that the libraries make up for a
    /// broken connection say nothing.
    fn from(status: tonic::Status) -> Self {
        match std::error::Error::source(&status) {
            None => Self::Answered(status),
            Some(source) => Self::Transport(format!("{}: {source}", status.message())),
        }
    }
}

/// Knows how to reach the service.
#[derive(Clone)]
pub(crate) struct Connector {
    endpoint: String,
    host: String,
    port: u16,
    base: Uri,
    tls: Option<tls::Tls>,
    authorization: HeaderValue,
    connect_timeout: Duration,
    keep_alive_interval: Duration,
    keep_alive_timeout: Duration,
    tcp_keepalive: Duration,
}

/// A connection; dropping it cuts it.
pub(crate) struct Connection {
    send: SendRequest<RequestBody>,
    driver: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// An open call: what goes out is put into the outbox, what comes back is read from the answers.
pub(crate) struct Exchange<M> {
    pub answers: Streaming<M>,
    /// Lives as long as the call does.
    _connection: Connection,
}

impl Connector {
    /// Of a config that has been validated. Reads certificates, so it may take some milliseconds.
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let invalid = |text: String| Error::new(Status::InvalidConfig, text);
        let uri: Uri = config.endpoint.parse().map_err(|error| invalid(format!("endpoint: {error}")))?;
        let host = uri.host().unwrap_or_default().to_owned();
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let authority = uri.port_u16().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let base = format!("{}://{authority}", if secure { "https" } else { "http" });
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", config.api_key))
            .map_err(|_| invalid("api_key holds a character that no header may carry".to_owned()))?;
        authorization.set_sensitive(true);
        Ok(Self {
            endpoint: config.endpoint.clone(),
            tls: secure.then(|| tls::Tls::new(&name, config.extra_ca_pem.as_deref())).transpose()?,
            host: name,
            port,
            base: base.parse().map_err(|error| invalid(format!("endpoint: {error}")))?,
            authorization,
            connect_timeout: config.connect_timeout,
            keep_alive_interval: config.http2_keep_alive_interval,
            keep_alive_timeout: config.http2_keep_alive_timeout,
            tcp_keepalive: config.tcp_keepalive,
        })
    }

    /// Opens a connection, with DNS, TCP, TLS and the first HTTP/2 frames under one deadline.
    pub(crate) async fn connect(&self) -> Result<Connection, Broken> {
        let failed = |why: String| {
            Broken::Transport(format!("failed to connect to ingestion service at '{}': {why}", self.endpoint))
        };
        match tokio::time::timeout(self.connect_timeout, self.dial()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(why)) => Err(failed(why)),
            Err(_) => Err(failed(format!("no connection within {:?}", self.connect_timeout))),
        }
    }

    async fn dial(&self) -> Result<Connection, String> {
        let tcp =
            TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|error| error.to_string())?;
        tcp.set_nodelay(true).map_err(|error| error.to_string())?;
        if !self.tcp_keepalive.is_zero() {
            let probes = socket2::TcpKeepalive::new().with_time(self.tcp_keepalive);
            socket2::SockRef::from(&tcp).set_tcp_keepalive(&probes).map_err(|error| error.to_string())?;
        }
        match &self.tls {
            None => self.shake_hands(tcp).await,
            Some(tls) => self.shake_hands(tls.connect(tcp).await?).await,
        }
    }

    async fn shake_hands<T>(&self, io: T) -> Result<Connection, String>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).adaptive_window(true);
        if !self.keep_alive_interval.is_zero() {
            builder.keep_alive_interval(self.keep_alive_interval).keep_alive_timeout(self.keep_alive_timeout);
        }
        let (mut send, driver) =
            builder.handshake(TokioIo::new(io)).await.map_err(|error| error.to_string())?;
        // How the connection ended is told by the stream on it.
        let driver = tokio::spawn(async move { drop(driver.await) });
        let connection_lost = send.ready().await.err();
        let connection = Connection { send, driver };
        match connection_lost {
            None => Ok(connection),
            Some(error) => Err(error.to_string()),
        }
    }

    /// Calls a method with messages from an outbox. What the outbox holds already goes out before answers are
    /// waited for: some servers answer nothing before they have read something.
    pub(crate) async fn call<M>(
        &self,
        mut connection: Connection,
        method: &str,
        outgoing: mpsc::UnboundedReceiver<Outgoing>,
    ) -> Result<Exchange<M>, Broken>
    where
        M: prost::Message + Default + 'static,
    {
        let broken = |text: String| Broken::Transport(text);
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = format!("{SERVICE}{method}").parse().ok();
        let uri = Uri::from_parts(parts).map_err(|error| broken(error.to_string()))?;
        let request = Request::post(uri)
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(header::TE, "trailers")
            .header(header::CONTENT_TYPE, "application/grpc")
            .header(header::USER_AGENT, USER_AGENT)
            .body(RequestBody { outgoing, rest: None })
            .map_err(|error| broken(error.to_string()))?;
        let response = connection.send.send_request(request).await.map_err(|error| broken(chain(&error)))?;
        if let Some(status) = tonic::Status::from_header_map(response.headers())
            && status.code() != Code::Ok
        {
            return Err(status.into());
        }
        let code = response.status();
        let answers =
            Streaming::new_response(Answers(PhantomData), response.into_body(), code, None, Some(MAX_ANSWER));
        Ok(Exchange { answers, _connection: connection })
    }
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
struct RequestBody {
    outgoing: mpsc::UnboundedReceiver<Outgoing>,
    rest: Option<Bytes>,
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(http_body::Frame::data(rest))));
        }
        self.outgoing.poll_recv(context).map(|message| {
            message.map(|Outgoing { head, rest }| {
                self.rest = (!rest.is_empty()).then_some(rest);
                Ok(http_body::Frame::data(head))
            })
        })
    }
}

struct Answers<M>(PhantomData<fn() -> M>);

impl<M: prost::Message + Default> Decoder for Answers<M> {
    type Item = M;
    type Error = tonic::Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<M>, tonic::Status> {
        M::decode(source)
            .map(Some)
            .map_err(|error| tonic::Status::internal(format!("the service's answer is no protobuf: {error}")))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::new(4096, 4096)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
