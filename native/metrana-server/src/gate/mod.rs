//! Who may do what: every request passes here before anything looks at what it wants.

#[cfg(any(fuzzing, test))]
pub(crate) mod fuzzing;
mod neighbour;
mod origin;
mod secret;
mod tickets;
mod tokens;

use std::io;
use std::net::SocketAddr;

use axum::http::header::{AUTHORIZATION, COOKIE, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};

pub use secret::Secret;
pub(crate) use tickets::Tickets;
pub(crate) use tokens::Tokens;
pub use tokens::key_with_url;

/// What proxies and tunnels add to a request.
const PASSED_ON: [&str; 7] = [
    "cf-connecting-ip",
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Whom a server lets in.
#[derive(Clone, Debug, Default)]
pub enum Access {
    /// Everybody who can reach it.
    #[default]
    Open,
    /// Whoever knows one of these keys.
    Keys(Vec<Secret>),
    /// Whoever knows this key, which this user can read and nobody else, and the browsers of this user on this machine.
    User(Secret),
}

/// What stands between a request and its answer.
#[derive(Debug)]
pub(crate) struct Gate {
    keys: Vec<Secret>,
    tokens: Tokens,
    tickets: Tickets,
    /// Whether the browsers of the user whom the server runs as need no key.
    knows_user: bool,
    /// Only names of this machine are asked for where only this machine can ask.
    only_loopback: bool,
}

/// Why a request is turned away.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

impl Refusal {
    fn forbidden(text: String) -> Self {
        Self { status: StatusCode::FORBIDDEN, text }
    }
}

impl Gate {
    pub(crate) fn new(access: Access, only_loopback: bool) -> io::Result<Self> {
        let knows_user = only_loopback && matches!(access, Access::User(_));
        let keys = match access {
            Access::Open => Vec::new(),
            Access::User(key) => vec![key],
            Access::Keys(keys) if keys.is_empty() => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "there is no key that lets anybody in",
                ));
            }
            Access::Keys(keys) => keys,
        };
        // Whoever changes the keys ends the tokens that were given out for them.
        let tokens = Tokens::new(keys.first())?;
        Ok(Self { keys, tokens, tickets: Tickets::default(), knows_user, only_loopback })
    }

    /// Whether everybody is let in.
    pub(crate) fn is_open(&self) -> bool {
        self.keys.is_empty()
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(crate) fn tickets(&self) -> &Tickets {
        &self.tickets
    }

    /// Whether a request comes straight from this user on this machine, who could read the key as well. Whatever passes a
    /// request on for somebody else says so in one of these headers.
    pub(crate) fn is_user(&self, headers: &HeaderMap, peer: SocketAddr, local: SocketAddr) -> bool {
        self.knows_user
            && !PASSED_ON.iter().any(|name| headers.contains_key(*name))
            && neighbour::is_this_user(peer, local)
    }

    /// Turns away what comes from a page of another origin, or by a name that is not this server's.
    pub(crate) fn check_origin(&self, request: &Parts) -> Result<(), Refusal> {
        origin::check(request, self.only_loopback)
    }

    /// Turns away whoever shows no key.
    pub(crate) fn check_key(&self, request: &Parts) -> Result<(), Refusal> {
        if self.is_open() || self.shows_key(request) {
            return Ok(());
        }
        let text = "show the server's key in the header 'authorization: Bearer <key>'; \
                    it is in the file 'token' of the server's data directory, or in the file that --api-key-file names";
        Err(Refusal { status: StatusCode::UNAUTHORIZED, text: text.to_owned() })
    }

    fn shows_key(&self, request: &Parts) -> bool {
        let bearer =
            request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
        if let Some(bearer) = bearer {
            return self.admits(bearer);
        }
        // A browser sends a cookie whoever makes it ask. What changes something must also say that it comes from here,
        // which browsers do, and `check_origin` has held it against the name that was asked for.
        let safe = request.method == Method::GET || request.method == Method::HEAD;
        (safe || request.headers.contains_key(ORIGIN)) && self.has_session(&request.headers)
    }

    /// Whether this is a key, one with the server's address in it, or a token that was exchanged for one.
    pub(crate) fn admits(&self, shown: &str) -> bool {
        if self.is_open() {
            return true;
        }
        if shown.starts_with("ey") {
            return self.tokens.is_access(shown)
                || tokens::key_within(shown).is_some_and(|inner| self.is_key(&inner));
        }
        self.is_key(shown)
    }

    fn is_key(&self, shown: &str) -> bool {
        // All are compared, however early one fits.
        self.keys.iter().fold(false, |found, key| key.is(shown) | found)
    }

    /// Whether these headers of a request hold the cookie that a browser got here.
    pub(crate) fn has_session(&self, headers: &HeaderMap) -> bool {
        let name = self.tokens.cookie_name();
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(key, value)| key == name && self.tokens.is_session(value))
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::{Access, Gate, Secret, key_with_url};

    fn gate() -> Gate {
        let keys = ["first-key", "second-key"].map(|key| Secret::new(key.to_owned()).unwrap());
        Gate::new(Access::Keys(keys.to_vec()), true).unwrap()
    }

    fn is_let_in(gate: &Gate, method: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri("/api/v1/runs");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        gate.check_key(&request.body(()).unwrap().into_parts().0).is_ok()
    }

    #[test]
    fn a_key_opens_in_every_form_and_nothing_else_does() {
        let gate = gate();
        let with_url = key_with_url("http://127.0.0.1:7070", "second-key");
        let (access, refresh) = gate.tokens().pair();
        for good in [
            "Bearer first-key",
            "bearer second-key",
            &format!("Bearer {with_url}"),
            &format!("Bearer {access}"),
        ] {
            assert!(is_let_in(&gate, "GET", &[("authorization", good)]), "{good}");
        }
        let wrong_inside = key_with_url("http://127.0.0.1:7070", "third-key");
        for bad in [
            "Bearer first-ke",
            "Bearer first-keyy",
            "Bearer ",
            "Bearer",
            "Basic first-key",
            "first-key",
            "Bearer ey",
            "Bearer eyJ.e.x",
            &format!("Bearer {wrong_inside}"),
            &format!("Bearer {refresh}"),
            &format!("Bearer {access}x"),
        ] {
            assert!(!is_let_in(&gate, "GET", &[("authorization", bad)]), "{bad}");
        }
        assert!(!is_let_in(&gate, "GET", &[]));
    }

    #[test]
    fn a_cookie_reads_and_writes_only_with_its_origin() {
        let gate = gate();
        let cookie = format!("other=1; {}={}", gate.tokens().cookie_name(), gate.tokens().session());
        assert!(is_let_in(&gate, "GET", &[("cookie", &cookie)]));
        assert!(!is_let_in(&gate, "DELETE", &[("cookie", &cookie)]));
        assert!(is_let_in(&gate, "DELETE", &[("cookie", &cookie), ("origin", "http://127.0.0.1:1")]));
        let forged = format!("{}={}x", gate.tokens().cookie_name(), gate.tokens().session());
        assert!(!is_let_in(&gate, "GET", &[("cookie", &forged)]));
        let access = format!("{}={}", gate.tokens().cookie_name(), gate.tokens().pair().0);
        assert!(!is_let_in(&gate, "GET", &[("cookie", &access)]), "one token is not the other");
    }

    #[test]
    fn keys_are_not_written_anywhere() {
        let written = format!("{:?}", gate());
        assert!(!written.contains("first-key") && !written.contains("second-key"), "{written}");
    }

    #[test]
    fn tokens_end_with_the_key_and_not_with_the_server() {
        let (access, _) = gate().tokens().pair();
        assert!(gate().tokens().is_access(&access), "the same key makes the same tokens good");
        let other = Gate::new(Access::Keys(vec![Secret::new("other-key".into()).unwrap()]), true).unwrap();
        assert!(!other.tokens().is_access(&access));
    }
}
