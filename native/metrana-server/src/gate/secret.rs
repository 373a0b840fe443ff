//! A key, kept out of everything that is written.

use std::fmt;

use subtle::ConstantTimeEq;

/// A key that lets its holder in. It shows itself to nobody: not in a log, not in an error.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes a key: at least eight visible ASCII characters.
    ///
    /// Clients take a key that begins with `ey` for a token that they exchange at an address inside it, so that no key
    /// may begin so.
    pub fn new(key: String) -> Result<Self, &'static str> {
        if key.len() < 8 {
            Err("a key has at least 8 characters")
        } else if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            Err("a key has visible ASCII characters only, and no blanks")
        } else if key.starts_with("ey") {
            Err("a key must not begin with 'ey': clients take such a one for a token")
        } else {
            Ok(Self(key))
        }
    }

    /// Compares in a time that tells nothing about where the two differ.
    pub(super) fn is(&self, shown: &str) -> bool {
        self.0.as_bytes().ct_eq(shown.as_bytes()).into()
    }

    /// The key itself, for whoever hands it on to its owner.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn what_cannot_be_sent_is_no_key() {
        for bad in ["", "short", "with blanks in it", "línes", "line\nbreaks", "eyJhbGciOiJIUzI1NiJ9"] {
            assert!(Secret::new(bad.to_owned()).is_err(), "{bad:?}");
        }
        let key = Secret::new("long-enough".to_owned()).unwrap();
        assert!(key.is("long-enough") && !key.is("long-enougH") && !key.is("long-enough-"));
        assert_eq!(format!("{key:?}"), "Secret");
    }
}
