//! What somebody shows to come in, for fuzzers.

use axum::http::Request;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};

use super::tokens::{Tokens, key_within};
use super::{Access, Gate, Secret, key_with_url};

const KEY: &str = "the-key-of-the-fuzzer";

/// Nobody comes in who does not know the key, and what is in a key with an address is read back.
pub(crate) fn key(text: &str) {
    let secret = Secret::new(KEY.to_owned()).expect("a key");
    let gate = Gate::new(Access::Keys(vec![secret]), true).expect("a gate");
    let _ = Secret::new(text.to_owned());
    let is_key = text == KEY || text.starts_with("ey") && key_within(text).as_deref() == Some(KEY);
    assert_eq!(gate.admits(text), is_key, "{text:?}");
    // A token is signed with the key, which a fuzzer does not find by chance.
    let tokens = gate.tokens();
    assert!(!tokens.is_access(text) && !tokens.is_refresh(text));
    let (url, inner) = text.split_at(text.floor_char_boundary(text.len() / 2));
    assert_eq!(key_within(&key_with_url(url, inner)).as_deref(), Some(inner));
    for header in [AUTHORIZATION, COOKIE, HOST, ORIGIN] {
        let Ok(request) = Request::builder().uri("/").header(header, text).body(()) else { continue };
        let (parts, ()) = request.into_parts();
        let _ = gate.check_origin(&parts);
        let _ = gate.check_key(&parts);
    }
}

/// Some keys and tokens.
pub(crate) fn keys() -> Vec<String> {
    let tokens = Tokens::new(None).expect("tokens");
    let (access, refresh) = tokens.pair();
    let cookie = format!("a=b; {}={}", tokens.cookie_name(), tokens.session());
    let names = ["127.0.0.1:7070", "[::1]:80", "localhost", "http://localhost:7070"];
    let mut keys =
        vec![KEY.to_owned(), key_with_url("http://127.0.0.1:7070", KEY), format!("Bearer {access}")];
    keys.extend([access, refresh, cookie]);
    keys.extend(names.map(str::to_owned));
    keys
}
