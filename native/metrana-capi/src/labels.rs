//! The labels of a series.

use metrana_ingestion_logger::Error;

use crate::boundary::few::Few;
use crate::boundary::{pointers, text::metrana_str};

/// A label of a series: a key and its value. In a list, a key that comes twice counts with its last value.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct metrana_label {
    /// The key, not empty.
    pub key: metrana_str,
    /// The value.
    pub value: metrana_str,
}

/// Labels as the engine takes them. As many as a series may have fit on the stack; more are read all the same, so that
/// it is the engine that refuses them, with its own words.
pub(crate) type Labels<'a> = Few<(&'a str, &'a str), 8>;

impl Labels<'_> {
    /// # Safety
    /// The list and its texts are what the header asks for.
    pub(crate) unsafe fn of(labels: *const metrana_label, count: usize) -> Result<Self, Error> {
        // SAFETY: passed on to the caller.
        let raw = unsafe { pointers::slice(labels, count, "labels") }?;
        // SAFETY: as above.
        Self::read(raw, ("", ""), |label| unsafe { label.read() })
    }
}

impl metrana_label {
    /// # Safety
    /// The texts are what the header asks for.
    unsafe fn read<'a>(&self) -> Result<(&'a str, &'a str), Error> {
        // SAFETY: passed on to the caller.
        let (key, value) = unsafe { (self.key.read("label key"), self.value.read("label value")) };
        Ok((key?, value?))
    }
}
