//! Calls to the service: a route to it, what opens it, and one call on a connection of its own.
//!
//! Requests are bytes that are ready; answers are read by tonic.

use std::fmt;

use http::{Request, Uri, header};
use tokio::sync::mpsc;

use crate::config::Config;
use crate::connect::answers::{Answers, Limits};
pub(crate) use crate::connect::broken::Broken;
pub(crate) use crate::connect::connection::Outgoing;
use crate::connect::connection::{Connection, RequestBody};
use crate::connect::credentials::Credentials;
use crate::connect::route::Route;
use crate::errors::Error;

const SERVICE: &str = "/metrana_protobuf.ingestion.v1.svc.IngestService/";
const USER_AGENT: &str = concat!("metrana-native/", env!("CARGO_PKG_VERSION"));

/// A method of the service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Method {
    name: &'static str,
    limits: Limits,
}

/// Opens a run. The answer for a run that is resumed lists all its series.
pub(crate) const INITIALIZE: Method =
    Method { name: "InitializeRunLogging", limits: Limits { one: SEEDS, all: SEEDS } };
const SEEDS: usize = 256 << 20;

/// The update stream. Acknowledgements are a few bytes each, and there is no end to them.
pub(crate) const UPDATE: Method =
    Method { name: "UpdateRunStream", limits: Limits { one: 64 << 10, all: usize::MAX } };

/// Where messages are put; dropping it ends the client's half of the stream.
pub(crate) type Outbox = mpsc::UnboundedSender<Outgoing>;

/// Knows how to reach the service, and what to say at the door.
#[derive(Clone)]
pub(crate) struct Connector {
    route: Route,
    credentials: Credentials,
}

/// An open call: what goes out is put into the outbox, what comes back is read from the answers.
pub(crate) struct Exchange<M> {
    pub answers: Answers<M>,
    /// Lives as long as the call does.
    _connection: Connection,
}

impl Connector {
    /// Of a config that has been validated.
    pub(crate) async fn new(config: &Config) -> Result<Self, Error> {
        Ok(Self { credentials: Credentials::new(&config.api_key)?, route: Route::new(config).await? })
    }

    /// Opens a connection.
    pub(crate) async fn connect(&self) -> Result<Connection, Broken> {
        self.route.connect().await
    }

    /// Calls a method with messages from an outbox. What the outbox holds already goes out before answers are
    /// waited for: some servers answer nothing before they have read something.
    pub(crate) async fn call<M>(
        &self,
        mut connection: Connection,
        method: Method,
        outgoing: mpsc::UnboundedReceiver<Outgoing>,
    ) -> Result<Exchange<M>, Broken>
    where
        M: prost::Message + Default + 'static,
    {
        let broken = |error: http::Error| Broken::Transport(error.to_string());
        let mut parts = self.route.base.clone().into_parts();
        parts.path_and_query = format!("{SERVICE}{}", method.name).parse().ok();
        let uri = Uri::from_parts(parts).map_err(|error| broken(error.into()))?;
        let request = Request::post(uri)
            .header(header::AUTHORIZATION, self.credentials.authorization().await?)
            .header(header::TE, "trailers")
            .header(header::CONTENT_TYPE, "application/grpc")
            .header(header::USER_AGENT, USER_AGENT)
            .body(RequestBody::of(outgoing))
            .map_err(broken)?;
        let response = connection.request(request).await?;
        Ok(Exchange { answers: Answers::new(response, method.limits)?, _connection: connection })
    }
}

impl fmt::Debug for Connector {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("base", &self.route.base).finish_non_exhaustive()
    }
}
