//! One port with TLS: loggers, programs and browsers alike.

mod common;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::rt::TokioIo;
use metrana_server::{Access, Options, RunningServer, Secret, Server, Tls};
use metrana_testkit::raw::RawClient;
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tonic::codegen::Service;
use tonic::codegen::http::Uri;
use tonic::transport::Endpoint;

use common::{
    LOGGER, PATIENCE, acked, batch, declaration, declaring, message, opening, points, run, with_points,
};

const KEY: &str = "a-key-of-eight";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

async fn start() -> RunningServer {
    let tls = Tls::from_files(&file("cert.pem"), &file("key.pem")).expect("the files are read");
    let access = Access::Keys(vec![Secret::new(KEY.into()).expect("a key")]);
    Server::start_in_memory(Options { tls: Some(tls), access, ..Options::default() })
        .await
        .expect("it starts")
}

/// Connects as somebody who trusts the server's certificate and speaks one protocol.
async fn connect(server: SocketAddr, protocol: &str) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(file("cert.pem")).map_err(io::Error::other)?;
    roots.add(certificate).map_err(io::Error::other)?;
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(server).await?;
    let name = ServerName::from(server.ip());
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn ask(server: SocketAddr, request: &str) -> String {
    let mut stream = connect(server, "http/1.1").await.expect("it connects");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    let read = timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("it answers in time");
    read.expect("the answer ends in good order");
    answer
}

/// What a gRPC client connects by.
#[derive(Clone)]
struct Connector(SocketAddr);

impl Service<Uri> for Connector {
    type Response = TokioIo<TlsStream<TcpStream>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let server = self.0;
        Box::pin(async move { connect(server, "h2").await.map(TokioIo::new) })
    }
}

#[tokio::test]
async fn a_logger_and_a_reader_meet_on_the_encrypted_port() {
    let server = start().await;
    let address = server.grpc_addr();
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("a URI");
    let channel = endpoint.connect_with_connector(Connector(address)).await.expect("it connects");
    let mut client = RawClient::over(channel).with_key(KEY);
    client.initialize(opening(&run("a"), LOGGER).encode_to_vec().into()).await.expect("the run opens");
    let id = server.store().runs().expect("runs")[0].id.as_bytes().clone();
    let mut stream = client.update_stream().await.expect("a stream");
    acked(&mut stream, &message(&id, 0)).await;
    let data = declaring(message(&id, 256), &[declaration(1, "loss")]);
    acked(&mut stream, &with_points(data, 1, batch(0, &[0.5, 0.25]))).await;
    assert_eq!(points(&server, &id, "loss").steps, [0, 1]);

    let listed = ask(
        address,
        &format!("GET /api/v1/runs HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {KEY}\r\nconnection: close\r\n\r\n"),
    )
    .await;
    assert!(listed.starts_with("HTTP/1.1 200") && listed.contains("\"run_name\":\"a\""), "{listed}");
    let refused =
        ask(address, &format!("GET /api/v1/runs HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"))
            .await;
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
}

#[tokio::test]
async fn a_cookie_of_the_encrypted_port_stays_on_it() {
    let server = start().await;
    let address = server.http_addr();
    let body = format!("{{\"key\": \"{KEY}\"}}");
    let request = format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: {address}\r\norigin: https://{address}\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = ask(address, &request).await;
    let cookie = answer.lines().find(|line| line.to_lowercase().starts_with("set-cookie")).expect("a cookie");
    assert!(answer.starts_with("HTTP/1.1 204") && cookie.contains("; Secure"), "{answer}");
}

#[tokio::test]
async fn who_does_not_speak_tls_gets_nothing_and_hinders_nobody() {
    let server = start().await;
    let address = server.http_addr();
    let mut plain = TcpStream::connect(address).await.expect("it connects");
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\n\r\n");
    plain.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = Vec::new();
    // However the connection ends, it does so soon and without an answer.
    let _ = timeout(PATIENCE, plain.read_to_end(&mut answer)).await.expect("it is over");
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    let health =
        ask(address, &format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")).await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
}

#[test]
fn files_that_are_no_certificate_and_no_key_are_named() {
    let (cert, key) = (file("cert.pem"), file("key.pem"));
    for (certificates, own, said) in [
        (Path::new("/nowhere/cert"), key.as_path(), "/nowhere/cert"),
        (cert.as_path(), Path::new("/nowhere/key"), "/nowhere/key"),
        (key.as_path(), key.as_path(), "there is no certificate in it"),
        (cert.as_path(), cert.as_path(), "cert.pem"),
    ] {
        let error = Tls::from_files(certificates, own).expect_err("it is refused").to_string();
        assert!(error.contains(said), "{error}");
    }
}
