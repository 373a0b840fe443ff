//! The way to the service: the host, the port, TLS, and how long it may take. It does not know who goes there.

use std::time::Duration;

use http::Uri;
use tokio::time::timeout;

use crate::config::Config;
use crate::connect::broken::Broken;
use crate::connect::connection::{Connection, KeepAlive};
use crate::connect::dial::dial;
use crate::connect::{helpers, tls};
use crate::errors::{Error, Status};

#[derive(Clone)]
pub(crate) struct Route {
    endpoint: String,
    host: String,
    port: u16,
    /// Scheme and authority, which every request names.
    pub base: Uri,
    tls: Option<tls::Tls>,
    connect_timeout: Duration,
    keep_alive: KeepAlive,
    tcp_keepalive: Duration,
}

impl Route {
    /// Of a config that has been validated. Certificates are read on a helper thread.
    pub(crate) async fn new(config: &Config) -> Result<Self, Error> {
        let invalid = |error| Error::new(Status::InvalidConfig, format!("invalid config: endpoint: {error}"));
        let uri: Uri = config.endpoint.parse().map_err(invalid)?;
        let in_uri = uri.host().unwrap_or_default();
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let authority = uri.port_u16().map_or_else(|| in_uri.to_owned(), |port| format!("{in_uri}:{port}"));
        let base = format!("{}://{authority}", if secure { "https" } else { "http" });
        let host = in_uri.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self {
            endpoint: config.endpoint.clone(),
            tls: if secure { Some(certificates(&host, config.extra_ca_pem.clone()).await?) } else { None },
            host,
            port,
            base: base.parse().map_err(invalid)?,
            connect_timeout: config.connect_timeout,
            keep_alive: KeepAlive {
                interval: config.http2_keep_alive_interval,
                timeout: config.http2_keep_alive_timeout,
            },
            tcp_keepalive: config.tcp_keepalive,
        })
    }

    /// Opens a connection, with DNS, TCP, TLS and the service's first HTTP/2 frame under one deadline.
    pub(crate) async fn connect(&self) -> Result<Connection, Broken> {
        let connected = timeout(self.connect_timeout, self.go()).await.unwrap_or_else(|_| {
            Err(Broken::Transport(format!("no connection within {:?}", self.connect_timeout)))
        });
        connected.map_err(|why| {
            why.told(&format!("failed to connect to ingestion service at '{}'", self.endpoint))
        })
    }

    async fn go(&self) -> Result<Connection, Broken> {
        let socket = dial(&self.host, self.port, self.tcp_keepalive).await?;
        match &self.tls {
            None => Connection::over(socket, self.keep_alive).await,
            Some(tls) => Connection::over(tls.connect(socket).await?, self.keep_alive).await,
        }
    }
}

async fn certificates(host: &str, extra_ca_pem: Option<String>) -> Result<tls::Tls, Error> {
    let host = host.to_owned();
    let read = helpers::run(move || tls::Tls::new(&host, extra_ca_pem.as_deref())).await;
    read.unwrap_or_else(|error| {
        let text = format!("the certificates could not be read, because no thread can be started: {error}");
        Err(Error::new(Status::NoThread, text))
    })
}
