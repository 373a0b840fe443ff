//! One port for loggers, programs and browsers, and what happens to everything else that comes there.

mod common;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use metrana_server::{Access, Limits, Options, RunningServer, Secret, Server, key_with_url};
use metrana_testkit::http::get;
use metrana_testkit::raw::RawClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use common::{PATIENCE, open_run};

const KEY: &str = "the-key-of-the-test";
const SESSION: &str = "/api/v1/session";

/// Sends bytes and reads until the server closes.
async fn said(server: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server).await.expect("it listens");
    stream.write_all(bytes).await.expect("it takes them");
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it closes").expect("in good order");
    String::from_utf8_lossy(&answer).into_owned()
}

/// One request over HTTP/1.1, with headers as given: the whole answer.
async fn ask(
    server: &RunningServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let address = server.http_addr();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "host") {
        let _ = write!(request, "host: {address}\r\n");
    }
    for (name, value) in headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    said(address, format!("{request}\r\n{body}").as_bytes()).await
}

fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("no status in {answer:?}"))
}

async fn locked() -> RunningServer {
    let access = Access::Keys(vec![Secret::new(KEY.into()).unwrap()]);
    Server::start_in_memory(Options { access, ..Options::default() }).await.expect("it starts")
}

async fn limited(limits: Limits) -> RunningServer {
    Server::start_in_memory(Options { limits, ..Options::default() }).await.expect("it starts")
}

#[tokio::test]
async fn a_wrong_protocol_gets_a_line_of_text() {
    let server = common::start().await;
    for (bytes, line) in [
        (&b"SSH-2.0-OpenSSH_9.9\r\n"[..], "This is the Metrana server"),
        (b"\x00\x01\x02\x03", "This is the Metrana server"),
        (b"{\"json\": true}\n", "This is the Metrana server"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "write http:// instead of https://"),
    ] {
        let answer = said(server.grpc_addr(), bytes).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains(line), "{bytes:?}: {answer}");
    }
    let grpc = ask(&server, "POST", "/x", &[("content-type", "application/grpc")], "").await;
    assert!(status(&grpc) == 505 && grpc.contains("gRPC needs HTTP/2"), "{grpc}");
    open_run(&server, "unharmed").await;
}

#[tokio::test]
async fn every_request_is_held_against_its_host_and_origin() {
    let server = common::start().await;
    let own = server.http_addr().to_string();
    let origin = format!("http://{own}");
    for (headers, expected) in [
        (&[("host", "evil.example")][..], 403),
        (&[("host", own.as_str()), ("host", "evil.example")], 400),
        (&[("origin", "http://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("origin", origin.as_str())], 200),
        (&[("host", "localhost:1")], 200),
    ] {
        let answer = ask(&server, "GET", "/api/v1/runs", headers, "").await;
        assert_eq!(status(&answer), expected, "{headers:?}: {answer}");
        assert!(!answer.to_ascii_lowercase().contains("access-control"), "{answer}");
    }
    let fault = r#"{"fault":"stall"}"#;
    let foreign = [("origin", "http://evil.example"), ("content-type", "text/plain")];
    assert_eq!(status(&ask(&server, "POST", "/api/v1/faults", &foreign, fault).await), 403);
    assert_eq!(server.faults().armed(), 0);
}

#[tokio::test]
async fn without_the_key_nothing_is_read_or_written() {
    let server = locked().await;
    let with = |key: &str| format!("Bearer {key}");
    let with_url = key_with_url(&server.grpc_url(), KEY);
    for (path, shown, expected) in [
        ("/healthz", None, 200),
        ("/api/v1/runs", None, 401),
        ("/api/v1/nothing", None, 401),
        ("/api/v1/runs", Some(with("wrong-key-of-the-test")), 401),
        ("/api/v1/runs", Some(with(KEY)), 200),
        ("/api/v1/runs", Some(with(&with_url)), 200),
        ("/api/v1/nothing", Some(with(KEY)), 404),
    ] {
        let shown: Vec<_> = shown.iter().map(|shown| ("authorization", shown.as_str())).collect();
        let answer = ask(&server, "GET", path, &shown, "").await;
        assert_eq!(status(&answer), expected, "{path} {shown:?}: {answer}");
        assert!(!answer.contains(KEY), "{answer}");
    }
    let mut client = RawClient::connect(server.grpc_addr()).await;
    let refused = client.initialize(Vec::new().into()).await.unwrap_err();
    assert_eq!(refused.code(), metrana_server::Code::Unauthenticated);
}

#[tokio::test]
async fn a_key_with_an_address_is_exchanged_for_tokens() {
    let server = locked().await;
    let exchange = "/api/management/v1/tokens/exchange";
    let wish = |key: &str| format!("{{\"api_token\": \"{key}\"}}");
    let with_url = key_with_url(&server.grpc_url(), KEY);
    let answer = ask(&server, "POST", exchange, &[], &wish(&with_url)).await;
    assert_eq!(status(&answer), 200, "{answer}");
    let pair: serde_json::Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let access = format!("Bearer {}", pair["access_token"].as_str().unwrap());
    assert_eq!(status(&ask(&server, "GET", "/api/v1/runs", &[("authorization", &access)], "").await), 200);

    let renewal = "/auth/realms/metrana/protocol/openid-connect/token";
    let form = |token: &str| format!("grant_type=refresh_token&client_id=metrana-sdk&refresh_token={token}");
    let renewed = ask(&server, "POST", renewal, &[], &form(pair["refresh_token"].as_str().unwrap())).await;
    assert!(status(&renewed) == 200 && renewed.contains("access_token"), "{renewed}");
    assert_eq!(
        status(&ask(&server, "POST", renewal, &[], &form(pair["access_token"].as_str().unwrap())).await),
        401
    );
    assert_eq!(status(&ask(&server, "POST", exchange, &[], &wish("wrong-key-of-the-test")).await), 401);
    let other = key_with_url(&server.grpc_url(), "wrong-key-of-the-test");
    assert_eq!(status(&ask(&server, "POST", exchange, &[], &wish(&other)).await), 401);
}

#[tokio::test]
async fn a_browser_gives_the_key_once() {
    let server = locked().await;
    assert_eq!(status(&ask(&server, "POST", SESSION, &[], r#"{"key": "wrong-key-of-the-test"}"#).await), 401);
    let answer = ask(&server, "POST", SESSION, &[], &format!("{{\"key\": \"{KEY}\"}}")).await;
    let cookie =
        answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(KEY),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(status(&ask(&server, "GET", "/api/v1/runs", &[("cookie", cookie)], "").await), 200);
    assert_eq!(status(&ask(&server, "DELETE", "/api/v1/runs", &[("cookie", cookie)], "").await), 401);
}

async fn known_by_its_user() -> RunningServer {
    let access = Access::User(Secret::new(KEY.into()).unwrap());
    Server::start_in_memory(Options { access, ..Options::default() }).await.expect("it starts")
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn the_browser_of_the_servers_user_needs_no_key() {
    let server = known_by_its_user().await;
    let cookie_of =
        |answer: &str| answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).map(str::to_owned);
    let cookie = cookie_of(&ask(&server, "GET", "/", &[], "").await).expect("a cookie comes with the page");
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(status(&ask(&server, "GET", "/api/v1/runs", &[("cookie", cookie)], "").await), 200);
    assert_eq!(cookie_of(&ask(&server, "GET", "/", &[("cookie", cookie)], "").await), None, "it has one");
    assert_eq!(status(&ask(&server, "GET", "/api/v1/runs", &[], "").await), 401, "nobody else is let in");
    assert_eq!(cookie_of(&ask(&server, "GET", "/page.js", &[], "").await), None);
    for name in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
        let answer = ask(&server, "GET", "/", &[(name, "192.0.2.1")], "").await;
        assert_eq!((status(&answer), cookie_of(&answer)), (200, None), "{name} tells of somebody behind");
    }
    assert_eq!(
        cookie_of(&ask(&locked().await, "GET", "/", &[], "").await),
        None,
        "a key of its own is asked for"
    );
}

#[tokio::test]
async fn a_ticket_lets_one_browser_in() {
    let server = known_by_its_user().await;
    let give = "/api/v1/session/ticket";
    assert_eq!(status(&ask(&server, "POST", give, &[], "").await), 401);
    let answer = ask(&server, "POST", give, &[("authorization", &format!("Bearer {KEY}"))], "").await;
    let body: serde_json::Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body["seconds"], 3600, "{answer}");
    let show = format!("{{\"ticket\": {}}}", body["ticket"]);
    assert_eq!(status(&ask(&server, "POST", SESSION, &[], r#"{"ticket": "another"}"#).await), 401);
    let answer = ask(&server, "POST", SESSION, &[], &show).await;
    assert!(status(&answer) == 204 && answer.contains("set-cookie: "), "{answer}");
    assert_eq!(status(&ask(&server, "POST", SESSION, &[], &show).await), 401, "it was used");
    let both = format!("{{\"ticket\": \"x\", \"key\": \"{KEY}\"}}");
    assert_eq!(status(&ask(&server, "POST", SESSION, &[], &both).await), 400);
}

#[tokio::test]
async fn connections_that_say_nothing_are_ended() {
    let short = Duration::from_millis(200);
    let server = limited(Limits { head: short, idle: short, ..Limits::default() }).await;
    for beginning in [
        &b""[..],
        b"G",
        b"GET / HTTP/1.1\r\nhost: localhost\r\n",
        b"PRI * HTTP/2.0\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.grpc_addr()).await.expect("it listens");
        stream.write_all(beginning).await.expect("it takes them");
        let mut answer = Vec::new();
        let ended = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "{:?} stays open", String::from_utf8_lossy(beginning));
    }
}

#[tokio::test]
async fn idle_connections_make_room_for_others() {
    let server = limited(Limits { connections: 4, ..Limits::default() }).await;
    let mut idle = Vec::new();
    for _ in 0..12 {
        idle.push(TcpStream::connect(server.grpc_addr()).await.expect("it listens"));
    }
    assert_eq!(get(server.http_addr(), "/api/v1/counts").await.0, 200);
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let server = limited(Limits { body: 1000, headers: 16 << 10, ..Limits::default() }).await;
    let answer = ask(&server, "POST", "/api/v1/session", &[], &" ".repeat(1001)).await;
    assert_eq!(status(&answer), 413, "{answer}");
    let answer = ask(&server, "GET", "/api/v1/runs", &[("x", &"x".repeat(20 << 10))], "").await;
    assert_eq!(status(&answer), 431, "{answer}");
}

#[tokio::test]
async fn a_reader_that_reads_nothing_is_cut() {
    let server = limited(Limits { stall: Duration::from_millis(200), ..Limits::default() }).await;
    let address = server.http_addr();
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    // Answers to thousands of requests, none of which is read.
    let request = format!("GET /api/v1/counts HTTP/1.1\r\nhost: {address}\r\n\r\n").repeat(50);
    let cut = async { while stream.write_all(request.as_bytes()).await.is_ok() {} };
    timeout(PATIENCE, cut).await.expect("the server gives up on it");
}
