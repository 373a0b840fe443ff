//! What opens the service to this logger.

use std::future::ready;

use http::HeaderValue;

use crate::connect::broken::Broken;
use crate::errors::{Error, Status};

/// A key that the service takes as it is. One that has to be exchanged first needs the network, so whoever asks waits.
#[derive(Clone)]
pub(crate) struct Credentials {
    bearer: HeaderValue,
}

impl Credentials {
    pub(crate) fn new(api_key: &str) -> Result<Self, Error> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {api_key}")).map_err(|_| {
            let text = "invalid config: api_key contains a character that is not allowed in a header";
            Error::new(Status::InvalidConfig, text)
        })?;
        bearer.set_sensitive(true);
        Ok(Self { bearer })
    }

    /// The header of the next call.
    pub(crate) fn authorization(&self) -> impl Future<Output = Result<HeaderValue, Broken>> + use<> {
        ready(Ok(self.bearer.clone()))
    }
}
