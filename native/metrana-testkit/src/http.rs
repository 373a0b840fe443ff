//! Just enough HTTP to read a local server.

use std::io;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Reads what is at a path: the status and the JSON.
pub async fn get(server: SocketAddr, path: &str) -> (u16, Value) {
    call(server, "GET", path, None).await
}

/// Sends one request on a connection of its own, with a JSON body where there is one.
pub async fn call(server: SocketAddr, method: &str, path: &str, body: Option<&str>) -> (u16, Value) {
    let answer = exchange(server, method, path, body.unwrap_or_default()).await.expect("the server answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a head has a status");
    (status, serde_json::from_str(body).expect("the body is JSON"))
}

async fn exchange(server: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(server).await?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
