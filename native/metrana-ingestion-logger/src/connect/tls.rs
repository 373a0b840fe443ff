//! TLS: which certificates are trusted, and the handshake. There is no switch that turns verification off.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::errors::{Error, Status};

#[derive(Clone)]
pub(crate) struct Tls {
    connector: tokio_rustls::TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    pub(crate) fn new(host: &str, extra_ca_pem: Option<&str>) -> Result<Self, Error> {
        let invalid = |text: String| Error::new(Status::InvalidConfig, format!("invalid config: {text}"));
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| invalid(format!("endpoint host '{host}' is no name for TLS: {error}")))?;
        let roots = roots(extra_ca_pem).map_err(invalid)?;
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(format!("TLS: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self { connector: Arc::new(config).into(), name })
    }

    pub(crate) async fn connect(&self, tcp: TcpStream) -> Result<TlsStream<TcpStream>, String> {
        let stream =
            self.connector.connect(self.name.clone(), tcp).await.map_err(|error| format!("TLS: {error}"))?;
        match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Ok(stream),
            _ => Err("TLS: the server does not speak HTTP/2 (ALPN h2)".to_owned()),
        }
    }
}

/// The platform's certificates, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name in their place; Mozilla's only
/// where the platform has none and nobody named others. An extra one comes on top.
fn roots(extra_ca_pem: Option<&str>) -> Result<RootCertStore, String> {
    let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() && named {
        let why: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
        return Err(format!("SSL_CERT_FILE or SSL_CERT_DIR holds no usable certificate: {}", why.join("; ")));
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
