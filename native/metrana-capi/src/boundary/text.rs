//! Text across the boundary: UTF-8 with a length, checked strictly.

use std::str::Utf8Error;

use smallvec::SmallVec;

use crate::boundary::failure::Failure;
use crate::boundary::pointers;
use crate::status::metrana_status;

/// UTF-8 text of `len` bytes, not terminated by a zero byte.
///
/// Where a text is optional, a null `ptr` means that it is absent, and a `ptr` that is not null with a `len` of 0
/// is an empty text. Where a text is required, a null `ptr` with a `len` of 0 is an empty text, too.
///
/// As an argument it is borrowed for the call only. As a result it is borrowed from the handle it was asked of, and
/// ends with it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_str {
    /// The first byte.
    pub ptr: *const u8,
    /// The number of bytes.
    pub len: usize,
}

/// `len` bytes of any kind, borrowed from the handle they were asked of.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_bytes {
    /// The first byte.
    pub ptr: *const u8,
    /// The number of bytes.
    pub len: usize,
}

impl metrana_str {
    /// No text at all.
    #[must_use]
    pub const fn absent() -> Self {
        Self { ptr: std::ptr::null(), len: 0 }
    }

    /// A view of `text`, for as long as that lives.
    #[must_use]
    pub const fn of(text: &str) -> Self {
        Self { ptr: text.as_ptr(), len: text.len() }
    }

    /// The text itself.
    ///
    /// # Safety
    /// A pointer that is not null points to `len` bytes that nobody writes to for the length of the call.
    #[inline]
    pub(crate) unsafe fn read<'a>(self, what: &str) -> Result<&'a str, Failure> {
        // SAFETY: passed on to the caller.
        let bytes = unsafe { pointers::slice(self.ptr, self.len, what) }?;
        // Nearly every text is ASCII, which is quicker to see than that it is UTF-8.
        if bytes.is_ascii() {
            // SAFETY: ASCII is UTF-8.
            return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
        }
        std::str::from_utf8(bytes).map_err(|error| no_utf8(error, bytes, what))
    }

    /// The text of a field that may be absent.
    ///
    /// # Safety
    /// As for `read`.
    pub(crate) unsafe fn read_optional<'a>(self, what: &str) -> Result<Option<&'a str>, Failure> {
        if self.ptr.is_null() && self.len == 0 {
            return Ok(None);
        }
        // SAFETY: passed on to the caller.
        unsafe { self.read(what) }.map(Some)
    }
}

#[cold]
fn no_utf8(error: Utf8Error, bytes: &[u8], what: &str) -> Failure {
    let at = error.valid_up_to();
    let read = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
    let message =
        format!("{what} is not UTF-8: it breaks off at byte {at} of {}, after '{read}'", bytes.len());
    Failure::new(metrana_status::InvalidUtf8, message)
}

/// Texts, which are few nearly always.
pub(crate) type Texts<'a> = SmallVec<[&'a str; 16]>;

/// Reads `count` texts.
///
/// # Safety
/// A pointer that is not null points to `count` texts, each as for `metrana_str::read`.
pub(crate) unsafe fn read_all<'a>(
    texts: *const metrana_str,
    count: usize,
    what: &str,
) -> Result<Texts<'a>, Failure> {
    // SAFETY: passed on to the caller.
    let raw = unsafe { pointers::slice(texts, count, what) }?;
    // SAFETY: as above.
    raw.iter().map(|text| unsafe { text.read(what) }).collect()
}

impl metrana_bytes {
    /// A view of `bytes`, for as long as they live.
    #[must_use]
    pub const fn of(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    fn raw(bytes: &[u8]) -> metrana_str {
        metrana_str { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    #[test]
    fn only_strict_utf8_passes() {
        // SAFETY: all of it is static.
        unsafe {
            assert_eq!(raw("größe/損失".as_bytes()).read("metric").unwrap(), "größe/損失");
            let refused: [&[u8]; 5] = [
                b"ab\xff",           // no such byte
                b"\xc3",             // broken off
                b"\xc0\x80",         // an overlong zero
                b"\xed\xa0\x80",     // half a surrogate pair
                b"\xf4\x90\x80\x80", // beyond the last code point
            ];
            for bytes in refused {
                let error = raw(bytes).read("metric").unwrap_err();
                assert_eq!(error.status, metrana_status::InvalidUtf8, "{bytes:?}");
                assert!(error.message.starts_with("metric is not UTF-8"), "{}", error.message);
            }
        }
    }

    #[test]
    fn a_text_that_cannot_be_read_fails_the_list() {
        for count in [3, 30] {
            let mut raw = vec![metrana_str::of("ok"); count];
            // SAFETY: a live vector of static texts.
            let texts = unsafe { read_all(raw.as_ptr(), count, "tags") }.unwrap();
            assert_eq!(texts.as_slice(), vec!["ok"; count]);
            drop(texts);
            *raw.last_mut().unwrap() = metrana_str { ptr: b"\xff".as_ptr(), len: 1 };
            // SAFETY: as above.
            let refused = unsafe { read_all(raw.as_ptr(), count, "tags") }.unwrap_err();
            assert_eq!(refused.status, metrana_status::InvalidUtf8);
        }
    }

    #[test]
    fn absent_and_empty_differ_where_text_is_optional() {
        // SAFETY: static or null.
        unsafe {
            assert_eq!(metrana_str::absent().read_optional("experiment").unwrap(), None);
            assert_eq!(metrana_str::of("").read_optional("experiment").unwrap(), Some(""));
            assert_eq!(metrana_str::absent().read("metric").unwrap(), "");
            let null_with_length = metrana_str { ptr: std::ptr::null(), len: 3 };
            assert_eq!(null_with_length.read("metric").unwrap_err().status, metrana_status::NullPointer);
            assert_eq!(
                null_with_length.read_optional("experiment").unwrap_err().status,
                metrana_status::NullPointer
            );
        }
    }
}
