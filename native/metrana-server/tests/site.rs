//! The page's files, as a browser gets them.

use std::net::SocketAddr;

use metrana_server::{Access, Options, RunningServer, Secret, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const FILES: [(&str, &str); 4] = [
    ("/", "text/html; charset=utf-8"),
    ("/page.js", "text/javascript; charset=utf-8"),
    ("/page.css", "text/css; charset=utf-8"),
    ("/icon.svg", "image/svg+xml"),
];

/// A server that asks for a key: the page is shown all the same, so that its user can give one.
async fn start() -> RunningServer {
    let access = Access::Keys(vec![Secret::new("a-key-of-a-test".into()).unwrap()]);
    Server::start_in_memory(Options { access, ..Options::default() }).await.expect("it starts")
}

async fn ask(server: SocketAddr, path: &str, headers: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[tokio::test]
async fn files_come_with_their_types_and_a_policy_that_lets_nothing_else_in() {
    let server = start().await;
    for (path, media_type) in FILES {
        let (head, body) = ask(server.http_addr(), path, "").await;
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
        assert_eq!(header(&head, "content-type"), Some(media_type), "{path}");
        assert_eq!(header(&head, "x-content-type-options"), Some("nosniff"), "{path}");
        let policy = header(&head, "content-security-policy").expect(path);
        for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.split("; ").any(|have| have == part), "{path}: {part} in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(!body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_file_that_is_known_is_not_sent_again() {
    let server = start().await;
    let (head, _) = ask(server.http_addr(), "/page.js", "").await;
    let tag = header(&head, "etag").expect("a tag").to_owned();
    let (head, body) = ask(server.http_addr(), "/page.js", &format!("if-none-match: {tag}\r\n")).await;
    assert!(head.starts_with("HTTP/1.1 304"), "{head}");
    assert!(body.is_empty());
    let (head, _) = ask(server.http_addr(), "/page.js", "if-none-match: \"other\"\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
}

#[tokio::test]
async fn what_the_page_shows_is_not_public() {
    let server = start().await;
    for path in ["/api/v1/runs", "/api/v1/server", "/page.json", "/dist/page.js"] {
        let (head, _) = ask(server.http_addr(), path, "").await;
        assert!(head.starts_with("HTTP/1.1 401"), "{path}: {head}");
    }
}

#[tokio::test]
async fn the_page_asks_nobody_else_for_anything() {
    let server = start().await;
    let (_, body) = ask(server.http_addr(), "/", "").await;
    let html = String::from_utf8(body).unwrap();
    let elsewhere: Vec<_> = html.split(['"', '\'']).filter(|text| text.contains("//")).collect();
    assert!(elsewhere.is_empty(), "the page loads {elsewhere:?}");
    assert!(!html.contains("style="), "the policy allows no style in markup");
}
