//! Tokens: what published clients exchange a key with an address in it for, and what the page gets for a key.
//!
//! A token says until when it is good and is signed with the server's key, so that nothing has to be kept of those that
//! were given out.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::Secret;
use crate::clock::now_millis;

/// How long tokens are good, in seconds.
const ACCESS: i64 = 12 * 3600;
const REFRESH: i64 = 90 * 24 * 3600;
const SESSION: i64 = 30 * 24 * 3600;

/// Makes tokens and knows its own again.
#[derive(Clone)]
pub(crate) struct Tokens {
    key: hmac::Key,
    cookie_name: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    /// What it is good for.
    aud: Use,
    /// Until when, in seconds since 1970.
    exp: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Use {
    Access,
    Refresh,
    Session,
}

/// What a key with an address in it holds.
#[derive(Serialize, Deserialize)]
struct WithUrl {
    url: String,
    key: String,
}

/// A key with the server's address in it. Clients that know this form need nothing else: it begins with `ey`, as every
/// JSON object does in base64.
#[must_use]
pub fn key_with_url(url: &str, key: &str) -> String {
    let inner = WithUrl { url: url.to_owned(), key: key.to_owned() };
    // Two texts always have a form in JSON.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&inner).unwrap_or_default())
}

/// The key in a key with an address.
pub(super) fn key_within(shown: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(shown.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok().map(|WithUrl { key, .. }| key)
}

impl Tokens {
    /// Signs with the key, or without one with something that nobody knows.
    pub(super) fn new(key: Option<&Secret>) -> io::Result<Self> {
        let mut random = [0; 32];
        let bytes = if let Some(key) = key {
            key.reveal().as_bytes()
        } else {
            getrandom::fill(&mut random).map_err(io::Error::other)?;
            &random
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        // Cookies are shared by all servers of a machine, whatever their ports: each has its own name for it.
        let digest = hmac::sign(&key, b"the name of the cookie");
        let name = URL_SAFE_NO_PAD.encode(digest.as_ref().get(..6).unwrap_or_default());
        Ok(Self { key, cookie_name: format!("metrana_{name}") })
    }

    pub(crate) fn cookie_name(&self) -> &str {
        &self.cookie_name
    }

    /// An access token and the refresh token to get the next one with.
    pub(crate) fn pair(&self) -> (String, String) {
        (self.make(Use::Access, ACCESS), self.make(Use::Refresh, REFRESH))
    }

    /// What a browser keeps in its cookie, and for how many seconds it is good.
    pub(crate) fn session(&self) -> String {
        self.make(Use::Session, SESSION)
    }

    pub(crate) const ACCESS_SECONDS: i64 = ACCESS;
    pub(crate) const SESSION_SECONDS: i64 = SESSION;

    pub(crate) fn is_access(&self, token: &str) -> bool {
        self.is_good(token, Use::Access)
    }

    pub(crate) fn is_refresh(&self, token: &str) -> bool {
        self.is_good(token, Use::Refresh)
    }

    pub(super) fn is_session(&self, token: &str) -> bool {
        self.is_good(token, Use::Session)
    }

    fn make(&self, aud: Use, seconds: i64) -> String {
        let claims = Claims { aud, exp: now_millis() / 1000 + seconds };
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
        let signature = hmac::sign(&self.key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn is_good(&self, token: &str, aud: Use) -> bool {
        let claims = || {
            let (signed, signature) = token.rsplit_once('.')?;
            let (_, claims) = signed.split_once('.')?;
            let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
            hmac::verify(&self.key, signed.as_bytes(), &signature).ok()?;
            serde_json::from_slice::<Claims>(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
        };
        claims().is_some_and(|claims| claims.aud == aud && claims.exp > now_millis() / 1000)
    }
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

#[cfg(test)]
mod tests {
    use super::{Tokens, Use, key_with_url, key_within};

    #[test]
    fn a_key_with_an_address_is_what_clients_look_for() {
        let key = key_with_url("http://127.0.0.1:7070", "the-inner-key");
        assert!(key.starts_with("ey"), "{key}");
        assert!(!key.contains('.') && key.is_ascii());
        assert_eq!(key_within(&key).as_deref(), Some("the-inner-key"));
        assert_eq!(key_within(&format!("{key}=")).as_deref(), Some("the-inner-key"), "padding is taken");
        assert_eq!(key_within("eyJ1cmwiOjF9"), None);
    }

    #[test]
    fn a_token_is_good_for_its_use_until_it_ends() {
        let tokens = Tokens::new(None).unwrap();
        let (access, refresh) = tokens.pair();
        assert!(tokens.is_access(&access) && tokens.is_refresh(&refresh));
        assert!(!tokens.is_access(&refresh) && !tokens.is_refresh(&access) && !tokens.is_session(&access));
        assert!(!tokens.is_access(&tokens.make(Use::Access, 0)), "it has ended");
        for (place, _) in access.match_indices(|_: char| true) {
            let mut other = access.clone().into_bytes();
            other[place] = if other[place] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            // The last character of a signature has two bits that say nothing, which the decoder refuses unless they are 0.
            assert!(other == access || !tokens.is_access(&other), "changed at {place}");
        }
        assert!(!Tokens::new(None).unwrap().is_access(&access), "another server's");
    }
}
