//! TLS: which certificates are trusted, and the handshake. There is no switch that turns verification off.

use std::ffi::OsString;
use std::io;
use std::sync::Arc;

use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    self, AlertDescription, CertificateError, ClientConfig, InvalidMessage, RootCertStore,
};

use crate::connect::broken::Broken;
use crate::connect::socket::Socket;
use crate::errors::{Error, Status};

#[derive(Clone)]
pub(crate) struct Tls {
    connector: tokio_rustls::TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    /// Reads files, so it is nothing for a thread that others wait for.
    pub(crate) fn new(host: &str, extra_ca_pem: Option<&str>) -> Result<Self, Error> {
        let invalid = |text: String| Error::new(Status::InvalidConfig, format!("invalid config: {text}"));
        let name = ServerName::try_from(host.to_owned()).map_err(|error| {
            invalid(format!("endpoint host '{host}' is not a valid name for TLS: {error}"))
        })?;
        let roots = roots(extra_ca_pem).map_err(invalid)?;
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(format!("TLS: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self { connector: Arc::new(config).into(), name })
    }

    pub(crate) async fn connect(&self, socket: Socket) -> Result<TlsStream<Socket>, Broken> {
        let stream =
            self.connector.connect(self.name.clone(), socket).await.map_err(|error| failure(&error))?;
        match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Ok(stream),
            _ => Err(Broken::Wrong("TLS: the server does not speak HTTP/2 (ALPN h2)".to_owned())),
        }
    }
}

/// What a failed handshake means, and what to do about it.
fn failure(error: &io::Error) -> Broken {
    let told = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(told) = told else {
        return Broken::Transport(format!("TLS: {error}"));
    };
    match told {
        rustls::Error::InvalidCertificate(problem) => Broken::Wrong(format!("TLS: {}", refusal(problem))),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            Broken::Wrong("it does not speak TLS: should the endpoint begin with http://?".to_owned())
        }
        rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol) => {
            Broken::Wrong("TLS: the server does not speak HTTP/2 (ALPN h2)".to_owned())
        }
        rustls::Error::InvalidMessage(_)
        | rustls::Error::PeerIncompatible(_)
        | rustls::Error::PeerMisbehaved(_)
        | rustls::Error::NoCertificatesPresented => Broken::Wrong(format!("TLS: {told}")),
        _ => Broken::Transport(format!("TLS: {told}")),
    }
}

/// Why a certificate is not accepted.
fn refusal(problem: &CertificateError) -> String {
    match problem {
        CertificateError::UnknownIssuer => "the server's certificate was issued by nobody who is trusted here; if that is \
             right, name the issuer's certificate in extra_ca_pem (ExtraCaPem) or SSL_CERT_FILE"
            .to_owned(),
        CertificateError::Expired => "the server's certificate has expired".to_owned(),
        CertificateError::ExpiredContext { time, not_after } => {
            format!("the server's certificate expired on {}; it is {} here", date(*not_after), date(*time))
        }
        CertificateError::NotValidYet => "the server's certificate is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { time, not_before } => {
            format!("the server's certificate begins on {}; it is {} here", date(*not_before), date(*time))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("the server's certificate belongs to another host: {problem}")
        }
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "the server shows the certificate of an authority as its own; give it one that the authority has issued, \
             or make a self-signed one with basicConstraints=CA:FALSE"
                .to_owned()
        }
        other => format!("the server's certificate is not accepted: {other}"),
    }
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    prost_types::Timestamp { seconds, nanos: 0 }.to_string()
}

/// One that is mistyped beside a folder that is right would be overlooked.
fn can_be_read(file: Option<OsString>) -> Result<(), String> {
    match file.filter(|file| !file.is_empty()) {
        Some(file) => std::fs::File::open(&file).map(drop).map_err(|error| {
            format!("SSL_CERT_FILE names '{}', which cannot be read: {error}", file.display())
        }),
        None => Ok(()),
    }
}

fn none_usable(mut why: Vec<String>) -> String {
    if why.is_empty() {
        why.push("no file has one in PEM form".to_owned());
    }
    format!("SSL_CERT_FILE or SSL_CERT_DIR holds no usable certificate: {}", why.join("; "))
}

/// The platform's certificates, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name in their place; Mozilla's only
/// where the platform has none and nobody named others. An extra one comes on top.
fn roots(extra_ca_pem: Option<&str>) -> Result<RootCertStore, String> {
    can_be_read(std::env::var_os("SSL_CERT_FILE"))?;
    let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() && named {
        return Err(none_usable(found.errors.iter().map(ToString::to_string).collect()));
    }
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if let Some(pem) = extra_ca_pem {
        let mut any = false;
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| format!("extra_ca_pem: {error}"))?;
            roots.add(certificate).map_err(|error| format!("extra_ca_pem: {error}"))?;
            any = true;
        }
        if !any {
            return Err("extra_ca_pem holds no certificate in PEM form".to_owned());
        }
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_dates_and_not_seconds() {
        let at = |days: u64| UnixTime::since_unix_epoch(Duration::from_secs(days * 86_400));
        let expired = refusal(&CertificateError::ExpiredContext { time: at(20_000), not_after: at(10_000) });
        assert!(
            expired.contains("expired on 1997-05-19") && expired.contains("it is 2024-10-04"),
            "{expired}"
        );
        let early =
            refusal(&CertificateError::NotValidYetContext { time: at(10_000), not_before: at(20_000) });
        assert!(early.contains("begins on 2024-10-04") && early.contains("it is 1997-05-19"), "{early}");
    }

    #[test]
    fn what_the_environment_names_is_told_when_it_cannot_be_used() {
        let missing = can_be_read(Some("no/such/file.pem".into())).expect_err("there is no such file");
        assert!(
            missing.contains("SSL_CERT_FILE names 'no/such/file.pem', which cannot be read"),
            "{missing}"
        );
        let there = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert_eq!(can_be_read(Some(there.into())), Ok(()));
        assert_eq!((can_be_read(None), can_be_read(Some(OsString::new()))), (Ok(()), Ok(())));
        assert!(none_usable(Vec::new()).ends_with("no file has one in PEM form"));
        assert!(none_usable(vec!["a".to_owned(), "b".to_owned()]).ends_with(": a; b"));
    }
}
