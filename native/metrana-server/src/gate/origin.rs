//! By what name a request asks for this server, and from which page.
//!
//! A browser lets a page ask any address. Without this, a page of any site could read a server on this machine by giving
//! its own name this machine's address, and could write to it in any case.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode};

use super::Refusal;

pub(super) fn check(request: &Parts, only_loopback: bool) -> Result<(), Refusal> {
    let host = host(request)?;
    if only_loopback && !is_loopback(host.host()) {
        return Err(Refusal::forbidden(format!(
            "this server is asked for by the names of this machine, like 127.0.0.1 or localhost, and not by {:?}",
            cut(host.host())
        )));
    }
    check_origin(&request.headers, &host)?;
    check_site(request)
}

/// The one name that the request asks for.
fn host(request: &Parts) -> Result<Authority, Refusal> {
    let unclear = |text: &str| Refusal { status: StatusCode::BAD_REQUEST, text: text.to_owned() };
    let mut named: Vec<Authority> = Vec::with_capacity(2);
    named.extend(request.uri.authority().cloned());
    for value in request.headers.get_all(HOST) {
        let host = value.to_str().ok().and_then(|text| text.parse().ok());
        named.push(host.ok_or_else(|| unclear("the header 'host' names no host"))?);
    }
    let mut named = named.into_iter();
    let first = named.next().ok_or_else(|| unclear("the request names no host"))?;
    if first.as_str().contains('@') {
        return Err(unclear("a host has no user"));
    }
    if named.any(|other| other != first) {
        return Err(unclear("the request names more than one host"));
    }
    Ok(first)
}

fn is_loopback(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn check_origin(headers: &HeaderMap, host: &Authority) -> Result<(), Refusal> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(()) };
    let own =
        origin.to_str().ok().and_then(|origin| origin.split_once("://")).is_some_and(|(scheme, rest)| {
            matches!(scheme, "http" | "https") && rest.eq_ignore_ascii_case(host.as_str())
        });
    if own && origins.next().is_none() {
        return Ok(());
    }
    Err(Refusal::forbidden(format!(
        "a page of {:?} may not ask this server",
        cut(&String::from_utf8_lossy(origin.as_bytes()))
    )))
}

/// What the browser itself says about the page that asks. It may be opened from anywhere, and is asked for data by
/// itself only.
fn check_site(request: &Parts) -> Result<(), Refusal> {
    let header =
        |name| request.headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let Some(site) = header("sec-fetch-site") else { return Ok(()) };
    let opened = header("sec-fetch-mode") == Some("navigate")
        && request.method == Method::GET
        && !request.uri.path().starts_with("/api/");
    if matches!(site, "same-origin" | "none") || opened {
        return Ok(());
    }
    Err(Refusal::forbidden("a page of another origin may not ask this server".to_owned()))
}

/// The beginning of a text that came from outside: enough to know it again.
fn cut(text: &str) -> &str {
    text.char_indices().nth(100).map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::check;

    fn answer(uri: &str, only_loopback: bool, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match check(&request.body(()).unwrap().into_parts().0, only_loopback) {
            Ok(()) => 200,
            Err(refusal) => refusal.status.as_u16(),
        }
    }

    #[test]
    fn only_names_of_this_machine_reach_a_server_of_this_machine() {
        for good in ["127.0.0.1:7070", "localhost:1", "LOCALHOST", "[::1]:9", "127.9.9.9", "localhost.:80"] {
            assert_eq!(answer("/", true, &[("host", good)]), 200, "{good}");
        }
        for bad in [
            "evil.example",
            "evil.example:7070",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "0.0.0.0:7070",
            "192.168.0.1",
            "metadata",
        ] {
            assert_eq!(answer("/", true, &[("host", bad)]), 403, "{bad}");
            assert_eq!(answer("/", false, &[("host", bad)]), 200, "{bad}");
            assert_eq!(answer(&format!("http://{bad}/x"), true, &[]), 403, "{bad}");
        }
        assert_eq!(answer("http://127.0.0.1:7070/x", true, &[]), 200);
    }

    #[test]
    fn one_host_is_named() {
        assert_eq!(answer("/", true, &[]), 400);
        assert_eq!(answer("/", true, &[("host", "")]), 400);
        assert_eq!(answer("/", true, &[("host", "localhost:1"), ("host", "evil.example")]), 400);
        assert_eq!(answer("http://localhost:1/", true, &[("host", "evil.example")]), 400);
        assert_eq!(answer("/", true, &[("host", "a@localhost")]), 400);
        assert_eq!(answer("http://localhost:1/", true, &[("host", "localhost:1")]), 200);
    }

    #[test]
    fn a_page_of_another_origin_asks_in_vain() {
        let host = ("host", "127.0.0.1:7070");
        assert_eq!(answer("/api/v1/runs", true, &[host, ("origin", "http://127.0.0.1:7070")]), 200);
        for bad in [
            "null",
            "",
            "http://127.0.0.1:8080",
            "http://localhost:7070",
            "https://evil.example",
            "file://",
            "x",
        ] {
            assert_eq!(answer("/api/v1/runs", true, &[host, ("origin", bad)]), 403, "{bad}");
        }
        let twice = [host, ("origin", "http://127.0.0.1:7070"), ("origin", "http://evil.example")];
        assert_eq!(answer("/api/v1/runs", true, &twice), 403);
        for (site, mode, path, status) in [
            ("same-origin", "cors", "/api/v1/runs", 200),
            ("none", "navigate", "/api/v1/runs", 200),
            ("cross-site", "navigate", "/", 200),
            ("cross-site", "navigate", "/api/v1/runs", 403),
            ("cross-site", "no-cors", "/", 403),
            ("same-site", "no-cors", "/api/v1/runs", 403),
        ] {
            let headers = [host, ("sec-fetch-site", site), ("sec-fetch-mode", mode)];
            assert_eq!(answer(path, true, &headers), status, "{site} {mode} {path}");
        }
    }
}
