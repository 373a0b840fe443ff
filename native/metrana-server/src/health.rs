//! Asks a server on this machine whether it is well, for whoever looks after it: a container has no other program in it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Longer than a server under load needs, and shorter than a container's own patience.
const PATIENCE: Duration = Duration::from_secs(5);

/// An answer is a line of JSON; what is longer comes from something else.
const LONGEST_ANSWER: usize = 4096;

/// What the server at the address says of itself.
///
/// With TLS only whether it takes a connection is seen: a check on the machine itself has no name to hold a certificate against.
pub fn ask(address: SocketAddr, tls: bool) -> io::Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = async {
        let address = reachable(address);
        let stream = TcpStream::connect(address).await.map_err(|error| {
            io::Error::new(error.kind(), format!("nothing answers at {address}: {error}"))
        })?;
        if tls { Ok("it takes connections".to_owned()) } else { question(stream, address).await }
    };
    runtime.block_on(async {
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| {
            Err(io::Error::new(io::ErrorKind::TimedOut, format!("no answer from {address} within 5 s")))
        })
    })
}

async fn question(stream: TcpStream, address: SocketAddr) -> io::Result<String> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let request = Request::get("/healthz")
        .header(header::HOST, address.to_string())
        .body(Body::empty())
        .map_err(io::Error::other)?;
    // It ends with the answer, or with an error that the sender reports.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(io::Error::other)?;
    let status = answer.status();
    let body = to_bytes(Body::new(answer.into_body()), LONGEST_ANSWER).await.map_err(io::Error::other)?;
    let text = String::from_utf8_lossy(&body).into_owned();
    if status.is_success() {
        Ok(text)
    } else {
        Err(io::Error::other(format!("it is not well ({status}): {text}")))
    }
}

/// A server that listens everywhere is asked here.
fn reachable(address: SocketAddr) -> SocketAddr {
    let here = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(here, address.port())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_here() {
        for (listens, asked) in
            [("0.0.0.0:1", "127.0.0.1:1"), ("[::]:2", "[::1]:2"), ("192.0.2.7:3", "192.0.2.7:3")]
        {
            assert_eq!(reachable(listens.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
