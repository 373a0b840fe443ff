//! The labels of a series.

use metrana_ingestion_logger::Error;
use smallvec::SmallVec;

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
pub(crate) type Labels<'a> = SmallVec<[(&'a str, &'a str); 8]>;

/// Reads `count` labels into `out`.
///
/// # Safety
/// The list and its texts are what the header asks for.
pub(crate) unsafe fn read(
    labels: *const metrana_label,
    count: usize,
    out: &mut Labels<'_>,
) -> Result<(), Error> {
    // SAFETY: passed on to the caller.
    let raw = unsafe { pointers::slice(labels, count, "labels") }?;
    for label in raw {
        // SAFETY: as above.
        out.push(unsafe { (label.key.read("label key")?, label.value.read("label value")?) });
    }
    Ok(())
}
